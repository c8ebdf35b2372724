/*
 * Lists of addresses: the contacts of redirections and registrars, routes.
 */
#include "tests/unit/src/sip/sip_test.h"

#include "src/sip/sip_lists.h"
#include "src/ua/backoff.h"

static struct sip_msg *
answer(const char *fields)
{
	struct buf b = {0};
	struct sip_msg *m;

	buf_addf(&b,
	    "SIP/2.0 302 Moved\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\n"
	    "From: <sip:a@h>;tag=1\r\nTo: <sip:a@h>;tag=2\r\nCall-ID: c\r\n"
	    "CSeq: 1 MESSAGE\r\n%sContent-Length: 0\r\n\r\n",
	    fields);
	m = sip_parse(span_buf(&b), (struct span){NULL, 0}, true);
	buf_free(&b);
	return m;
}

static void
test_contacts_come_with_q_and_expires(void **state)
{
	static const struct {
		const char *uri;
		bool has_expires;
		uint64_t expires;
		unsigned q;
	} wanted[] = {{"sip:a@h;x=y", true, 60, 1000},
	    {"sips:b@h", false, 0, 250}, {"tel:+1", true, UINT32_MAX, 1000},
	    {"sip:c@h", false, 0, 0}};
	struct sip_msg *m = answer(
	    "Contact: \"A, B\" <sip:a@h;x=y>;expires=60, "
	    "<sips:b@h>;q=0.25\r\nm: *\r\n"
	    "Contact: <tel:+1>;expires=99999999999\r\n"
	    "Contact: sip:c@h;q=nonsense;expires=soon\r\n");
	struct sip_contacts walk = {0, 0};
	struct sip_contact c;

	(void)state;
	for (size_t i = 0; i < COUNT(wanted); i++) {
		assert_true(sip_contact_next(m, &walk, &c));
		assert_true(span_is(c.uri, wanted[i].uri));
		assert_int_equal(c.has_expires, wanted[i].has_expires);
		assert_int_equal(c.expires, wanted[i].expires);
		assert_int_equal(c.q, wanted[i].q);
	}
	assert_false(sip_contact_next(m, &walk, &c));
	sip_free(m);
}

static void
test_routes_are_one_value_each_with_lr(void **state)
{
	static const struct {
		const char *fields, *routes; /* NULL: refused */
	} cases[] = {
	    {"", ""},
	    {"Service-Route: <sip:p1;lr>\r\n", "<sip:p1;lr>"},
	    {"Service-Route: <sip:p1;lr> , <sips:p2;lr>;x\r\n"
	     "Service-Route: <sip:p3;lr>\r\n",
		"<sip:p1;lr>, <sips:p2;lr>;x, <sip:p3;lr>"},
	    {"Service-Route: <sip:p1>\r\n", NULL},
	    {"Service-Route: sip:p1;lr\r\n", NULL},
	    {"Service-Route: <sip:p1;lr>,\r\n", NULL},
	    {"Service-Route: <http://p1;lr>\r\n", NULL},
	    {"Service-Route: <sip:p1;lr> x\r\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sip_msg *m = answer(cases[i].fields);
		struct buf b = {0};

		buf_adds(&b, "before");
		assert_int_equal(sip_routes(m, "Service-Route", &b),
		    cases[i].routes != NULL);
		b.p[b.n] = '\0';
		assert_string_equal((char *)b.p + 6,
		    cases[i].routes != NULL ? cases[i].routes : "");
		buf_free(&b);
		sip_free(m);
	}
}

static void
test_more_routes_than_anybody_has_are_refused(void **state)
{
	struct buf fields = {0}, b = {0};
	struct sip_msg *m;

	(void)state;
	for (int i = 0; i < 17; i++)
		buf_addf(&fields, "Service-Route: <sip:p%d;lr>\r\n", i);
	m = answer((const char *)fields.p);
	assert_false(sip_routes(m, "Service-Route", &b));
	assert_int_equal(b.n, 0);
	sip_free(m);
	buf_free(&fields);
	buf_free(&b);
}

static void
test_the_first_route_is_where_requests_go(void **state)
{
	(void)state;
	assert_true(span_is(
	    sip_route_first(span_str("<sip:p1:5070;lr>;x, <sip:p2;lr>")),
	    "sip:p1:5070;lr"));
	assert_int_equal(sip_route_first(span_str("")).n, 0);
}

static void
test_retry_after_may_be_followed_by_words(void **state)
{
	static const struct {
		const char *field;
		uint64_t ms;
	} cases[] = {{"", 7}, {"Retry-After: 3\r\n", 3000},
	    {"Retry-After: 10 (in a meeting);duration=5\r\n", 10000},
	    {"Retry-After: soon\r\n", 7}, {"Retry-After: 99999999999\r\n", 7},
	    {"Retry-After: 0\r\n", 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sip_msg *m = answer(cases[i].field);

		assert_int_equal(sip_retry_after(m, 7), cases[i].ms);
		sip_free(m);
	}
}

static void
test_waits_double_are_bounded_and_differ(void **state)
{
	uint64_t first = backoff_ms(1, 300000), other = first;

	(void)state;
	for (unsigned n = 1; n < 100; n++)
		for (int i = 0; i < 20; i++) {
			uint64_t ms = backoff_ms(n, 300000);
			uint64_t whole = n < 10 ? 500ULL << n : 300000;

			if (whole > 300000)
				whole = 300000;
			assert_in_range(ms, whole / 2, whole);
			if (n == 1 && ms != first)
				other = ms;
		}
	assert_int_not_equal(first, other);
	assert_int_equal(backoff_ms(1, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_contacts_come_with_q_and_expires),
	    cmocka_unit_test(test_routes_are_one_value_each_with_lr),
	    cmocka_unit_test(test_more_routes_than_anybody_has_are_refused),
	    cmocka_unit_test(test_the_first_route_is_where_requests_go),
	    cmocka_unit_test(test_retry_after_may_be_followed_by_words),
	    cmocka_unit_test(test_waits_double_are_bounded_and_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
