/*
 * Checks the OCSP response that a TLS server stapled to its handshake: whether
 * its issuer says that its certificate is not revoked (RFC 6960; RFC 6066, 8;
 * RFC 7633).
 */
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "keys/trust/trust_priv.h"

enum {
	OCSP_SKEW = 300, /* seconds that two clocks may differ */
	OCSP_FRESH =
	    86400, /* seconds a response without nextUpdate is accepted */
	OCSP_SINGLES = 100, /* answers of one response that are read */
	STATUS_REQUEST = 5 /* the TLS feature (RFC 7633, 4.1) */
};

/* A response while it is judged; why is its fault. */
struct stapled {
	struct verify_ctx ctx;
	const struct cert *leaf, *issuer;
	OCSP_BASICRESP *basic;
	const char *why;
	bool revoked;
};

/* Returns whether x requires a stapled response. */
static bool
trust_must_staple(const X509 *x)
{
	TLS_FEATURE *features = X509_get_ext_d2i(x, NID_tlsfeature, NULL, NULL);
	bool must = false;
	int i;

	for (i = 0; features != NULL && i < sk_ASN1_INTEGER_num(features); i++)
		must = must ||
		    ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) ==
			STATUS_REQUEST;
	TLS_FEATURE_free(features);
	return must;
}

/* Finds the certificate's issuer among those that came with it and those of
 * the store. */
static const struct cert *
trust_issuer_of(const struct verify_params *a)
{
	const struct store_issuers *known = keystore_issuers(a->ks);
	size_t i;

	for (i = 0; i < a->untrusted_count; i++)
		if (trust_issued(a->untrusted[i], a->cert))
			return a->untrusted[i];
	for (i = 0; i < known->ca_count; i++)
		if (trust_issued(known->cas[i], a->cert))
			return known->cas[i];
	for (i = 0; i < known->root_count; i++)
		if (trust_issued(known->roots[i], a->cert))
			return known->roots[i];
	return NULL;
}

static bool
trust_failed(struct stapled *s, const char *why)
{
	s->why = why;
	ERR_clear_error();
	return false;
}

/* Parses der, which must be exactly one response with an answer. */
static bool
trust_read_response(struct stapled *s, struct span der)
{
	const unsigned char *p = der.p;
	OCSP_RESPONSE *r = d2i_OCSP_RESPONSE(NULL, &p, (long)der.n);
	bool ok = r != NULL && p == der.p + der.n;

	if (ok && OCSP_response_status(r) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
		OCSP_RESPONSE_free(r);
		return trust_failed(s, "says that there is no answer");
	}
	if (ok)
		s->basic = OCSP_response_get1_basic(r);
	OCSP_RESPONSE_free(r);
	return s->basic != NULL || trust_failed(s, "is malformed");
}

/* Returns whether the issuer has delegated OCSP to the holder of x (RFC 6960,
 * 4.2.2.2), and x is good now. */
static bool
trust_is_delegate(struct stapled *s, X509 *x)
{
	struct verify_errors f = {0};
	struct cert *c;
	bool ok;

	if (X509_up_ref(x) != 1)
		return false;
	c = cert_new(x);
	ok = trust_issued(s->issuer, c) &&
	    (X509_get_extension_flags(x) & EXFLAG_XKUSAGE) != 0 &&
	    (X509_get_extended_key_usage(x) & XKU_OCSP_SIGN) != 0 &&
	    (X509_get_key_usage(x) & KU_DIGITAL_SIGNATURE) != 0;
	if (ok) {
		trust_validity(&s->ctx, c, "the signer", &f);
		/* Only our own CRLs are asked, also without
		 * id-pkix-ocsp-nocheck. */
		trust_revocation(&s->ctx, c, s->issuer, &f);
		ok = f.set == 0 &&
		    (s->ctx.params->policy->legacy ||
			(trust_weak_key(X509_get0_pubkey(x)) == NULL &&
			    trust_weak_signature(x) == NULL));
	}
	cert_free(c);
	return ok;
}

/* Checks that the issuer or its delegate signed the response. */
static bool
trust_check_signature(struct stapled *s)
{
	const X509_ALGOR *a = OCSP_resp_get0_tbs_sigalg(s->basic);
	STACK_OF(X509) *known = sk_X509_new_null();
	X509 *signer = NULL;
	bool ok = known != NULL && sk_X509_push(known, s->issuer->x509) > 0 &&
	    OCSP_basic_verify(s->basic, known, NULL, OCSP_NOVERIFY) == 1 &&
	    OCSP_resp_get0_signer(s->basic, &signer, known) == 1;

	sk_X509_free(known);
	if (!ok)
		return trust_failed(s, "has no valid signature");
	if (!s->ctx.params->policy->legacy &&
	    (trust_weak_signed(a) || trust_weak_algorithm(a) != NULL))
		return trust_failed(s, "is signed with a weak digest");
	return X509_cmp(signer, s->issuer->x509) == 0 ||
	    trust_is_delegate(s, signer) ||
	    trust_failed(
		s, "is signed by someone who may not answer for the issuer");
}

static bool
trust_is_about(const OCSP_SINGLERESP *single, const struct stapled *s)
{
	const OCSP_CERTID *id = OCSP_SINGLERESP_get0_id(single);
	ASN1_OBJECT *algorithm = NULL;
	OCSP_CERTID *ours;
	const EVP_MD *md;
	bool same;

	(void)OCSP_id_get0_info(
	    NULL, &algorithm, NULL, NULL, (OCSP_CERTID *)id);
	/* The digest only identifies the certificate, so it may be weak. */
	md = algorithm == NULL ? NULL : EVP_get_digestbyobj(algorithm);
	if (md == NULL)
		return false;
	ours = OCSP_cert_to_id(md, s->leaf->x509, s->issuer->x509);
	same = ours != NULL && OCSP_id_cmp(ours, id) == 0;
	OCSP_CERTID_free(ours);
	return same;
}

static bool
trust_is_fresh(const struct stapled *s, const ASN1_GENERALIZEDTIME *from,
    const ASN1_GENERALIZEDTIME *until)
{
	time_t begin, end;

	if (from == NULL || !cert_time(from, &begin) ||
	    begin > s->ctx.at + OCSP_SKEW)
		return false;
	if (until == NULL)
		end = begin + OCSP_FRESH;
	else if (!cert_time(until, &end))
		return false;
	return s->ctx.at <= end + OCSP_SKEW;
}

/* Checks the answers about the leaf. A revocation counts even if it is stale or
 * another answer says good. */
static bool
trust_check_answers(struct stapled *s)
{
	int count = OCSP_resp_count(s->basic), i, status;
	bool about = false, fresh = false, good = false;

	for (i = 0; i < count && i < OCSP_SINGLES; i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(s->basic, i);
		ASN1_GENERALIZEDTIME *from = NULL, *until = NULL;

		if (!trust_is_about(single, s))
			continue;
		about = true;
		status = OCSP_single_get0_status(
		    single, NULL, NULL, &from, &until);
		if (status == V_OCSP_CERTSTATUS_REVOKED)
			s->revoked = true;
		if (trust_is_fresh(s, from, until)) {
			fresh = true;
			good = good || status == V_OCSP_CERTSTATUS_GOOD;
		}
	}
	if (s->revoked)
		return trust_failed(s, "says that it is revoked");
	if (!about)
		return trust_failed(s, "is about another certificate");
	if (!fresh)
		return trust_failed(s, "is stale");
	return good || trust_failed(s, "does not know it");
}

static bool
trust_ocsp_judge(struct stapled *s, struct span response)
{
	bool ok = s->issuer != NULL ||
	    trust_failed(s, "cannot be checked: its issuer is not known here");

	ok = ok && trust_read_response(s, response) &&
	    trust_check_signature(s) && trust_check_answers(s);
	OCSP_BASICRESP_free(s->basic);
	ERR_clear_error();
	return ok;
}

int
trust_stapled(struct keystore *ks, const struct policy *policy,
    const struct span *chain, size_t count, struct span response,
    struct span host, struct err *e)
{
	struct verify_params params = {
	    .ks = ks, .policy = policy, .use = TRUST_TLS};
	struct trust_shown shown;
	struct stapled s = {.why = NULL};
	int rc = 0;

	trust_shown_read(&shown, chain, count);
	if (shown.count == 0)
		return err_set(e, EX_NOPERM, "%.*s presents no certificate",
		    (int)host.n, (const char *)host.p);
	trust_shown_params(&shown, &params);
	s.ctx = verify_ctx_at(&params);
	s.leaf = params.cert;
	s.issuer = trust_issuer_of(&params);
	if (response.p == NULL && trust_must_staple(params.cert->x509))
		rc = err_set(e, EX_NOPERM,
		    "the certificate of %.*s is "
		    "refused: it asks for an OCSP response with it, and the "
		    "server sent none",
		    (int)host.n, (const char *)host.p);
	else if (response.p != NULL && !trust_ocsp_judge(&s, response))
		rc = err_set(e, EX_NOPERM,
		    "the certificate of %.*s is "
		    "refused: %sthe OCSP response that came with it %s",
		    (int)host.n, (const char *)host.p,
		    s.revoked ? "revoked: " : "", s.why);
	trust_shown_free(&shown);
	return rc;
}
