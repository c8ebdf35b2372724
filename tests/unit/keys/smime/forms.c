/*
 * Bodies that are to come out as others did: the draft's byte for byte,
 * opaque ones, and ours with all that chance would choose given.
 */
#include "tests/unit/keys/keys_draft.h"

#include "keys/asn1/asn1_print.h"
#include "keys/smime/cms_make.h"

#define BOUNDARY_61 "151aa2144df0f6bd"
#define BOUNDARY_63 "1af019eb7754ddf7"

static struct aor
address(const char *text)
{
	struct err e;
	struct aor a;

	if (aor_parse(span_str(text), &a, &e) != 0)
		fail_msg("%s", e.text);
	return a;
}

/* "hello" from fluffy to kumiko, both as the draft has them. */
static struct smime_body
make(struct world *w, const struct smime_form *form, bool sign, bool encrypt,
    enum smime_nesting nesting)
{
	struct aor from = address("fluffy@example.com");
	struct aor to = address("kumiko@example.net");
	struct smime_input l = {.from = &from,
	    .to = &to,
	    .text = span_str("hello"),
	    .sign = sign,
	    .encrypt = encrypt,
	    .nesting = nesting,
	    .form = form};
	struct smime_body body;
	struct err e;

	if (smime_make(w->ks, &w->policy, &l, &body, &e) != 0)
		fail_msg("%s", e.text);
	aor_free(&from);
	aor_free(&to);
	return body;
}

static struct smime_result
open_body(struct world *w, const struct smime_body *b)
{
	return world_open(w, b->content_type, span_buf(&b->body));
}

/* The draft's message, and where its body begins. */
static struct buf
vector(const char *name, size_t *body)
{
	char path[256];
	struct buf b;

	snprintf(path, sizeof(path), DRAFT_VECTORS "%s", name);
	b = get_source(path);
	if (body != NULL)
		*body = (size_t)(strstr((char *)b.p, "\r\n\r\n") + 4 -
		    (char *)b.p);
	return b;
}

static void
has_field(const struct buf *message, const char *name, const char *value)
{
	char *theirs = field(message, name);

	assert_string_equal(theirs, value);
	free(theirs);
}

static void
a_signed_one_is_the_drafts_byte_for_byte(void **state)
{
	const struct smime_form form = {.draft = true, .boundary = BOUNDARY_61};
	struct smime_body b = make(*state, &form, true, false, NESTING_AUTO);
	size_t at;
	struct buf message = vector("6.1-signed.sip", &at);

	has_field(&message, "Content-Type", b.content_type);
	assert_null(b.disposition);
	assert_int_equal(b.body.n, 639);
	assert_int_equal(message.n - at, 639);
	assert_memory_equal(b.body.p, message.p + at, 639);
	smime_body_free(&b);
	buf_free(&message);
}

/* The same lines of ASN.1, but for the bytes that chance chose. */
static void
same_structure(struct span a, struct span b)
{
	struct buf one = {0}, other = {0};
	struct err e;

	assert_int_equal(asn1_print(&one, a, ASN1_HIDE_RANDOM, &e), 0);
	assert_int_equal(asn1_print(&other, b, ASN1_HIDE_RANDOM, &e), 0);
	assert_string_equal((char *)one.p, (char *)other.p);
	buf_free(&one);
	buf_free(&other);
}

static void
a_sealed_one_has_the_drafts_structure(void **state)
{
	const struct smime_form form = {.draft = true};
	struct smime_body b = make(*state, &form, false, true, NESTING_AUTO);
	struct buf message = vector("6.2-encrypted.sip", NULL);
	struct buf der = vector("blob2.der", NULL);

	has_field(&message, "Content-Type", b.content_type);
	has_field(&message, "Content-Disposition", b.disposition);
	assert_int_equal(b.body.n, 435);
	same_structure(span_buf(&b.body), span_buf(&der));
	expect(open_body(*state, &b), "none", "opened", 200, "hello");
	smime_body_free(&b);
	buf_free(&message);
	buf_free(&der);
}

static void
a_sealed_and_signed_one_is_the_drafts_but_for_chance(void **state)
{
	const struct smime_form form = {.draft = true, .boundary = BOUNDARY_63};
	struct world *w = *state;
	struct smime_body b;
	size_t at, head, sealed, end;
	struct buf message = vector("6.3-encrypted-signed.sip", &at);
	struct buf entity = vector("6.3-signed-entity.bin", &head);
	struct span theirs = span_cut(span_buf(&message), at, message.n);

	/* What a good message of hers taught is not asked. */
	put_file(w->dir, "peers", "kumiko@example.net gcm inner\n", 29);
	b = make(w, &form, true, true, NESTING_AUTO);
	has_field(&message, "Content-Type", b.content_type);
	assert_null(b.disposition);
	assert_int_equal(b.body.n, 1191);
	assert_int_equal(theirs.n, 1191);
	/* All but what was sealed and the 128 bytes of the signature. */
	sealed = strlen("--" BOUNDARY_63 "\r\n") + head;
	end = sealed + entity.n - head;
	assert_memory_equal(b.body.p, theirs.p, sealed);
	same_structure(span_cut(span_buf(&b.body), sealed, end),
	    span_cut(theirs, sealed, end));
	assert_memory_equal(b.body.p + end, theirs.p + end,
	    1191 - end - strlen("\r\n--" BOUNDARY_63 "--") - 128);
	assert_memory_equal(b.body.p + 1191 - 22, theirs.p + 1191 - 22, 22);
	expect(open_body(w, &b), "good", "opened", 200, "hello");
	smime_body_free(&b);
	buf_free(&message);
	buf_free(&entity);
}

static void
the_drafts_sealed_part_is_signed_as_it_was(void **state)
{
	struct buf pem = vector("user_cert_fluffy@example.com.pem", NULL);
	struct buf key = vector("user_key_fluffy@example.com.pem", NULL);
	struct buf entity = vector("6.3-signed-entity.bin", NULL);
	struct buf wanted = vector("blob4.der", NULL), der = {0};
	BIO *a = BIO_new_mem_buf(pem.p, (int)pem.n);
	BIO *b = BIO_new_mem_buf(key.p, (int)key.n);
	struct cms_signing how = {.draft = true};
	struct err e;
	struct algs *algs = algs_new(&e);

	(void)state;
	how.cert = cert_new(PEM_read_bio_X509(a, NULL, NULL, NULL));
	how.key = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
	assert_int_equal(
	    cms_make_signed(algs, &how, span_buf(&entity), &der, &e), 0);
	assert_int_equal(der.n, wanted.n);
	assert_memory_equal(der.p, wanted.p, der.n);
	algs_free(algs);
	cert_free(how.cert);
	EVP_PKEY_free(how.key);
	BIO_free(a);
	BIO_free(b);
	buf_free(&pem);
	buf_free(&key);
	buf_free(&entity);
	buf_free(&wanted);
	buf_free(&der);
}

static void
an_opaque_one_opens_alone_and_inside_a_seal(void **state)
{
	static const struct smime_form forms[] = {
	    {.opaque = true}, {.opaque = true, .draft = true}};
	struct world *w = *state;
	struct smime_result o;
	size_t i;

	for (i = 0; i < COUNT(forms); i++) {
		struct smime_body b = make(
		    w, &forms[i], true, false, NESTING_AUTO);

		assert_string_equal(b.content_type,
		    "application/pkcs7-mime;"
		    "smime-type=signed-data;name=smime.p7m");
		assert_non_null(strstr(b.disposition,
		    "attachment;handling=required;filename=smime.p7"));
		expect(open_body(w, &b), "good", "none", 200, "hello");
		b.body.p[b.body.n / 3] ^= 1;
		o = open_body(w, &b);
		assert_int_not_equal(o.verdict.signature, SIGNATURE_GOOD);
		smime_result_free(&o);
		smime_body_free(&b);
		b = make(w, &forms[i], true, true, NESTING_INNER);
		assert_non_null(strstr(b.content_type, "enveloped-data"));
		expect(open_body(w, &b), "good", "opened", 200, "hello");
		smime_body_free(&b);
		b = make(w, &forms[i], true, true, NESTING_OUTER);
		assert_non_null(strstr(b.content_type, "signed-data"));
		expect(open_body(w, &b), "good", "opened", 200, "hello");
		smime_body_free(&b);
	}
}

static void
given_all_that_is_chosen_it_comes_out_the_same(void **state)
{
	const struct smime_form form = {
	    .boundary = "frontier", .at = draft_then};
	const struct smime_form later = {
	    .boundary = "frontier", .at = draft_then + 1};
	/* of a year that takes GeneralizedTime */
	const struct smime_form far = {
	    .boundary = "frontier", .at = 2600000000};
	/* 051119233450Z as a UTCTime */
	static const char time[] = "\x17\x0d"
				   "051119233450Z";
	struct smime_body a = make(*state, &form, true, false, NESTING_AUTO);
	struct smime_body b = make(*state, &form, true, false, NESTING_AUTO);
	size_t at;

	assert_string_equal(a.content_type,
	    "multipart/signed;protocol="
	    "\"application/pkcs7-signature\";micalg=sha-256;"
	    "boundary=frontier");
	assert_int_equal(a.body.n, b.body.n);
	assert_memory_equal(a.body.p, b.body.p, a.body.n);
	for (at = 0; at + 15 < a.body.n && memcmp(a.body.p + at, time, 15) != 0;
	     at++)
		continue;
	assert_true(at + 15 < a.body.n);
	expect(open_body(*state, &a), "good", "none", 200, "hello");
	smime_body_free(&b);
	b = make(*state, &later, true, false, NESTING_AUTO);
	assert_int_equal(a.body.n, b.body.n);
	assert_memory_not_equal(a.body.p, b.body.p, a.body.n);
	smime_body_free(&b);
	b = make(*state, &far, true, false, NESTING_AUTO);
	expect(open_body(*state, &b), "good", "none", 200, "hello");
	smime_body_free(&a);
	smime_body_free(&b);
}

static void
refused(struct world *w, const char *text, const struct smime_form *form,
    bool sign, int exit)
{
	struct aor from = address("fluffy@example.com");
	struct aor to = address("kumiko@example.net");
	struct smime_input l = {.from = &from,
	    .to = &to,
	    .text = span_str(text),
	    .sign = sign,
	    .encrypt = !sign,
	    .form = form};
	struct smime_body body;
	struct err e;

	assert_int_equal(smime_make(w->ks, &w->policy, &l, &body, &e), -1);
	if (e.exit != exit)
		fail_msg("%d instead of %d: %s", e.exit, exit, e.text);
	aor_free(&from);
	aor_free(&to);
}

static void
what_cannot_be_is_refused(void **state)
{
	const struct smime_form form = {.draft = true, .boundary = BOUNDARY_61};
	struct world *w = *state;

	refused(w, "a\r\n--" BOUNDARY_61 "\r\nb", &form, true, EX_DATAERR);
	refused(w, "--" BOUNDARY_61 "--", &form, true, EX_DATAERR);
	refused(w, "a\n--" BOUNDARY_61, &form, true, EX_DATAERR);
	w->policy.legacy = false;
	refused(w, "hello", &form, true, EX_USAGE);
	refused(w, "hello", &form, false, EX_USAGE);
}

#define T(f) cmocka_unit_test_setup_teardown(f, draft_setup, draft_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_signed_one_is_the_drafts_byte_for_byte),
	    T(a_sealed_one_has_the_drafts_structure),
	    T(a_sealed_and_signed_one_is_the_drafts_but_for_chance),
	    cmocka_unit_test(the_drafts_sealed_part_is_signed_as_it_was),
	    T(an_opaque_one_opens_alone_and_inside_a_seal),
	    T(given_all_that_is_chosen_it_comes_out_the_same),
	    T(what_cannot_be_is_refused),
	};

	return cmocka_run_group_tests_name("keys_forms", tests, NULL, NULL);
}
