/*
 * How a message is judged: CMS, where OpenSSL takes more than we may. Each
 * test is a sentence, made of a message that is good and one change to it.
 */
#include "tests/unit/keys/keys_make.h"

#include <openssl/asn1t.h>
#include <openssl/provider.h>

/* Opens hello with this detached signature. */
static struct smime_result
open_der(struct world *w, const char *entity, struct span der)
{
	struct buf body = multipart_signed(span_str(entity), der);
	struct smime_result out = world_open(w, SIGNED_TYPE, span_buf(&body));

	buf_free(&body);
	return out;
}

static void
expect_cms(struct world *w, CMS_ContentInfo *cms, const char *verdict)
{
	struct buf der = cms_der(cms);
	bool good = strcmp(verdict, "good") == 0;

	expect(open_der(w, HELLO, span_buf(&der)), verdict, "none",
	    good ? 200 : 437, good ? "hello" : NULL);
	buf_free(&der);
}

/* --- AuthEnvelopedData -------------------------------------------------------- */

struct gcm_say {
	const EVP_CIPHER *cipher; /* default AES-128-GCM */
	int tag; /* bytes in the message; default 16 */
	int icv; /* what ICVlen says; 0: as tag, -1: absent */
	int nonce; /* default 12 */
	bool flip; /* one bit of the tag */
};

static void
put_tlv(struct buf *out, int tag, struct span body)
{
	unsigned char head[6] = {(unsigned char)tag};
	size_t n = 2;

	if (body.n < 128) {
		head[1] = (unsigned char)body.n;
	} else if (body.n < 256) {
		head[1] = 0x81;
		head[2] = (unsigned char)body.n;
		n = 3;
	} else {
		head[1] = 0x82;
		head[2] = (unsigned char)(body.n >> 8);
		head[3] = (unsigned char)body.n;
		n = 4;
	}
	buf_add(out, head, n);
	buf_addspan(out, body);
}

/* Wraps what b holds into a value of that tag. */
static void
wrap(struct buf *b, int tag)
{
	struct buf out = {0};

	put_tlv(&out, tag, span_buf(b));
	buf_free(b);
	*b = out;
}

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

/* --- SignedData --------------------------------------------------------------- */

/* A signature by alice whose attributes add() chooses: first all that there
 * are by default, then what it changes. */
static CMS_ContentInfo *
sign_attributes(struct world *w,
    void (*add)(struct world *w, CMS_SignerInfo *si), unsigned flags)
{
	CMS_ContentInfo *cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);
	BIO *in = BIO_new_mem_buf(HELLO, -1);
	CMS_SignerInfo *si = CMS_add1_signer(cms, w->alice.cert, w->alice.key,
	    EVP_sha256(), CMS_BINARY | CMS_NOCERTS | flags);

	add(w, si);
	if (CMS_final(cms, in, NULL, CMS_BINARY | CMS_DETACHED) != 1)
		fail_msg("not signed");
	BIO_free(in);
	return cms;
}

static void
add_nothing(struct world *w, CMS_SignerInfo *si)
{
	(void)w;
	(void)si;
}

/* Signs again after the attributes were changed. */
static void
resign(CMS_ContentInfo *cms, EVP_PKEY *key)
{
	CMS_SignerInfo *si = sk_CMS_SignerInfo_value(
	    CMS_get0_SignerInfos(cms), 0);

	EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned char signature[512];
	size_t n = sizeof(signature);
	struct buf set = {0}, one[16] = {{0}}, swapped;
	int i, j, count = CMS_signed_get_attr_count(si);

	/* DER sorts a SET OF. */
	for (i = 0; i < count; i++) {
		unsigned char *p = NULL;
		int len = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(si, i), &p);

		buf_add(&one[i], p, (size_t)len);
		OPENSSL_free(p);
		for (j = i; j > 0 &&
		     memcmp(one[j - 1].p, one[j].p,
			 one[j].n < one[j - 1].n ? one[j].n : one[j - 1].n) > 0;
		     j--) {
			swapped = one[j];
			one[j] = one[j - 1];
			one[j - 1] = swapped;
		}
	}
	for (i = 0; i < count; i++) {
		buf_addspan(&set, span_buf(&one[i]));
		buf_free(&one[i]);
	}
	wrap(&set, 0x31);
	if (EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(md, signature, &n, set.p, set.n) != 1)
		fail_msg("not signed again");
	ASN1_STRING_set(CMS_SignerInfo_get0_signature(si), signature, (int)n);
	EVP_MD_CTX_free(md);
	buf_free(&set);
}

static CMS_SignerInfo *
only_signer(CMS_ContentInfo *cms)
{
	return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
}

static void
drop_attribute(CMS_SignerInfo *si, int nid)
{
	X509_ATTRIBUTE *a = CMS_signed_delete_attr(
	    si, CMS_signed_get_attr_by_NID(si, nid, -1));

	assert_non_null(a);
	X509_ATTRIBUTE_free(a);
}

static void
a_content_type_that_differs_is_malformed(void **state)
{
	struct world *w = *state;
	CMS_ContentInfo *cms = sign_attributes(w, add_nothing, 0);
	CMS_SignerInfo *si = only_signer(cms);

	drop_attribute(si, NID_pkcs9_contentType);
	CMS_signed_add1_attr_by_NID(si, NID_pkcs9_contentType, V_ASN1_OBJECT,
	    OBJ_nid2obj(NID_pkcs7_enveloped), -1);
	resign(cms, w->alice.key);
	expect_cms(w, cms, "malformed");
	/* none at all */
	cms = sign_attributes(w, add_nothing, 0);
	drop_attribute(only_signer(cms), NID_pkcs9_contentType);
	resign(cms, w->alice.key);
	expect_cms(w, cms, "malformed");
	cms = sign_attributes(w, add_nothing, 0);
	resign(cms, w->alice.key);
	expect_cms(w, cms, "good");
}

static void
a_message_digest_of_the_wrong_length_is_malformed(void **state)
{
	struct world *w = *state;
	CMS_ContentInfo *cms = sign_attributes(w, add_nothing, 0);
	CMS_SignerInfo *si = only_signer(cms);

	drop_attribute(si, NID_pkcs9_messageDigest);
	CMS_signed_add1_attr_by_NID(
	    si, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING, "short", 5);
	resign(cms, w->alice.key);
	expect_cms(w, cms, "malformed");
	/* of the right length and another content: tampered */
	cms = sign_attributes(w, add_nothing, 0);
	si = only_signer(cms);
	drop_attribute(si, NID_pkcs9_messageDigest);
	CMS_signed_add1_attr_by_NID(si, NID_pkcs9_messageDigest,
	    V_ASN1_OCTET_STRING, "01234567890123456789012345678901", 32);
	resign(cms, w->alice.key);
	expect_cms(w, cms, "tampered");
}

static void
add_description_twice(struct world *w, CMS_SignerInfo *si)
{
	X509_ATTRIBUTE *a = X509_ATTRIBUTE_create(NID_description,
	    V_ASN1_UTF8STRING, ASN1_STRING_type_new(V_ASN1_UTF8STRING));

	(void)w;
	X509_ATTRIBUTE_set1_data(a, V_ASN1_UTF8STRING, "two", 3);
	CMS_signed_add1_attr(si, a);
	X509_ATTRIBUTE_free(a);
}

static void
an_attribute_with_two_values_is_malformed(void **state)
{
	struct world *w = *state;

	expect_cms(
	    w, sign_attributes(w, add_description_twice, 0), "malformed");
}

static void
an_attribute_twice_is_malformed(void **state)
{
	struct world *w = *state;
	/* two names of one length, the second then renamed to the first */
	CMS_ContentInfo *cms = sign_attributes(w, add_nothing, 0);
	CMS_SignerInfo *si = only_signer(cms);
	X509_ATTRIBUTE *one, *two;
	ASN1_OBJECT *name = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);

	one = X509_ATTRIBUTE_create_by_OBJ(
	    NULL, name, V_ASN1_UTF8STRING, "one", 3);
	CMS_signed_add1_attr(si, one);
	ASN1_OBJECT_free(name);
	name = OBJ_txt2obj("1.3.6.1.4.1.99999.2", 1);
	two = X509_ATTRIBUTE_create_by_OBJ(
	    NULL, name, V_ASN1_UTF8STRING, "two", 3);
	CMS_signed_add1_attr(si, two);
	X509_ATTRIBUTE_free(two);
	ASN1_OBJECT_free(name);
	resign(cms, w->alice.key);
	{
		X509_ATTRIBUTE *last = CMS_signed_get_attr(
		    si, CMS_signed_get_attr_count(si) - 1);

		X509_ATTRIBUTE_set1_object(
		    last, X509_ATTRIBUTE_get0_object(one));
	}
	resign(cms, w->alice.key);
	X509_ATTRIBUTE_free(one);
	expect_cms(w, cms, "malformed");
}

/* signingCertificateV2 with the hash of that certificate. */
static void
add_ess(CMS_SignerInfo *si, X509 *named)
{
	unsigned char hash[32];
	struct buf b = {0}, id = {0};
	unsigned n = 0;

	X509_digest(named, EVP_sha256(), hash, &n);
	put_tlv(&id, 0x04, (struct span){hash, 32});
	put_tlv(&b, 0x30, span_buf(&id));
	wrap(&b, 0x30);
	wrap(&b, 0x30);
	assert_int_equal(CMS_signed_add1_attr_by_NID(si,
			     NID_id_smime_aa_signingCertificateV2,
			     V_ASN1_SEQUENCE, b.p, (int)b.n),
	    1);
	buf_free(&b);
	buf_free(&id);
}

static void
add_own_ess(struct world *w, CMS_SignerInfo *si)
{
	add_ess(si, w->alice.cert);
}

static void
add_other_ess(struct world *w, CMS_SignerInfo *si)
{
	add_ess(si, w->bob.cert);
}

static void
add_broken_ess(struct world *w, CMS_SignerInfo *si)
{
	(void)w;
	CMS_signed_add1_attr_by_NID(si, NID_id_smime_aa_signingCertificateV2,
	    V_ASN1_OCTET_STRING, "x", 1);
}

static void
a_signing_certificate_that_names_another_is_malformed(void **state)
{
	struct world *w = *state;

	expect_cms(w, sign_attributes(w, add_own_ess, 0), "good");
	expect_cms(w, sign_attributes(w, add_nothing, CMS_CADES), "good");
	expect_cms(w, sign_attributes(w, add_other_ess, 0), "malformed");
	expect_cms(w, sign_attributes(w, add_broken_ess, 0), "malformed");
}

static void
no_signer_info_is_malformed(void **state)
{
	struct world *w = *state;
	CMS_ContentInfo *cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);
	BIO *in = BIO_new_mem_buf(HELLO, -1);
	struct buf der;

	CMS_add1_cert(cms, w->alice.cert);
	CMS_final(cms, in, NULL, CMS_BINARY | CMS_DETACHED);
	BIO_free(in);
	expect_cms(w, cms, "malformed");
	/* certs-only, and opaque */
	cms = CMS_sign(NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY);
	in = BIO_new_mem_buf(HELLO, -1);
	CMS_add1_cert(cms, w->alice.cert);
	CMS_final(cms, in, NULL, CMS_BINARY);
	BIO_free(in);
	der = cms_der(cms);
	expect(world_open(w, "application/pkcs7-mime;smime-type=certs-only",
		   span_buf(&der)),
	    "malformed", "none", 437, NULL);
	buf_free(&der);
}

static void
an_inner_content_and_a_detached_one_is_malformed(void **state)
{
	struct world *w = *state;
	struct buf der = sign_der(
	    span_str(HELLO), &w->alice, CMS_NOCERTS, NULL);

	expect(world_open(w, OPAQUE_TYPE, span_buf(&der)), "good", "none", 200,
	    "hello");
	expect(
	    open_der(w, HELLO, span_buf(&der)), "malformed", "none", 437, NULL);
	expect(open_der(
		   w, "Content-Type: text/plain\r\n\r\nforged", span_buf(&der)),
	    "malformed", "none", 437, NULL);
	buf_free(&der);
	/* and neither */
	der = sign_der(
	    span_str(HELLO), &w->alice, CMS_NOCERTS | CMS_DETACHED, NULL);
	expect(world_open(w, OPAQUE_TYPE, span_buf(&der)), "malformed", "none",
	    437, NULL);
	buf_free(&der);
}

static void
the_digest_inside_must_be_strong(void **state)
{
	/* micalg says sha-256, as SIGNED_TYPE does */
	struct world *w = *state;
	struct smime_result out = world_signed(w, CMS_NOCERTS, EVP_sha1());

	assert_string_equal(out.verdict.digest, "sha-1");
	expect(out, "weak", "none", 437, NULL);
	out = world_signed(w, CMS_NOCERTS, EVP_sha384());
	assert_string_equal(out.verdict.digest, "sha-384");
	expect(out, "good", "none", 200, "hello");
}

static void
an_entity_begins_with_a_header_line_or_an_empty_line(void **state)
{
	static const char *const bad[] = {"hello", "hello\r\n\r\nworld",
	    " Content-Type: text/plain\r\n\r\nhello", "\x31\x18\x30\x16"};
	struct world *w = *state;
	struct buf der;
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		der = sign_der(span_str(bad[i]), &w->alice,
		    CMS_DETACHED | CMS_NOCERTS, NULL);
		expect(open_der(w, bad[i], span_buf(&der)), "malformed", "none",
		    437, NULL);
		buf_free(&der);
		der = sign_der(span_str(bad[i]), &w->alice, CMS_NOCERTS, NULL);
		expect(world_open(w, OPAQUE_TYPE, span_buf(&der)), "malformed",
		    "none", 437, NULL);
		buf_free(&der);
	}
	der = sign_der(
	    span_str("\r\nhello"), &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	expect(open_der(w, "\r\nhello", span_buf(&der)), "good", "none", 200,
	    "hello");
	buf_free(&der);
}

static void
signed_attributes_do_not_pass_as_content(void **state)
{
	struct world *w = *state;
	CMS_ContentInfo *cms = sign_cms(span_str(HELLO), &w->alice,
			    CMS_DETACHED | CMS_NOCERTS, NULL),
			*forged;
	CMS_SignerInfo *si = only_signer(cms), *fake;
	struct buf attributes = {0}, der, body;
	ASN1_OCTET_STRING *signature = CMS_SignerInfo_get0_signature(si);
	BIO *in;
	int i;

	/* the DER of the SET of them is what alice signed */
	for (i = 0; i < CMS_signed_get_attr_count(si); i++) {
		unsigned char *p = NULL;
		int n = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(si, i), &p);

		buf_add(&attributes, p, (size_t)n);
		OPENSSL_free(p);
	}
	wrap(&attributes, 0x31);
	/* a signature without attributes, over just that */
	forged = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);
	fake = CMS_add1_signer(forged, w->alice.cert, w->alice.key,
	    EVP_sha256(), CMS_BINARY | CMS_NOCERTS | CMS_NOATTR);
	in = BIO_new_mem_buf(attributes.p, (int)attributes.n);
	CMS_final(forged, in, NULL, CMS_BINARY | CMS_DETACHED);
	BIO_free(in);
	ASN1_STRING_set(CMS_SignerInfo_get0_signature(fake),
	    ASN1_STRING_get0_data(signature), ASN1_STRING_length(signature));
	der = cms_der(forged);
	body = multipart_signed(span_buf(&attributes), span_buf(&der));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "malformed", "none",
	    437, NULL);
	CMS_ContentInfo_free(cms);
	buf_free(&attributes);
	buf_free(&der);
	buf_free(&body);
}

static void
trailing_bytes_are_malformed_and_ber_is_read(void **state)
{
	struct world *w = *state;
	struct buf der = seal_der(
	    span_str(HELLO), w->bob.cert, EVP_aes_128_gcm());
	CMS_ContentInfo *cms;
	BIO *out, *in;
	char *data;
	long n;

	buf_add(&der, "\0", 1);
	expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none", "malformed",
	    493, NULL);
	der.n--;
	expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none", "opened",
	    200, "hello");
	der.n--;
	expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none", "malformed",
	    493, NULL);
	buf_free(&der);
	der = sign_der(span_str(HELLO), &w->alice, CMS_NOCERTS, NULL);
	buf_add(&der, "\r\n", 2);
	expect(world_open(w, OPAQUE_TYPE, span_buf(&der)), "malformed", "none",
	    437, NULL);
	buf_free(&der);
	/* indefinite lengths, content in pieces */
	out = BIO_new(BIO_s_mem());
	in = BIO_new_mem_buf(HELLO, -1);
	cms = CMS_sign(w->alice.cert, w->alice.key, NULL, in,
	    CMS_BINARY | CMS_NOCERTS | CMS_STREAM);
	i2d_CMS_bio_stream(out, cms, in, CMS_BINARY | CMS_STREAM);
	n = BIO_get_mem_data(out, &data);
	assert_int_equal((unsigned char)data[1], 0x80);
	expect(world_open(w, OPAQUE_TYPE,
		   (struct span){(unsigned char *)data, (size_t)n}),
	    "good", "none", 200, "hello");
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(out);
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

static void
a_signature_that_cannot_be_parsed_is_malformed_never_none(void **state)
{
	static const char *const types[] = {OPAQUE_TYPE,
	    "application/pkcs7-mime", "application/x-pkcs7-mime",
	    "application/pkcs7-signature"};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(types); i++) {
		struct smime_result out = world_open(
		    w, types[i], span_str("garbage"));

		assert_int_equal(out.verdict.signature, SIGNATURE_MALFORMED);
		assert_null(out.text);
		assert_true(refusal_status(out.refusal) == 437 ||
		    refusal_status(out.refusal) == 493);
		smime_result_free(&out);
	}
	expect(world_open(w, SEALED_TYPE, span_str("garbage")), "none",
	    "malformed", 493, NULL);
	expect(world_open(w, SEALED_TYPE, span_str("")), "none", "malformed",
	    493, NULL);
}

static void
no_cut_and_no_flip_crashes_or_is_good(void **state)
{
	struct world *w = *state;
	struct buf der = sign_der(
	    span_str(HELLO), &w->alice, CMS_NOCERTS, NULL);
	size_t i;

	for (i = 0; i < der.n; i++) {
		struct smime_result out = world_open(
		    w, OPAQUE_TYPE, span_cut(span_buf(&der), 0, i));

		assert_int_equal(out.verdict.signature, SIGNATURE_MALFORMED);
		smime_result_free(&out);
		der.p[i] ^= 0x40;
		out = world_open(w, OPAQUE_TYPE, span_buf(&der));
		if (out.verdict.signature == SIGNATURE_GOOD)
			assert_string_equal(out.text, "hello");
		else
			assert_int_not_equal(
			    out.verdict.signature, SIGNATURE_NONE);
		smime_result_free(&out);
		der.p[i] ^= 0x40;
	}
	buf_free(&der);
	der = seal_der(span_str(HELLO), w->bob.cert, EVP_aes_128_gcm());
	for (i = 0; i < der.n; i++) {
		struct smime_result out;

		der.p[i] ^= 0x01;
		out = world_open(w, SEALED_TYPE, span_buf(&der));
		if (out.text != NULL)
			assert_string_equal(out.text, "hello");
		smime_result_free(&out);
		der.p[i] ^= 0x01;
	}
	buf_free(&der);
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
	    T(a_content_type_that_differs_is_malformed),
	    T(a_message_digest_of_the_wrong_length_is_malformed),
	    T(an_attribute_with_two_values_is_malformed),
	    T(an_attribute_twice_is_malformed),
	    T(a_signing_certificate_that_names_another_is_malformed),
	    T(no_signer_info_is_malformed),
	    T(an_inner_content_and_a_detached_one_is_malformed),
	    T(the_digest_inside_must_be_strong),
	    T(an_entity_begins_with_a_header_line_or_an_empty_line),
	    T(signed_attributes_do_not_pass_as_content),
	    T(trailing_bytes_are_malformed_and_ber_is_read),
	    T(ber_is_read_sealed_too),
	    T(a_signature_that_cannot_be_parsed_is_malformed_never_none),
	    T(no_cut_and_no_flip_crashes_or_is_good),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_cms", tests, NULL, NULL);
}
