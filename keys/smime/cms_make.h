/*
 * CMS made: bytes signed, and bytes sealed for one recipient (RFC 5652, 5083).
 */
#ifndef SIGNET_KEYS_SMIME_CMS_MAKE_H
#define SIGNET_KEYS_SMIME_CMS_MAKE_H

#include <stdbool.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "src/base/bytes.h"

/* Who signs, and how. */
struct cms_signing {
	X509 *cert;
	EVP_PKEY *key;
	bool attach_cert;
	bool opaque; /* the bytes are inside, instead of beside it */
	bool draft; /* SHA-1 and no signed attributes; else SHA-256 and the
	              * usual ones */
	time_t at; /* the signing time; 0: now */
};

/* Both append DER. -1 on failure, with words in OpenSSL's queue. */
int cms_make_signed(
    const struct cms_signing *how, struct span bytes, struct buf *der);
/* AES-128: GCM, or CBC. */
int cms_make_encrypted(
    X509 *peer, bool gcm, struct span bytes, struct buf *der);

#endif
