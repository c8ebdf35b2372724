/*
 * How a message is judged: the chain up to a root. Each test is a sentence,
 * made of a message that is good and one change to it.
 */
#include "tests/unit/keys/keys_make.h"

#include "tests/unit/keys/smime/judging.h"

/* certificatePolicies with 1.3.6.1.4.1.99999.N */
#define POLICY "DER:300D300B06092B06010401868D1F"

static void
anchors_are_self_signed_root_files_alone(void **state)
{
	struct world *w = *state;
	struct ident middle = make_cert(
	    &w->ca, &(struct say){.cn = "middle", .ca = true});

	world_alice(w, &middle, &alice_says);
	drop_file(w->dir, "root_cert_ca.pem");
	/* one that is not self-signed, under a root's name */
	put_cert(w->dir, "root_cert_middle.pem", middle.cert);
	expect_signed(w, "untrusted");
	/* a root under a CA's name, or a person's */
	put_cert(w->dir, "ca_cert_middle.pem", middle.cert);
	put_cert(w->dir, "ca_cert_ca.pem", w->ca.cert);
	put_cert(w->dir, "user_cert_ca@example.com.pem", w->ca.cert);
	put_cert(w->dir, "domain_cert_example.com.pem", w->ca.cert);
	expect_signed(w, "untrusted");
	put_cert(w->dir, "root_cert_ca.pem", w->ca.cert);
	expect_signed(w, "good");
	drop_ident(&middle);
}

/* Opens hello signed by alice with these certificates attached too. */
static struct smime_result
open_with(struct world *w, X509 *one, X509 *two)
{
	CMS_ContentInfo *cms = sign_cms(
	    span_str(HELLO), &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	struct smime_result out;
	struct buf der, body;

	CMS_add1_cert(cms, one);
	if (two != NULL)
		CMS_add1_cert(cms, two);
	der = cms_der(cms);
	body = multipart_signed(span_str(HELLO), span_buf(&der));
	out = world_open(w, SIGNED_TYPE, span_buf(&body));
	buf_free(&der);
	buf_free(&body);
	return out;
}

static void
intermediates_come_with_the_message_or_lie_here(void **state)
{
	struct world *w = *state;
	struct ident middle = make_cert(
	    &w->ca, &(struct say){.cn = "middle", .ca = true});

	world_alice(w, &middle, &alice_says);
	expect_signed(w, "untrusted");
	expect(open_with(w, middle.cert, NULL), "good", "none", 200, "hello");
	/* what was learnt from a message stays in it */
	expect_signed(w, "untrusted");
	/* they vouch for nothing by themselves */
	drop_file(w->dir, "root_cert_ca.pem");
	expect(open_with(w, middle.cert, w->ca.cert), "untrusted", "none", 437,
	    NULL);
	put_cert(w->dir, "root_cert_ca.pem", w->ca.cert);
	put_cert(w->dir, "ca_cert_middle.pem", middle.cert);
	expect_signed(w, "good");
	drop_ident(&middle);
}

static void
a_ca_between_must_be_one(void **state)
{
	static const struct say cases[] = {
	    {.cn = "middle", .basic = "CA:FALSE", .usage = "keyCertSign"},
	    {.cn = "middle", .basic = "", .usage = "keyCertSign"},
	    {.cn = "middle", .basic = "CA:TRUE", .usage = "digitalSignature"},
	    {.cn = "middle",
		.basic = "CA:TRUE",
		.usage = "keyCertSign",
		.purposes = "serverAuth"},
	    {.cn = "middle",
		.ca = true,
		.other = {"nameConstraints",
		    "critical,permitted;URI:.example.com"}},
	    {.cn = "middle",
		.ca = true,
		.other = {"nameConstraints",
		    "critical,excluded;URI:.example.org"}},
	    {.cn = "middle",
		.ca = true,
		.other = {"1.3.6.1.4.1.99999.1", "critical,DER:0500"}},
	    {.cn = "middle",
		.ca = true,
		.other = {"policyConstraints", "requireExplicitPolicy:0",
		    "2.5.29.32", POLICY "07"}},
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct ident middle = make_cert(&w->ca, &cases[i]);

		print_message("# case %zu\n", i);
		put_cert(w->dir, "ca_cert_middle.pem", middle.cert);
		world_alice(w, &middle, &alice_says);
		expect_signed(w, "untrusted");
		drop_ident(&middle);
	}
}

static void
policies_that_the_whole_chain_has_are_fine(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;
	struct ident middle = make_cert(&w->ca,
	    &(struct say){.cn = "middle",
		.ca = true,
		.other = {"policyConstraints", "requireExplicitPolicy:0",
		    "2.5.29.32", POLICY "07"}});

	put_cert(w->dir, "ca_cert_middle.pem", middle.cert);
	s.other[0] = "2.5.29.32";
	s.other[1] = POLICY "07";
	world_alice(w, &middle, &s);
	expect_signed(w, "good");
	s.other[1] = POLICY "08";
	world_alice(w, &middle, &s);
	expect_signed(w, "untrusted");
	drop_ident(&middle);
}

static void
path_lengths_hold(void **state)
{
	struct world *w = *state;
	struct ident one = make_cert(&w->ca,
	    &(struct say){.cn = "one",
		.ca = true,
		.basic = "critical,CA:TRUE,pathlen:0"});
	struct ident two = make_cert(
	    &one, &(struct say){.cn = "two", .ca = true});

	put_cert(w->dir, "ca_cert_one.pem", one.cert);
	put_cert(w->dir, "ca_cert_two.pem", two.cert);
	world_alice(w, &two, &alice_says);
	expect_signed(w, "untrusted");
	drop_ident(&one);
	drop_ident(&two);
}

static void
a_person_is_no_ca(void **state)
{
	struct world *w = *state;
	struct ident forged = make_cert(&w->alice,
	    &(struct say){.cn = "carol", .san = "URI:sip:carol@example.com"});
	struct buf der = sign_der(span_str(HELLO), &forged, CMS_DETACHED, NULL);
	struct buf body = multipart_signed(span_str(HELLO), span_buf(&der));

	w->from = "sip:carol@example.com";
	put_cert(w->dir, "ca_cert_alice.pem", w->alice.cert);
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "untrusted", "none",
	    437, NULL);
	buf_free(&der);
	buf_free(&body);
	drop_ident(&forged);
}

static void
two_roots_may_bear_one_name(void **state)
{
	struct world *w = *state;
	struct ident twin = make_cert(
	    NULL, &(struct say){.cn = "CA", .ca = true});

	put_cert(w->dir, "root_cert_a.pem", twin.cert);
	expect_signed(w, "good");
	put_cert(w->dir, "root_cert_z.pem", twin.cert);
	expect_signed(w, "good");
	world_alice(w, &twin, &alice_says);
	expect_signed(w, "good");
	drop_file(w->dir, "root_cert_a.pem");
	drop_file(w->dir, "root_cert_z.pem");
	expect_signed(w, "untrusted");
	drop_ident(&twin);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(anchors_are_self_signed_root_files_alone),
	    T(intermediates_come_with_the_message_or_lie_here),
	    T(a_ca_between_must_be_one),
	    T(policies_that_the_whole_chain_has_are_fine),
	    T(path_lengths_hold),
	    T(a_person_is_no_ca),
	    T(two_roots_may_bear_one_name),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_chain", tests, NULL, NULL);
}
