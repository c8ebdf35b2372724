/* A key store with people in it, for tests; included by keys_make.h. */
#ifndef SIGNET_TESTS_UNIT_KEYS_KEYS_WORLD_H
#define SIGNET_TESTS_UNIT_KEYS_KEYS_WORLD_H

#include "tests/unit/keys/keys_make.h"

/* alice writes to bob, whose key store this is; one CA made both. */
struct world {
	char *dir;
	struct ident ca, alice, bob;
	struct keystore *ks;
	struct policy policy;
	const char *from; /* the SIP From of what is opened */
	const char *self; /* whose it is opened as; NULL: anybody's */
	unsigned caps; /* of smime_raw */
	const char *disposition; /* its Content-Disposition, or NULL */
};

static inline int
world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e;

	w->dir = make_dir();
	w->ca = make_cert(NULL, &(struct say){.cn = "CA", .ca = true});
	w->alice = make_cert(&w->ca,
	    &(struct say){.cn = "alice",
		.san = "URI:sip:alice@example.com,URI:im:alice@example.com"});
	w->bob = make_cert(&w->ca,
	    &(struct say){.cn = "bob", .san = "URI:sip:bob@example.com"});
	put_cert(w->dir, "root_cert_ca.pem", w->ca.cert);
	put_cert(w->dir, "user_cert_alice@example.com.pem", w->alice.cert);
	put_cert(w->dir, "user_cert_bob@example.com.pem", w->bob.cert);
	put_key(w->dir, "user_key_bob@example.com.pem", w->bob.key);
	w->from = "sip:alice@example.com";
	if (keystore_open(w->dir, false, &w->ks, &e) != 0)
		fail_msg("%s", e.text);
	*state = w;
	return 0;
}

static inline int
world_teardown(void **state)
{
	struct world *w = *state;

	keystore_free(w->ks);
	drop_ident(&w->ca);
	drop_ident(&w->alice);
	drop_ident(&w->bob);
	drop_dir(w->dir);
	free(w);
	return 0;
}

/* Replaces alice's certificate in the store, and her key. */
static inline void
world_alice(struct world *w, const struct ident *by, const struct say *s)
{
	drop_ident(&w->alice);
	w->alice = make_cert(by, s);
	put_cert(w->dir, "user_cert_alice@example.com.pem", w->alice.cert);
}

static inline void
world_pin(struct world *w, const char *address)
{
	struct err e;
	struct aor a;

	assert_int_equal(aor_parse(span_str(address), &a, &e), 0);
	if (pin_stored(w->ks, &a, &e) != 0)
		fail_msg("%s", e.text);
	aor_free(&a);
}

static inline struct smime_result
world_open_coded(struct world *w, const char *type, const char *transfer,
    const char *content_encoding, struct span body)
{
	struct smime_raw raw = {.content_type = span_str(type),
	    .transfer_encoding = span_str(transfer),
	    .content_encoding = span_str(content_encoding),
	    .body = body,
	    .details = true,
	    .disposition = span_str(w->disposition),
	    .caps = w->caps};
	struct smime_result out;
	struct aor from = {NULL, NULL, NULL}, self = {NULL, NULL, NULL};
	struct err e;

	if (w->self != NULL && aor_parse(span_str(w->self), &self, &e) != 0)
		fail_msg("%s", e.text);
	raw.self = &self;
	raw.self_count = w->self != NULL;

	if (w->from != NULL && aor_parse_uri(span_str(w->from), &from, &e) != 0)
		fail_msg("%s", e.text);
	raw.from = w->from != NULL ? &from : NULL;
	smime_read(w->ks, &w->policy, &raw, &out);
	if (w->from != NULL)
		aor_free(&from);
	if (w->self != NULL)
		aor_free(&self);
	/* Whatever came: no text without a 200, and words for a refusal. */
	if (refusal_status(out.refusal) != 200)
		assert_null(out.text);
	if (refusal_status(out.refusal) != 200)
		assert_non_null(refusal_warning(out.refusal));
	else
		assert_null(refusal_warning(out.refusal));
	return out;
}

static inline struct smime_result
world_open(struct world *w, const char *type, struct span body)
{
	return world_open_coded(w, type, "binary", "", body);
}

/* Checks verdict, status and text (NULL: none), and frees. Names are those
 * of DESIGN's vocabulary. */
static inline void
expect(struct smime_result out, const char *signature, const char *encryption,
    int status, const char *text)
{
	if (strcmp(verdict_signature_name(out.verdict.signature), signature) !=
		0 ||
	    strcmp(verdict_encryption_name(out.verdict.encryption),
		encryption) != 0 ||
	    refusal_status(out.refusal) != status)
		fail_msg("%s, %s, %d instead of %s, %s, %d (%s)",
		    verdict_signature_name(out.verdict.signature),
		    verdict_encryption_name(out.verdict.encryption),
		    refusal_status(out.refusal), signature, encryption, status,
		    out.verdict.reason);
	if (text == NULL) {
		if (out.text != NULL)
			fail_msg("\"%s\" is shown", out.text);
	} else {
		assert_non_null(out.text);
		assert_string_equal(out.text, text);
		assert_int_equal(out.text_len, strlen(text));
	}
	smime_result_free(&out);
}

/* alice's "hello", signed as usual with flags, opened. */
static inline struct smime_result
world_signed(struct world *w, unsigned flags, const EVP_MD *md)
{
	struct buf der = sign_der(
	    span_str(HELLO), &w->alice, CMS_DETACHED | flags, md);
	struct buf body = multipart_signed(span_str(HELLO), span_buf(&der));
	struct smime_result out = world_open(w, SIGNED_TYPE, span_buf(&body));

	buf_free(&der);
	buf_free(&body);
	return out;
}

static inline void
expect_signed(struct world *w, const char *signature)
{
	bool shown = strcmp(signature, "good") == 0;

	expect(world_signed(w, CMS_NOCERTS, NULL), signature, "none",
	    shown ? 200 : 437, shown ? "hello" : NULL);
}

#endif
