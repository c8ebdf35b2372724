/*
 * Algorithms: the digests and ciphers that messages are made with, fetched once
 * from OpenSSL, and the contexts that they run in.
 */
#ifndef SIGNET_KEYS_X509_ALGS_H
#define SIGNET_KEYS_X509_ALGS_H

#include <openssl/evp.h>

#include "src/base/bytes.h"
#include "src/base/err.h"

enum {
	ALGS_SHA256 = 32, /* bytes of a SHA-256 digest */
	ALGS_DIGEST = 32, /* of the longest digest used here */
	ALGS_KEY = 16, /* of an AES-128 key */
	ALGS_BLOCK = 16, /* of a block and an IV of AES-CBC */
	ALGS_NONCE = 12, /* of a nonce of AES-GCM */
	ALGS_TAG = 16, /* of its tag */
	ALGS_WRAPPED = ALGS_KEY + 8 /* of a wrapped key (RFC 3394) */
};

struct algs;

/* Fetches them; SHA-1 only when it is used. NULL and e with EX_SOFTWARE where
 * OpenSSL has one not. For algs_free. */
struct algs *algs_new(struct err *e);
void algs_free(struct algs *a);

/* Returns SHA-256, or (sha1) SHA-1, borrowed; NULL and e with EX_SOFTWARE. */
const EVP_MD *algs_md(struct algs *a, bool sha1, struct err *e);

/* Each of the following returns 0, or -1 and e with EX_SOFTWARE. */

/* Digests the spans one after the other; *n gets the bytes of the digest. */
int algs_digest(struct algs *a, bool sha1, const struct span *spans,
    size_t count, unsigned char out[ALGS_DIGEST], size_t *n, struct err *e);
/* Appends text in AES-128-CBC with the padding of RFC 5652, 6.3. */
int algs_cbc(struct algs *a, const unsigned char key[ALGS_KEY],
    const unsigned char iv[ALGS_BLOCK], struct span text, struct buf *out,
    struct err *e);
/* Appends text in AES-128-GCM, without associated data, and gives its tag. */
int algs_gcm(struct algs *a, const unsigned char key[ALGS_KEY],
    const unsigned char nonce[ALGS_NONCE], struct span text, struct buf *out,
    unsigned char tag[ALGS_TAG], struct err *e);
/* Wraps a key with another one (RFC 3394). */
int algs_wrap(struct algs *a, const unsigned char with[ALGS_KEY],
    const unsigned char key[ALGS_KEY], unsigned char out[ALGS_WRAPPED],
    struct err *e);

#endif
