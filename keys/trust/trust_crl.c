/*
 * Revocation: checks a certificate against its issuer's CRLs in the key store
 * (RFC 5280, 6.3). CRLs that come in a message are never used, since an old one
 * would hide a newer one.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "keys/trust/trust_priv.h"

/* The use of one CRL for one certificate. */
enum crl_worth {
	CRL_BAD, /* of no use */
	CRL_STALE, /* expired, or not valid yet */
	CRL_PARTIAL, /* a delta, or for some reasons only */
	CRL_WHOLE
};

/* entry: an extension of one entry instead of the whole CRL. */
static bool
trust_is_known_critical(const X509_EXTENSION *x, bool entry)
{
	switch (OBJ_obj2nid(X509_EXTENSION_get_object((X509_EXTENSION *)x))) {
	case NID_issuing_distribution_point:
	case NID_delta_crl:
	case NID_crl_number:
	case NID_authority_key_identifier:
		return !entry;
	case NID_crl_reason:
	case NID_invalidity_date:
		return entry;
	default:
		return false;
	}
}

/* Returns whether the CRL or one of its entries has an unknown critical
 * extension. */
static bool
trust_crl_unknown_critical(X509_CRL *crl)
{
	STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(crl);
	const X509_EXTENSION *x;
	int i, j;

	for (i = 0; i < X509_CRL_get_ext_count(crl); i++) {
		x = X509_CRL_get_ext(crl, i);
		if (X509_EXTENSION_get_critical(x) &&
		    !trust_is_known_critical(x, false))
			return true;
	}
	for (i = 0; i < sk_X509_REVOKED_num(all); i++) {
		X509_REVOKED *r = sk_X509_REVOKED_value(all, i);

		for (j = 0; j < X509_REVOKED_get_ext_count(r); j++) {
			x = X509_REVOKED_get_ext(r, j);
			if (X509_EXTENSION_get_critical(x) &&
			    !trust_is_known_critical(x, true))
				return true;
		}
	}
	return false;
}

/* Returns whether one of names is a distribution point of the certificate. */
static bool
trust_crl_point_matches(const GENERAL_NAMES *names, const X509 *x)
{
	CRL_DIST_POINTS *points = X509_get_ext_d2i(
	    x, NID_crl_distribution_points, NULL, NULL);
	bool found = false;
	int i, j, k;

	for (i = 0; points != NULL && i < sk_DIST_POINT_num(points); i++) {
		const DIST_POINT *p = sk_DIST_POINT_value(points, i);

		if (p->distpoint == NULL || p->distpoint->type != 0)
			continue;
		for (j = 0; j < sk_GENERAL_NAME_num(names); j++)
			for (k = 0; k <
			     sk_GENERAL_NAME_num(p->distpoint->name.fullname);
			     k++)
				found = found ||
				    GENERAL_NAME_cmp(
					sk_GENERAL_NAME_value(names, j),
					sk_GENERAL_NAME_value(
					    p->distpoint->name.fullname, k)) ==
					0;
	}
	CRL_DIST_POINTS_free(points);
	return found;
}

/* Returns whether the CRL covers certificates like x. *partial is set when it
 * does so for some reasons of revocation only. */
static bool
trust_crl_in_scope(const X509_CRL *crl, X509 *x, bool *partial)
{
	int critical;
	ISSUING_DIST_POINT *idp = X509_CRL_get_ext_d2i(
	    crl, NID_issuing_distribution_point, &critical, NULL);
	bool ca = X509_check_ca(x) == 1, ok = true;

	if (idp == NULL)
		return critical == -1;
	if (idp->onlyattr > 0 || idp->indirectCRL > 0 ||
	    (idp->onlyuser > 0 && ca) || (idp->onlyCA > 0 && !ca))
		ok = false;
	if (idp->onlysomereasons != NULL)
		*partial = true;
	if (idp->distpoint != NULL)
		ok = ok && idp->distpoint->type == 0 &&
		    trust_crl_point_matches(idp->distpoint->name.fullname, x);
	ISSUING_DIST_POINT_free(idp);
	return ok;
}

static bool
trust_crl_signed(X509_CRL *crl, const struct cert *issuer)
{
	EVP_PKEY *key = issuer != NULL ? X509_get0_pubkey(issuer->x509) : NULL;
	bool ok = key != NULL &&
	    (X509_get_key_usage(issuer->x509) & KU_CRL_SIGN) != 0 &&
	    X509_CRL_verify(crl, key) == 1;

	ERR_clear_error();
	return ok;
}

/* Judges one CRL; *why is set to a fault of it. */
static enum crl_worth
trust_crl_judge(struct verify_ctx *ctx, X509_CRL *crl, const struct cert *c,
    const struct cert *issuer, const char **why)
{
	time_t from = 0, until = 0;
	bool partial = false;

	if (!trust_crl_signed(crl, issuer)) {
		*why = "is not signed by its issuer";
		return CRL_BAD;
	}
	if (trust_crl_unknown_critical(crl)) {
		*why = "has an unknown critical extension";
		return CRL_BAD;
	}
	if (!trust_crl_in_scope(crl, c->x509, &partial)) {
		*why = "does not cover such certificates";
		return CRL_BAD;
	}
	if (X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0 || partial) {
		*why = "is not a complete one";
		partial = true;
	}
	if (!cert_time(X509_CRL_get0_lastUpdate(crl), &from) ||
	    !cert_time(X509_CRL_get0_nextUpdate(crl), &until)) {
		*why = "has no validity";
		return CRL_STALE;
	}
	trust_note_change(ctx, from);
	trust_note_change(ctx, until + 1);
	if (ctx->at < from || ctx->at > until) {
		*why = ctx->at < from ? "is from the future" : "is stale";
		return CRL_STALE;
	}
	return partial ? CRL_PARTIAL : CRL_WHOLE;
}

static bool
trust_crl_lists(X509_CRL *crl, const struct cert *c)
{
	X509_REVOKED *r;

	/* The result 2 is a delta's entry that takes a revocation back. */
	return X509_CRL_get0_by_cert(crl, &r, c->x509) == 1;
}

static bool
trust_crl_newer(const X509_CRL *a, const X509_CRL *b)
{
	return ASN1_TIME_compare(X509_CRL_get0_lastUpdate(a),
		   X509_CRL_get0_lastUpdate(b)) > 0;
}

static void
trust_crl_weak(
    const struct verify_ctx *ctx, const X509_CRL *crl, struct verify_errors *f)
{
	const X509_ALGOR *algorithm;

	if (ctx->params->policy->legacy)
		return;
	X509_CRL_get0_signature(crl, NULL, &algorithm);
	if (trust_weak_signed(algorithm))
		verify_errors_add(f, SIGNATURE_WEAK,
		    "a CRL of the issuer is signed with a weak digest");
	else if (trust_weak_algorithm(algorithm) != NULL)
		verify_errors_add(f, SIGNATURE_WEAK, "a CRL of the issuer: %s",
		    trust_weak_algorithm(algorithm));
}

void
trust_revocation(struct verify_ctx *ctx, const struct cert *c,
    const struct cert *issuer, struct verify_errors *f)
{
	const struct keystore *ks = ctx->params->ks;
	const struct store_issuers *known = keystore_issuers(ks);
	const X509_NAME *name = X509_get_issuer_name(c->x509);
	X509_CRL *newest = NULL;
	const char *why = NULL;
	bool revoked = false, stale_revoked = false, any = false;
	size_t i;

	if (known->bad_crl != NULL)
		verify_errors_add(f, SIGNATURE_NO_CRL, "%s cannot be read",
		    known->bad_crl->file);
	for (i = 0; i < known->crl_count; i++) {
		X509_CRL *crl = known->crls[i];
		enum crl_worth worth;

		if (X509_NAME_cmp(X509_CRL_get_issuer(crl), name) != 0)
			continue;
		any = true;
		worth = trust_crl_judge(ctx, crl, c, issuer, &why);
		if (worth == CRL_WHOLE &&
		    (newest == NULL || trust_crl_newer(crl, newest)))
			newest = crl;
		if (worth == CRL_PARTIAL && trust_crl_lists(crl, c))
			revoked = true;
		if (worth == CRL_STALE && trust_crl_lists(crl, c))
			stale_revoked = true;
	}
	if (newest != NULL) {
		trust_crl_weak(ctx, newest, f);
		revoked = revoked || trust_crl_lists(newest, c);
	} else if (any) {
		revoked = revoked || stale_revoked;
		verify_errors_add(
		    f, SIGNATURE_NO_CRL, "the CRL of the issuer %s", why);
	} else if (ctx->params->policy->crl_require) {
		verify_errors_add(f, SIGNATURE_NO_CRL,
		    "there is no CRL of the issuer here, and one is required");
	}
	if (revoked)
		verify_errors_add(f, SIGNATURE_REVOKED,
		    "the issuer's CRL lists the certificate");
}
