/* Internationalised domain names as people type them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "keys/x509/uri.h"
#include "src/net/idn.h"

struct idn_case {
	const char *in, *out; /* out NULL: refused */
};

static void
check(const struct idn_case *c)
{
	struct buf out = {0};
	struct uri uri;
	struct err e = {0};

	if (c->out == NULL) {
		assert_int_equal(idn_uri(&out, span_str(c->in), &e), -1);
		assert_int_equal(e.exit, EX_DATAERR);
		assert_int_equal(out.n, 0);
		return;
	}
	assert_int_equal(idn_uri(&out, span_str(c->in), &e), 0);
	assert_string_equal((const char *)out.p, c->out);
	assert_int_equal(uri_parse(span_buf(&out), &uri, &e), 0);
	buf_free(&out);
}

static void
a_host_beyond_ascii_becomes_its_a_label(void **state)
{
	static const struct idn_case cases[] = {
	    {"sip:b@b\u00fccher.example", "sip:b@xn--bcher-kva.example"},
	    {"sips:B\u00dcCHER.example:5061",
		"sips:xn--bcher-kva.example:5061"},
	    {"sip:b@stra\u00dfe.example;transport=tcp",
		"sip:b@xn--strae-oqa.example;transport=tcp"},
	    /* not composed, and with an ideographic full stop */
	    {"sip:b@bu\u0308cher\u3002example?a=b",
		"sip:b@xn--bcher-kva.example?a=b"},
	    {"sip:b@\u4f8b\u3048.\u30c6\u30b9\u30c8",
		"sip:b@xn--r8jz45g.xn--zckzah"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&cases[i]);
}

static void
ascii_stays_as_it_is(void **state)
{
	static const struct idn_case cases[] = {
	    {"sip:Bob@Example.com:5060;x=y?a=b",
		"sip:Bob@Example.com:5060;x=y?a=b"},
	    {"sip:b;x=y:1@127.0.0.1", "sip:b;x=y:1@127.0.0.1"},
	    {"sip:[::1]:5060", "sip:[::1]:5060"},
	    {"sip:b@xn--bcher-kva.example", "sip:b@xn--bcher-kva.example"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&cases[i]);
}

static void
what_is_no_domain_name_is_refused(void **state)
{
	static const struct idn_case cases[] = {
	    {"sip:b@b\xfc"
	     "cher.example",
		NULL}, /* not UTF-8 */
	    {"sip:b@b\xc3", NULL},
	    {"sip:b@\u2603.example", NULL}, /* a snowman is no letter */
	    {"sip:b@\u202eb\u00fc.example", NULL},
	    {"sip:b@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	     "aaaaaaa\u00fc.example",
		NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&cases[i]);
}

static void
the_rest_of_the_uri_is_not_touched(void **state)
{
	struct buf out = {0};
	struct err e;

	(void)state;
	/* The strict parser refuses these letters afterwards. */
	assert_int_equal(
	    idn_uri(&out, span_str("sip:b\u00f6b@example.com"), &e), 0);
	assert_string_equal((const char *)out.p, "sip:b\u00f6b@example.com");
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_host_beyond_ascii_becomes_its_a_label),
	    cmocka_unit_test(ascii_stays_as_it_is),
	    cmocka_unit_test(what_is_no_domain_name_is_refused),
	    cmocka_unit_test(the_rest_of_the_uri_is_not_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
