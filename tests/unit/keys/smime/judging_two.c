/*
 * People with two certificates, one that signs and one that encrypts: ours and
 * theirs, with and without pins.
 */
#include "tests/unit/keys/keys_make.h"

#include "tests/unit/keys/smime/judging.h"

static const char sealed_type[] =
    "application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"";

/* Gives alice a certificate that signs, and returns one that encrypts. */
static struct ident
two_of_alice(struct world *w, const char *sign, const char *encrypt)
{
	struct say s = alice_says;
	struct ident other;

	s.usage = sign;
	world_alice(w, &w->ca, &s);
	s.usage = encrypt;
	other = make_cert(&w->ca, &s);
	put_cert(w->dir, "user_cert_alice@example.com+encrypt.pem", other.cert);
	return other;
}

/* Returns the exit status of encrypting for alice; opens what was made with
 * her key. */
static int
encrypt_for(struct world *w, const struct ident *alice)
{
	const struct policy policy = {.at = 0};
	struct smime_input in = {
	    .text = span_str("hello"), .encrypt = true, .sign = true};
	struct smime_body body;
	struct err e = {0};
	CMS_ContentInfo *cms;
	const unsigned char *p;
	struct aor from, to;
	BIO *out;

	aor_parse(span_str("bob@example.com"), &from, &e);
	aor_parse(span_str("alice@example.com"), &to, &e);
	in.from = &from;
	in.to = &to;
	in.nesting = NESTING_INNER;
	e.exit = 0;
	if (smime_make(w->ks, &policy, &in, &body, &e) == 0) {
		p = body.body.p;
		cms = d2i_CMS_ContentInfo(NULL, &p, (long)body.body.n);
		out = BIO_new(BIO_s_mem());
		assert_int_equal(CMS_decrypt(cms, alice->key, alice->cert, NULL,
				     out, CMS_BINARY),
		    1);
		BIO_free(out);
		CMS_ContentInfo_free(cms);
		smime_body_free(&body);
	}
	aor_free(&from);
	aor_free(&to);
	return e.exit;
}

static void
sign_with(struct world *w, const struct ident *by, const char *signature)
{
	struct buf der = sign_der(span_str(HELLO), by, CMS_DETACHED, NULL);
	struct buf body = multipart_signed(span_str(HELLO), span_buf(&der));
	bool good = strcmp(signature, "good") == 0;

	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), signature, "none",
	    good ? 200 : 437, good ? "hello" : NULL);
	buf_free(&der);
	buf_free(&body);
}

static void
each_serves_what_its_usage_permits(void **state)
{
	struct world *w = *state;
	struct ident other = two_of_alice(
	    w, "digitalSignature", "keyAgreement");

	sign_with(w, &w->alice, "good");
	sign_with(w, &other, "untrusted");
	assert_int_equal(encrypt_for(w, &other), 0);
	/* the same under each other's name */
	put_cert(w->dir, "user_cert_alice@example.com.pem", other.cert);
	put_cert(
	    w->dir, "user_cert_alice@example.com+encrypt.pem", w->alice.cert);
	sign_with(w, &w->alice, "good");
	sign_with(w, &other, "untrusted");
	assert_int_equal(encrypt_for(w, &other), 0);
	/* with the other one alone nothing is encrypted */
	drop_file(w->dir, "user_cert_alice@example.com.pem");
	assert_int_equal(encrypt_for(w, &other), EX_NOPERM);
	drop_ident(&other);
}

static void
the_name_decides_where_usage_does_not(void **state)
{
	struct world *w = *state;
	struct ident other = two_of_alice(w, "digitalSignature,keyAgreement",
	    "digitalSignature,keyAgreement");

	sign_with(w, &w->alice, "good");
	assert_int_equal(encrypt_for(w, &other), 0);
	/* one that cannot be read is not replaced by the other */
	put_file(w->dir, "user_cert_alice@example.com+encrypt.pem", "x", 1);
	assert_int_equal(encrypt_for(w, &w->alice), EX_CONFIG);
	sign_with(w, &w->alice, "good");
	drop_ident(&other);
}

static void
each_has_a_pin_for_its_use(void **state)
{
	static const char *const both = "digitalSignature,keyAgreement";
	struct world *w = *state;
	struct ident other = two_of_alice(w, both, both);

	world_pin(w, "alice@example.com");
	sign_with(w, &w->alice, "good");
	sign_with(w, &other, "changed");
	assert_int_equal(encrypt_for(w, &other), 0);
	/* the pin of the one is none of the other */
	put_cert(w->dir, "user_cert_alice@example.com.pem", other.cert);
	sign_with(w, &other, "changed");
	put_cert(
	    w->dir, "user_cert_alice@example.com+encrypt.pem", w->alice.cert);
	assert_int_equal(encrypt_for(w, &w->alice), EX_NOPERM);
	/* both again, and none */
	world_pin(w, "alice@example.com");
	sign_with(w, &other, "good");
	assert_int_equal(encrypt_for(w, &w->alice), 0);
	drop_ident(&other);
}

static void
a_second_certificate_is_none_of_a_pinned_person(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;
	struct ident other;

	world_pin(w, "alice@example.com");
	s.usage = "keyAgreement";
	other = make_cert(&w->ca, &s);
	put_cert(w->dir, "user_cert_alice@example.com+encrypt.pem", other.cert);
	expect_signed(w, "good");
	assert_int_equal(encrypt_for(w, &other), EX_NOPERM);
	world_pin(w, "alice@example.com");
	assert_int_equal(encrypt_for(w, &other), 0);
	expect_signed(w, "good");
	drop_ident(&other);
}

static void
pins_without_a_use_are_for_both(void **state)
{
	struct world *w = *state;
	struct ident other = two_of_alice(
	    w, "digitalSignature", "keyAgreement");
	struct keystore_item *items;
	struct buf text = {0};
	struct err e;
	size_t n, i;

	assert_int_equal(
	    keystore_list(w->ks, "alice@example.com", &items, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(items[0].use, "sign");
	assert_string_equal(items[1].use, "encrypt");
	for (i = 0; i < n; i++)
		buf_addf(
		    &text, "%s alice@example.com\r\n", items[i].fingerprint);
	put_file(w->dir, "pinned", text.p, text.n);
	sign_with(w, &w->alice, "good");
	assert_int_equal(encrypt_for(w, &other), 0);
	keystore_items_free(items, n);
	buf_free(&text);
	drop_ident(&other);
}

static void
sealed_for(struct world *w, const struct ident *to, const char *encryption)
{
	bool opened = strcmp(encryption, "opened") == 0;
	struct buf der = seal_der(span_str(HELLO), to->cert, EVP_aes_128_cbc());

	w->from = NULL;
	expect(world_open(w, sealed_type, span_buf(&der)), "none", encryption,
	    opened ? 200 : 493, opened ? "hello" : NULL);
	buf_free(&der);
}

static void
both_keys_of_ours_decrypt(void **state)
{
	struct world *w = *state;
	struct ident other = make_cert(&w->ca,
	    &(struct say){.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.usage = "keyAgreement"});

	sealed_for(w, &w->bob, "opened");
	sealed_for(w, &other, "no-key");
	put_cert(w->dir, "user_cert_bob@example.com+encrypt.pem", other.cert);
	sealed_for(w, &other, "no-key");
	put_key(w->dir, "user_key_bob@example.com+encrypt.pem", other.key);
	sealed_for(w, &w->bob, "opened");
	sealed_for(w, &other, "opened");
	drop_ident(&other);
}

/* Returns whether der has the preference for the certificate of i. */
static bool
prefers(struct span der, const struct ident *i)
{
	const unsigned char *p = der.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
	CMS_SignerInfo *si = sk_CMS_SignerInfo_value(
	    CMS_get0_SignerInfos(cms), 0);
	int at = CMS_signed_get_attr_by_NID(
	    si, NID_id_smime_aa_encrypKeyPref, -1);
	unsigned char *name = NULL;
	const ASN1_TYPE *value;
	bool same = false;
	int n;

	if (at >= 0) {
		value = X509_ATTRIBUTE_get0_type(
		    CMS_signed_get_attr(si, at), 0);
		n = i2d_X509_NAME(X509_get_issuer_name(i->cert), &name);
		p = value->value.asn1_string->data;
		same = p[0] == 0xa0 && memcmp(p + 2, name, (size_t)n) == 0 &&
		    memcmp(p + 2 + n + 2, X509_get0_serialNumber(i->cert)->data,
			(size_t)X509_get0_serialNumber(i->cert)->length) == 0;
		OPENSSL_free(name);
	}
	CMS_ContentInfo_free(cms);
	return same;
}

static void
our_signature_tells_what_encrypts_for_us(void **state)
{
	struct world *w = *state;
	struct smime_form form = {.opaque = true};
	struct smime_input in = {
	    .text = span_str("hi"), .sign = true, .form = &form};
	struct ident other = make_cert(&w->ca,
	    &(struct say){.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.usage = "keyAgreement"});
	const struct policy policy = {.at = 0};
	struct smime_body body;
	struct aor bob;
	struct err e;
	int with;

	aor_parse(span_str("bob@example.com"), &bob, &e);
	in.from = in.to = &bob;
	w->from = "sip:bob@example.com";
	for (with = 0; with < 3; with++) {
		in.attach_cert = with == 2;
		if (smime_make(w->ks, &policy, &in, &body, &e) != 0)
			fail_msg("%d: %s", with, e.text);
		assert_int_equal(
		    prefers(span_buf(&body.body), &other), with > 0);
		expect(world_open(w, body.content_type, span_buf(&body.body)),
		    "good", "none", 200, "hi");
		smime_body_free(&body);
		put_cert(w->dir, "user_cert_bob@example.com+encrypt.pem",
		    other.cert);
		put_key(
		    w->dir, "user_key_bob@example.com+encrypt.pem", other.key);
	}
	aor_free(&bob);
	drop_ident(&other);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(each_serves_what_its_usage_permits),
	    T(the_name_decides_where_usage_does_not),
	    T(each_has_a_pin_for_its_use),
	    T(a_second_certificate_is_none_of_a_pinned_person),
	    T(pins_without_a_use_are_for_both),
	    T(both_keys_of_ours_decrypt),
	    T(our_signature_tells_what_encrypts_for_us),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_two", tests, NULL, NULL);
}
