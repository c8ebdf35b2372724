/*
 * What making a message needs of a certificate, computed once: its name as a
 * signer or recipient, its checked key, and contexts for operations with it.
 * It is kept with the certificate, so it ends when its file changes.
 */
#ifndef SIGNET_KEYS_X509_CERT_READY_H
#define SIGNET_KEYS_X509_CERT_READY_H

#include "keys/x509/algs.h"
#include "keys/x509/cert.h"

enum cert_key { CERT_KEY_OTHER, CERT_KEY_RSA, CERT_KEY_EC };

struct cert_ready {
	struct buf
	    name; /* DER of its issuerAndSerialNumber (RFC 5652, 10.2.4) */
	enum cert_key kind; /* of its key */
	EVP_PKEY *key; /* its public key, borrowed; NULL: it cannot be read */
	bool checked; /* key is known to be valid: see cert_ready_encrypt */
	EVP_PKEY_CTX *encrypts; /* RSA: encrypts a content key by PKCS#1 v1.5 */
	EVP_PKEY_CTX *generates; /* EC: makes ephemeral keys on its curve */
	EVP_PKEY *signer; /* the private key that signs works with */
	EVP_PKEY_CTX *signs;
};

/* Return what c needs to name a signer or recipient, to encrypt to it, or to
 * sign with its private key (SHA-256; borrowed for the call). NULL and e with
 * EX_NOPERM for a key of another kind than RSA or EC, or one that is not valid
 * (SP 800-56A, 5.6.2.3.3: on its curve), else EX_SOFTWARE. */
const struct cert_ready *cert_ready_name(struct cert *c, struct err *e);
const struct cert_ready *cert_ready_encrypt(struct cert *c, struct err *e);
const struct cert_ready *cert_ready_sign(
    struct cert *c, EVP_PKEY *key, const EVP_MD *sha256, struct err *e);

/* Returns whether a public key on a curve is valid (SP 800-56A, 5.6.2.3.3). This
 * is fast on P-256, P-384 and P-521 alone. */
bool cert_key_sound(EVP_PKEY *key);

/* r may be NULL. */
void cert_ready_free(struct cert_ready *r);

#endif
