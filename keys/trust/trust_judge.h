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
};

/* Adds every fault of the certificate to out; none when it is good. */
void trust_judge(const struct verify_params *a, struct verify_errors *out);

/* Adds the faults that every receiver finds in a certificate of our own: its
 * validity, its revocation by a CRL here, and its usages for a->use. Whom it
 * names and which root it leads to is for the receivers. a->untrusted is not
 * used. */
void trust_own(const struct verify_params *a, struct verify_errors *out);

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
