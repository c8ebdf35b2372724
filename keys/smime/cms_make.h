/*
 * Writes CMS objects: SignedData, EnvelopedData and AuthEnvelopedData (RFC
 * 5652, RFC 5083, RFC 5753), in the few forms that signet sends.
 */
#ifndef SIGNET_KEYS_SMIME_CMS_MAKE_H
#define SIGNET_KEYS_SMIME_CMS_MAKE_H

#include <time.h>

#include "keys/x509/algs.h"
#include "keys/x509/cert.h"

/* The signer and the form of the signature. All is borrowed. */
struct cms_signing {
	struct cert *cert;
	EVP_PKEY *key;
	struct cert *encrypts; /* the signer's other certificate, which is
	                              * preferred for encryption to them (RFC
	                              * 8551, 2.5.3), or NULL */
	bool attach_cert; /* and encrypts */
	bool opaque; /* the bytes go inside; otherwise it is detached */
	bool draft; /* SHA-1 and no signed attributes; otherwise SHA-256 and
	             * the usual ones */
	time_t at; /* the signing time; 0: now */
	struct span key_id; /* names the signer, not issuer and serial number;
	                     * empty: not */
};

/* Append the DER of a ContentInfo. Return 0, or -1 and e with EX_SOFTWARE or,
 * for a key that cannot serve, EX_NOPERM; der may then have bytes more, which
 * are no object. */
int cms_make_signed(struct algs *a, const struct cms_signing *how,
    struct span bytes, struct buf *der, struct err *e);
/* Encrypts with AES-128 in GCM or CBC mode, to an RSA key (PKCS#1 v1.5) or an EC
 * key (ephemeral-static ECDH). */
int cms_make_encrypted(struct algs *a, struct cert *peer, bool gcm,
    struct span bytes, struct buf *der, struct err *e);
/* The same in GCM mode, with the recipient named by a key identifier. */
int cms_make_encrypted_by_id(struct algs *a, struct cert *peer,
    struct span key_id, struct span bytes, struct buf *der, struct err *e);

#endif
