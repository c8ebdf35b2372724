/*
 * Trust as the files of keys/ see it: one certificate judged for one person
 * and one use, as a set of verdicts with their words.
 */
#ifndef SIGNET_KEYS_TRUST_TRUST_JUDGE_H
#define SIGNET_KEYS_TRUST_TRUST_JUDGE_H

#include "keys/store/keystore_certs.h"
#include "keys/trust/trust.h"
#include "keys/x509/cert.h"

enum trust_use {
	TRUST_SIGN, /* made a signature */
	TRUST_ENCRYPT, /* is sealed for */
	TRUST_TLS, /* is a TLS server */
	TRUST_TLS_CLIENT
};

/* What is judged, for whom, and with what at hand. */
struct verify_params {
	struct keystore *ks;
	const struct policy *policy;
	struct cert *cert;
	/* Certificates that came along: they may link a chain, no more. */
	struct cert *const *untrusted;
	size_t untrusted_count;
	const struct aor *who; /* NULL: nobody that a certificate can name */
	enum trust_use use;
};

/* Adds all that is wrong to out; nothing when the certificate is good. */
void trust_judge(const struct verify_params *a, struct verify_errors *out);

/* A judgement on its way: the interval in which it will stand narrows as
 * times are looked at. */
struct verify_ctx {
	const struct verify_params *params;
	time_t at, from, until;
};
time_t trust_time(const struct policy *policy);
/* t is a moment in which the judgement may change. */
void trust_note_change(struct verify_ctx *ctx, time_t t);
/* Whether c is revoked by the CRLs that lie here for its issuer. issuer is
 * NULL when its certificate is not known. */
void trust_revocation(struct verify_ctx *ctx, const struct cert *c,
    const struct cert *issuer, struct verify_errors *f);
/* Whether issuer made c: by name and by signature. */
bool trust_issued(const struct cert *issuer, const struct cert *c);
/* Adds what is wrong with the time of c now; which are words for it. */
void trust_validity(struct verify_ctx *ctx, const struct cert *c,
    const char *which, struct verify_errors *f);
struct verify_ctx verify_ctx_at(const struct verify_params *a);
/* The chain alone: anchor, time, revocation, strength. */
void trust_chain(const struct verify_params *a, struct verify_errors *out);

/* What a TLS peer showed, leaf first; what cannot be read is left out. */
enum { TRUST_SHOWN_MAX = 16 };
struct trust_shown {
	struct cert *certs[TRUST_SHOWN_MAX];
	size_t count; /* 0: no certificate, or its leaf cannot be read */
};
void trust_shown_read(
    struct trust_shown *out, const struct span *chain, size_t count);
void trust_shown_free(struct trust_shown *s);

/* Strength: less than 112 bits, an RSA exponent below 3, a digest that is
 * none of SHA-2 and SHA-3. Words for what is weak, or NULL. */
const char *trust_weak_key(EVP_PKEY *key);
const char *trust_weak_signature(const X509 *x);
bool trust_weak_digest(int nid);
/* The digest that a signature algorithm names is weak; what names none of its
 * own (Ed25519, PSS) is not. */
bool trust_weak_signed(const X509_ALGOR *a);
/* The same for an algorithm that may be RSASSA-PSS: its own digests. */
const char *trust_weak_algorithm(const X509_ALGOR *a);

#endif
