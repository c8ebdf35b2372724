/*
 * How a message is judged: revocation. Each test is a sentence, made of a
 * message that is good and one change to it.
 */
#include "tests/unit/keys/keys_make.h"

#include "tests/unit/keys/smime/judging.h"

static void
nothing_in_it_is_revoked(void **state)
{
	struct world *w = *state;
	struct ident middle;

	put_revocation(w, &w->ca, &(struct crl_say){.revoked = NULL});
	expect_signed(w, "good");
	put_revocation(w, &w->ca, &(struct crl_say){.revoked = w->alice.cert});
	expect_signed(w, "revoked");
	/* the CA between */
	middle = make_cert(&w->ca, &(struct say){.cn = "middle", .ca = true});
	put_cert(w->dir, "ca_cert_middle.pem", middle.cert);
	world_alice(w, &middle, &alice_says);
	expect_signed(w, "good");
	put_revocation(w, &w->ca, &(struct crl_say){.revoked = middle.cert});
	expect_signed(w, "revoked");
	drop_ident(&middle);
	/* one that is pinned, by the CA that made it */
	world_alice(w, &w->ca, &alice_says);
	world_pin(w, "alice@example.com");
	put_revocation(w, &w->ca, &(struct crl_say){.revoked = w->alice.cert});
	expect_signed(w, "revoked");
}

static void
a_crl_in_a_message_is_never_used(void **state)
{
	struct world *w = *state;
	X509_CRL *clean = make_crl(&w->ca, &(struct crl_say){.from = -10});
	CMS_ContentInfo *cms = sign_cms(
	    span_str(HELLO), &w->alice, CMS_DETACHED, NULL);
	struct buf der, body;

	put_revocation(w, &w->ca, &(struct crl_say){.revoked = w->alice.cert});
	CMS_add1_crl(cms, clean);
	der = cms_der(cms);
	body = multipart_signed(span_str(HELLO), span_buf(&der));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "revoked", "none",
	    437, NULL);
	drop_file(w->dir, "crl_ca.pem");
	w->policy.crl_require = true;
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "no-crl", "none",
	    437, NULL);
	buf_free(&der);
	buf_free(&body);
	X509_CRL_free(clean);
}

static void
a_crl_that_does_not_do_is_no_crl(void **state)
{
	struct world *w = *state;
	struct ident other = make_cert(
	    NULL, &(struct say){.cn = "CA", .ca = true});
	const struct crl_say cases[] = {
	    {.from = -7200, .until = -60}, /* stale */
	    {.from = 60}, /* from later */
	    {.key = other.key}, /* badly signed */
	    {.ext = "issuingDistributionPoint",
		.value = "critical,onlyCA:TRUE"}, /* out of scope */
	    {.ext = "issuingDistributionPoint",
		.value = "critical,onlyAA:TRUE"},
	    {.ext = "issuingDistributionPoint",
		.value = "critical,fullname:URI:http://x/crl"},
	    {.ext = "issuingDistributionPoint",
		.value = "critical,indirectCRL:TRUE"},
	    {.ext = "issuingDistributionPoint",
		.value = "critical,onlysomereasons:keyCompromise"},
	    {.ext = "2.5.29.27", .value = "critical,DER:020101"}, /* delta */
	    {.critical_unknown = 1},
	    {.critical_unknown = 2, .revoked = w->bob.cert},
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		print_message("# case %zu\n", i);
		put_revocation(w, &w->ca, &cases[i]);
		expect_signed(w, "no-crl");
	}
	put_file(w->dir, "crl_ca.pem", "garbage", 7);
	expect_signed(w, "no-crl");
	put_revocation(w, &w->ca,
	    &(struct crl_say){.ext = "issuingDistributionPoint",
		.value = "critical,onlyuser:TRUE"});
	expect_signed(w, "good");
	drop_ident(&other);
}

static void
of_several_crls_one_good_one_is_enough(void **state)
{
	struct world *w = *state;
	X509_CRL *stale = make_crl(
	    &w->ca, &(struct crl_say){.from = -7200, .until = -60});
	X509_CRL *delta = make_crl(&w->ca,
	    &(struct crl_say){.ext = "2.5.29.27",
		.value = "critical,DER:020101",
		.revoked = w->alice.cert});

	put_crl(w->dir, "crl_a.pem", stale);
	expect_signed(w, "no-crl");
	put_revocation(w, &w->ca, &(struct crl_say){.from = -60});
	expect_signed(w, "good");
	/* the newer one tells */
	put_revocation(w, &w->ca,
	    &(struct crl_say){.from = -60, .revoked = w->alice.cert});
	expect_signed(w, "revoked");
	put_revocation(w, &w->ca, &(struct crl_say){.from = -60});
	put_crl(w->dir, "crl_delta.pem", delta);
	expect_signed(w, "revoked");
	X509_CRL_free(stale);
	X509_CRL_free(delta);
}

static void
a_missing_crl_is_no_fault_but_under_require(void **state)
{
	struct world *w = *state;

	expect_signed(w, "good");
	w->policy.crl_require = true;
	expect_signed(w, "no-crl");
	put_revocation(w, &w->ca, &(struct crl_say){.revoked = NULL});
	expect_signed(w, "good");
	/* per issuer: the CA between has none */
	drop_file(w->dir, "crl_ca.pem");
	world_pin(w, "alice@example.com");
	expect_signed(w, "no-crl");
	/* a pinned self-signed certificate needs none */
	world_alice(w, NULL, &alice_says);
	world_pin(w, "alice@example.com");
	expect_signed(w, "good");
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(nothing_in_it_is_revoked),
	    T(a_crl_in_a_message_is_never_used),
	    T(a_crl_that_does_not_do_is_no_crl),
	    T(of_several_crls_one_good_one_is_enough),
	    T(a_missing_crl_is_no_fault_but_under_require),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_crl", tests, NULL, NULL);
}
