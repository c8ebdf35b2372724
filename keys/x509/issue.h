/*
 * Makes keys, certificates and requests.
 */
#ifndef SIGNET_KEYS_X509_ISSUE_H
#define SIGNET_KEYS_X509_ISSUE_H

#include <stdbool.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "keys/x509/identity.h"
#include "src/base/bytes.h"
#include "src/base/err.h"

/* The subject of a certificate: one of the first three, or a URI alone. */
struct issue {
	const struct aor *person;
	const char *host; /* a host name or a numeric address */
	const char *ca; /* the name of a CA */
	const char *uri; /* stands in it instead of their names */
	unsigned days; /* 0: it has expired long ago, for tests */
	time_t at; /* when it is made; 0: now */
	unsigned pathlen; /* CAs below this one, where it has an issuer */
	bool legacy; /* the draft's: SHA-1, its subject and extensions */
	/* Deviations for tests; NULL: none. */
	const char *cn; /* the Common Name; "": an empty subject */
	bool no_names; /* no subjectAltName */
	const char *usage; /* keyUsage, as in openssl.cnf */
	const char *purposes; /* extendedKeyUsage */
	EVP_PKEY *key;
	/* NULL: signed with its own key */
	X509 *issuer;
	EVP_PKEY *issuer_key;
};

/* Makes a key of type "p256" (NULL is the same) or "rsa:2048" to "rsa:8192".
 * NULL on failure. */
EVP_PKEY *issue_key(const char *type, struct err *e);
/* The same, with RSA from 1024 bits on, which NULL means here. */
EVP_PKEY *issue_key_legacy(const char *type, struct err *e);
X509 *issue_cert(const struct issue *what, struct err *e);
/* Appends a PKCS#10 request as PEM. */
int issue_request(const struct issue *what, struct buf *pem, struct err *e);

/* Append the PEM of a certificate; of a key, as PKCS#8, encrypted (AES-256-CBC,
 * PBKDF2) when the passphrase is not empty. The key's buffer is reserved
 * before, so that growing it leaves no copy. */
int issue_cert_pem(X509 *x, struct buf *out, struct err *e);
int issue_key_pem(
    EVP_PKEY *key, struct span passphrase, struct buf *out, struct err *e);

/* Appends a PKCS#12 file (AES-256-CBC, PBKDF2, a MAC with SHA-256) of a key,
 * its certificate and the chain above. name is its friendly name. */
int issue_p12(X509 *x, EVP_PKEY *key, STACK_OF(X509) *chain, const char *name,
    struct span passphrase, struct buf *out, struct err *e);
/* Appends the DER of a PKCS#7 of a certificate alone (.p7c). */
int issue_p7c(X509 *x, struct buf *out, struct err *e);

#endif
