/*
 * How a message is judged: what `good` takes. Each test is a sentence, made of
 * a message that is good and one change to it.
 */
#include "tests/unit/keys/keys_make.h"

#include "tests/unit/keys/smime/judging.h"

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
	struct smime_result out;

	(void)setenv("LC_ALL", "C", 1);
	out = world_signed(w, CMS_NOCERTS, NULL);
	has_detail(&out, "signer: issuer CN = CA, serial ");
	has_detail(&out, "name: URI im:alice@example.com\n");
	has_detail(&out, "issued by:\n  subject: CN = CA\n");
	has_detail(&out, "trust: a root here\nchain:\n  until ");
	has_detail(&out, "Z, a root here: CN = CA\n  \\- until ");
	has_detail(&out, "Z: CN = alice\n");
	has_detail(&out, out.fingerprint);
	assert_int_equal(strlen(out.fingerprint), 64);
	assert_false(out.pinned);
	smime_result_free(&out);

	/* what is not here is not led to */
	drop_file(w->dir, "root_cert_ca.pem");
	out = world_signed(w, CMS_NOCERTS, NULL);
	has_detail(&out, "trust: none; its issuer's certificate is not here");
	has_detail(&out, "chain:\n  not here: CN = CA\n  \\- until ");
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
	has_detail(&out, "Z, self-signed and no root here: CN = alice\n");
	has_detail(&out, "signing time: not given");
	smime_result_free(&out);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

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
	    T(the_certificate_may_sign),
	    T(a_uri_in_it_is_the_from_address),
	    T(no_address_is_no_identity),
	    T(a_nul_inside_a_name_names_nobody),
	    T(the_first_of_several_verdicts_is_given_and_all_are_named),
	    T(changes_in_the_directory_are_seen),
	    T(details_lead_to_the_root_or_say_where_they_end),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_good", tests, NULL, NULL);
}
