/*
 * Digests and random bytes: the cryptography needed outside of keys/.
 */
#ifndef SIGNET_SRC_BASE_DIGEST_H
#define SIGNET_SRC_BASE_DIGEST_H

#include "src/base/bytes.h"

enum { DIGEST_SIZE = 32 };

/* SHA-256, fetched once, and the context that it runs in. */
struct digest;

/* For digest_free. Without SHA-256 it ends the process. */
struct digest *digest_new(void);
void digest_free(struct digest *d);
/* SHA-256 over the spans, each preceded by its length, so that different lists
 * are digests of different bytes. Depends on the machine's byte order. d is
 * for those who make many; NULL does for one. */
void digest_spans(struct digest *d, const struct span *spans, size_t count,
    unsigned char out[DIGEST_SIZE]);

/* Writes the digest of the spans, one after the other, as lower-case hex with a
 * NUL. algorithm is a name of RFC 8760 in any case: "SHA-256", "SHA-512-256" or
 * "MD5". Returns false for another one. */
enum { DIGEST_HEX = 65 };
bool digest_hex(struct span algorithm, const struct span *spans, size_t count,
    char out[DIGEST_HEX]);

/* Fills p with n bytes from OpenSSL's generator. If that fails it ends the
 * process: without randomness nothing that we send is safe. */
void random_bytes(void *p, size_t n);

/* Writes that many random hex digits and a NUL. */
void random_hex(char *out, size_t digits);

#endif
