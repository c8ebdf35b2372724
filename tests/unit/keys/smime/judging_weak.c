/*
 * How a message is judged: weak keys and digests. Each test is a sentence,
 * made of a message that is good and one change to it.
 */
#include "tests/unit/keys/keys_make.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "tests/unit/keys/smime/judging.h"

static EVP_PKEY *
rsa_exponent_one(void)
{
	EVP_PKEY *rsa = make_key("rsa:2048"), *out = NULL;
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *params;
	BIGNUM *n = NULL;

	EVP_PKEY_get_bn_param(rsa, OSSL_PKEY_PARAM_RSA_N, &n);
	OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n);
	OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, BN_value_one());
	OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_D, BN_value_one());
	params = OSSL_PARAM_BLD_to_param(b);
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &out, EVP_PKEY_KEYPAIR, params) != 1)
		fail_msg("no key with an exponent of 1");
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(rsa);
	BN_free(n);
	return out;
}

static void
weak_is_refused_without_legacy(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;

	s.key_type = "rsa:1024";
	world_alice(w, &w->ca, &s);
	expect_signed(w, "weak");
	w->policy.legacy = true;
	expect_signed(w, "good");
	w->policy.legacy = false;
	s.key_type = "P-192";
	world_alice(w, &w->ca, &s);
	expect_signed(w, "weak");
	s.key_type = "rsa:2048";
	world_alice(w, &w->ca, &s);
	expect_signed(w, "good");
	/* SHA-1 and MD5 in the message's digest */
	expect(world_signed(w, CMS_NOCERTS, EVP_sha1()), "weak", "none", 437,
	    NULL);
	expect(
	    world_signed(w, CMS_NOCERTS, EVP_md5()), "weak", "none", 437, NULL);
	expect(world_signed(w, CMS_NOCERTS | CMS_NOATTR, EVP_sha1()), "weak",
	    "none", 437, NULL);
	w->policy.legacy = true;
	expect(world_signed(w, CMS_NOCERTS, EVP_md5()), "good", "none", 200,
	    "hello");
}

static void
sha1_in_a_certificate_is_weak_but_a_roots_own(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;
	struct ident middle;

	s.md = EVP_sha1();
	world_alice(w, &w->ca, &s);
	expect_signed(w, "weak");
	/* pinned: its signature is not relied upon */
	world_pin(w, "alice@example.com");
	expect_signed(w, "good");
	drop_file(w->dir, "pinned");
	middle = make_cert(&w->ca,
	    &(struct say){.cn = "middle", .ca = true, .md = EVP_sha1()});
	put_cert(w->dir, "ca_cert_middle.pem", middle.cert);
	world_alice(w, &middle, &alice_says);
	expect_signed(w, "weak");
	drop_ident(&middle);
	drop_ident(&w->ca);
	w->ca = make_cert(
	    NULL, &(struct say){.cn = "CA", .ca = true, .md = EVP_sha1()});
	put_cert(w->dir, "root_cert_ca.pem", w->ca.cert);
	world_alice(w, &w->ca, &alice_says);
	expect_signed(w, "good");
	/* but its key is */
	drop_ident(&w->ca);
	w->ca = make_cert(NULL,
	    &(struct say){.cn = "CA", .ca = true, .key_type = "rsa:1024"});
	put_cert(w->dir, "root_cert_ca.pem", w->ca.cert);
	world_alice(w, &w->ca, &alice_says);
	expect_signed(w, "weak");
}

static void
sha1_in_pss_is_weak(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;

	drop_ident(&w->ca);
	w->ca = make_cert(NULL,
	    &(struct say){.cn = "CA", .ca = true, .key_type = "rsa:2048"});
	put_cert(w->dir, "root_cert_ca.pem", w->ca.cert);
	s.pss = true;
	world_alice(w, &w->ca, &s);
	expect_signed(w, "good");
	s.md = EVP_sha1();
	world_alice(w, &w->ca, &s);
	expect_signed(w, "weak");
}

/* Signs hello with RSASSA-PSS. */
static struct smime_result
open_pss(struct world *w, const EVP_MD *md, const EVP_MD *mgf1)
{
	CMS_ContentInfo *cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);
	BIO *in = BIO_new_mem_buf(HELLO, -1);
	CMS_SignerInfo *si = CMS_add1_signer(cms, w->alice.cert, w->alice.key,
	    md, CMS_BINARY | CMS_NOCERTS | CMS_KEY_PARAM);
	EVP_PKEY_CTX *ctx = CMS_SignerInfo_get0_pkey_ctx(si);
	struct smime_result out;
	struct buf der, body;

	EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
	EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, mgf1);
	assert_int_equal(CMS_final(cms, in, NULL, CMS_BINARY), 1);
	BIO_free(in);
	der = cms_der(cms);
	body = multipart_signed(span_str(HELLO), span_buf(&der));
	out = world_open(w, SIGNED_TYPE, span_buf(&body));
	buf_free(&der);
	buf_free(&body);
	return out;
}

static void
sha1_in_the_messages_pss_is_weak(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;

	s.key_type = "rsa:2048";
	world_alice(w, &w->ca, &s);
	expect(open_pss(w, EVP_sha256(), EVP_sha256()), "good", "none", 200,
	    "hello");
	expect(open_pss(w, EVP_sha1(), EVP_sha1()), "weak", "none", 437, NULL);
	expect(
	    open_pss(w, EVP_sha256(), EVP_sha1()), "weak", "none", 437, NULL);
}

static void
an_rsa_exponent_below_3_is_weak(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;
	struct ident made;

	s.key = rsa_exponent_one();
	/* signed by the CA, so that only the key is bad */
	made = make_cert(&w->ca, &s);
	put_cert(w->dir, "user_cert_alice@example.com.pem", made.cert);
	X509_free(w->alice.cert);
	EVP_PKEY_free(w->alice.key);
	w->alice = made;
	{
		struct smime_result out = world_signed(w, CMS_NOCERTS, NULL);

		assert_non_null(
		    strstr(out.verdict.reason, "exponent is below 3"));
		assert_int_equal(refusal_status(out.refusal), 437);
		smime_result_free(&out);
	}
	EVP_PKEY_free(s.key);
}

static void
a_sha1_crl_is_weak(void **state)
{
	struct world *w = *state;

	put_revocation(w, &w->ca, &(struct crl_say){.md = EVP_sha1()});
	expect_signed(w, "weak");
	w->policy.legacy = true;
	expect_signed(w, "good");
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(weak_is_refused_without_legacy),
	    T(sha1_in_a_certificate_is_weak_but_a_roots_own),
	    T(sha1_in_pss_is_weak),
	    T(sha1_in_the_messages_pss_is_weak),
	    T(an_rsa_exponent_below_3_is_weak),
	    T(a_sha1_crl_is_weak),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_weak", tests, NULL, NULL);
}
