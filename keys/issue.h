/*
 * Making keys, certificates and requests.
 */
#ifndef SIGNET_KEYS_ISSUE_H
#define SIGNET_KEYS_ISSUE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "bytes.h"
#include "err.h"
#include "identity.h"

/* Whom a certificate is for: one of the three. */
struct issue {
	const struct aor *person;
	const char *host; /* a host name or a numeric address */
	const char *ca;   /* the name of a root */
	unsigned days;    /* 0: one that has long expired, for tests */
	EVP_PKEY *key;
	/* NULL: signed with its own key */
	X509 *issuer;
	EVP_PKEY *issuer_key;
};

/* Makes a key: NULL or "p256", "rsa:2048" to "rsa:8192". NULL on failure. */
EVP_PKEY *issue_key(const char *type, struct err *e);
X509 *issue_cert(const struct issue *what, struct err *e);
/* A PKCS#10 request, as PEM. */
int issue_request(const struct issue *what, struct buf *pem, struct err *e);

/* PEM of a certificate; of a key, PKCS#8, encrypted (AES-256-CBC, PBKDF2)
 * when the passphrase is not empty. Appended; the key's is reserved so that
 * no copy stays behind. */
int issue_cert_pem(X509 *x, struct buf *out, struct err *e);
int issue_key_pem(EVP_PKEY *key, struct span passphrase, struct buf *out,
    struct err *e);

#endif
