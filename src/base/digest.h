/*
 * Digests and random names: what the rest of signet needs of cryptography
 * where nothing is signed or sealed.
 */
#ifndef SIGNET_SRC_BASE_DIGEST_H
#define SIGNET_SRC_BASE_DIGEST_H

#include "src/base/bytes.h"

enum { DIGEST_SIZE = 32 };

/* SHA-256 over the spans, each led by its length, so that no two lists of
 * spans have one digest. */
void digest_spans(
    const struct span *spans, size_t count, unsigned char out[DIGEST_SIZE]);

/* The digests of RFC 8760, by the names that it registers: "SHA-256",
 * "SHA-512-256" and "MD5", in any case. Writes lower-case hex and a NUL for
 * the spans one after the other. False for another name. */
enum { DIGEST_HEX = 65 };
bool digest_hex(struct span algorithm, const struct span *spans, size_t count,
    char out[DIGEST_HEX]);

/* Fills p from OpenSSL's generator, or ends the process: without randomness
 * nothing that we send would be safe. */
void random_bytes(void *p, size_t n);

/* digits hex digits and a NUL. */
void random_hex(char *out, size_t digits);

#endif
