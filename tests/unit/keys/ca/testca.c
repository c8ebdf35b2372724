/*
 * Certificates of the test CA that are wrong, or rare, on purpose: each is
 * made, and judged as it is meant to be.
 */
#include "tests/unit/keys/keys_make.h"

#include "keys/ca/testca.h"
#include "keys/x509/issue.h"

/* A folder that is the CA's and a key store that trusts it. */
struct house {
	char *dir;
	struct keystore *ks;
};

static int
setup(void **state)
{
	struct house *h = calloc(1, sizeof(*h));
	struct err e;

	h->dir = make_dir();
	if (testca_init(
		&(struct testca){.dir = h->dir, .days = 30}, "CA", &e) != 0 ||
	    keystore_open(h->dir, false, &h->ks, &e) != 0)
		fail_msg("%s", e.text);
	*state = h;
	return 0;
}

static int
teardown(void **state)
{
	struct house *h = *state;

	keystore_free(h->ks);
	drop_dir(h->dir);
	free(h);
	return 0;
}

static void
issue(struct house *h, const char *name, const char *says, enum testca_odd odd)
{
	const struct testca ca = {
	    .dir = h->dir, .days = 10, .says = says, .odd = odd, .force = true};
	struct err e;

	if (testca_issue(&ca, name, &e) != 0)
		fail_msg("%s: %s", name, e.text);
}

static X509 *
read_cert(struct house *h, const char *file)
{
	char path[8192];
	struct buf pem;
	BIO *b;
	X509 *x;

	snprintf(path, sizeof(path), "%s/%s", h->dir, file);
	pem = get_file(path);
	b = BIO_new_mem_buf(pem.p, (int)pem.n);
	x = PEM_read_bio_X509(b, NULL, NULL, NULL);
	assert_non_null(x);
	BIO_free(b);
	buf_free(&pem);
	return x;
}

/* NULL: the certificate in file serves as host; else it is refused with
 * these words. */
static void
serves(struct house *h, const char *file, const char *host, bool rfc5922,
    const char *words)
{
	const struct policy policy = {.rfc5922 = rfc5922};
	X509 *x = read_cert(h, file);
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);
	const struct span chain = {der, (size_t)n};
	struct err e = {0};
	int rc = trust_server(h->ks, &policy, &chain, 1, span_str(host), &e);

	if (words == NULL && rc != 0)
		fail_msg("%s as %s: %s", file, host, e.text);
	if (words != NULL) {
		assert_int_equal(rc, -1);
		assert_int_equal(e.exit, EX_NOPERM);
		if (strstr(e.text, words) == NULL)
			fail_msg("%s as %s: %s", file, host, e.text);
	}
	OPENSSL_free(der);
	X509_free(x);
}

#define A "a.example.com"
#define A_FILE "domain_cert_a.example.com.pem"

static void
a_sound_one_serves(void **state)
{
	issue(*state, A, NULL, TESTCA_SOUND);
	serves(*state, A_FILE, A, false, NULL);
	serves(*state, A_FILE, A, true, NULL);
}

static void
one_that_says_another_host_does_not(void **state)
{
	issue(*state, "good.example.com", "evil.example.com", TESTCA_SOUND);
	serves(*state, "domain_cert_good.example.com.pem", "good.example.com",
	    false, "does not name good.example.com");
	serves(*state, "domain_cert_good.example.com.pem", "evil.example.com",
	    false, NULL);
	issue(*state, "127.0.0.1", "127.0.0.2", TESTCA_SOUND);
	serves(*state, "domain_cert_127.0.0.1.pem", "127.0.0.1", false,
	    "does not name 127.0.0.1");
	issue(*state, A, "alice@example.com", TESTCA_SOUND);
	serves(*state, A_FILE, A, false, "a person's certificate");
}

static void
a_common_name_alone_serves(void **state)
{
	issue(*state, A, NULL, TESTCA_CN_ONLY);
	serves(*state, A_FILE, A, false, NULL);
	serves(*state, A_FILE, A, true, NULL);
	serves(*state, A_FILE, "b.example.com", false, "does not name");
	issue(*state, A, "b.example.com", TESTCA_CN_ONLY);
	serves(*state, A_FILE, A, false, "does not name");
}

static void
a_star_serves_for_one_label_but_not_by_rfc_5922(void **state)
{
	issue(*state, A, NULL, TESTCA_CN_WILDCARD);
	serves(*state, A_FILE, A, false, NULL);
	serves(*state, A_FILE, "b.example.com", false, NULL);
	serves(*state, A_FILE, "example.com", false, "does not name");
	serves(*state, A_FILE, A, true, "does not name");
}

static void
an_address_needs_no_subject(void **state)
{
	X509 *x;
	int critical = -1;
	GENERAL_NAMES *names;

	issue(*state, "127.0.0.1", NULL, TESTCA_NO_CN);
	serves(*state, "domain_cert_127.0.0.1.pem", "127.0.0.1", false, NULL);
	serves(*state, "domain_cert_127.0.0.1.pem", "127.0.0.1", true, NULL);
	serves(*state, "domain_cert_127.0.0.1.pem", "127.0.0.2", false,
	    "does not name");
	x = read_cert(*state, "domain_cert_127.0.0.1.pem");
	assert_int_equal(X509_NAME_entry_count(X509_get_subject_name(x)), 0);
	names = X509_get_ext_d2i(x, NID_subject_alt_name, &critical, NULL);
	assert_int_equal(critical, 1);
	GENERAL_NAMES_free(names);
	X509_free(x);
	issue(*state, "::1", NULL, TESTCA_NO_CN);
	serves(*state, "domain_cert_%3A%3A1.pem", "::1", false, NULL);
}

static void
one_that_is_not_for_servers_does_not_serve(void **state)
{
	issue(*state, A, NULL, TESTCA_NO_SERVER);
	serves(*state, A_FILE, A, false, "is not for SIP servers");
	serves(*state, A_FILE, A, true, "is not for SIP servers");
}

static void
one_for_servers_alone_serves_but_not_by_rfc_5922(void **state)
{
	issue(*state, A, NULL, TESTCA_SERVER_ONLY);
	serves(*state, A_FILE, A, false, NULL);
	serves(*state, A_FILE, A, true, "is not for SIP servers");
}

/* A signed message of alice's, judged at bob's, who is in the same folder. */
static struct smime_result
alice_signs(struct house *h)
{
	const struct policy policy = {.at = 0};
	struct smime_form form = {.any_signer = true};
	struct smime_input l = {
	    .text = span_str("hello"), .sign = true, .form = &form};
	struct aor alice, bob;
	struct smime_body body;
	struct smime_raw mail = {NULL};
	struct smime_result out;
	struct err e;

	assert_int_equal(
	    aor_parse(span_str("alice@example.com"), &alice, &e), 0);
	assert_int_equal(aor_parse(span_str("bob@example.com"), &bob, &e), 0);
	mail.from = l.from = &alice;
	l.to = &bob;
	if (smime_make(h->ks, &policy, &l, &body, &e) != 0)
		fail_msg("%s", e.text);
	mail.content_type = span_str(body.content_type);
	mail.transfer_encoding = span_str("binary");
	mail.body = span_buf(&body.body);
	smime_read(h->ks, &policy, &mail, &out);
	smime_body_free(&body);
	aor_free(&alice);
	aor_free(&bob);
	return out;
}

static void
a_person_whose_key_may_not_sign_is_untrusted(void **state)
{
	static const char *const types[] = {"p256", "rsa:2048"};
	struct house *h = *state;
	struct err e;
	size_t i;

	issue(h, "alice@example.com", NULL, TESTCA_SOUND);
	expect(alice_signs(h), "good", "none", 200, "hello");
	for (i = 0; i < COUNT(types); i++) {
		const struct testca ca = {.dir = h->dir,
		    .days = 10,
		    .type = types[i],
		    .odd = TESTCA_NO_SIGNING,
		    .force = true};

		assert_int_equal(testca_issue(&ca, "alice@example.com", &e), 0);
		expect(alice_signs(h), "untrusted", "none", 437, NULL);
	}
}

static void
a_person_who_says_to_be_another_is_a_mismatch(void **state)
{
	issue(*state, "alice@example.com", "mallory@example.com", TESTCA_SOUND);
	expect(alice_signs(*state), "identity-mismatch", "none", 437, NULL);
	/* a host's is not for messages, and that comes first */
	issue(*state, "alice@example.com", "evil.example.com", TESTCA_SOUND);
	expect(alice_signs(*state), "untrusted", "none", 437, NULL);
	/* a person needs no subject either */
	issue(*state, "alice@example.com", NULL, TESTCA_NO_CN);
	expect(alice_signs(*state), "good", "none", 200, "hello");
}

static void
the_drafts_extensions_are_made_wrong_too(void **state)
{
	struct house *h = *state;
	const struct testca ca = {.dir = h->dir,
	    .days = 10,
	    .legacy = true,
	    .type = "rsa:2048",
	    .odd = TESTCA_NO_SERVER};
	struct err e;

	assert_int_equal(testca_issue(&ca, A, &e), 0);
	serves(h, A_FILE, A, false, "is not for SIP servers");
}

static void
what_does_not_fit_is_refused(void **state)
{
	static const struct {
		const char *name;
		enum testca_odd odd;
		bool ca;
	} cases[] = {
	    {"alice@example.com", TESTCA_CN_ONLY, false},
	    {"127.0.0.1", TESTCA_CN_ONLY, false},
	    {"sip:alice@example.com", TESTCA_CN_ONLY, false},
	    {"localhost", TESTCA_CN_WILDCARD, false},
	    {"127.0.0.1", TESTCA_CN_WILDCARD, false},
	    {"below", TESTCA_NO_CN, true},
	    {"a.example.com", TESTCA_NO_SIGNING, false},
	    {"alice@example.com", TESTCA_NO_SERVER, false},
	    {"below", TESTCA_SERVER_ONLY, true},
	};
	struct house *h = *state;
	size_t i, n = 0;
	DIR *dir;

	for (i = 0; i < COUNT(cases); i++) {
		const struct testca ca = {.dir = h->dir,
		    .days = 10,
		    .ca = cases[i].ca,
		    .odd = cases[i].odd};
		struct err e;

		assert_int_equal(testca_issue(&ca, cases[i].name, &e), -1);
		if (e.exit != EX_USAGE)
			fail_msg("%s: %s", cases[i].name, e.text);
	}
	/* nothing was written but the root */
	dir = opendir(h->dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	assert_int_equal(n, 2 + 3);
}

static void
common_name_is(const char *name, const char *wanted)
{
	struct issue what = {.ca = name, .days = 1, .key = make_key("P-256")};
	unsigned char *utf8 = NULL;
	struct err e;
	X509 *x = issue_cert(&what, &e);
	int n;

	if (x == NULL)
		fail_msg("%s: %s", name, e.text);
	n = ASN1_STRING_to_UTF8(&utf8,
	    X509_NAME_ENTRY_get_data(
		X509_NAME_get_entry(X509_get_subject_name(x), 0)));
	assert_int_equal(n, strlen(wanted));
	assert_memory_equal(utf8, wanted, strlen(wanted));
	OPENSSL_free(utf8);
	X509_free(x);
	EVP_PKEY_free(what.key);
}

#define SIXTY "123456789 123456789 123456789 123456789 123456789 123456789 "
#define U "\xc3\xbc"
#define U10 U U U U U U U U U U
#define U60 U10 U10 U10 U10 U10 U10

static void
a_common_name_is_cut_between_characters(void **state)
{
	(void)state;
	common_name_is(SIXTY "abcd", SIXTY "abcd");
	common_name_is(SIXTY "abcde", SIXTY "abcd");
	common_name_is(U60 U U U U, U60 U U U U);
	common_name_is(U60 U U U U U, U60 U U U U);
	/* bytes 64 and 65 are one character, the 64th */
	common_name_is(SIXTY "abc" U, SIXTY "abc" U);
	common_name_is(SIXTY "abc" U U, SIXTY "abc" U);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_sound_one_serves),
	    T(one_that_says_another_host_does_not),
	    T(a_common_name_alone_serves),
	    T(a_star_serves_for_one_label_but_not_by_rfc_5922),
	    T(an_address_needs_no_subject),
	    T(one_that_is_not_for_servers_does_not_serve),
	    T(one_for_servers_alone_serves_but_not_by_rfc_5922),
	    T(a_person_whose_key_may_not_sign_is_untrusted),
	    T(a_person_who_says_to_be_another_is_a_mismatch),
	    T(the_drafts_extensions_are_made_wrong_too),
	    T(what_does_not_fit_is_refused),
	    cmocka_unit_test(a_common_name_is_cut_between_characters),
	};

	return cmocka_run_group_tests_name("keys_testca", tests, NULL, NULL);
}
