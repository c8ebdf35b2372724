/*
 * Digest access authentication: the examples of RFC 7616 and RFC 2617, the
 * reader of challenges, and the choice of those that are answered.
 */
#include "tests/unit/src/sip/sip_test.h"

#include <string.h>

#include "src/sip/sip_auth.h"
#include "src/ua/auth.h"

static void
test_the_responses_of_rfc_7616_and_rfc_2617(void **state)
{
	static const struct {
		const char *algorithm, *realm, *password, *nonce, *cnonce,
		    *response;
		bool qop;
	} cases[] = {
	    {"SHA-256", "http-auth@example.org", "Circle of Life",
		"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
		"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856c"
		"b6c1",
		true},
	    {"MD5", "http-auth@example.org", "Circle of Life",
		"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
		"8ca523f5e9506fed4657c9700eebdbec", true},
	    {"md5", "testrealm@host.com", "Circle Of Life",
		"dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b",
		"6629fae49393a05397450978507c4ef1", true},
	    {"MD5", "testrealm@host.com", "Circle Of Life",
		"dcd98b7102dd2f0e8b11d0f600bfb0c093", "",
		"670fd8c2df070c60b045671b8b24ff02", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct auth_digest d = {span_str(cases[i].algorithm),
		    span_str("Mufasa"), span_str(cases[i].realm),
		    span_str(cases[i].password), span_str(cases[i].nonce),
		    cases[i].qop, span_str(cases[i].cnonce), 1, span_str("GET"),
		    span_str("/dir/index.html")};
		char out[DIGEST_HEX];

		assert_true(auth_response(&d, out));
		assert_string_equal(out, cases[i].response);
	}
}

static bool
sip_challenge_read(struct span value, struct sip_challenge *out)
{
	size_t at = 0;

	return sip_challenge_next(value, &at, out);
}

static void
test_challenges_in_one_field(void **state)
{
	static const char field[] =
	    "Basic realm=\"b\", Digest realm=\"a\","
	    "nonce=\"1\",algorithm=MD5 , Negotiate x=y, "
	    "Digest nonce=\"2\",realm=\"a, Digest\","
	    "algorithm=SHA-256";
	struct sip_challenge c;
	size_t at = 0;

	(void)state;
	assert_true(sip_challenge_next(span_str(field), &at, &c));
	assert_true(span_is(c.nonce, "1") && span_is(c.algorithm, "MD5"));
	assert_true(sip_challenge_next(span_str(field), &at, &c));
	assert_true(span_is(c.nonce, "2") && span_is(c.algorithm, "SHA-256"));
	assert_true(span_is(c.realm, "a, Digest"));
	assert_false(sip_challenge_next(span_str(field), &at, &c));
}

static void
test_what_is_read_of_a_challenge(void **state)
{
	struct sip_challenge c;

	(void)state;
	assert_true(sip_challenge_read(
	    span_str("Digest realm=\"a \\\"b\\\"\", nonce=\"n\",qop=\"auth-int"
		     ", auth\" , opaque=\"\", stale=TRUE,algorithm=SHA-256, "
		     "x=y"),
	    &c));
	assert_true(span_is(c.realm, "a \\\"b\\\""));
	assert_true(span_is(c.nonce, "n"));
	assert_true(c.opaque.p != NULL && c.opaque.n == 0);
	assert_true(span_is(c.algorithm, "SHA-256"));
	assert_true(c.stale && c.qop && c.qop_auth);
	assert_true(
	    sip_challenge_read(span_str("digest realm=\"\",nonce=\"n\""), &c));
	assert_true(span_is(c.algorithm, "MD5") && !c.qop && !c.stale);
}

static void
test_what_is_no_challenge(void **state)
{
	static const char *const cases[] = {"", "Digest", "Basic realm=\"a\"",
	    "Digest realm=\"a\"", "Digest nonce=\"n\"",
	    "Digest realm=\"a\",nonce=\"\"", "Digest realm=\"a\" nonce=\"n\"",
	    "Digest realm=\"a\",nonce=\"n", "Digest realm=\"a\",nonce=\"n\",",
	    "Digest realm=\"a\",nonce=\"n\",=", "Digest realm,nonce"};
	struct sip_challenge c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_false(sip_challenge_read(span_str(cases[i]), &c));
}

/* Returns a response with these challenges, for sip_free. */
static struct sip_msg *
challenge(int status, const char *fields)
{
	struct buf b = {0};
	struct sip_msg *m;
	const char *why;

	buf_addf(&b,
	    "SIP/2.0 %d No\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\n"
	    "From: <sip:a@h>;tag=1\r\nTo: <sip:a@h>;tag=2\r\nCall-ID: c\r\n"
	    "CSeq: 1 REGISTER\r\n%sContent-Length: 0\r\n\r\n",
	    status, fields);
	m = sip_parse(span_buf(&b), (struct span){NULL, 0}, true);
	assert_int_equal(sip_fault(m, &why), 0);
	buf_free(&b);
	return m;
}

/* Returns whether this challenge is answered by a field that contains want. */
static bool
answers(const struct config *c, struct auth_round *round, int status,
    bool secure, const char *fields, const char *want)
{
	struct sip_msg *m = challenge(status, fields);
	struct aor who;
	struct err e = {0};
	struct buf b = {0};
	struct auth *a;
	bool answered;

	assert_int_equal(aor_parse(span_str("alice@Example.com"), &who, &e), 0);
	a = auth_new(c, &who, NULL, NULL);
	/* As if it were the account that the request began with. */
	round->password = 0;
	answered = auth_challenged(a, round, m, secure, &e) == 0;
	if (answered) {
		assert_int_equal(auth_add(a, round, false, &b, "REGISTER",
				     "sips:example.com", &e),
		    0);
		if (strstr((char *)b.p, want) == NULL)
			fail_msg("%s is not in %s", want, (char *)b.p);
		assert_null(strstr((char *)b.p, "sesame"));
	} else if (want != NULL && strstr(e.text, want) == NULL)
		fail_msg("%s is not in %s", want, e.text);
	auth_free(a);
	aor_free(&who);
	buf_free(&b);
	sip_free(m);
	return answered;
}

static void
test_which_challenges_are_answered(void **state)
{
	static char command[] = "echo sesame", other[] = "lan",
		    user[] = "Al \"ice\"";
	struct config c;
	struct auth_round round = {0};

	(void)state;
	config_init(&c);
	c.password_command = command;
	assert_true(answers(&c, &round, 401, true,
	    "WWW-Authenticate: Digest realm=\"example.COM\",nonce=\"n\"\r\n",
	    "Authorization: Digest username=\"alice\",realm=\"example.COM"
	    "\",nonce=\"n\",uri=\"sips:example.com\",response=\""));
	round = (struct auth_round){0};
	assert_true(answers(&c, &round, 407, false,
	    "Proxy-Authenticate: Digest realm=\"example.com\",nonce=\"m\"\r\n"
	    "Proxy-Authenticate: Digest realm=\"example.com\",nonce=\"s\","
	    "algorithm=SHA-256,qop=\"auth\"\r\n",
	    "algorithm=SHA-256,qop=auth,nc=00000001,cnonce=\""));
	round = (struct auth_round){0};
	assert_false(answers(&c, &round, 401, false,
	    "WWW-Authenticate: Digest realm=\"example.com\",nonce=\"n\"\r\n",
	    "MD5 digest without TLS"));
	assert_false(answers(&c, &round, 401, true,
	    "WWW-Authenticate: Digest realm=\"evil.com\",nonce=\"n\"\r\n",
	    "realm \"evil.com\""));
	assert_false(answers(&c, &round, 401, true,
	    "WWW-Authenticate: Digest realm=\"example.com\",nonce=\"n\","
	    "algorithm=MD5-sess\r\n",
	    "of a kind that is not known"));
	assert_false(answers(&c, &round, 401, true, "", "without a challenge"));
	c.md5_in_clear = true;
	c.realm = other;
	c.auth_user = user;
	assert_true(answers(&c, &round, 401, false,
	    "WWW-Authenticate: Digest realm=\"lan\",nonce=\"n\"\r\n",
	    "username=\"Al \\\"ice\\\"\",realm=\"lan\""));
	/* The same request again: it was wrong, unless the nonce was old. */
	assert_false(answers(&c, &round, 401, false,
	    "WWW-Authenticate: Digest realm=\"lan\",nonce=\"n\"\r\n",
	    "password of Al \"ice\" for lan was refused"));
	assert_true(answers(&c, &round, 401, false,
	    "WWW-Authenticate: Digest realm=\"lan\",nonce=\"o\",stale=true\r\n",
	    "nonce=\"o\""));
	assert_true(answers(&c, &round, 401, false,
	    "WWW-Authenticate: Digest realm=\"lan\",nonce=\"p\",stale=true\r\n",
	    "nonce=\"p\""));
	assert_false(answers(&c, &round, 401, false,
	    "WWW-Authenticate: Digest realm=\"lan\",nonce=\"q\",stale=true\r\n",
	    "calls every nonce stale"));
}

/* The account of alice@example.com, and a challenge to it. */
struct asked {
	struct config config;
	struct aor who;
	struct auth *auth;
	struct auth_round round;
};

static void
ask(struct asked *a, int status, const char *fields)
{
	static char command[] = "echo sesame";
	struct sip_msg *m = challenge(status, fields);
	struct err e;

	*a = (struct asked){.auth = NULL};
	config_init(&a->config);
	a->config.password_command = command;
	assert_int_equal(
	    aor_parse(span_str("alice@example.com"), &a->who, &e), 0);
	a->auth = auth_new(&a->config, &a->who, NULL, NULL);
	assert_int_equal(auth_challenged(a->auth, &a->round, m, true, &e), 0);
	sip_free(m);
}

/* Returns the credentials that a request gets, for free. */
static char *
borne(struct asked *a, bool draft, const char *method)
{
	struct buf b = {0};
	struct err e;

	buf_adds(&b, "");
	assert_int_equal(auth_add(a->auth, &a->round, draft, &b, method,
			     "sips:example.com", &e),
	    0);
	return (char *)b.p;
}

static void
forget(struct asked *a)
{
	auth_free(a->auth);
	aor_free(&a->who);
}

/* Measuring a request, which is not sent, must not use up a count (nc). */
static void
test_a_draft_uses_no_nonce_up(void **state)
{
	static const char *const counts[] = {
	    "nc=00000001", "nc=00000001", "nc=00000001", "nc=00000002"};
	struct asked a;

	(void)state;
	ask(&a, 407,
	    "Proxy-Authenticate: Digest realm=\"example.com\","
	    "nonce=\"n\",algorithm=SHA-256,qop=\"auth\"\r\n");
	for (size_t i = 0; i < COUNT(counts); i++) {
		char *text = borne(&a, i < 2, "MESSAGE");

		assert_non_null(strstr(text, counts[i]));
		free(text);
	}
	forget(&a);
}

static void
test_what_a_registrar_asked_for_is_not_said_to_a_callee(void **state)
{
	struct asked a;
	char *text;

	(void)state;
	ask(&a, 401,
	    "WWW-Authenticate: Digest realm=\"example.com\","
	    "nonce=\"n\"\r\n");
	text = borne(&a, false, "MESSAGE");
	assert_non_null(strstr(text, "nonce=\"n\""));
	free(text);
	a.round = (struct auth_round){0};
	text = borne(&a, false, "MESSAGE");
	assert_string_equal(text, "");
	free(text);
	text = borne(&a, false, "REGISTER");
	assert_non_null(strstr(text, "nonce=\"n\""));
	free(text);
	forget(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_responses_of_rfc_7616_and_rfc_2617),
	    cmocka_unit_test(test_challenges_in_one_field),
	    cmocka_unit_test(test_what_is_read_of_a_challenge),
	    cmocka_unit_test(test_what_is_no_challenge),
	    cmocka_unit_test(test_which_challenges_are_answered),
	    cmocka_unit_test(test_a_draft_uses_no_nonce_up),
	    cmocka_unit_test(
		test_what_a_registrar_asked_for_is_not_said_to_a_callee),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
