/*
 * Trust for the other rooms of keys/: judges one certificate for one person
 * and one use.
 */
#ifndef SIGNET_KEYS_TRUST_TRUST_JUDGE_H
#define SIGNET_KEYS_TRUST_TRUST_JUDGE_H

#include "keys/store/keystore_certs.h"
#include "keys/trust/trust.h"
#include "keys/x509/cert.h"

enum trust_use {
	TRUST_SIGN, /* of the signer of a message */
	TRUST_ENCRYPT, /* of the recipient of a message */
	TRUST_TLS, /* of a TLS server */
	TRUST_TLS_CLIENT /* of a TLS client */
};

/* The certificate to judge and its surroundings. */
struct verify_params {
	struct keystore *ks;
	const struct policy *policy;
	struct cert *cert;
	/* Certificates that came with it: they may link a chain to a root, and
	 * are not trusted for anything else. */
	struct cert *const *untrusted;
	size_t untrusted_count;
	const struct aor *who; /* whose it should be; NULL: an address that no
	                         * certificate can name */
	enum trust_use use;
	bool own; /* its private key is here; trust_chain_words says no word
	           * of a missing root then. Nothing is judged by it. */
};

/* Adds every fault of the certificate to out; none when it is good. */
void trust_judge(const struct verify_params *a, struct verify_errors *out);

/* Adds the faults that every receiver finds in a certificate of our own: its
 * validity, its revocation by a CRL here, and its usages for a->use. Whom it
 * names and which root it leads to is for the receivers. a->untrusted is not
 * used. */
void trust_own(const struct verify_params *a, struct verify_errors *out);

enum { TRUST_CHAIN = 8 }; /* certificates of a chain */

/* Why a chain goes no further up. */
enum trust_end {
	TRUST_ROOT, /* its last one is a root here */
	TRUST_SELF_SIGNED, /* or signed by itself, and no root */
	TRUST_NO_ISSUER, /* the issuer's certificate is not here */
	TRUST_TOO_LONG
};

struct trust_chain {
	struct cert *certs[TRUST_CHAIN]; /* borrowed; a->cert is the first */
	size_t count;
	enum trust_end end;
};

/* Finds the certificates above a->cert: among the roots and CAs of the key store,
 * and a->untrusted. Nothing but names and signatures is checked. */
void trust_chain_find(const struct verify_params *a, struct trust_chain *out);
/* Appends the chain as a tree, the root first and each of the others below its
 * issuer, a line for each after indent: until when it is valid, what is wrong
 * with it, and its name, with control characters as \xNN. */
void trust_chain_words(struct buf *out, const struct verify_params *a,
    const struct trust_chain *chain, const char *indent);

/* Returns whether issuer issued c, by its name and by its signature. */
bool trust_issued(const struct cert *issuer, const struct cert *c);

/* Returns a weakness of a key, or NULL: less than 112 bits of security, or an
 * RSA exponent below 3. */
const char *trust_weak_key(EVP_PKEY *key);
/* Returns whether a digest is not of SHA-2 or SHA-3. */
bool trust_weak_digest(int nid);
/* Returns a weakness of the digests inside RSASSA-PSS parameters, or NULL, also
 * for other algorithms. */
const char *trust_weak_algorithm(const X509_ALGOR *a);

#endif
