/*
 * Making keys, certificates and requests.
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

/* Whom a certificate is for: one of the first three, or a URI alone. */
struct issue {
	const struct aor *person;
	const char *host; /* a host name or a numeric address */
	const char *ca; /* the name of a CA */
	const char *uri; /* what it says instead of the names of these */
	unsigned days; /* 0: one that has long expired, for tests */
	time_t at; /* when it is made; 0: now */
	unsigned pathlen; /* CAs below this one, where it has an issuer */
	bool legacy; /* the draft's: SHA-1, its subject and extensions */
	/* What tests make wrong; NULL: the usual. */
	const char *cn; /* the Common Name; "": an empty subject */
	bool no_names; /* no subjectAltName */
	const char *usage; /* keyUsage, as in openssl.cnf */
	const char *purposes; /* extendedKeyUsage */
	EVP_PKEY *key;
	/* NULL: signed with its own key */
	X509 *issuer;
	EVP_PKEY *issuer_key;
};

/* Makes a key: NULL or "p256", "rsa:2048" to "rsa:8192". NULL on failure. */
EVP_PKEY *issue_key(const char *type, struct err *e);
/* The same from rsa:1024 on, which NULL is here. */
EVP_PKEY *issue_key_legacy(const char *type, struct err *e);
X509 *issue_cert(const struct issue *what, struct err *e);
/* A PKCS#10 request, as PEM. */
int issue_request(const struct issue *what, struct buf *pem, struct err *e);

/* PEM of a certificate; of a key, PKCS#8, encrypted (AES-256-CBC, PBKDF2)
 * when the passphrase is not empty. Appended; the key's is reserved so that
 * no copy stays behind. */
int issue_cert_pem(X509 *x, struct buf *out, struct err *e);
int issue_key_pem(
    EVP_PKEY *key, struct span passphrase, struct buf *out, struct err *e);

/* PKCS#12 under a passphrase (AES-256-CBC, PBKDF2, a MAC with SHA-256) of a
 * key, its certificate and the chain above; appended. name: for people. */
int issue_p12(X509 *x, EVP_PKEY *key, STACK_OF(X509) *chain, const char *name,
    struct span passphrase, struct buf *out, struct err *e);
/* PKCS#7 of a certificate alone, DER (.p7c); appended. */
int issue_p7c(X509 *x, struct buf *out, struct err *e);

#endif
