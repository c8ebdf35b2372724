/*
 * The key of a history: what its owner wraps they open, and nothing else opens.
 */
#include "tests/unit/keys/keys_make.h"

#include "keys/smime/cms_make.h"
#include "keys/smime/history_key.h"
#include "keys/store/keystore_certs.h"

static const unsigned char id[HISTORY_ID] = "one database    ";
static const unsigned char other_id[HISTORY_ID] = "another one     ";
static const unsigned char secret[HISTORY_KEY] =
    "0123456789abcdef0123456789abcdef";

#define BOB "bob@example.com"
#define BOB_CERT "user_cert_bob@example.com"
#define BOB_KEY "user_key_bob@example.com"

static struct aor
address(const char *text)
{
	struct aor a;
	struct err e;

	assert_int_equal(aor_parse(span_str(text), &a, &e), 0);
	return a;
}

static struct buf
wrap(struct keystore *ks, const char *text)
{
	struct aor who = address(text);
	struct buf out = {0};
	struct err e;

	if (history_key_wrap(ks, &who, id, secret, &out, &e) != 0)
		fail_msg("%s", e.text);
	aor_free(&who);
	return out;
}

/* Returns 0 or the exit status. */
static int
open_as(struct keystore *ks, const char *text, const unsigned char *database,
    struct span wrapped)
{
	static const unsigned char none[HISTORY_KEY] = {0};
	unsigned char key[HISTORY_KEY] = "rubbish";
	struct aor who = address(text);
	struct err e = {0};
	int rc = history_key_open(ks, &who, database, wrapped, key, &e);

	assert_memory_equal(key, rc == 0 ? secret : none, HISTORY_KEY);
	if (rc != 0)
		assert_true(e.exit != 0 && strchr(e.text, '\n') == NULL);
	aor_free(&who);
	return rc == 0 ? 0 : e.exit;
}

static int
opens(struct keystore *ks, const struct buf *wrapped)
{
	return open_as(ks, BOB, id, span_buf(wrapped));
}

static int
wrap_fails(struct keystore *ks)
{
	struct aor who = address(BOB);
	struct buf out = {0};
	struct err e = {0};

	buf_adds(&out, "x");
	assert_int_equal(history_key_wrap(ks, &who, id, secret, &out, &e), -1);
	assert_int_equal(out.n, 1);
	buf_free(&out);
	aor_free(&who);
	return e.exit;
}

/* Gives bob a new certificate, with by's key or one of a type. */
static void
bob_gets(struct world *w, const char *more, struct say s, struct ident *out)
{
	char name[64];

	s.cn = s.cn != NULL ? s.cn : "bob";
	s.san = "URI:sip:" BOB;
	*out = make_cert(&w->ca, &s);
	snprintf(name, sizeof(name), BOB_CERT "%s.pem", more);
	put_cert(w->dir, name, out->cert);
	snprintf(name, sizeof(name), BOB_KEY "%s.pem", more);
	put_key(w->dir, name, out->key);
}

static void
bob_is(struct world *w, struct say s)
{
	drop_ident(&w->bob);
	bob_gets(w, "", s, &w->bob);
}

static struct buf
recipient(struct keystore *ks)
{
	unsigned char digest[HISTORY_RECIPIENT];
	struct aor who = address(BOB);
	struct buf out = {0};
	struct err e;

	if (history_key_recipient(ks, &who, digest, &e) != 0)
		fail_msg("%s", e.text);
	buf_add(&out, digest, sizeof(digest));
	aor_free(&who);
	return out;
}

/* Returns whether the recipient is still the one of before, and frees that. */
static bool
still(struct keystore *ks, struct buf before)
{
	struct buf now = recipient(ks);
	bool same = span_eq(span_buf(&before), span_buf(&now));

	buf_free(&before);
	buf_free(&now);
	return same;
}

static void
any_key_wraps_and_opens(void **state)
{
	static const char *const types[] = {
	    "rsa:2048", "rsa:3072", "P-256", "P-384", "P-521"};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(types); i++) {
		struct buf one, two;

		bob_is(w, (struct say){.key_type = types[i]});
		one = wrap(w->ks, BOB);
		two = wrap(w->ks, "sips:bob@EXAMPLE.com");
		assert_int_equal(opens(w->ks, &one), 0);
		assert_int_equal(opens(w->ks, &two), 0);
		assert_int_equal(
		    open_as(w->ks, "bob@Example.Com", id, span_buf(&one)), 0);
		/* nothing of it is drawn twice */
		assert_false(span_eq(span_buf(&one), span_buf(&two)));
		buf_free(&one);
		buf_free(&two);
	}
	bob_is(w, (struct say){.key_type = "ED25519"});
	assert_int_equal(wrap_fails(w->ks), EX_NOPERM);
}

static void
openssl_opens_it_too(void **state)
{
	static const char *const types[] = {"rsa:2048", "P-256"};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(types); i++) {
		CMS_ContentInfo *outer, *inner;
		const unsigned char *p;
		struct buf b;
		STACK_OF(X509) *certs = sk_X509_new_null();
		BIO *one = BIO_new(BIO_s_mem()), *two = BIO_new(BIO_s_mem());
		char *data;

		bob_is(w, (struct say){.key_type = types[i]});
		b = wrap(w->ks, BOB);
		p = b.p;
		outer = d2i_CMS_ContentInfo(NULL, &p, (long)b.n);
		assert_int_equal(CMS_decrypt(outer, w->bob.key, w->bob.cert,
				     NULL, one, CMS_BINARY),
		    1);
		inner = d2i_CMS_bio(one, NULL);
		sk_X509_push(certs, w->bob.cert);
		assert_int_equal(
		    CMS_verify(inner, certs, NULL, NULL, two,
			CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY),
		    1);
		assert_int_equal(BIO_get_mem_data(two, &data), 85);
		assert_memory_equal(data, "signet history key 1\0" BOB, 37);
		assert_memory_equal(data + 37, id, 16);
		assert_memory_equal(data + 53, secret, 32);
		BIO_free(one);
		BIO_free(two);
		sk_X509_free(certs);
		CMS_ContentInfo_free(outer);
		CMS_ContentInfo_free(inner);
		buf_free(&b);
	}
}

static void
it_is_of_one_address_and_database(void **state)
{
	struct world *w = *state;
	struct buf b = wrap(w->ks, BOB);

	assert_int_equal(
	    open_as(w->ks, BOB, other_id, span_buf(&b)), EX_NOPERM);
	assert_int_equal(
	    open_as(w->ks, "bill@example.com", id, span_buf(&b)), EX_CONFIG);
	/* bill has the same certificate and key */
	put_cert(w->dir, "user_cert_bill@example.com.pem", w->bob.cert);
	put_key(w->dir, "user_key_bill@example.com.pem", w->bob.key);
	assert_int_equal(
	    open_as(w->ks, "bill@example.com", id, span_buf(&b)), EX_NOPERM);
	assert_int_equal(opens(w->ks, &b), 0);
	buf_free(&b);
}

static void
without_a_certificate_or_key_there_is_none(void **state)
{
	struct world *w = *state;
	struct buf b = wrap(w->ks, BOB);

	drop_file(w->dir, BOB_KEY ".pem");
	assert_int_equal(wrap_fails(w->ks), EX_CONFIG);
	assert_int_equal(opens(w->ks, &b), EX_CONFIG);
	drop_file(w->dir, BOB_CERT ".pem");
	assert_int_equal(wrap_fails(w->ks), EX_CONFIG);
	assert_int_equal(opens(w->ks, &b), EX_CONFIG);
	put_file(w->dir, BOB_CERT ".pem", "x", 1);
	put_key(w->dir, BOB_KEY ".pem", w->bob.key);
	assert_int_equal(wrap_fails(w->ks), EX_CONFIG);
	assert_int_equal(opens(w->ks, &b), EX_CONFIG);
	/* a key of another certificate */
	put_cert(w->dir, BOB_CERT ".pem", w->bob.cert);
	put_key(w->dir, BOB_KEY ".pem", w->alice.key);
	assert_int_equal(wrap_fails(w->ks), EX_CONFIG);
	assert_int_equal(opens(w->ks, &b), EX_CONFIG);
	put_key(w->dir, BOB_KEY ".pem", w->bob.key);
	assert_int_equal(opens(w->ks, &b), 0);
	buf_free(&b);
}

static void
of_two_certificates_one_signs_and_one_opens(void **state)
{
	struct world *w = *state;
	struct ident encrypts;
	struct buf b, before;

	bob_is(w, (struct say){.usage = "digitalSignature"});
	before = recipient(w->ks);
	bob_gets(w, "+encrypt",
	    (struct say){.usage = "keyEncipherment", .key_type = "rsa:2048"},
	    &encrypts);
	assert_false(still(w->ks, before));
	b = wrap(w->ks, BOB);
	assert_int_equal(opens(w->ks, &b), 0);
	/* each of them is needed */
	drop_file(w->dir, BOB_KEY ".pem");
	assert_int_equal(opens(w->ks, &b), EX_NOPERM);
	assert_int_equal(wrap_fails(w->ks), EX_CONFIG);
	put_key(w->dir, BOB_KEY ".pem", w->bob.key);
	drop_file(w->dir, BOB_KEY "+encrypt.pem");
	assert_int_equal(opens(w->ks, &b), EX_CONFIG);
	assert_int_equal(wrap_fails(w->ks), EX_CONFIG);
	/* under each other's name */
	put_key(w->dir, BOB_KEY "+encrypt.pem", w->bob.key);
	put_cert(w->dir, BOB_CERT "+encrypt.pem", w->bob.cert);
	put_key(w->dir, BOB_KEY ".pem", encrypts.key);
	put_cert(w->dir, BOB_CERT ".pem", encrypts.cert);
	assert_int_equal(opens(w->ks, &b), 0);
	drop_ident(&encrypts);
	buf_free(&b);
}

static void
a_renewed_key_needs_a_wrap_of_its_own(void **state)
{
	struct world *w = *state;
	struct buf b = wrap(w->ks, BOB), before = recipient(w->ks), c;
	struct ident same;

	/* a new certificate for the same key opens it too, whatever it has as
	 * an identifier */
	bob_gets(w, "",
	    (struct say){.key = w->bob.key, .cn = "robert", .serial = 77},
	    &same);
	X509_EXTENSION_free(X509_delete_ext(same.cert,
	    X509_get_ext_by_NID(same.cert, NID_subject_key_identifier, -1)));
	assert_true(X509_sign(same.cert, w->ca.key, EVP_sha256()) > 0);
	put_cert(w->dir, BOB_CERT ".pem", same.cert);
	assert_int_equal(opens(w->ks, &b), 0);
	assert_true(still(w->ks, before));
	c = wrap(w->ks, BOB);
	assert_int_equal(opens(w->ks, &c), 0);
	/* a new key does not */
	before = recipient(w->ks);
	bob_is(w, (struct say){.cn = "bob"});
	assert_false(still(w->ks, before));
	assert_int_equal(opens(w->ks, &b), EX_CONFIG);
	assert_int_equal(opens(w->ks, &c), EX_CONFIG);
	buf_free(&c);
	c = wrap(w->ks, BOB);
	assert_int_equal(opens(w->ks, &c), 0);
	drop_ident(&same);
	buf_free(&b);
	buf_free(&c);
}

static void
an_expired_certificate_still_opens(void **state)
{
	struct world *w = *state;
	struct buf b;

	bob_is(
	    w, (struct say){.from = -7200, .until = -3600, .usage = "cRLSign"});
	b = wrap(w->ks, BOB);
	assert_int_equal(opens(w->ks, &b), 0);
	buf_free(&b);
}

/* Returns the key of bob's history as by wraps it for bob, naming bob's key as
 * the signer's, or their own. */
static struct buf
forged(struct world *w, const struct ident *by, bool as_bob, struct span text)
{
	struct cert *signer, *bob;
	struct buf inner = {0}, out = {0};
	unsigned char name[20], own[20];
	struct cms_signing how = {.opaque = true};
	struct algs *algs;
	struct err e;

	X509_up_ref(by->cert);
	X509_up_ref(w->bob.cert);
	signer = cert_new(by->cert);
	bob = cert_new(w->bob.cert);
	algs = algs_new(&e);
	X509_pubkey_digest(w->bob.cert, EVP_sha1(), name, NULL);
	X509_pubkey_digest(by->cert, EVP_sha1(), own, NULL);
	how.cert = signer;
	how.key = by->key;
	how.key_id = (struct span){as_bob ? name : own, 20};
	assert_int_equal(cms_make_signed(algs, &how, text, &inner, &e), 0);
	assert_int_equal(
	    cms_make_encrypted_by_id(
		algs, bob, (struct span){name, 20}, span_buf(&inner), &out, &e),
	    0);
	buf_free(&inner);
	cert_free(signer);
	cert_free(bob);
	algs_free(algs);
	return out;
}

static struct buf
content_of(const char *label, const char *who, size_t more)
{
	struct buf b = {0};

	buf_add(&b, label, strlen(label) + 1);
	buf_add(&b, who, strlen(who) + 1);
	buf_add(&b, id, sizeof(id));
	buf_add(&b, secret, sizeof(secret));
	for (; more > 0; more--)
		buf_add(&b, "", 1);
	return b;
}

static void
what_others_put_in_is_refused(void **state)
{
	struct world *w = *state;
	struct buf content = content_of("signet history key 1", BOB, 0);
	struct buf b = forged(w, &w->bob, true, span_buf(&content));

	/* the same way it is taken from bob */
	assert_int_equal(opens(w->ks, &b), 0);
	buf_free(&b);
	for (int i = 0; i < 4; i++) {
		/* alice has a certificate here, and then her key, too */
		if (i == 2)
			put_key(w->dir, "user_key_alice@example.com.pem",
			    w->alice.key);
		b = forged(w, &w->alice, i % 2, span_buf(&content));
		assert_int_equal(opens(w->ks, &b), EX_NOPERM);
		buf_free(&b);
	}
	/* nothing that is not signed */
	b = seal_der(span_buf(&content), w->bob.cert, EVP_aes_128_gcm());
	assert_true(opens(w->ks, &b) != 0);
	buf_free(&b);
	buf_free(&content);
}

static void
what_bob_signed_for_another_purpose_is_refused(void **state)
{
	static const struct {
		const char *label, *who;
		size_t more;
	} wrong[] = {
	    {"signet history key 2", BOB, 0},
	    {"signet history key 1", "bill@example.com", 0},
	    {"signet history key 1", BOB, 1},
	    {"Content-Type: text/plain", BOB, 0},
	    {"", "", 0},
	};
	struct world *w = *state;
	struct buf content, b;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		content = content_of(
		    wrong[i].label, wrong[i].who, wrong[i].more);
		b = forged(w, &w->bob, true, span_buf(&content));
		assert_int_equal(opens(w->ks, &b), EX_NOPERM);
		buf_free(&content);
		buf_free(&b);
	}
	b = forged(w, &w->bob, true, span_str(""));
	assert_int_equal(opens(w->ks, &b), EX_NOPERM);
	buf_free(&b);
}

/* No change of wrapped opens: each bit, each length, each byte more. */
static void
nothing_changed_opens(struct keystore *ks, struct buf *wrapped)
{
	for (size_t i = 0; i < wrapped->n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			wrapped->p[i] ^= (unsigned char)(1U << bit);
			if (opens(ks, wrapped) == 0)
				fail_msg("byte %zu, bit %u", i, bit);
			wrapped->p[i] ^= (unsigned char)(1U << bit);
		}
	for (size_t n = 0; n < wrapped->n; n++)
		assert_true(
		    open_as(ks, BOB, id, (struct span){wrapped->p, n}) != 0);
	assert_int_equal(opens(ks, wrapped), 0);
	buf_add(wrapped, "", 1);
	assert_int_equal(opens(ks, wrapped), EX_DATAERR);
}

static void
no_changed_byte_opens(void **state)
{
	static const char *const types[] = {"rsa:2048", "P-256"};
	struct world *w = *state;
	struct buf b;

	keystore_set_refresh_interval(w->ks, 10000);
	for (size_t i = 0; i < COUNT(types); i++) {
		bob_is(w, (struct say){.key_type = types[i]});
		keystore_refresh_force(w->ks, &(struct err){0});
		b = wrap(w->ks, BOB);
		nothing_changed_opens(w->ks, &b);
		buf_free(&b);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(any_key_wraps_and_opens),
	    T(openssl_opens_it_too),
	    T(it_is_of_one_address_and_database),
	    T(without_a_certificate_or_key_there_is_none),
	    T(of_two_certificates_one_signs_and_one_opens),
	    T(a_renewed_key_needs_a_wrap_of_its_own),
	    T(an_expired_certificate_still_opens),
	    T(what_others_put_in_is_refused),
	    T(what_bob_signed_for_another_purpose_is_refused),
	    T(no_changed_byte_opens),
	};

	return cmocka_run_group_tests_name(
	    "keys_history_key", tests, NULL, NULL);
}
