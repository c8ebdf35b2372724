/*
 * Shared by the files of the test CA: signers and NAMEs.
 */
#ifndef SIGNET_KEYS_CA_TESTCA_PRIV_H
#define SIGNET_KEYS_CA_TESTCA_PRIV_H

#include "keys/ca/testca.h"
#include "keys/store/keystore_write.h"
#include "keys/x509/issue.h"

/* A root or CA whose key is in the directory; borrowed from the key store. */
struct testca_signer {
	const char *name;
	struct cert *cert;
	EVP_PKEY *key;
};

/* Finds the root or CA that ca->by names, or the one root. */
int testca_signer(struct keystore *ks, const struct testca *ca,
    struct testca_signer *out, struct err *e);
/* Reads a CA's private key. */
int testca_signer_of(struct keystore *ks, const struct testca *ca,
    struct store_file *f, struct testca_signer *out, struct err *e);

/* A parsed NAME. */
struct testca_name {
	enum store_kind cert_kind, key_kind;
	char *file; /* the NAME in its file names */
	struct aor person;
	const char *uri, *host, *ca; /* borrowed, from NAME or file */
	char *star; /* a Common Name made by testca_odd */
};
int testca_name(
    const char *name, bool is_ca, struct testca_name *out, struct err *e);
void testca_name_free(struct testca_name *n);
/* Applies the deviation odd to n's certificate, which has its key already. what
 * borrows from n. EX_USAGE when odd is not for such names. */
int testca_odd(enum testca_odd odd, struct testca_name *n, struct issue *what,
    struct err *e);

#endif
