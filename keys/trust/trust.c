/*
 * The chain above a certificate, and the judgement as a whole.
 *
 * Chains are looked for here, by names and signatures, since OpenSSL settles
 * for the first issuer whose name fits; each that reaches a root is then
 * handed to X509_verify_cert with nothing else in its hands.
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "keys/trust/trust_judge.h"

/* How long a chain may be, and how many signatures are tried for one
 * certificate: a message can bring any number of look-alikes. */
enum { CHAIN_MAX = 8, TRIES_MAX = 64 };

struct search {
	struct verify_ctx ctx;
	struct cert *path[CHAIN_MAX];
	size_t length;
	unsigned tries;
	bool any; /* best holds a judgement */
	bool anchored;
	int rank; /* of best: higher is better */
	struct verify_errors best;
};

time_t
trust_time(const struct policy *policy)
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

static void
check_strength(const struct verify_ctx *ctx, const struct cert *c,
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
is_tls(const struct verify_params *a)
{
	return a->use == TRUST_TLS || a->use == TRUST_TLS_CLIENT;
}

/* X509_verify_cert's callback: goes on after an error, which is noted. */
static int
verify_note(int ok, X509_STORE_CTX *ctx)
{
	struct verify_errors *f = X509_STORE_CTX_get_app_data(ctx);

	if (!ok)
		verify_errors_add(f, SIGNATURE_UNTRUSTED, "%s",
		    X509_verify_cert_error_string(
			X509_STORE_CTX_get_error(ctx)));
	return 1;
}

/* CAs between: what X509_verify_cert without a purpose lets pass. */
static void
check_ca(const struct cert *c, enum trust_use use, struct verify_errors *f)
{
	uint32_t purposes = X509_get_extended_key_usage(c->x509);
	uint32_t wanted = use == TRUST_TLS ? XKU_SSL_SERVER
	    : use == TRUST_TLS_CLIENT      ? XKU_SSL_CLIENT
					   : XKU_SMIME;

	if (X509_check_ca(c->x509) != 1)
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "a certificate in the chain is none of a CA");
	if ((X509_get_extension_flags(c->x509) & EXFLAG_XKUSAGE) != 0 &&
	    (purposes & (wanted | XKU_ANYEKU)) == 0)
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "a CA in the chain is not for such certificates");
}

/* RFC 5280, 6.1, over this path and no other certificate. */
static void
check_path(struct search *s, struct verify_errors *f)
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
		X509_STORE_CTX_set_verify_cb(ctx, verify_note);
		param = X509_STORE_CTX_get0_param(ctx);
		/* Times and strength were looked at with words of our own;
		 * requireExplicitPolicy fails everything when the initial
		 * set is empty, which is not anyPolicy. */
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
rank_of(const struct verify_errors *f)
{
	return (int)verify_errors_worst(f);
}

/* Judges the path as it is and keeps it when it is the best so far: one
 * good chain is enough. */
static void
search_judge(struct search *s, bool anchored)
{
	const struct verify_params *a = s->ctx.params;
	struct verify_errors f = {0};
	size_t i;

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
		check_strength(
		    &s->ctx, s->path[i], which, !(last && anchored), &f);
		if (i > 0 && !(last && anchored))
			check_ca(s->path[i], a->use, &f);
		if (!(last && anchored))
			trust_revocation(&s->ctx, s->path[i],
			    last ? NULL : s->path[i + 1], &f);
	}
	if (anchored)
		check_path(s, &f);
	/* A chain that ends at a root beats one that does not. */
	if (!s->any || (anchored && !s->anchored) ||
	    (anchored == s->anchored && rank_of(&f) > s->rank)) {
		s->best = f;
		s->rank = rank_of(&f);
		s->any = true;
		s->anchored = anchored;
	}
}

static bool
search_has(const struct search *s, const struct cert *c)
{
	size_t i;

	for (i = 0; i < s->length; i++)
		if (cert_same(s->path[i], c))
			return true;
	return false;
}

/* Whether c is the issuer of the path's end; counts what that costs. */
static bool
search_fits(struct search *s, const struct cert *c)
{
	const struct cert *end = s->path[s->length - 1];

	if (s->length == CHAIN_MAX || s->tries >= TRIES_MAX ||
	    X509_NAME_cmp(X509_get_subject_name(c->x509),
		X509_get_issuer_name(end->x509)) != 0 ||
	    search_has(s, c))
		return false;
	s->tries++;
	return trust_issued(c, end);
}

static void search_up(struct search *s);

static bool
search_roots(struct search *s, struct cert *const *roots, size_t count)
{
	bool any = false;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!search_fits(s, roots[i]))
			continue;
		s->path[s->length++] = roots[i];
		search_judge(s, true);
		s->length--;
		any = true;
	}
	return any;
}

static bool
search_between(struct search *s, struct cert *const *certs, size_t count)
{
	bool any = false;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!search_fits(s, certs[i]))
			continue;
		s->path[s->length++] = certs[i];
		search_up(s);
		s->length--;
		any = true;
	}
	return any;
}

/* The system's roots that bear the name of the path's issuer. */
static bool
search_system(struct search *s)
{
	const struct verify_params *a = s->ctx.params;
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *found = NULL;
	bool any = false;
	int i;

	if (a->ks->system == NULL && (a->ks->system = X509_STORE_new()) != NULL)
		X509_STORE_set_default_paths(a->ks->system);
	if (ctx != NULL &&
	    X509_STORE_CTX_init(ctx, a->ks->system, NULL, NULL) == 1)
		found = X509_STORE_CTX_get1_certs(
		    ctx, X509_get_issuer_name(s->path[s->length - 1]->x509));
	for (i = 0; i < sk_X509_num(found); i++) {
		X509 *x = sk_X509_value(found, i);
		struct cert *root;

		if (X509_up_ref(x) != 1)
			continue;
		root = cert_new(x);
		if (cert_self_signed(root))
			any = search_roots(s, &root, 1) || any;
		cert_free(root);
	}
	sk_X509_pop_free(found, X509_free);
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return any;
}

/* Tries every way up from the path's end. */
static void
search_up(struct search *s)
{
	const struct verify_params *a = s->ctx.params;
	const struct cert *end = s->path[s->length - 1];
	bool any = false;
	size_t i;

	for (i = 0; i < a->ks->root_count; i++)
		if (cert_same(a->ks->roots[i], end)) {
			search_judge(s, true);
			return;
		}
	any = search_roots(s, a->ks->roots, a->ks->root_count);
	if (is_tls(a) && a->policy->system_roots)
		any = search_system(s) || any;
	any = search_between(s, a->ks->cas, a->ks->ca_count) || any;
	any = search_between(s, a->untrusted, a->untrusted_count) || any;
	if (!any && !s->anchored)
		search_judge(s, false);
}

static bool
memo_stands(const struct cert_memo *m, const struct verify_params *a, time_t at)
{
	return m->generation == a->ks->generation &&
	    m->legacy == a->policy->legacy &&
	    m->crl_require == a->policy->crl_require && at >= m->from &&
	    at < m->until;
}

static void
memo_keep(struct cert_memo *m, const struct verify_ctx *ctx,
    const struct verify_errors *f)
{
	*m = (struct cert_memo){ctx->params->ks->generation,
	    ctx->params->policy->legacy, ctx->params->policy->crl_require,
	    ctx->from, ctx->until, *f};
}

struct verify_ctx
verify_ctx_at(const struct verify_params *a)
{
	return (struct verify_ctx){
	    a, trust_time(a->policy), 0, (time_t)INT64_MAX};
}

void
trust_chain(const struct verify_params *a, struct verify_errors *out)
{
	struct search s = {.ctx = verify_ctx_at(a)};
	struct cert_memo *m = &a->cert->chain;
	struct verify_params bare = *a;

	bare.untrusted_count = 0;
	if (is_tls(a)) {
		bare = *a; /* judged once a connection, not kept */
	} else if (memo_stands(m, a, s.ctx.at)) {
		if (m->found.set == 0 || a->untrusted_count == 0) {
			verify_errors_join(out, &m->found);
			return;
		}
		bare = *a;
	}
	s.ctx.params = &bare;
	s.path[s.length++] = a->cert;
	search_up(&s);
	if (!is_tls(a) && bare.untrusted_count == 0) {
		memo_keep(m, &s.ctx, &s.best);
		if (s.best.set != 0 && a->untrusted_count != 0) {
			/* What came along may link it to a root. */
			trust_chain(a, out);
			return;
		}
	}
	verify_errors_join(out, &s.best);
}

/* A certificate that the person vouched for: nothing above it counts but
 * what its issuer revoked. */
static void
trust_alone(const struct verify_params *a, struct verify_errors *out)
{
	struct verify_ctx ctx = verify_ctx_at(a);
	struct cert_memo *m = &a->cert->alone;
	const struct cert *issuer = NULL;
	struct verify_errors f = {0};
	struct policy lenient;
	struct verify_params own = *a;
	size_t i;

	if (memo_stands(m, a, ctx.at) &&
	    (m->found.set == 0 || a->untrusted_count == 0)) {
		verify_errors_join(out, &m->found);
		return;
	}
	trust_validity(&ctx, a->cert, "the certificate", &f);
	check_strength(&ctx, a->cert, "the certificate", false, &f);
	if ((X509_get_extension_flags(a->cert->x509) & EXFLAG_CRITICAL) != 0)
		verify_errors_add(&f, SIGNATURE_UNTRUSTED,
		    "the certificate has a "
		    "critical extension that we do not know");
	if (cert_self_signed(a->cert)) {
		issuer = a->cert;
		lenient = *a->policy;
		lenient.crl_require = false;
		own.policy = &lenient;
	}
	for (i = 0; i < a->ks->root_count && issuer == NULL; i++)
		if (trust_issued(a->ks->roots[i], a->cert))
			issuer = a->ks->roots[i];
	for (i = 0; i < a->ks->ca_count && issuer == NULL; i++)
		if (trust_issued(a->ks->cas[i], a->cert))
			issuer = a->ks->cas[i];
	for (i = 0; i < a->untrusted_count && issuer == NULL; i++)
		if (trust_issued(a->untrusted[i], a->cert))
			issuer = a->untrusted[i];
	ctx.params = &own;
	trust_revocation(&ctx, a->cert, issuer, &f);
	ctx.params = a;
	if (a->untrusted_count == 0)
		memo_keep(m, &ctx, &f);
	verify_errors_join(out, &f);
}

/* What the key may do, where the certificate says so (RFC 8550, 4.4). */
static void
check_usage(const struct verify_params *a, struct verify_errors *f)
{
	X509 *x = a->cert->x509;
	uint32_t usage = X509_get_key_usage(x);
	uint32_t purposes = X509_get_extended_key_usage(x);
	bool rsa = X509_get0_pubkey(x) != NULL &&
	    EVP_PKEY_is_a(X509_get0_pubkey(x), "RSA");

	/* Both are all ones where the extension is not there. */
	if ((X509_get_extension_flags(x) & EXFLAG_INVALID) != 0)
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "the certificate has an extension that is broken");
	if (a->use == TRUST_SIGN &&
	    (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "the certificate's key may not sign");
	if (a->use == TRUST_ENCRYPT &&
	    (usage & (rsa ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT)) == 0)
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "the certificate's key may not be sealed for");
	if (!is_tls(a) && (purposes & (XKU_SMIME | XKU_ANYEKU)) == 0)
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "the certificate is not for messages");
}

void
trust_judge(const struct verify_params *a, struct verify_errors *out)
{
	bool pinned = a->who != NULL &&
	    keystore_pinned(a->ks, a->who->key, a->cert);

	if (a->ks->pins_lost && !is_tls(a))
		verify_errors_add(out, SIGNATURE_UNTRUSTED,
		    "the file pinned in the key store cannot be read");
	if (pinned) {
		trust_alone(a, out);
	} else {
		if (a->who != NULL && keystore_has_pin(a->ks, a->who->key))
			verify_errors_add(out, SIGNATURE_CHANGED,
			    "it is not the "
			    "certificate that is pinned for %s",
			    a->who->text);
		trust_chain(a, out);
	}
	check_usage(a, out);
	if (is_tls(a))
		return; /* hosts have rules of their own */
	if (a->who == NULL)
		verify_errors_add(out, SIGNATURE_IDENTITY_MISMATCH,
		    "the sender has no address that a certificate can name");
	else if (cert_person(a->cert, a->who) == NULL)
		verify_errors_add(out, SIGNATURE_IDENTITY_MISMATCH,
		    "the certificate does not name %s", a->who->text);
}
