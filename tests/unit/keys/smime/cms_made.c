/* What signet writes in CMS is what OpenSSL's CMS writes of the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "keys/smime/cms_make.h"
#include "src/base/der.h"

/* Somebody with a key of one kind. */
struct someone {
	EVP_PKEY *key;
	struct cert *cert;
};

static struct {
	struct algs *algs;
	struct someone rsa, rsa_other, p256, p384, p521;
} all;

static X509 *
certificate(EVP_PKEY *key, const char *name, long serial)
{
	X509 *x = X509_new();
	X509_NAME *n = X509_get_subject_name(x);

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_NAME_add_entry_by_txt(n, "O", MBSTRING_UTF8,
	    (const unsigned char *)"Caf\xc3\xa9", -1, -1, 0);
	X509_NAME_add_entry_by_txt(
	    n, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x, n);
	X509_set_pubkey(x, key);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	return x;
}

static struct someone
someone(EVP_PKEY *key, const char *name, long serial)
{
	struct someone s = {.key = key};

	assert_non_null(key);
	s.cert = cert_new(certificate(key, name, serial));
	return s;
}

static void
nobody(struct someone *s)
{
	cert_free(s->cert);
	EVP_PKEY_free(s->key);
}

static int
set_up(void **state)
{
	struct err e;

	(void)state;
	all.algs = algs_new(&e);
	all.rsa = someone(EVP_RSA_gen(2048), "rsa", 1);
	all.rsa_other = someone(EVP_RSA_gen(2048), "rsa", 0x7fffffffff);
	all.p256 = someone(EVP_EC_gen("P-256"), "p256", 128);
	all.p384 = someone(EVP_EC_gen("P-384"), "p384", 129);
	all.p521 = someone(EVP_EC_gen("P-521"), "p521", 130);
	return all.algs != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	nobody(&all.rsa);
	nobody(&all.rsa_other);
	nobody(&all.p256);
	nobody(&all.p384);
	nobody(&all.p521);
	algs_free(all.algs);
	return 0;
}

/* --- what OpenSSL makes ---------------------------------------------------- */

static struct buf
encoded(CMS_ContentInfo *cms)
{
	unsigned char *der = NULL;
	int n = i2d_CMS_ContentInfo(cms, &der);
	struct buf out = {0};

	assert_true(n > 0);
	buf_add(&out, der, (size_t)n);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	return out;
}

/* The attribute's value is an issuerAndSerialNumber with the implicit tag 0. */
static void
prefer(CMS_SignerInfo *si, X509 *x)
{
	PKCS7_ISSUER_AND_SERIAL *name = PKCS7_ISSUER_AND_SERIAL_new();
	ASN1_STRING *value = ASN1_STRING_type_new(V_ASN1_OTHER);
	unsigned char *der = NULL;
	X509_ATTRIBUTE *a;
	int n;

	X509_NAME_set(&name->issuer, X509_get_issuer_name(x));
	ASN1_STRING_copy(name->serial, X509_get0_serialNumber(x));
	n = i2d_PKCS7_ISSUER_AND_SERIAL(name, &der);
	der[0] = 0xa0;
	ASN1_STRING_set(value, der, n);
	a = X509_ATTRIBUTE_create(
	    NID_id_smime_aa_encrypKeyPref, V_ASN1_OTHER, value);
	assert_int_equal(CMS_signed_add1_attr(si, a), 1);
	X509_ATTRIBUTE_free(a);
	OPENSSL_free(der);
	PKCS7_ISSUER_AND_SERIAL_free(name);
}

static struct buf
openssl_signs(const struct cms_signing *how, struct span bytes)
{
	unsigned flags = CMS_BINARY | (how->opaque ? 0 : CMS_DETACHED);
	CMS_ContentInfo *cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | flags);
	BIO *in = BIO_new_mem_buf(bytes.p, (int)bytes.n);
	ASN1_TIME *at = ASN1_TIME_set(NULL, how->at);
	CMS_SignerInfo *si = CMS_add1_signer(cms, how->cert->x509, how->key,
	    how->draft ? EVP_sha1() : EVP_sha256(),
	    CMS_BINARY | CMS_NOSMIMECAP | (how->attach_cert ? 0 : CMS_NOCERTS) |
		(how->draft ? CMS_NOATTR : 0));

	assert_non_null(si);
	if (!how->draft) {
		CMS_signed_add1_attr_by_NID(
		    si, NID_pkcs9_signingTime, ASN1_STRING_type(at), at, -1);
		if (how->encrypts != NULL)
			prefer(si, how->encrypts->x509);
		if (how->encrypts != NULL && how->attach_cert)
			assert_int_equal(
			    CMS_add1_cert(cms, how->encrypts->x509), 1);
	}
	assert_int_equal(CMS_final(cms, in, NULL, flags), 1);
	ASN1_TIME_free(at);
	BIO_free(in);
	return encoded(cms);
}

static struct buf
openssl_encrypts(const struct someone *to, bool gcm, struct span bytes)
{
	CMS_ContentInfo *cms = CMS_encrypt(NULL, NULL,
	    gcm ? EVP_aes_128_gcm() : EVP_aes_128_cbc(),
	    CMS_BINARY | CMS_PARTIAL);
	BIO *in = BIO_new_mem_buf(bytes.p, (int)bytes.n);
	CMS_RecipientInfo *ri = CMS_add1_recipient_cert(
	    cms, to->cert->x509, CMS_KEY_PARAM);

	if (CMS_RecipientInfo_type(ri) == CMS_RECIPINFO_AGREE)
		assert_true(
		    EVP_PKEY_CTX_set_ecdh_kdf_md(
			CMS_RecipientInfo_get0_pkey_ctx(ri), EVP_sha256()) > 0);
	assert_int_equal(CMS_final(cms, in, NULL, CMS_BINARY), 1);
	BIO_free(in);
	return encoded(cms);
}

/* --- comparing ------------------------------------------------------------- */

/* Random bytes of up to 700: texts are short, certificates are not. */
static struct buf
some_bytes(void)
{
	unsigned char n[2];
	struct buf b = {0};

	assert_int_equal(RAND_bytes(n, 2), 1);
	b.n = (size_t)(n[0] * 256 + n[1]) % 700;
	buf_reserve(&b, b.n + 1);
	assert_int_equal(RAND_bytes(b.p, (int)b.n + 1), 1);
	return b;
}

static void
same_bytes(const struct buf *ours, const struct buf *theirs)
{
	assert_int_equal(ours->n, theirs->n);
	assert_memory_equal(ours->p, theirs->p, theirs->n);
}

/* Writes what a parse shows: tags, the values of identifiers and numbers, and
 * the lengths of all other values, unless they are a signature's. */
static void
outline(struct span s, int depth, bool lengths, struct buf *out)
{
	struct der v;

	while (der_next(&s, &v)) {
		buf_addf(out, "%*s%d %lu %d", depth, "", (int)v.class, v.tag,
		    v.constructed);
		if (v.constructed) {
			buf_adds(out, "\n");
			outline(v.body, depth + 1, lengths, out);
			continue;
		}
		if (v.class == DER_UNIVERSAL &&
		    (v.tag == DER_OID || v.tag == DER_INTEGER))
			for (size_t i = 0; i < v.body.n; i++)
				buf_addf(out, " %02x", v.body.p[i]);
		else if (lengths)
			buf_addf(out, " (%zu)", v.body.n);
		buf_adds(out, "\n");
	}
	assert_int_equal(s.n, 0);
}

static void
same_parse(const struct buf *ours, const struct buf *theirs, bool lengths)
{
	struct buf a = {0}, b = {0};

	outline(span_buf(ours), 0, lengths, &a);
	outline(span_buf(theirs), 0, lengths, &b);
	assert_string_equal((char *)a.p, (char *)b.p);
	buf_free(&a);
	buf_free(&b);
}

static struct buf
we_sign(const struct cms_signing *how, struct span bytes)
{
	struct buf der = {0};
	struct err e = {0};

	if (cms_make_signed(all.algs, how, bytes, &der, &e) == -1)
		fail_msg("%s", e.text);
	return der;
}

static struct buf
we_encrypt(const struct someone *to, bool gcm, struct span bytes)
{
	struct buf der = {0};
	struct err e = {0};

	if (cms_make_encrypted(all.algs, to->cert, gcm, bytes, &der, &e) == -1)
		fail_msg("%s", e.text);
	return der;
}

/* All that may be asked of a signature, one bit each. */
static struct cms_signing
asked(const struct someone *s, struct cert *encrypts, unsigned bits, time_t at)
{
	return (struct cms_signing){.cert = s->cert,
	    .key = s->key,
	    .encrypts = bits & 1 ? encrypts : NULL,
	    .attach_cert = bits & 2,
	    .opaque = bits & 4,
	    .draft = bits & 8,
	    .at = at};
}

/* --- the tests ------------------------------------------------------------- */

static void
rsa_signatures_are_openssls_byte_for_byte(void **state)
{
	/* A UTCTime ends with 2049. */
	static const time_t times[] = {
	    1, 1795000000, 2524607999, 2524608000, 4102444800};

	(void)state;
	for (unsigned i = 0; i < 512; i++) {
		struct cms_signing how = asked(
		    &all.rsa, all.rsa_other.cert, i, times[i / 16 % 5]);
		struct buf in = some_bytes();
		struct buf ours = we_sign(&how, span_buf(&in));
		struct buf theirs = openssl_signs(&how, span_buf(&in));

		same_bytes(&ours, &theirs);
		buf_free(&in);
		buf_free(&ours);
		buf_free(&theirs);
	}
}

static void
ec_signatures_parse_as_openssls_and_verify(void **state)
{
	const struct someone *signers[] = {&all.p256, &all.p384, &all.p521};

	(void)state;
	for (unsigned i = 0; i < 48; i++) {
		struct cms_signing how = asked(
		    signers[i / 16], all.rsa.cert, i, 1795000000);
		struct buf in = some_bytes();
		struct buf ours = we_sign(&how, span_buf(&in));
		struct buf theirs = openssl_signs(&how, span_buf(&in));
		STACK_OF(X509) *certs = sk_X509_new_null();
		BIO *content = BIO_new_mem_buf(in.p, (int)in.n);
		const unsigned char *p = ours.p;
		CMS_ContentInfo *cms;

		same_parse(&ours, &theirs, false);
		sk_X509_push(certs, how.cert->x509);
		cms = d2i_CMS_ContentInfo(NULL, &p, (long)ours.n);
		assert_non_null(cms);
		assert_int_equal(
		    CMS_verify(cms, certs, NULL, how.opaque ? NULL : content,
			NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY),
		    1);
		CMS_ContentInfo_free(cms);
		sk_X509_free(certs);
		BIO_free(content);
		buf_free(&in);
		buf_free(&ours);
		buf_free(&theirs);
	}
}

static void
envelopes_parse_as_openssls_and_open(void **state)
{
	const struct someone *people[] = {
	    &all.rsa, &all.p256, &all.p384, &all.p521};

	(void)state;
	for (unsigned i = 0; i < 80; i++) {
		const struct someone *to = people[i % 4];
		bool gcm = i & 4;
		struct buf in = some_bytes();
		struct buf ours = we_encrypt(to, gcm, span_buf(&in));
		struct buf theirs = openssl_encrypts(to, gcm, span_buf(&in));
		BIO *out = BIO_new(BIO_s_mem());
		const unsigned char *p = ours.p;
		CMS_ContentInfo *cms = d2i_CMS_ContentInfo(
		    NULL, &p, (long)ours.n);
		char *text;
		long n;

		same_parse(&ours, &theirs, true);
		assert_non_null(cms);
		assert_int_equal(CMS_decrypt(cms, to->key, to->cert->x509, NULL,
				     out, CMS_BINARY),
		    1);
		n = BIO_get_mem_data(out, &text);
		assert_int_equal(n, in.n);
		if (n > 0)
			assert_memory_equal(text, in.p, in.n);
		CMS_ContentInfo_free(cms);
		BIO_free(out);
		buf_free(&in);
		buf_free(&ours);
		buf_free(&theirs);
	}
}

/* Of two encodings of the same shape, counts the strings of 12 bytes and more
 * that differ: IVs, wrapped keys, points, tags. One that is equal fails. */
static size_t
differing(struct span a, struct span b)
{
	size_t count = 0;
	struct der v, w;

	while (der_next(&a, &v)) {
		assert_true(der_next(&b, &w));
		if (v.constructed)
			count += differing(v.body, w.body);
		else if ((v.class == DER_CONTEXT || v.tag == DER_OCTET_STRING ||
			     v.tag == DER_BIT_STRING) &&
		    v.body.n >= 12) {
			assert_false(span_eq(v.body, w.body));
			count++;
		}
	}
	return count;
}

/* Nothing that is drawn for a message is drawn again. */
static void
two_envelopes_share_no_random_value(void **state)
{
	static const struct {
		const struct someone *to;
		bool gcm;
		size_t strings;
	} cases[] = {
	    {&all.rsa, false, 3}, /* wrapped key, IV, content */
	    {&all.rsa, true, 4}, /* and the tag */
	    {&all.p256, false, 4}, /* point, wrapped key, IV, content */
	    {&all.p256, true, 5},
	};
	struct span text = span_str("the same text of some length");

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct buf a = we_encrypt(cases[i].to, cases[i].gcm, text);
		struct buf b = we_encrypt(cases[i].to, cases[i].gcm, text);

		assert_int_equal(
		    differing(span_buf(&a), span_buf(&b)), cases[i].strings);
		buf_free(&a);
		buf_free(&b);
	}
}

/* The certificate's key with one bit of its last byte changed: for EC a point
 * that is not on the curve. */
static struct cert *
spoilt(const struct someone *s)
{
	ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(s->cert->x509);
	unsigned char *der = NULL;
	const unsigned char *p;
	int n = i2d_X509(s->cert->x509, &der);
	size_t len = (size_t)ASN1_STRING_length(bits), i;
	X509 *x;

	for (i = 0; i + len < (size_t)n; i++)
		if (memcmp(der + i, ASN1_STRING_get0_data(bits), len) == 0)
			break;
	der[i + len - 1] ^= 1;
	p = der;
	x = d2i_X509(NULL, &p, n);
	assert_non_null(x);
	OPENSSL_free(der);
	return cert_new(x);
}

static void
a_key_that_is_not_on_its_curve_is_refused(void **state)
{
	const struct someone *people[] = {&all.p256, &all.p384, &all.p521};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct cert *c = spoilt(people[i]);
		struct buf der = {0};
		struct err e = {0};

		assert_int_equal(cms_make_encrypted(all.algs, c, true,
				     span_str("hello"), &der, &e),
		    -1);
		assert_int_equal(e.exit, EX_NOPERM);
		assert_non_null(strstr(e.text, "not valid"));
		buf_free(&der);
		cert_free(c);
	}
}

static void
a_key_of_another_kind_is_refused_with_a_sentence(void **state)
{
	struct someone ed = {.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};
	X509 *x = X509_dup(all.rsa.cert->x509);
	struct buf der = {0};
	struct err e = {0};
	struct cms_signing how;

	(void)state;
	X509_set_pubkey(x, ed.key);
	ed.cert = cert_new(x);
	how = asked(&ed, NULL, 0, 0);
	assert_int_equal(
	    cms_make_signed(all.algs, &how, span_str("x"), &der, &e), -1);
	assert_non_null(strstr(e.text, "neither RSA nor on an elliptic curve"));
	assert_int_equal(cms_make_encrypted(
			     all.algs, ed.cert, true, span_str("x"), &der, &e),
	    -1);
	assert_non_null(strstr(e.text, "neither RSA nor on an elliptic curve"));
	buf_free(&der);
	nobody(&ed);
}

/* A private key that changes under the same certificate is the one that
 * signs. */
static void
the_private_key_that_is_given_signs(void **state)
{
	struct cms_signing how = asked(&all.rsa, NULL, 0, 1795000000);
	struct buf first = we_sign(&how, span_str("x")), second, third;

	(void)state;
	how.key = all.rsa_other.key;
	second = we_sign(&how, span_str("x"));
	assert_int_equal(first.n, second.n);
	assert_memory_not_equal(first.p, second.p, first.n);
	how.key = all.rsa.key;
	third = we_sign(&how, span_str("x"));
	same_bytes(&first, &third);
	buf_free(&first);
	buf_free(&second);
	buf_free(&third);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rsa_signatures_are_openssls_byte_for_byte),
	    cmocka_unit_test(ec_signatures_parse_as_openssls_and_verify),
	    cmocka_unit_test(envelopes_parse_as_openssls_and_open),
	    cmocka_unit_test(two_envelopes_share_no_random_value),
	    cmocka_unit_test(a_key_that_is_not_on_its_curve_is_refused),
	    cmocka_unit_test(a_key_of_another_kind_is_refused_with_a_sentence),
	    cmocka_unit_test(the_private_key_that_is_given_signs),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
