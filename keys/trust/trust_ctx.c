/*
 * The time that a judgement is for, and single checks of certificates.
 */
#include <openssl/err.h>

#include "keys/trust/trust_priv.h"

time_t
trust_now(const struct policy *policy)
{
	return policy->at != 0 ? policy->at : time(NULL);
}

void
trust_note_change(struct verify_ctx *ctx, time_t t)
{
	if (t <= ctx->at && t > ctx->from)
		ctx->from = t;
	if (t > ctx->at && t < ctx->until)
		ctx->until = t;
}

bool
trust_issued(const struct cert *issuer, const struct cert *c)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer->x509);
	bool ok = key != NULL &&
	    X509_NAME_cmp(X509_get_subject_name(issuer->x509),
		X509_get_issuer_name(c->x509)) == 0 &&
	    X509_verify(c->x509, key) == 1;

	ERR_clear_error();
	return ok;
}

void
trust_validity(struct verify_ctx *ctx, const struct cert *c, const char *which,
    struct verify_errors *f)
{
	time_t from, until;

	if (!cert_time(X509_get0_notBefore(c->x509), &from) ||
	    !cert_time(X509_get0_notAfter(c->x509), &until)) {
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "%s has no readable validity", which);
		return;
	}
	trust_note_change(ctx, from);
	trust_note_change(ctx, until + 1);
	if (ctx->at > until)
		verify_errors_add(
		    f, SIGNATURE_EXPIRED, "%s has expired", which);
	if (ctx->at < from)
		verify_errors_add(
		    f, SIGNATURE_NOT_YET_VALID, "%s is not valid yet", which);
}

struct verify_ctx
verify_ctx_at(const struct verify_params *a)
{
	return (struct verify_ctx){
	    a, trust_now(a->policy), 0, (time_t)INT64_MAX};
}
