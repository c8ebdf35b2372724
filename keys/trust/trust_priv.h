/*
 * The inside of trust.
 *
 * Calls run one way, each file calling those to its right: {trust_server >
 * trust, trust_ocsp, trust_chain} > trust_crl > {trust_ctx, trust_weak}; trust_server and
 * trust_ocsp > trust_shown. trust_domain calls trust_ctx alone.
 */
#ifndef SIGNET_KEYS_TRUST_TRUST_PRIV_H
#define SIGNET_KEYS_TRUST_TRUST_PRIV_H

#include "keys/trust/trust_judge.h"

/* --- trust_ctx ------------------------------------------------------------ */

/* A judgement in progress: it is for the time at, and its result holds in
 * [from, until), which shrinks with each time that is compared. */
struct verify_ctx {
	const struct verify_params *params;
	time_t at, from, until;
};
struct verify_ctx verify_ctx_at(const struct verify_params *a);
/* Notes that the result may change at t. */
void trust_note_change(struct verify_ctx *ctx, time_t t);
/* Checks the validity of c. which names the certificate in the words. */
void trust_validity(struct verify_ctx *ctx, const struct cert *c,
    const char *which, struct verify_errors *f);

/* --- trust_weak ----------------------------------------------------------- */

/* Returns a weakness of the signature on a certificate, or NULL. */
const char *trust_weak_signature(const X509 *x);
/* Returns whether the digest that a signature algorithm names is weak. Those
 * that name none (Ed25519, PSS) are not. */
bool trust_weak_signed(const X509_ALGOR *a);

/* --- trust_crl ------------------------------------------------------------ */

/* Checks c against the CRLs of its issuer. issuer is NULL when its certificate
 * is not known; then no CRL can be verified. */
void trust_revocation(struct verify_ctx *ctx, const struct cert *c,
    const struct cert *issuer, struct verify_errors *f);

/* --- trust_shown ---------------------------------------------------------- */

/* The certificates that a TLS peer presented, leaf first. Those that cannot be
 * read are left out. */
enum { TRUST_SHOWN_MAX = 16 };
struct trust_shown {
	struct cert *certs[TRUST_SHOWN_MAX];
	size_t count; /* 0: no certificate, or its leaf cannot be read */
};
void trust_shown_read(
    struct trust_shown *out, const struct span *chain, size_t count);
void trust_shown_free(struct trust_shown *s);
/* Sets the leaf as the certificate to judge, and the others as untrusted. s has
 * a certificate. */
void trust_shown_params(
    const struct trust_shown *s, struct verify_params *params);

#endif
