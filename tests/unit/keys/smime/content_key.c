/* What was signed when it was encrypted opens again with the content key that
 * was kept, when the private key is gone. */
#include "tests/unit/keys/keys_make.h"

/* hello encrypted for bob, and alice's signature around it. */
static struct buf
signed_ciphertext(struct world *w, const EVP_CIPHER *cipher, unsigned flags)
{
	struct buf sealed = {0}, entity, der, body;
	unsigned char *p = NULL;
	STACK_OF(X509) *to = sk_X509_new_null();
	BIO *in = BIO_new_mem_buf(HELLO, -1), *out = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms;
	long n;

	sk_X509_push(to, w->bob.cert);
	cms = CMS_encrypt(to, in, cipher, CMS_BINARY | flags);
	assert_non_null(cms);
	if ((flags & CMS_STREAM) != 0) /* BER, in pieces */
		assert_int_equal(
		    i2d_CMS_bio_stream(out, cms, in, (int)(CMS_BINARY | flags)),
		    1);
	else
		assert_int_equal(i2d_CMS_bio(out, cms), 1);
	n = BIO_get_mem_data(out, (char **)&p);
	buf_add(&sealed, p, (size_t)n);
	BIO_free(in);
	BIO_free(out);
	CMS_ContentInfo_free(cms);
	sk_X509_free(to);
	entity = entity_of("application/pkcs7-mime; smime-type=enveloped-data; "
			   "name=smime.p7m",
	    span_buf(&sealed));
	der = sign_der(
	    span_buf(&entity), &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	body = multipart_signed(span_buf(&entity), span_buf(&der));
	buf_free(&sealed);
	buf_free(&entity);
	buf_free(&der);
	return body;
}

/* Reads a body; key: with this content key, else it is kept. */
static struct smime_result
read_body(struct world *w, const char *type, const struct buf *body,
    const struct buf *key)
{
	struct smime_result out;
	struct aor from;
	struct err e;
	struct smime_raw raw = {.from = &from,
	    .content_type = span_str(type),
	    .transfer_encoding = span_str("binary"),
	    .body = span_buf(body),
	    .keep_key = key == NULL};

	if (key != NULL)
		raw.content_key = span_buf(key);
	assert_int_equal(aor_parse_uri(span_str(w->from), &from, &e), 0);
	smime_read(w->ks, &w->policy, &raw, &out);
	aor_free(&from);
	return out;
}

static void
lose_private_key(struct world *w)
{
	struct err e;

	drop_file(w->dir, "user_key_bob@example.com.pem");
	keystore_free(w->ks);
	assert_int_equal(keystore_open(w->dir, false, &w->ks, &e), 0);
}

static void
opens_again(struct world *w, const EVP_CIPHER *cipher, unsigned flags)
{
	struct buf body = signed_ciphertext(w, cipher, flags);
	struct smime_result first = read_body(w, SIGNED_TYPE, &body, NULL);
	struct buf key = {0};

	buf_addspan(&key, span_buf(&first.content_key));
	assert_int_equal(first.verdict.covers, COVERS_CIPHERTEXT);
	expect(first, "good", "opened", 200, "hello");
	assert_true(key.n > 0);
	lose_private_key(w);
	expect(read_body(w, SIGNED_TYPE, &body, NULL), "good", "no-key", 493,
	    NULL);
	expect(read_body(w, SIGNED_TYPE, &body, &key), "good", "opened", 200,
	    "hello");
	put_key(w->dir, "user_key_bob@example.com.pem", w->bob.key);
	keystore_free(w->ks);
	assert_int_equal(
	    keystore_open(w->dir, false, &w->ks, &(struct err){0}), 0);
	buf_free(&body);
	buf_wipe(&key);
}

static void
each_cipher_opens_again_without_a_private_key(void **state)
{
	struct world *w = *state;

	opens_again(w, EVP_aes_128_cbc(), 0);
	opens_again(w, EVP_aes_256_cbc(), 0);
	opens_again(w, EVP_des_ede3_cbc(), 0);
	opens_again(w, EVP_aes_128_cbc(), CMS_STREAM);
	opens_again(w, EVP_aes_128_gcm(), 0);
	opens_again(w, EVP_aes_256_gcm(), 0);
}

static void
an_agreed_key_is_kept_as_well(void **state)
{
	struct world *w = *state;

	drop_ident(&w->bob);
	w->bob = make_cert(&w->ca,
	    &(struct say){.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.key_type = "P-256"});
	put_cert(w->dir, "user_cert_bob@example.com.pem", w->bob.cert);
	put_key(w->dir, "user_key_bob@example.com.pem", w->bob.key);
	opens_again(w, EVP_aes_128_cbc(), 0);
	opens_again(w, EVP_aes_128_gcm(), 0);
}

/* Each bit of the key that was kept, and each byte of the message, says no or
 * says another text; none is taken for what was said. */
static void
another_key_or_message_shows_no_hello(void **state)
{
	struct world *w = *state;
	const EVP_CIPHER *const ciphers[] = {
	    EVP_aes_128_cbc(), EVP_aes_128_gcm()};

	for (size_t c = 0; c < 2; c++) {
		struct buf body = signed_ciphertext(w, ciphers[c], 0);
		struct smime_result out = read_body(
		    w, SIGNED_TYPE, &body, NULL);
		struct buf key = {0};
		size_t used;

		buf_addspan(&key, span_buf(&out.content_key));
		smime_result_free(&out);
		used = key.n;
		while (used > 0 && key.p[used - 1] == 0)
			used--;
		for (size_t i = 0; i < 8 * used; i += 3) {
			key.p[i / 8] ^= (unsigned char)(1 << i % 8);
			out = read_body(w, SIGNED_TYPE, &body, &key);
			if (out.text != NULL && i / 8 < 33)
				fail_msg("bit %zu of the key: %s", i, out.text);
			smime_result_free(&out);
			key.p[i / 8] ^= (unsigned char)(1 << i % 8);
		}
		body.p[body.n / 3] ^= 1;
		out = read_body(w, SIGNED_TYPE, &body, &key);
		assert_null(out.text);
		assert_int_not_equal(out.verdict.signature, SIGNATURE_GOOD);
		smime_result_free(&out);
		key.n--;
		body.p[body.n / 3] ^= 1;
		expect(read_body(w, SIGNED_TYPE, &body, &key), "good", "failed",
		    493, NULL);
		buf_free(&body);
		buf_wipe(&key);
	}
}

/* The key of one message opens no other. */
static void
a_key_is_of_one_message(void **state)
{
	struct world *w = *state;
	struct buf one = signed_ciphertext(w, EVP_aes_128_gcm(), 0);
	struct buf two = signed_ciphertext(w, EVP_aes_128_gcm(), 0);
	struct smime_result out = read_body(w, SIGNED_TYPE, &one, NULL);

	expect(read_body(w, SIGNED_TYPE, &two, &out.content_key), "good",
	    "failed", 493, NULL);
	smime_result_free(&out);
	buf_free(&one);
	buf_free(&two);
}

/* CBC content that does not open has a key of the same size: it tells nothing.
 * Encrypted parts with nothing around have none. */
static void
what_is_kept_tells_nothing(void **state)
{
	struct world *w = *state;
	struct buf body = signed_ciphertext(w, EVP_aes_128_cbc(), 0), der;
	struct smime_result good = read_body(w, SIGNED_TYPE, &body, NULL);
	struct smime_result bad;

	buf_free(&body);
	for (size_t at = 0; at < 3; at++) {
		struct buf sealed = seal_der(
		    span_str(HELLO), w->bob.cert, EVP_aes_128_cbc());
		struct buf entity, sign;

		/* The wrapped key, the middle, or the padding. */
		sealed.p[at == 0  ? sealed.n - 150
			: at == 1 ? sealed.n - 40
				  : sealed.n - 1] ^= 1;
		entity = entity_of("application/pkcs7-mime; "
				   "smime-type=enveloped-data",
		    span_buf(&sealed));
		sign = sign_der(span_buf(&entity), &w->alice,
		    CMS_DETACHED | CMS_NOCERTS, NULL);
		body = multipart_signed(span_buf(&entity), span_buf(&sign));
		bad = read_body(w, SIGNED_TYPE, &body, NULL);
		assert_int_equal(bad.content_key.n, good.content_key.n);
		smime_result_free(&bad);
		buf_free(&sealed);
		buf_free(&entity);
		buf_free(&sign);
		buf_free(&body);
	}
	smime_result_free(&good);
	der = seal_der(span_str(HELLO), w->bob.cert, EVP_aes_128_cbc());
	bad = read_body(
	    w, "application/pkcs7-mime; smime-type=enveloped-data", &der, NULL);
	assert_int_equal(bad.content_key.n, 0);
	smime_result_free(&bad);
	buf_free(&der);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(each_cipher_opens_again_without_a_private_key),
	    T(an_agreed_key_is_kept_as_well),
	    T(another_key_or_message_shows_no_hello),
	    T(a_key_is_of_one_message),
	    T(what_is_kept_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
