/*
 * Authenticated encryption of records with AES-256-GCM, and the keys that come
 * of one key: HKDF (RFC 5869) and HMAC, with SHA-256.
 */
#ifndef SIGNET_SRC_BASE_AEAD_H
#define SIGNET_SRC_BASE_AEAD_H

#include "src/base/bytes.h"

enum {
	AEAD_KEY = 32,
	AEAD_NONCE = 12,
	AEAD_TAG = 16,
	AEAD_MORE = AEAD_NONCE + AEAD_TAG /* bytes that a box has beyond its
	                                   * text */
};

struct aead; /* one key, and the contexts to use it with; of one thread */

/* Returns one for the key, which is copied; for aead_free, which wipes it. */
struct aead *aead_new(const unsigned char key[AEAD_KEY]);
void aead_free(struct aead *a);

/* Appends a random nonce, the encrypted text and its tag. `with` is
 * authenticated, too. If OpenSSL fails it ends the process. */
void aead_seal(
    struct aead *a, struct span with, struct span text, struct buf *out);
/* Appends the text of a box, for the caller to wipe. False, with nothing
 * appended, where it or `with` is not what aead_seal had. */
bool aead_open(
    struct aead *a, struct span with, struct span box, struct buf *out);

/* Derives a key for the use that label names. */
void aead_derive(const unsigned char key[AEAD_KEY], const char *label,
    unsigned char out[AEAD_KEY]);
/* HMAC-SHA256 of bytes. */
void aead_mac(const unsigned char key[AEAD_KEY], struct span bytes,
    unsigned char out[AEAD_KEY]);

#endif
