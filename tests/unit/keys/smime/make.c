/* What goes out: every form, read again by ourselves and by OpenSSL. */
#include "tests/unit/keys/keys_make.h"

/* alice's own store, with bob's certificate in it. */
struct pair {
	struct world *w; /* bob's side */
	char *dir;
	struct keystore *ks;
	struct aor alice, bob;
};

static void
pair_types(struct pair *p, const char *alice, const char *bob)
{
	struct world *w = p->w;

	world_alice(w, &w->ca,
	    &(struct say){.cn = "alice",
		.san = "URI:sip:alice@example.com",
		.key_type = alice});
	drop_ident(&w->bob);
	w->bob = make_cert(&w->ca,
	    &(struct say){.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.key_type = bob});
	put_cert(w->dir, "user_cert_bob@example.com.pem", w->bob.cert);
	put_key(w->dir, "user_key_bob@example.com.pem", w->bob.key);
	put_cert(p->dir, "user_cert_bob@example.com.pem", w->bob.cert);
	put_cert(p->dir, "user_cert_alice@example.com.pem", w->alice.cert);
	put_key(p->dir, "user_key_alice@example.com.pem", w->alice.key);
}

static int
setup(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));
	struct err e;
	void *w;

	world_setup(&w);
	p->w = w;
	p->dir = make_dir();
	put_cert(p->dir, "root_cert_ca.pem", p->w->ca.cert);
	pair_types(p, "P-256", "P-256");
	if (keystore_open(p->dir, false, &p->ks, &e) != 0)
		fail_msg("%s", e.text);
	aor_parse(span_str("alice@example.com"), &p->alice, &e);
	aor_parse(span_str("bob@example.com"), &p->bob, &e);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct pair *p = *state;
	void *w = p->w;

	keystore_free(p->ks);
	aor_free(&p->alice);
	aor_free(&p->bob);
	drop_dir(p->dir);
	world_teardown(&w);
	free(p);
	return 0;
}

static struct smime_input
letter(const struct pair *p, struct span text, bool sign, bool encrypt)
{
	return (struct smime_input){.from = &p->alice,
	    .to = &p->bob,
	    .text = text,
	    .sign = sign,
	    .encrypt = encrypt};
}

/* Seals, opens at bob's, and checks that the text came whole. */
static struct smime_result
round_trip(struct pair *p, const struct smime_input *l)
{
	const struct policy policy = {.at = 0};
	struct smime_body body;
	struct smime_result out;
	struct err e;

	if (smime_make(p->ks, &policy, l, &body, &e) != 0)
		fail_msg("%s", e.text);
	out = world_open(p->w, body.content_type, span_buf(&body.body));
	smime_body_free(&body);
	assert_int_equal(refusal_status(out.refusal), 200);
	assert_non_null(out.text);
	assert_true(span_eq(
	    (struct span){(unsigned char *)out.text, out.text_len}, l->text));
	assert_int_equal(
	    out.verdict.signature, l->sign ? SIGNATURE_GOOD : SIGNATURE_NONE);
	assert_int_equal(out.verdict.encryption,
	    l->encrypt ? ENCRYPTION_OPENED : ENCRYPTION_NONE);
	return out;
}

static void
every_form_arrives(void **state)
{
	static const char *const types[] = {"P-256", "rsa:2048"};
	struct pair *p = *state;
	struct smime_input l;
	int a, b, form, cipher, nesting;

	for (a = 0; a < 2; a++)
		for (b = 0; b < 2; b++) {
			pair_types(p, types[a], types[b]);
			for (form = 0; form < 4; form++)
				for (cipher = 0; cipher < 3; cipher++)
					for (nesting = 0; nesting < 3;
					     nesting++) {
						struct smime_result o;

						l = letter(p, span_str("hello"),
						    form & 1, form & 2);
						l.cipher = (enum smime_cipher)
						    cipher;
						l.nesting = (enum smime_nesting)
						    nesting;
						l.attach_cert = nesting == 1;
						o = round_trip(p, &l);
						smime_result_free(&o);
					}
		}
}

static void
every_text_arrives(void **state)
{
	struct pair *p = *state;
	struct buf large = {0};
	struct smime_result o;
	const struct span texts[] = {
	    {(const unsigned char *)"", 0},
	    {(const unsigned char *)"a\0b", 3},
	    {(const unsigned char *)"gr\xc3\xbc\xc3\x9f dich", 11},
	    {(const unsigned char *)"--x--\r\n\r\n--\n", 12},
	    {(const unsigned char *)"\xff\xfe", 2},
	};
	size_t i, form;

	for (i = 0; i <= COUNT(texts); i++)
		for (form = 0; form < 4; form++) {
			struct smime_input l = letter(p,
			    i < COUNT(texts) ? texts[i] : span_buf(&large),
			    form & 1, form & 2);

			while (large.n < 100000)
				buf_addf(&large, "line %zu\r\n", large.n);
			if (i == COUNT(texts))
				l.text = span_buf(&large);
			o = round_trip(p, &l);
			if (i == 2)
				assert_string_equal(
				    o.type, "text/plain;charset=utf-8");
			else if (i < 2)
				assert_string_equal(o.type, "text/plain");
			smime_result_free(&o);
		}
	buf_free(&large);
}

static void
the_forms_are_the_drafts(void **state)
{
	const struct policy policy = {.at = 0};
	struct pair *p = *state;
	struct smime_input l = letter(p, span_str("hello"), true, false);
	struct smime_body body;
	const char *boundary;
	struct err e;
	char head[300];

	assert_int_equal(smime_make(p->ks, &policy, &l, &body, &e), 0);
	assert_null(body.disposition);
	boundary = strstr(body.content_type, ";boundary=");
	assert_non_null(boundary);
	boundary += 10;
	assert_null(strpbrk(boundary, ";\""));
	snprintf(head, sizeof(head),
	    "multipart/signed;protocol="
	    "\"application/pkcs7-signature\";micalg=sha-256;boundary=%s",
	    boundary);
	assert_string_equal(body.content_type, head);
	snprintf(head, sizeof(head),
	    "--%s\r\nContent-Type: text/plain\r\n"
	    "Content-Transfer-Encoding: binary\r\n\r\nhello\r\n--%s\r\n"
	    "Content-Type: application/pkcs7-signature;name=smime.p7s\r\n",
	    boundary, boundary);
	assert_memory_equal(body.body.p, head, strlen(head));
	smime_body_free(&body);

	l = letter(p, span_str("hello"), false, true);
	l.cipher = CIPHER_AES_128_CBC;
	assert_int_equal(smime_make(p->ks, &policy, &l, &body, &e), 0);
	assert_string_equal(body.content_type,
	    "application/pkcs7-mime;"
	    "smime-type=enveloped-data;name=smime.p7m");
	assert_non_null(strstr(body.disposition, "handling=required"));
	smime_body_free(&body);
	l = letter(p, span_str("hello"), false, false);
	assert_int_equal(smime_make(p->ks, &policy, &l, &body, &e), 0);
	assert_string_equal(body.content_type, "text/plain");
	assert_null(body.disposition);
	smime_body_free(&body);
}

static void
the_signature_is_todays(void **state)
{
	const struct policy policy = {.at = 0};
	struct pair *p = *state;
	struct smime_input l = letter(p, span_str("hello"), true, false);
	struct smime_body body;
	CMS_ContentInfo *cms;
	CMS_SignerInfo *si;
	X509_ALGOR *digest;
	const unsigned char *der;
	const ASN1_OBJECT *oid;
	struct err e;
	size_t at;
	int type;

	assert_int_equal(smime_make(p->ks, &policy, &l, &body, &e), 0);
	for (at = 0;
	     memcmp(body.body.p + at, "binary\r\n\r\n0", 11) != 0 || at < 100;)
		at++;
	der = body.body.p + at + 10;
	cms = d2i_CMS_ContentInfo(NULL, &der, (long)(body.body.n - at));
	assert_non_null(cms);
	si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(&oid, &type, NULL, digest);
	assert_int_equal(OBJ_obj2nid(oid), NID_sha256);
	assert_int_equal(type, V_ASN1_UNDEF);
	assert_true(
	    CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1) >= 0);
	assert_null(CMS_get1_certs(cms));
	CMS_ContentInfo_free(cms);
	smime_body_free(&body);
}

/* Says cipher and nesting that auto comes to. */
static void
expect_auto(struct pair *p, const char *cipher, enum verdict_covers covers)
{
	struct smime_input l = letter(p, span_str("hello"), true, true);
	struct smime_result o = round_trip(p, &l);

	assert_string_equal(o.verdict.cipher, cipher);
	assert_int_equal(o.verdict.covers, covers);
	smime_result_free(&o);
}

static void
auto_follows_the_key_and_what_peers_says(void **state)
{
	struct pair *p = *state;

	expect_auto(p, "aes-128-gcm", COVERS_TEXT);
	pair_types(p, "P-256", "rsa:2048");
	expect_auto(p, "aes-128-cbc", COVERS_CIPHERTEXT);
	put_file(p->dir, "peers", "bob@example.com signs gcm inner\n", 32);
	expect_auto(p, "aes-128-gcm", COVERS_TEXT);
	put_file(p->dir, "peers", "bob@example.com cbc\n", 20);
	pair_types(p, "P-256", "P-256");
	expect_auto(p, "aes-128-cbc", COVERS_TEXT);
}

static void
a_good_message_teaches(void **state)
{
	struct pair *p = *state;
	struct smime_input l = letter(p, span_str("hello"), true, true);
	struct smime_result o;
	char path[8192];
	struct buf b;

	l.cipher = CIPHER_AES_128_GCM;
	l.nesting = NESTING_INNER;
	o = round_trip(p, &l);
	smime_result_free(&o);
	snprintf(path, sizeof(path), "%s/peers", p->w->dir);
	b = get_file(path);
	assert_string_equal((char *)b.p, "alice@example.com signs gcm inner\n");
	buf_free(&b);
	l.cipher = CIPHER_AES_128_CBC;
	l.nesting = NESTING_OUTER;
	o = round_trip(p, &l);
	smime_result_free(&o);
	b = get_file(path);
	assert_string_equal((char *)b.p, "alice@example.com signs cbc outer\n");
	buf_free(&b);
}

static void
expect_refusal(struct pair *p, const struct smime_input *l, int exit)
{
	const struct policy policy = {.at = 0};
	struct smime_body body = {.content_type = NULL};
	struct err e;

	assert_int_equal(smime_make(p->ks, &policy, l, &body, &e), -1);
	if (e.exit != exit)
		fail_msg("%d instead of %d: %s", e.exit, exit, e.text);
	assert_null(body.content_type);
}

static void
nothing_is_sealed_for_a_certificate_that_does_not_pass(void **state)
{
	static const struct say cases[] = {
	    {.cn = "bob", .san = "URI:sip:bobby@example.com"},
	    {.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.from = -7200,
		.until = -60},
	    {.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.usage = "digitalSignature"},
	    {.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.usage = "keyEncipherment"},
	    {.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.key_type = "rsa:2048",
		.usage = "keyAgreement"},
	    {.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.key_type = "rsa:1024"},
	    {.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.md = NULL,
		.purposes = "serverAuth"},
	};
	struct pair *p = *state;
	struct smime_input l = letter(p, span_str("hello"), false, true);
	struct smime_result o;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct ident bob = make_cert(&p->w->ca, &cases[i]);

		print_message("# case %zu\n", i);
		put_cert(p->dir, "user_cert_bob@example.com.pem", bob.cert);
		expect_refusal(p, &l, EX_NOPERM);
		drop_ident(&bob);
	}
	/* tests of signing usage aside */
	drop_ident(&p->w->bob);
	p->w->bob = make_cert(&p->w->ca,
	    &(struct say){.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.usage = "keyAgreement"});
	put_cert(p->w->dir, "user_cert_bob@example.com.pem", p->w->bob.cert);
	put_key(p->w->dir, "user_key_bob@example.com.pem", p->w->bob.key);
	put_cert(p->dir, "user_cert_bob@example.com.pem", p->w->bob.cert);
	o = round_trip(p, &l);
	smime_result_free(&o);
	/* self-signed, not pinned, and pinned */
	drop_file(p->dir, "root_cert_ca.pem");
	expect_refusal(p, &l, EX_NOPERM);
	{
		struct err e;

		assert_int_equal(pin_stored(p->ks, &p->bob, &e), 0);
	}
	o = round_trip(p, &l);
	smime_result_free(&o);
	drop_file(p->dir, "user_cert_bob@example.com.pem");
	expect_refusal(p, &l, EX_CONFIG);
}

static void
no_key_of_ours_is_78(void **state)
{
	struct pair *p = *state;
	struct smime_input l = letter(p, span_str("hello"), true, false);

	put_key(p->dir, "user_key_alice@example.com.pem", p->w->bob.key);
	expect_refusal(p, &l, EX_CONFIG);
	put_file(p->dir, "user_key_alice@example.com.pem", "nonsense", 8);
	expect_refusal(p, &l, EX_CONFIG);
	drop_file(p->dir, "user_key_alice@example.com.pem");
	expect_refusal(p, &l, EX_CONFIG);
	drop_file(p->dir, "user_cert_alice@example.com.pem");
	expect_refusal(p, &l, EX_CONFIG);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(every_form_arrives),
	    T(every_text_arrives),
	    T(the_forms_are_the_drafts),
	    T(the_signature_is_todays),
	    T(auto_follows_the_key_and_what_peers_says),
	    T(a_good_message_teaches),
	    T(nothing_is_sealed_for_a_certificate_that_does_not_pass),
	    T(no_key_of_ours_is_78),
	};

	return cmocka_run_group_tests_name("keys_seal", tests, NULL, NULL);
}
