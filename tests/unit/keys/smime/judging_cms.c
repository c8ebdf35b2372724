/*
 * How a message is judged: SignedData, where OpenSSL accepts more than we may.
 * Each test is a sentence, made of a message that is good and one change to
 * it.
 */
#include "tests/unit/keys/keys_make.h"

#include <openssl/asn1t.h>

#include "tests/unit/keys/smime/judging_der.h"

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
	    "none", "none", 400, NULL);
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
	    T(a_signature_that_cannot_be_parsed_is_malformed_never_none),
	    T(no_cut_and_no_flip_crashes_or_is_good),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_cms", tests, NULL, NULL);
}
