/*
 * Makes CMS: signs bytes, or encrypts them for one recipient (RFC 5652, 5083).
 */
#ifndef SIGNET_KEYS_SMIME_CMS_MAKE_H
#define SIGNET_KEYS_SMIME_CMS_MAKE_H

#include <stdbool.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "src/base/bytes.h"

/* The signer and the form of the signature. */
struct cms_signing {
	X509 *cert;
	EVP_PKEY *key;
	X509 *encrypts; /* the signer's other certificate, which is preferred
	                 * for encryption to them (RFC 8551, 2.5.3), or NULL */
	bool attach_cert; /* and encrypts */
	bool opaque; /* the bytes go inside; otherwise it is detached */
	bool draft; /* SHA-1 and no signed attributes; otherwise SHA-256 and
	             * the usual ones */
	time_t at; /* the signing time; 0: now */
};

/* Append DER. -1 on failure, with the error in OpenSSL's queue. */
int cms_make_signed(
    const struct cms_signing *how, struct span bytes, struct buf *der);
/* Encrypts with AES-128 in GCM or CBC mode. */
int cms_make_encrypted(
    X509 *peer, bool gcm, struct span bytes, struct buf *der);

#endif
