/*
 * The certificates above one, found as far as they are known, and drawn as a
 * tree.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keys/trust/trust_priv.h"
#include "keys/x509/cert_words.h"
#include "src/base/text.h"

/* Signatures that are checked at most: a message can bring any number of issuers
 * with the same name. */
enum { CHAIN_TRIES = 64 };

static struct cert *
trust_find_among(struct cert *const *certs, size_t count, const struct cert *c,
    unsigned *tries)
{
	for (size_t i = 0; i < count; i++) {
		if (cert_same(certs[i], c) ||
		    X509_NAME_cmp(X509_get_subject_name(certs[i]->x509),
			X509_get_issuer_name(c->x509)) != 0)
			continue;
		if (++*tries > CHAIN_TRIES)
			return NULL;
		if (trust_issued(certs[i], c))
			return certs[i];
	}
	return NULL;
}

static bool
trust_is_root(const struct store_issuers *known, const struct cert *c)
{
	for (size_t i = 0; i < known->root_count; i++)
		if (cert_same(known->roots[i], c))
			return true;
	return false;
}

void
trust_chain_find(const struct verify_params *a, struct trust_chain *out)
{
	const struct store_issuers *known = keystore_issuers(a->ks);
	struct cert *c = a->cert, *above;
	unsigned tries = 0;

	*out = (struct trust_chain){.end = TRUST_TOO_LONG};
	while (out->count < TRUST_CHAIN) {
		out->certs[out->count++] = c;
		if (trust_is_root(known, c)) {
			out->end = TRUST_ROOT;
			return;
		}
		if (cert_self_signed(c)) {
			out->end = TRUST_SELF_SIGNED;
			return;
		}
		above = trust_find_among(
		    known->roots, known->root_count, c, &tries);
		if (above == NULL)
			above = trust_find_among(
			    known->cas, known->ca_count, c, &tries);
		if (above == NULL)
			above = trust_find_among(
			    a->untrusted, a->untrusted_count, c, &tries);
		if (above == NULL) {
			out->end = TRUST_NO_ISSUER;
			return;
		}
		c = above;
	}
}

/* --- drawing -------------------------------------------------------------- */

static void
trust_put_name(struct buf *out, const X509_NAME *name, const char *otherwise)
{
	char *text = cert_name(name);

	cert_words_text(out,
	    span_str(text[0] != '\0'    ? text
		    : otherwise != NULL ? otherwise
					: "it has no name"));
	buf_adds(out, "\n");
	free(text);
}

/* Begins a line of the tree: roots have depth 0. */
static void
trust_put_branch(struct buf *out, const char *indent, size_t depth)
{
	buf_adds(out, indent);
	if (depth == 0)
		return;
	buf_addf(out, "%*s%s ", (int)(depth - 1) * 3, "",
	    text_locale_utf8() ? "\u2514\u2500" : "\\-");
}

/* Appends what is wrong with the i-th certificate. */
static void
trust_put_faults(struct buf *out, struct verify_ctx *ctx,
    const struct trust_chain *chain, size_t i)
{
	const struct cert *c = chain->certs[i];
	const struct cert *issuer = i + 1 < chain->count ? chain->certs[i + 1]
	    : cert_self_signed(chain->certs[i])          ? c
							 : NULL;
	bool top = i + 1 == chain->count && issuer == c;
	const char *weak = ctx->params->policy->legacy
	    ? NULL
	    : trust_weak_key(X509_get0_pubkey(c->x509));
	struct verify_errors f = {0};

	if (weak == NULL && !top && !ctx->params->policy->legacy)
		weak = trust_weak_signature(c->x509);
	trust_validity(ctx, c, "it", &f);
	/* Nobody above a root could revoke it. */
	if (!top)
		trust_revocation(ctx, c, issuer, &f);
	if (f.set != 0)
		buf_addf(out, ", %s", f.text);
	if (weak != NULL)
		buf_addf(out, ", weak: %s", weak);
}

static void
trust_put_link(struct buf *out, struct verify_ctx *ctx,
    const struct trust_chain *chain, size_t i)
{
	static const char *const ends[] = {[TRUST_ROOT] = ", a root here",
	    [TRUST_SELF_SIGNED] = ", self-signed",
	    [TRUST_NO_ISSUER] = "",
	    [TRUST_TOO_LONG] = ", the chain is too long"};
	const struct verify_params *a = ctx->params;
	const struct cert *c = chain->certs[i];
	bool top = i + 1 == chain->count;
	bool pinned = i == 0 && a->who != NULL &&
	    keystore_pinned(a->ks, a->who->key, c,
		a->use == TRUST_ENCRYPT ? STORE_ENCRYPT : STORE_SIGN);

	buf_adds(out, "until ");
	cert_words_time(out, X509_get0_notAfter(c->x509));
	buf_adds(out, pinned ? ", pinned" : "");
	buf_adds(out, top ? ends[chain->end] : "");
	/* One's own needs nobody's word. */
	if (top && chain->end == TRUST_SELF_SIGNED && !pinned && !a->own)
		buf_adds(out, " and no root here");
	trust_put_faults(out, ctx, chain, i);
	buf_adds(out, ": ");
	trust_put_name(out, X509_get_subject_name(c->x509),
	    c->person_count > 0 ? c->persons[0].text : NULL);
}

void
trust_chain_words(struct buf *out, const struct verify_params *a,
    const struct trust_chain *chain, const char *indent)
{
	struct verify_ctx ctx = verify_ctx_at(a);
	size_t depth = 0;

	if (chain->end == TRUST_NO_ISSUER) {
		trust_put_branch(out, indent, depth++);
		buf_adds(out, "not here: ");
		trust_put_name(out,
		    X509_get_issuer_name(chain->certs[chain->count - 1]->x509),
		    NULL);
	}
	for (size_t i = chain->count; i-- > 0;) {
		trust_put_branch(out, indent, depth++);
		trust_put_link(out, &ctx, chain, i);
	}
}

/* --- for the key store's items -------------------------------------------- */

/* Returns the certificate of a file, or NULL. */
static struct cert *
trust_cert_of(struct keystore *ks, enum store_kind kind, const char *file)
{
	size_t count;
	struct store_file *f = keystore_files(ks, kind, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(f[i].file, file) == 0 && f[i].cert_count > 0)
			return f[i].certs[0];
	return NULL;
}

bool
trust_item_chain(struct keystore *ks, const struct policy *policy,
    const struct keystore_item *item, struct buf *out)
{
	static const enum store_kind kinds[] = {
	    [KEYSTORE_USER] = STORE_USER_CERT,
	    [KEYSTORE_PEER] = STORE_USER_CERT,
	    [KEYSTORE_DOMAIN] = STORE_DOMAIN_CERT,
	    [KEYSTORE_ROOT] = STORE_ROOT_CERT,
	    [KEYSTORE_CA] = STORE_CA_CERT};
	struct verify_params a = {.ks = ks,
	    .policy = policy,
	    .own = item->kind == KEYSTORE_USER,
	    .use = item->kind == KEYSTORE_DOMAIN ? TRUST_TLS
		: item->use != NULL && strcmp(item->use, "encrypt") == 0
		? TRUST_ENCRYPT
		: TRUST_SIGN};
	struct trust_chain chain;
	struct aor who;
	struct err e;
	bool person;

	if (item->kind == KEYSTORE_CRL)
		return false;
	a.cert = trust_cert_of(ks, kinds[item->kind], item->file);
	if (a.cert == NULL)
		return false;
	person = kinds[item->kind] == STORE_USER_CERT &&
	    aor_parse(span_str(item->name), &who, &e) == 0;
	a.who = person ? &who : NULL;
	trust_chain_find(&a, &chain);
	trust_chain_words(out, &a, &chain, "");
	if (person)
		aor_free(&who);
	return true;
}
