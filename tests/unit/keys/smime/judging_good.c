/*
 * How a message is judged: what `good` takes, and who is who. Each test is a
 * sentence, made of a message that is good and one change to it.
 */
#include "tests/unit/keys/keys_make.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

/* certificatePolicies with 1.3.6.1.4.1.99999.N */
#define POLICY "DER:300D300B06092B06010401868D1F"

static const struct say alice_says = {
    .cn = "alice", .san = "URI:sip:alice@example.com"};

/* Expects that the reason of a signed message names all the words. */
static void
expect_reasons(struct world *w, const char *one, const char *two)
{
	struct smime_result out = world_signed(w, CMS_NOCERTS, NULL);

	if (strstr(out.verdict.reason, one) == NULL ||
	    strstr(out.verdict.reason, two) == NULL)
		fail_msg(
		    "%s: not both %s and %s", out.verdict.reason, one, two);
	smime_result_free(&out);
}

static void
all_of_it_is_good(void **state)
{
	struct world *w = *state;
	struct smime_result out = world_signed(w, CMS_NOCERTS, NULL);

	assert_string_equal(out.verdict.signer, "alice@example.com");
	assert_string_equal(out.verdict.digest, "sha-256");
	assert_int_equal(out.verdict.covers, COVERS_TEXT);
	assert_string_equal(out.verdict.reason, "");
	expect(out, "good", "none", 200, "hello");
	/* with attributes or without, its certificate attached or not */
	expect(world_signed(w, 0, NULL), "good", "none", 200, "hello");
	expect(world_signed(w, CMS_NOATTR, NULL), "good", "none", 200, "hello");
	expect(world_signed(w, CMS_USE_KEYID, EVP_sha512()), "good", "none",
	    200, "hello");
}

static void
the_signature_matches_the_bytes(void **state)
{
	struct world *w = *state;
	struct buf der = sign_der(
	    span_str(HELLO), &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	struct buf body = multipart_signed(
	    span_str("Content-Type: text/plain\r\n\r\nhellO"), span_buf(&der));

	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "tampered", "none",
	    437, NULL);
	buf_free(&body);
	/* the header of the part is covered too */
	body = multipart_signed(
	    span_str("Content-Type: text/Plain\r\n\r\nhello"), span_buf(&der));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "tampered", "none",
	    437, NULL);
	buf_free(&body);
	/* line ends are never converted */
	body = multipart_signed(
	    span_str("Content-Type: text/plain\n\nhello"), span_buf(&der));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "tampered", "none",
	    437, NULL);
	buf_free(&body);
	buf_free(&der);
}

static void
the_chain_ends_at_a_root_here(void **state)
{
	struct world *w = *state;

	drop_file(w->dir, "root_cert_ca.pem");
	expect_signed(w, "untrusted");
	put_cert(w->dir, "root_cert_ca.pem", w->ca.cert);
	expect_signed(w, "good");
}

static void
or_the_certificate_is_the_pinned_one(void **state)
{
	struct world *w = *state;

	drop_file(w->dir, "root_cert_ca.pem");
	world_pin(w, "alice@example.com");
	expect_signed(w, "good");
	/* a self-signed one */
	world_alice(w, NULL, &alice_says);
	expect_signed(w, "changed");
	world_pin(w, "alice@example.com");
	expect_signed(w, "good");
}

static void
now_is_inside_the_validity_of_the_whole_chain(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;
	struct ident middle;

	s.from = -7200;
	s.until = -3600;
	world_alice(w, &w->ca, &s);
	expect_signed(w, "expired");
	s.from = 3600;
	s.until = 7200;
	world_alice(w, &w->ca, &s);
	expect_signed(w, "not-yet-valid");
	/* the CA between */
	middle = make_cert(
	    &w->ca, &(struct say){.cn = "middle", .ca = true, .until = -60});
	put_cert(w->dir, "ca_cert_middle.pem", middle.cert);
	world_alice(w, &middle, &alice_says);
	expect_signed(w, "expired");
	drop_ident(&middle);
	/* the root */
	drop_ident(&w->ca);
	w->ca = make_cert(
	    NULL, &(struct say){.cn = "old", .ca = true, .until = -60});
	put_cert(w->dir, "root_cert_ca.pem", w->ca.cert);
	world_alice(w, &w->ca, &alice_says);
	expect_signed(w, "expired");
	/* the pinned one too */
	s.from = -7200;
	s.until = -3600;
	world_alice(w, NULL, &s);
	world_pin(w, "alice@example.com");
	expect_signed(w, "expired");
}

static void
at_is_the_time_that_counts(void **state)
{
	struct world *w = *state;

	w->policy.at = time(NULL) + 7200;
	expect_signed(w, "expired");
	w->policy.at = time(NULL) - 7200;
	expect_signed(w, "not-yet-valid");
	w->policy.at = time(NULL);
	expect_signed(w, "good");
}

static void
put_revocation(struct world *w, const struct ident *by, const struct crl_say *s)
{
	X509_CRL *crl = make_crl(by, s);

	put_crl(w->dir, "crl_ca.pem", crl);
	X509_CRL_free(crl);
}

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
the_certificate_may_sign(void **state)
{
	static const struct {
		const char *usage, *purposes, *verdict;
	} cases[] = {
	    {"digitalSignature", NULL, "good"},
	    {"nonRepudiation", NULL, "good"},
	    {"", NULL, "good"},
	    {"keyEncipherment", NULL, "untrusted"},
	    {"keyAgreement,keyCertSign", NULL, "untrusted"},
	    {"digitalSignature", "emailProtection", "good"},
	    {"digitalSignature", "anyExtendedKeyUsage", "good"},
	    {"digitalSignature", "emailProtection,1.3.6.1.5.5.7.3.20", "good"},
	    {"digitalSignature", "serverAuth", "untrusted"},
	    {"digitalSignature", "1.3.6.1.5.5.7.3.20", "untrusted"},
	    {"digitalSignature", "clientAuth,codeSigning", "untrusted"},
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct say s = alice_says;

		s.usage = cases[i].usage;
		s.purposes = cases[i].purposes;
		world_alice(w, &w->ca, &s);
		print_message("# usage %s, purposes %s\n", s.usage,
		    s.purposes ? s.purposes : "-");
		expect_signed(w, cases[i].verdict);
		/* and whatever vouches for it */
		world_alice(w, NULL, &s);
		world_pin(w, "alice@example.com");
		expect_signed(w, cases[i].verdict);
		drop_file(w->dir, "pinned");
	}
}

static void
a_uri_in_it_is_the_from_address(void **state)
{
	static const struct {
		const char *san, *from, *verdict;
	} cases[] = {
	    {"URI:sip:alice@example.com", "sips:alice@example.com", "good"},
	    {"URI:sips:alice@example.com", "sip:alice@example.com", "good"},
	    {"URI:sip:alice@EXAMPLE.com", "sip:alice@example.COM", "good"},
	    {"URI:sip:alice@example.com",
		"sip:alice:pw@example.com:5061;transport=tls", "good"},
	    {"URI:sip:alice@example.com", "sip:%61lice@example.com", "good"},
	    {"URI:sip:alice@example.com", "sip:Alice@example.com",
		"identity-mismatch"},
	    {"URI:sip:alice@example.com", "sip:alice@example.org",
		"identity-mismatch"},
	    {"URI:sip:alice@example.com", "sip:alice;x=1@example.com",
		"identity-mismatch"},
	    {"URI:im:alice@example.com", "sip:alice@example.com",
		"identity-mismatch"},
	    {"email:alice@example.com", "sip:alice@example.com",
		"identity-mismatch"},
	    {"DNS:example.com", "sip:alice@example.com", "identity-mismatch"},
	    {"URI:sip:example.com", "sip:alice@example.com",
		"identity-mismatch"},
	    {"URI:sip:bob@x,URI:sip:alice@example.com", "sip:alice@example.com",
		"good"},
	    {NULL, "sip:alice@example.com", "identity-mismatch"},
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct say s = alice_says;

		s.san = cases[i].san;
		world_alice(w, &w->ca, &s);
		w->from = cases[i].from;
		print_message("# %s from %s\n", s.san ? s.san : "-", w->from);
		expect_signed(w, cases[i].verdict);
	}
}

static void
no_address_is_no_identity(void **state)
{
	struct world *w = *state;

	w->from = NULL;
	expect_signed(w, "identity-mismatch");
}

static void
a_nul_inside_a_name_names_nobody(void **state)
{
	static const unsigned char uri[] = "sip:alice@example.com\0.evil";
	struct world *w = *state;
	struct say s = alice_says;
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *g = GENERAL_NAME_new();
	ASN1_IA5STRING *ia5 = ASN1_IA5STRING_new();

	ASN1_STRING_set(ia5, uri, sizeof(uri) - 1);
	GENERAL_NAME_set0_value(g, GEN_URI, ia5);
	sk_GENERAL_NAME_push(names, g);
	s.san = NULL;
	world_alice(w, &w->ca, &s);
	X509_add1_ext_i2d(
	    w->alice.cert, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT);
	X509_sign(w->alice.cert, w->ca.key, EVP_sha256());
	put_cert(w->dir, "user_cert_alice@example.com.pem", w->alice.cert);
	GENERAL_NAMES_free(names);
	expect_signed(w, "identity-mismatch");
}

static void
the_first_of_several_verdicts_is_given_and_all_are_named(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;
	struct ident other;

	/* revoked before expired before identity-mismatch */
	s.from = -7200;
	s.until = -3600;
	s.san = "URI:sip:else@example.com";
	world_alice(w, &w->ca, &s);
	put_revocation(w, &w->ca, &(struct crl_say){.revoked = w->alice.cert});
	expect_signed(w, "revoked");
	expect_reasons(w, "revoked: ", "expired: ");
	expect_reasons(w, "expired: ", "identity-mismatch: ");
	/* changed before untrusted before weak */
	drop_file(w->dir, "crl_ca.pem");
	world_alice(w, &w->ca, &alice_says);
	world_pin(w, "alice@example.com");
	s = alice_says;
	s.key_type = "rsa:1024";
	world_alice(w, NULL, &s);
	expect_signed(w, "changed");
	expect_reasons(w, "changed: ", "untrusted: ");
	expect_reasons(w, "untrusted: ", "weak: ");
	drop_file(w->dir, "pinned");
	expect_signed(w, "untrusted");
	/* tampered before all that the certificate is */
	other = make_cert(&w->ca, &alice_says);
	EVP_PKEY_free(w->alice.key);
	w->alice.key = other.key;
	other.key = NULL;
	X509_free(other.cert);
	put_cert(w->dir, "user_cert_alice@example.com.pem", w->alice.cert);
}

/* --- who -------------------------------------------------------------------- */

static void
a_pin_is_no_anchor_for_another_certificate(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;
	struct ident pinned, made;
	struct buf der, body;

	/* alice is pinned, and her certificate is that of a CA. */
	s.ca = true;
	s.usage = "digitalSignature,keyCertSign,cRLSign";
	world_alice(w, NULL, &s);
	pinned = w->alice;
	world_pin(w, "alice@example.com");
	expect_signed(w, "good");
	made = make_cert(&pinned,
	    &(struct say){.cn = "carol", .san = "URI:sip:carol@example.com"});
	der = sign_der(span_str(HELLO), &made, CMS_DETACHED, NULL);
	body = multipart_signed(span_str(HELLO), span_buf(&der));
	w->from = "sip:carol@example.com";
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "untrusted", "none",
	    437, NULL);
	put_cert(w->dir, "ca_cert_alice.pem", pinned.cert);
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "untrusted", "none",
	    437, NULL);
	buf_free(&der);
	buf_free(&body);
	drop_ident(&made);
}

static void
a_pin_is_for_one_address_alone(void **state)
{
	struct world *w = *state;
	struct say s = alice_says;

	s.san = "URI:sip:alice@example.com,URI:sip:carol@example.com";
	world_alice(w, NULL, &s);
	world_pin(w, "alice@example.com");
	expect_signed(w, "good");
	w->from = "sip:carol@example.com";
	expect_signed(w, "untrusted");
}

static void
another_certificate_for_a_pinned_address_is_changed(void **state)
{
	struct world *w = *state;
	struct buf der, body;
	struct ident other;

	world_pin(w, "alice@example.com");
	expect_signed(w, "good");
	/* by the same CA, for the same key even: equality, byte for byte */
	other = make_cert(&w->ca,
	    &(struct say){
		.cn = "alice", .san = alice_says.san, .key = w->alice.key});
	der = sign_der(span_str(HELLO), &other, CMS_DETACHED, NULL);
	body = multipart_signed(span_str(HELLO), span_buf(&der));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "changed", "none",
	    437, NULL);
	buf_free(&der);
	buf_free(&body);
	drop_ident(&other);
}

static void
unknown_signer_is_shown_unless_the_address_has_a_certificate(void **state)
{
	struct world *w = *state;
	struct ident stranger = make_cert(&w->ca, &alice_says);
	struct buf der = sign_der(
	    span_str(HELLO), &stranger, CMS_DETACHED | CMS_NOCERTS, NULL);
	struct buf body = multipart_signed(span_str(HELLO), span_buf(&der));

	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "unknown-signer",
	    "none", 437, NULL);
	world_pin(w, "alice@example.com");
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "changed", "none",
	    437, NULL);
	drop_file(w->dir, "user_cert_alice@example.com.pem");
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "changed", "none",
	    437, NULL);
	drop_file(w->dir, "pinned");
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "unknown-signer",
	    "none", 200, "hello");
	w->policy.refuse_unknown = true;
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "unknown-signer",
	    "none", 437, NULL);
	w->policy.refuse_unknown = false;
	/* a file that is none is a certificate here all the same */
	put_file(w->dir, "user_cert_alice@example.com.pem", "x", 1);
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "unknown-signer",
	    "none", 437, NULL);
	buf_free(&der);
	buf_free(&body);
	drop_ident(&stranger);
}

static void
not_signed_unlike_before(void **state)
{
	struct world *w = *state;
	struct smime_result out = world_open(w, "text/plain", span_str("hi"));

	assert_string_equal(out.verdict.reason, "");
	expect(out, "none", "none", 200, "hi");
	expect_signed(w, "good");
	out = world_open(w, "text/plain", span_str("hi"));
	assert_non_null(
	    strstr(out.verdict.reason, "not signed, unlike before"));
	expect(out, "none", "none", 200, "hi");
	w->from = "sip:carol@example.com";
	out = world_open(w, "text/plain", span_str("hi"));
	assert_string_equal(out.verdict.reason, "");
	expect(out, "none", "none", 200, "hi");
}

static void
only_good_messages_teach(void **state)
{
	struct world *w = *state;
	struct smime_result out;

	drop_file(w->dir, "root_cert_ca.pem");
	expect_signed(w, "untrusted");
	w->policy.show_bad = true;
	out = world_signed(w, CMS_NOCERTS, NULL);
	expect(out, "untrusted", "none", 200, "hello");
	w->policy.show_bad = false;
	out = world_open(w, "text/plain", span_str("hi"));
	assert_string_equal(out.verdict.reason, "");
	smime_result_free(&out);
}

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

/* --- CRLs ------------------------------------------------------------------- */

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

/* --- weak ------------------------------------------------------------------- */

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

/* --- the store under it ------------------------------------------------------- */

static void
changes_in_the_directory_are_seen(void **state)
{
	struct world *w = *state;
	int i;

	for (i = 0; i < 3; i++) {
		expect_signed(w, "good");
		put_revocation(
		    w, &w->ca, &(struct crl_say){.revoked = w->alice.cert});
		expect_signed(w, "revoked");
		drop_file(w->dir, "crl_ca.pem");
	}
}

static void
a_broken_file_of_pins_trusts_nobody(void **state)
{
	struct world *w = *state;

	put_file(w->dir, "pinned", "nonsense\n", 9);
	expect_signed(w, "untrusted");
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

static void
has_detail(const struct smime_result *out, const char *line)
{
	if (out->details == NULL || strstr(out->details, line) == NULL)
		fail_msg("no \"%s\" in: %s", line, out->details);
}

static void
details_lead_to_the_root_or_say_where_they_end(void **state)
{
	struct world *w = *state;
	struct ident stranger = make_cert(NULL, &alice_says);
	struct smime_result out = world_signed(w, CMS_NOCERTS, NULL);

	has_detail(&out, "signer: issuer CN = CA, serial ");
	has_detail(&out, "name: URI im:alice@example.com\n");
	has_detail(&out, "issued by:\n  subject: CN = CA\n");
	has_detail(&out, "trust: a root here\n");
	has_detail(&out, out.fingerprint);
	assert_int_equal(strlen(out.fingerprint), 64);
	assert_false(out.pinned);
	smime_result_free(&out);

	/* what is not here is not led to */
	drop_file(w->dir, "root_cert_ca.pem");
	out = world_signed(w, CMS_NOCERTS, NULL);
	has_detail(&out, "trust: none; its issuer's certificate is not here");
	smime_result_free(&out);

	/* another signs: with a certificate that nobody has, and one that
	 * comes along */
	drop_ident(&w->alice);
	w->alice = stranger;
	out = world_signed(w, CMS_NOCERTS, NULL);
	has_detail(&out, "certificate: none here nor in the message");
	assert_string_equal(out.fingerprint, "");
	smime_result_free(&out);
	out = world_signed(w, CMS_NOATTR, NULL);
	has_detail(&out, "trust: none; it is self-signed");
	has_detail(&out, "signing time: not given");
	smime_result_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(all_of_it_is_good),
	    T(the_signature_matches_the_bytes),
	    T(the_chain_ends_at_a_root_here),
	    T(or_the_certificate_is_the_pinned_one),
	    T(now_is_inside_the_validity_of_the_whole_chain),
	    T(at_is_the_time_that_counts),
	    T(nothing_in_it_is_revoked),
	    T(the_certificate_may_sign),
	    T(a_uri_in_it_is_the_from_address),
	    T(no_address_is_no_identity),
	    T(a_nul_inside_a_name_names_nobody),
	    T(the_first_of_several_verdicts_is_given_and_all_are_named),
	    T(a_pin_is_no_anchor_for_another_certificate),
	    T(a_pin_is_for_one_address_alone),
	    T(another_certificate_for_a_pinned_address_is_changed),
	    T(unknown_signer_is_shown_unless_the_address_has_a_certificate),
	    T(not_signed_unlike_before),
	    T(only_good_messages_teach),
	    T(anchors_are_self_signed_root_files_alone),
	    T(intermediates_come_with_the_message_or_lie_here),
	    T(a_ca_between_must_be_one),
	    T(policies_that_the_whole_chain_has_are_fine),
	    T(path_lengths_hold),
	    T(a_person_is_no_ca),
	    T(two_roots_may_bear_one_name),
	    T(a_crl_in_a_message_is_never_used),
	    T(a_crl_that_does_not_do_is_no_crl),
	    T(of_several_crls_one_good_one_is_enough),
	    T(a_missing_crl_is_no_fault_but_under_require),
	    T(weak_is_refused_without_legacy),
	    T(sha1_in_a_certificate_is_weak_but_a_roots_own),
	    T(sha1_in_pss_is_weak),
	    T(sha1_in_the_messages_pss_is_weak),
	    T(an_rsa_exponent_below_3_is_weak),
	    T(a_sha1_crl_is_weak),
	    T(changes_in_the_directory_are_seen),
	    T(a_broken_file_of_pins_trusts_nobody),
	    T(details_lead_to_the_root_or_say_where_they_end),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_good", tests, NULL, NULL);
}
