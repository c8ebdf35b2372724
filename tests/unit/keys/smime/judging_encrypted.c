/*
 * How a message is judged: encrypted CMS, where OpenSSL accepts more than we
 * may. Each test is a sentence, made of a message that is good and one change
 * to it.
 */
#include "tests/unit/keys/keys_make.h"

#include <openssl/provider.h>

#include "tests/unit/keys/smime/judging_der.h"

struct gcm_say {
	const EVP_CIPHER *cipher; /* default AES-128-GCM */
	int tag; /* bytes in the message; default 16 */
	int icv; /* what ICVlen says; 0: as tag, -1: absent */
	int nonce; /* default 12 */
	bool flip; /* one bit of the tag */
};

static void
put_oid(struct buf *out, const char *text)
{
	ASN1_OBJECT *o = OBJ_txt2obj(text, 1);
	unsigned char *der = NULL;
	int n = i2d_ASN1_OBJECT(o, &der);

	buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
	ASN1_OBJECT_free(o);
}

/* The RecipientInfos of hello sealed for bob (RSA), with this content key. */
static struct buf
recipients(struct world *w, const unsigned char key[16])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(w->bob.key, NULL);
	unsigned char wrapped[512], *der = NULL;
	size_t n = sizeof(wrapped);
	struct buf b = {0}, sid = {0};
	int len;

	EVP_PKEY_encrypt_init(ctx);
	EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING);
	EVP_PKEY_encrypt(ctx, wrapped, &n, key, 16);
	EVP_PKEY_CTX_free(ctx);
	len = i2d_X509_NAME(X509_get_issuer_name(w->bob.cert), &der);
	buf_add(&sid, der, (size_t)len);
	OPENSSL_free(der);
	der = NULL;
	len = i2d_ASN1_INTEGER(X509_get_serialNumber(w->bob.cert), &der);
	buf_add(&sid, der, (size_t)len);
	OPENSSL_free(der);
	buf_add(&b, "\x02\x01\x00", 3);
	put_tlv(&b, 0x30, span_buf(&sid));
	buf_free(&sid);
	buf_add(
	    &sid, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 13);
	put_tlv(&b, 0x30, span_buf(&sid));
	buf_free(&sid);
	put_tlv(&b, 0x04, (struct span){wrapped, n});
	wrap(&b, 0x30);
	wrap(&b, 0x31);
	return b;
}

/* AuthEnvelopedData written by hand, so that each field can be wrong. */
static struct buf
auth_enveloped(struct world *w, const struct gcm_say *s)
{
	static const unsigned char key[16] = "0123456789abcdef";
	static const unsigned char iv[16] = "nonce-nonce-non";
	const EVP_CIPHER *cipher = s->cipher ? s->cipher : EVP_aes_128_gcm();
	bool gcm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_GCM_MODE;
	int nonce = s->nonce ? s->nonce : 12, tag = s->tag ? s->tag : 16, n;
	unsigned char out[256], mac[16] = {0}, icv[3] = {2, 1, 0};
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	struct buf b = recipients(w, key), all = {0}, eci = {0},
		   algorithm = {0}, params = {0};
	int total;
	char oid[64];

	EVP_EncryptInit_ex(ctx, cipher, NULL, NULL, NULL);
	if (gcm)
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, nonce, NULL);
	EVP_EncryptInit_ex(ctx, NULL, NULL, key, iv);
	EVP_EncryptUpdate(
	    ctx, out, &n, (const unsigned char *)HELLO, (int)strlen(HELLO));
	total = n;
	EVP_EncryptFinal_ex(ctx, out + total, &n);
	total += n;
	if (gcm)
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, mac);
	EVP_CIPHER_CTX_free(ctx);
	if (s->flip)
		mac[0] ^= 1;
	OBJ_obj2txt(
	    oid, sizeof(oid), OBJ_nid2obj(EVP_CIPHER_get_nid(cipher)), 1);
	put_oid(&algorithm, oid);
	if (gcm) {
		put_tlv(&params, 0x04, (struct span){iv, (size_t)nonce});
		icv[2] = (unsigned char)(s->icv > 0 ? s->icv : tag);
		if (s->icv >= 0)
			buf_add(&params, icv, 3);
		put_tlv(&algorithm, 0x30, span_buf(&params));
	} else {
		put_tlv(&algorithm, 0x04, (struct span){iv, 16});
	}
	put_oid(&eci, "1.2.840.113549.1.7.1");
	put_tlv(&eci, 0x30, span_buf(&algorithm));
	put_tlv(&eci, 0x80, (struct span){out, (size_t)total});
	buf_add(&all, "\x02\x01\x00", 3);
	buf_addspan(&all, span_buf(&b));
	put_tlv(&all, 0x30, span_buf(&eci));
	put_tlv(&all, 0x04, (struct span){mac, (size_t)tag});
	wrap(&all, 0x30);
	wrap(&all, 0xa0);
	buf_free(&b);
	put_oid(&b, "1.2.840.113549.1.9.16.1.23");
	buf_addspan(&b, span_buf(&all));
	wrap(&b, 0x30);
	buf_free(&all);
	buf_free(&eci);
	buf_free(&algorithm);
	buf_free(&params);
	return b;
}

/* Gives bob an RSA key, for the messages written by hand. */
static void
bob_has_rsa(struct world *w)
{
	drop_ident(&w->bob);
	w->bob = make_cert(&w->ca,
	    &(struct say){.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.key_type = "rsa:2048"});
	put_cert(w->dir, "user_cert_bob@example.com.pem", w->bob.cert);
	put_key(w->dir, "user_key_bob@example.com.pem", w->bob.key);
}

static void
auth_enveloped_data_is_gcm_with_its_tag_and_nonce(void **state)
{
	static const struct {
		struct gcm_say say;
		const char *verdict;
	} cases[] = {
	    {{.tag = 16}, "opened"},
	    {{.tag = 12}, "opened"},
	    {{.tag = 14}, "opened"},
	    {{.tag = 16, .flip = true}, "failed"},
	    {{.tag = 1}, "malformed"},
	    {{.tag = 4}, "malformed"},
	    {{.tag = 11}, "malformed"},
	    {{.tag = 16, .icv = 12}, "malformed"},
	    {{.tag = 12, .icv = 16}, "malformed"},
	    {{.tag = 16, .icv = -1}, "malformed"},
	    {{.nonce = 8}, "malformed"},
	    {{.nonce = 16}, "malformed"},
	    {{.nonce = 1}, "malformed"},
	};
	struct world *w = *state;
	struct buf der;
	size_t i;

	bob_has_rsa(w);
	for (i = 0; i < COUNT(cases); i++) {
		bool ok = strcmp(cases[i].verdict, "opened") == 0;

		print_message("# case %zu\n", i);
		der = auth_enveloped(w, &cases[i].say);
		expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none",
		    cases[i].verdict, ok ? 200 : 493, ok ? "hello" : NULL);
		buf_free(&der);
	}
	/* CBC there has no MAC at all */
	der = auth_enveloped(w, &(struct gcm_say){.cipher = EVP_aes_128_cbc()});
	expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none", "malformed",
	    493, NULL);
	buf_free(&der);
}

static void
enveloped_data_is_cbc_with_an_iv_of_one_block(void **state)
{
	static const unsigned char gcm[] = {
	    0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x06};
	struct world *w = *state;
	struct buf der = seal_der(
	    span_str(HELLO), w->bob.cert, EVP_aes_128_cbc());
	struct smime_result out;
	size_t at;

	/* 2.16.840.1.101.3.4.1.2 is the cipher; behind it the IV */
	for (at = 0; memcmp(der.p + at, gcm, 8) != 0 || der.p[at + 8] != 2;)
		at++;
	/* GCM's name on it */
	der.p[at + 8] = 6;
	expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none", "malformed",
	    493, NULL);
	/* CFB's */
	der.p[at + 8] = 4;
	expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none", "malformed",
	    493, NULL);
	der.p[at + 8] = 2;
	out = world_open(w, SEALED_TYPE, span_buf(&der));
	assert_true(out.delay_answer);
	expect(out, "none", "opened", 200, "hello");
	/* an IV of 15 bytes: the last becomes a NULL of no length's tag */
	assert_int_equal(der.p[at + 9], 0x04);
	assert_int_equal(der.p[at + 10], 16);
	der.p[at + 9] = 0x05;
	expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none", "malformed",
	    493, NULL);
	buf_free(&der);
}

static void
des_and_rc2_are_failed(void **state)
{
	struct world *w = *state;
	struct buf der = seal_der(
	    span_str(HELLO), w->bob.cert, EVP_des_ede3_cbc());
	/* 1.2.840.113549.3.7 is Triple DES, 3.2 RC2 */
	static const unsigned char ede3[] = {
	    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x07};
	struct smime_result out;
	size_t at;

	expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none", "opened",
	    200, "hello");
	for (at = 0; memcmp(der.p + at, ede3, 8) != 0;)
		at++;
	der.p[at + 7] = 2;
	out = world_open(w, SEALED_TYPE, span_buf(&der));
	assert_string_equal(out.verdict.cipher, "rc2-cbc");
	expect(out, "none", "failed", 493, NULL);
	buf_free(&der);
	der = seal_der(span_str(HELLO), w->bob.cert, EVP_camellia_128_cbc());
	expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none", "failed",
	    493, NULL);
	buf_free(&der);
}

/* Where OpenSSL itself would open it. */
static void
des_is_failed_though_openssl_has_it(void **state)
{
	OSSL_PROVIDER *legacy = OSSL_PROVIDER_load(NULL, "legacy");
	OSSL_PROVIDER *usual = OSSL_PROVIDER_load(NULL, "default");
	struct world *w = *state;
	struct smime_result out;
	CMS_ContentInfo *cms;
	const unsigned char *p;
	struct buf der;
	BIO *text = BIO_new(BIO_s_mem());

	assert_non_null(legacy);
	drop_ident(&w->bob);
	/* A key of 8 bytes is too short to be wrapped for ECDH. */
	w->bob = make_cert(&w->ca,
	    &(struct say){.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.key_type = "rsa:2048"});
	put_cert(w->dir, "user_cert_bob@example.com.pem", w->bob.cert);
	put_key(w->dir, "user_key_bob@example.com.pem", w->bob.key);
	der = seal_der(span_str(HELLO), w->bob.cert, EVP_des_cbc());
	p = der.p;
	cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
	assert_int_equal(
	    CMS_decrypt(cms, w->bob.key, w->bob.cert, NULL, text, CMS_BINARY),
	    1);
	out = world_open(w, SEALED_TYPE, span_buf(&der));
	assert_string_equal(out.verdict.cipher, "des-cbc");
	expect(out, "none", "failed", 493, NULL);
	CMS_ContentInfo_free(cms);
	BIO_free(text);
	buf_free(&der);
	OSSL_PROVIDER_unload(usual);
	OSSL_PROVIDER_unload(legacy);
}

static void
ber_is_read_sealed_too(void **state)
{
	struct world *w = *state;
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *out = BIO_new(BIO_s_mem()), *in = BIO_new_mem_buf(HELLO, -1);
	CMS_ContentInfo *cms;
	char *data;
	long n;

	sk_X509_push(certs, w->bob.cert);
	cms = CMS_encrypt(
	    certs, in, EVP_aes_256_cbc(), CMS_BINARY | CMS_STREAM);
	i2d_CMS_bio_stream(out, cms, in, CMS_BINARY | CMS_STREAM);
	n = BIO_get_mem_data(out, &data);
	assert_int_equal((unsigned char)data[1], 0x80);
	expect(world_open(w, SEALED_TYPE,
		   (struct span){(unsigned char *)data, (size_t)n}),
	    "none", "opened", 200, "hello");
	CMS_ContentInfo_free(cms);
	sk_X509_free(certs);
	BIO_free(in);
	BIO_free(out);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(auth_enveloped_data_is_gcm_with_its_tag_and_nonce),
	    T(enveloped_data_is_cbc_with_an_iv_of_one_block),
	    T(des_and_rc2_are_failed),
	    T(des_is_failed_though_openssl_has_it),
	    T(ber_is_read_sealed_too),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_encrypted", tests, NULL, NULL);
}
