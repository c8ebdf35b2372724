/* One person: which addresses are the same, and which only look so. */
#include "tests/unit/keys/keys_check.h"

#include "keys/x509/identity.h"

static bool
same(const char *a, const char *b)
{
	struct aor one, two;
	struct err e;
	bool equal;

	if (aor_parse_uri(span_str(a), &one, &e) == -1)
		fail_msg("\"%s\": %s", a, e.text);
	if (aor_parse_uri(span_str(b), &two, &e) == -1)
		fail_msg("\"%s\": %s", b, e.text);
	equal = aor_equal(&one, &two);
	aor_free(&one);
	aor_free(&two);
	return equal;
}

static void
test_one_person(void **state)
{
	(void)state;
	/* sip and sips are the same */
	assert_true(same("sip:bob@example.com", "sips:bob@example.com"));
	/* the user part is case-sensitive, the host not */
	assert_false(same("sip:Bob@example.com", "sip:bob@example.com"));
	assert_true(same("sip:bob@EXAMPLE.com.", "sip:bob@example.com"));
	/* port, password and parameters are ignored */
	assert_true(same("sip:bob:pw@example.com:5061;transport=tls?a=b",
	    "sip:bob@example.com"));
	/* a ';' before the '@' belongs to the user */
	assert_false(same("sip:bob;x=1@example.com", "sip:bob@example.com"));
	/* escapes of unreserved characters are undone for comparing */
	assert_true(same("sip:%62%6Fb@example.com", "sip:bob@example.com"));
	assert_false(same("sip:b%3bx@example.com", "sip:b;x@example.com"));
	assert_true(same("sip:b%3bx@example.com", "sip:b%3Bx@example.com"));
	assert_false(same("sip:b%2540@example.com", "sip:b%40@example.com"));
	/* look-alikes */
	assert_false(same("sip:bob@examp1e.com", "sip:bob@example.com"));
	assert_false(
	    same("sip:bob@example.com.evil.example", "sip:bob@example.com"));
	assert_false(
	    same("sip:bob%40example.com@evil.example", "sip:bob@example.com"));
	assert_true(same("sip:bob@[2001:DB8:0::1]", "sip:bob@[2001:db8::1]"));
}

static void
test_no_other_scheme(void **state)
{
	static const char *const bad[] = {"im:bob@example.com",
	    "pres:bob@example.com", "tel:+1", "mailto:bob@example.com",
	    "sip:example.com", "bob@example.com", ""};
	struct aor a;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		if (aor_parse_uri(span_str(bad[i]), &a, &e) != -1)
			fail_msg("\"%s\" accepted", bad[i]);
	assert_int_equal(aor_parse(span_str("im:bob@example.com"), &a, &e), -1);
}

static void
test_shown_as_written(void **state)
{
	struct aor a, b;
	struct err e;

	(void)state;
	assert_int_equal(
	    aor_parse(span_str("sips:B%6fb:pw@Example.COM.:5061"), &a, &e), 0);
	assert_string_equal(a.text, "B%6fb@Example.COM.");
	assert_string_equal(a.key, "Bob@example.com");
	assert_string_equal(a.host, "example.com");
	aor_copy(&a, &b);
	aor_free(&a);
	assert_string_equal(b.key, "Bob@example.com");
	aor_free(&b);
	assert_int_equal(aor_parse(span_str("x@[::1]"), &a, &e), 0);
	assert_string_equal(a.text, "x@[::1]");
	assert_string_equal(a.host, "::1");
	aor_free(&a);
}

static void
test_host_equal(void **state)
{
	(void)state;
	assert_true(host_equal(span_str("A.example."), span_str("a.EXAMPLE")));
	assert_true(host_equal(span_str("::1"), span_str("0:0::1")));
	assert_true(host_equal(span_str("[::1]"), span_str("0:0::1")));
	assert_false(host_equal(span_str("a.example"), span_str("b.example")));
	assert_false(host_equal(span_str(""), span_str("")));
	assert_false(host_equal(
	    (struct span){(const unsigned char *)"a\0b", 3}, span_str("a")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_person),
	    cmocka_unit_test(test_no_other_scheme),
	    cmocka_unit_test(test_shown_as_written),
	    cmocka_unit_test(test_host_equal),
	};

	return cmocka_run_group_tests_name("keys_identity", tests, NULL, NULL);
}
