/*
 * Builds the chains above a certificate and judges it as a whole.
 *
 * The search is our own, by names and signatures, since OpenSSL takes the
 * first issuer with the right name and looks no further. Each chain that
 * reaches a root is then checked by X509_verify_cert, which is given no other
 * certificate.
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "keys/trust/trust_priv.h"

/* The longest chain, and the most signatures checked for one certificate: a
 * message can bring any number of issuers with the same name. */
enum { CHAIN_MAX = 8, TRIES_MAX = 64 };

struct search {
	struct verify_ctx ctx;
	struct cert *path[CHAIN_MAX];
	size_t length;
	unsigned tries;
	bool any; /* best is set */
	bool anchored;
	int rank; /* of best; higher is better */
	struct verify_errors best;
};

static void
trust_check_strength(const struct verify_ctx *ctx, const struct cert *c,
    const char *which, bool its_signature, struct verify_errors *f)
{
	const char *why = trust_weak_key(X509_get0_pubkey(c->x509));

	if (ctx->params->policy->legacy)
		return;
	if (why == NULL && its_signature)
		why = trust_weak_signature(c->x509);
	if (why != NULL)
		verify_errors_add(f, SIGNATURE_WEAK, "%s: %s", which, why);
}

static bool
trust_is_tls(const struct verify_params *a)
{
	return a->use == TRUST_TLS || a->use == TRUST_TLS_CLIENT;
}

/* X509_verify_cert's callback: notes each error and goes on. */
static int
trust_verify_note(int ok, X509_STORE_CTX *ctx)
{
	struct verify_errors *f = X509_STORE_CTX_get_app_data(ctx);

	if (!ok)
		verify_errors_add(f, SIGNATURE_UNTRUSTED, "%s",
		    X509_verify_cert_error_string(
			X509_STORE_CTX_get_error(ctx)));
	return 1;
}

/* Checks an intermediate CA: X509_verify_cert without a purpose does not. */
static void
trust_check_ca(
    const struct cert *c, enum trust_use use, struct verify_errors *f)
{
	uint32_t purposes = X509_get_extended_key_usage(c->x509);
	uint32_t wanted = use == TRUST_TLS ? XKU_SSL_SERVER
	    : use == TRUST_TLS_CLIENT      ? XKU_SSL_CLIENT
					   : XKU_SMIME;

	if (X509_check_ca(c->x509) != 1)
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "a certificate in its chain is not a CA's");
	if ((X509_get_extension_flags(c->x509) & EXFLAG_XKUSAGE) != 0 &&
	    (purposes & (wanted | XKU_ANYEKU)) == 0)
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "a CA in its chain may not issue such certificates");
}

/* Validates the path by RFC 5280, 6.1. */
static void
trust_check_path(struct search *s, struct verify_errors *f)
{
	STACK_OF(X509) *roots = sk_X509_new_null();
	STACK_OF(X509) *between = sk_X509_new_null();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	size_t i;
	int rc = 0;

	for (i = 1; i + 1 < s->length && between != NULL; i++)
		sk_X509_push(between, s->path[i]->x509);
	if (roots != NULL)
		sk_X509_push(roots, s->path[s->length - 1]->x509);
	if (ctx != NULL &&
	    X509_STORE_CTX_init(ctx, NULL, s->path[0]->x509, between) == 1) {
		X509_STORE_CTX_set0_trusted_stack(ctx, roots);
		X509_STORE_CTX_set_app_data(ctx, f);
		X509_STORE_CTX_set_verify_cb(ctx, trust_verify_note);
		param = X509_STORE_CTX_get0_param(ctx);
		/* Times and strength were checked before. Without anyPolicy
		 * the initial policy set is empty, and a certificate with
		 * requireExplicitPolicy fails. */
		X509_VERIFY_PARAM_set_flags(param,
		    X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_POLICY_CHECK);
		X509_VERIFY_PARAM_add0_policy(
		    param, OBJ_nid2obj(NID_any_policy));
		X509_VERIFY_PARAM_set_auth_level(param, 0);
		rc = X509_verify_cert(ctx);
	}
	if (rc != 1)
		verify_errors_add(
		    f, SIGNATURE_UNTRUSTED, "the chain cannot be verified");
	X509_STORE_CTX_free(ctx);
	sk_X509_free(roots);
	sk_X509_free(between);
	ERR_clear_error();
}

static int
trust_rank_of(const struct verify_errors *f)
{
	return (int)verify_errors_worst(f);
}

/* Judges the path and keeps the result if it is the best so far: one good
 * chain is enough. anchored: the path ends at a root. */
static void
trust_search_judge(struct search *s, bool anchored)
{
	const struct verify_params *a = s->ctx.params;
	struct verify_errors f = {0};
	size_t i;

	f.no_root = !anchored;
	if (!anchored)
		verify_errors_add(&f, SIGNATURE_UNTRUSTED,
		    cert_self_signed(s->path[s->length - 1])
			? "its chain ends at a self-signed certificate that is "
			  "no root here and is not pinned"
			: "its chain ends at no root here");
	for (i = 0; i < s->length; i++) {
		bool last = i + 1 == s->length;
		const char *which = i == 0 ? "the certificate"
		    : last && anchored     ? "the root of its chain"
					   : "a CA in its chain";

		trust_validity(&s->ctx, s->path[i], which, &f);
		trust_check_strength(
		    &s->ctx, s->path[i], which, !(last && anchored), &f);
		if (i > 0 && !(last && anchored))
			trust_check_ca(s->path[i], a->use, &f);
		if (!(last && anchored))
			trust_revocation(&s->ctx, s->path[i],
			    last ? NULL : s->path[i + 1], &f);
	}
	if (anchored)
		trust_check_path(s, &f);
	/* A chain that ends at a root is better than one that does not. */
	if (!s->any || (anchored && !s->anchored) ||
	    (anchored == s->anchored && trust_rank_of(&f) > s->rank)) {
		s->best = f;
		s->rank = trust_rank_of(&f);
		s->any = true;
		s->anchored = anchored;
	}
}

static bool
trust_search_has(const struct search *s, const struct cert *c)
{
	size_t i;

	for (i = 0; i < s->length; i++)
		if (cert_same(s->path[i], c))
			return true;
	return false;
}

/* Returns whether c issued the end of the path; counts the checks done. */
static bool
trust_search_fits(struct search *s, const struct cert *c)
{
	const struct cert *end = s->path[s->length - 1];

	if (s->length == CHAIN_MAX || s->tries >= TRIES_MAX ||
	    X509_NAME_cmp(X509_get_subject_name(c->x509),
		X509_get_issuer_name(end->x509)) != 0 ||
	    trust_search_has(s, c))
		return false;
	s->tries++;
	return trust_issued(c, end);
}

static void trust_search_up(struct search *s);

/* Judges the path with each root that issued its end. */
static bool
trust_search_roots(struct search *s, struct cert *const *roots, size_t count)
{
	bool any = false;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!trust_search_fits(s, roots[i]))
			continue;
		s->path[s->length++] = roots[i];
		trust_search_judge(s, true);
		s->length--;
		any = true;
	}
	return any;
}

/* Goes on upwards with each of certs that issued the end of the path. */
static bool
trust_search_between(struct search *s, struct cert *const *certs, size_t count)
{
	bool any = false;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!trust_search_fits(s, certs[i]))
			continue;
		s->path[s->length++] = certs[i];
		trust_search_up(s);
		s->length--;
		any = true;
	}
	return any;
}

/* The same as trust_search_roots, with the system's roots of the issuer's
 * name. */
static bool
trust_search_system(struct search *s)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *found = NULL;
	bool any = false;
	int i;

	if (ctx != NULL &&
	    X509_STORE_CTX_init(
		ctx, keystore_system_roots(s->ctx.params->ks), NULL, NULL) == 1)
		found = X509_STORE_CTX_get1_certs(
		    ctx, X509_get_issuer_name(s->path[s->length - 1]->x509));
	for (i = 0; i < sk_X509_num(found); i++) {
		X509 *x = sk_X509_value(found, i);
		struct cert *root;

		if (X509_up_ref(x) != 1)
			continue;
		root = cert_new(x);
		if (cert_self_signed(root))
			any = trust_search_roots(s, &root, 1) || any;
		cert_free(root);
	}
	sk_X509_pop_free(found, X509_free);
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return any;
}

/* Tries every way up from the end of the path. */
static void
trust_search_up(struct search *s)
{
	const struct verify_params *a = s->ctx.params;
	const struct store_issuers *known = keystore_issuers(a->ks);
	const struct cert *end = s->path[s->length - 1];
	bool any = false;
	size_t i;

	for (i = 0; i < known->root_count; i++)
		if (cert_same(known->roots[i], end)) {
			trust_search_judge(s, true);
			return;
		}
	any = trust_search_roots(s, known->roots, known->root_count);
	if (trust_is_tls(a) && a->policy->system_roots)
		any = trust_search_system(s) || any;
	any = trust_search_between(s, known->cas, known->ca_count) || any;
	any = trust_search_between(s, a->untrusted, a->untrusted_count) || any;
	if (!any && !s->anchored)
		trust_search_judge(s, false);
}

/* Returns whether a kept result still holds. */
static bool
trust_memo_stands(
    const struct cert_memo *m, const struct verify_params *a, time_t at)
{
	return m->generation == keystore_generation(a->ks) &&
	    m->legacy == a->policy->legacy &&
	    m->crl_require == a->policy->crl_require && at >= m->from &&
	    at < m->until;
}

static void
trust_memo_keep(struct cert_memo *m, const struct verify_ctx *ctx,
    const struct verify_errors *f)
{
	*m = (struct cert_memo){keystore_generation(ctx->params->ks),
	    ctx->params->policy->legacy, ctx->params->policy->crl_require,
	    ctx->from, ctx->until, *f};
}

/* Judges the chain: root, validity, revocation, strength. Its result is kept in
 * the certificate, but for TLS. */
static void
trust_check_chain(const struct verify_params *a, struct verify_errors *out)
{
	struct search s = {.ctx = verify_ctx_at(a)};
	struct cert_memo *m = &a->cert->chain;
	struct verify_params bare = *a;

	bare.untrusted_count = 0;
	if (trust_is_tls(a)) {
		bare = *a; /* judged once for a connection, not kept */
	} else if (trust_memo_stands(m, a, s.ctx.at)) {
		if (m->found.set == 0 || a->untrusted_count == 0) {
			verify_errors_join(out, &m->found);
			return;
		}
		bare = *a;
	}
	s.ctx.params = &bare;
	s.path[s.length++] = a->cert;
	trust_search_up(&s);
	if (!trust_is_tls(a) && bare.untrusted_count == 0) {
		trust_memo_keep(m, &s.ctx, &s.best);
		if (s.best.set != 0 && a->untrusted_count != 0) {
			/* The certificates that came with it may link it to
			 * a root. */
			trust_check_chain(a, out);
			return;
		}
	}
	verify_errors_join(out, &s.best);
}

/* Finds the issuer of the certificate to judge: itself, a root or CA here, or one
 * that came with it. NULL: its certificate is not known. */
static const struct cert *
trust_find_issuer(const struct verify_params *a)
{
	const struct store_issuers *known = keystore_issuers(a->ks);
	size_t i;

	if (cert_self_signed(a->cert))
		return a->cert;
	for (i = 0; i < known->root_count; i++)
		if (trust_issued(known->roots[i], a->cert))
			return known->roots[i];
	for (i = 0; i < known->ca_count; i++)
		if (trust_issued(known->cas[i], a->cert))
			return known->cas[i];
	for (i = 0; i < a->untrusted_count; i++)
		if (trust_issued(a->untrusted[i], a->cert))
			return a->untrusted[i];
	return NULL;
}

/* Judges a pinned certificate. The chain above it does not count, but its
 * issuer's CRLs do. A self-signed one needs no CRL even if they are
 * required. */
static void
trust_check_pinned(const struct verify_params *a, struct verify_errors *out)
{
	struct verify_ctx ctx = verify_ctx_at(a);
	struct cert_memo *m = &a->cert->alone;
	const struct cert *issuer = trust_find_issuer(a);
	struct verify_errors f = {0};
	struct policy lenient;
	struct verify_params own = *a;

	if (trust_memo_stands(m, a, ctx.at) &&
	    (m->found.set == 0 || a->untrusted_count == 0)) {
		verify_errors_join(out, &m->found);
		return;
	}
	trust_validity(&ctx, a->cert, "the certificate", &f);
	trust_check_strength(&ctx, a->cert, "the certificate", false, &f);
	if ((X509_get_extension_flags(a->cert->x509) & EXFLAG_CRITICAL) != 0)
		verify_errors_add(&f, SIGNATURE_UNTRUSTED,
		    "the certificate has an unknown critical extension");
	if (issuer == a->cert) {
		lenient = *a->policy;
		lenient.crl_require = false;
		own.policy = &lenient;
	}
	ctx.params = &own;
	trust_revocation(&ctx, a->cert, issuer, &f);
	ctx.params = a;
	if (a->untrusted_count == 0)
		trust_memo_keep(m, &ctx, &f);
	verify_errors_join(out, &f);
}

/* Checks the key usages that the certificate restricts (RFC 8550, 4.4). */
static void
trust_check_usage(const struct verify_params *a, struct verify_errors *f)
{
	X509 *x = a->cert->x509;
	uint32_t purposes = X509_get_extended_key_usage(x);

	/* An absent extension gives all ones. */
	if ((X509_get_extension_flags(x) & EXFLAG_INVALID) != 0)
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "the certificate has a malformed extension");
	if (a->use == TRUST_SIGN && !cert_may_sign(a->cert))
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "the certificate's key may not sign");
	if (a->use == TRUST_ENCRYPT && !cert_may_encrypt(a->cert))
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "the certificate's key may not be encrypted for");
	if (!trust_is_tls(a) && (purposes & (XKU_SMIME | XKU_ANYEKU)) == 0)
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "the certificate is not for messages");
}

_Static_assert(CERT_PERSONS_MAX == 64, "a reason tells the number");

void
trust_own(const struct verify_params *a, struct verify_errors *out)
{
	struct verify_ctx ctx = verify_ctx_at(a);
	struct cert_memo *m = &a->cert->own;
	struct verify_errors f = {0}, crl = {0};

	if (trust_memo_stands(m, a, ctx.at)) {
		verify_errors_join(out, &m->found);
	} else {
		trust_validity(&ctx, a->cert, "it", &f);
		/* A CRL that cannot be used says nothing against it. */
		trust_revocation(&ctx, a->cert, trust_find_issuer(a), &crl);
		if ((crl.set & 1U << SIGNATURE_REVOKED) != 0)
			verify_errors_add(&f, SIGNATURE_REVOKED,
			    "the CRL of its issuer revokes it");
		trust_memo_keep(m, &ctx, &f);
		verify_errors_join(out, &f);
	}
	trust_check_usage(a, out);
}

void
trust_judge(const struct verify_params *a, struct verify_errors *out)
{
	bool pinned = a->who != NULL &&
	    keystore_pinned(a->ks, a->who->key, a->cert,
		a->use == TRUST_ENCRYPT ? STORE_ENCRYPT : STORE_SIGN);

	if (keystore_pins_lost(a->ks) && !trust_is_tls(a))
		verify_errors_add(out, SIGNATURE_UNTRUSTED,
		    "the file pinned in the key store cannot be read");
	if (pinned) {
		trust_check_pinned(a, out);
	} else {
		if (a->who != NULL && keystore_has_pin(a->ks, a->who->key))
			verify_errors_add(out, SIGNATURE_CHANGED,
			    "it is not the "
			    "certificate that is pinned for %s",
			    a->who->text);
		trust_check_chain(a, out);
	}
	trust_check_usage(a, out);
	if (trust_is_tls(a))
		return; /* trust_server.c checks the names of hosts */
	if (a->who == NULL)
		verify_errors_add(out, SIGNATURE_IDENTITY_MISMATCH,
		    "the sender has no address that a certificate can name");
	else if (cert_person(a->cert, a->who) == NULL)
		verify_errors_add(out, SIGNATURE_IDENTITY_MISMATCH,
		    a->cert->more_persons
			? "the certificate has more than 64 addresses, and %s "
			  "is not among the first"
			: "the certificate does not name %s",
		    a->who->text);
}
