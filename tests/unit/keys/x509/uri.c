/* SIP URIs, by the grammar of RFC 3261 and nothing beside it. */
#include "tests/unit/keys/keys_check.h"

#include "keys/x509/uri.h"

static void
test_parts(void **state)
{
	struct span value;
	struct uri u;
	struct err e;

	(void)state;
	assert_int_equal(
	    uri_parse(
		span_str("SIPS:al%69ce;x=1:pw@[2001:db8::1]"
			 ":5071;transport=TCP;lr;x%61=%20?Subject=a%20b&p="),
		&u, &e),
	    0);
	assert_true(u.sips && u.has_user);
	assert_true(span_is(u.user, "al%69ce;x=1"));
	assert_true(span_is(u.password, "pw"));
	assert_true(span_is(u.host, "2001:db8::1"));
	assert_int_equal(u.host_kind, HOST_IPV6);
	assert_int_equal(u.port, 5071);
	assert_true(span_is(u.params, "transport=TCP;lr;x%61=%20"));
	assert_true(span_is(u.headers, "Subject=a%20b&p="));
	assert_true(uri_param(&u, "Transport", &value));
	assert_true(span_is(value, "TCP"));
	assert_true(uri_param(&u, "lr", &value));
	assert_int_equal(value.n, 0);
	assert_true(uri_param(&u, "xa", &value));
	assert_false(uri_param(&u, "maddr", &value));
}

static const char *const good[] = {
    "sip:example.com",
    "sip:example.com.",
    "sip:a@b",
    "sips:bob@192.0.2.1",
    "sip:bob@[::1]",
    "sip:bob@example.com:65535",
    "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,"
    "weird!*pas$wo~d_too.(doesn't-it)@example.com",
    "sip:user;par=u%40example.net@example.com",
    "sip:sips%3Auser%40example.com@example.net",
    "sip:+358-555-1234567;phone-context=5@h.example",
    "sip:a@xn--bcher-kva.example",
    "sip:a@b;method=MESSAGE?to=alice%40h",
    "sip:a:@b",
};

static const char *const bad[] = {
    "",
    "sip:",
    "sip",
    "tel:+1",
    "im:a@b",
    "http://example.com",
    "sip:@b",
    "sip::pw@b",
    "sip:a@",
    "sip:a@b@c",
    "sip:a b@c",
    "sip:a\"@c",
    "sip:<a@c>",
    "sip:a@c>",
    "sip:a%@c",
    "sip:a%4@c",
    "sip:a%4g@c",
    "sip:a%00@c",
    "sip:a%0d@c",
    "sip:a%0A@c",
    "sip:\xc3\xa9@c",
    "sip:a@\xc3\xa9.example",
    "sip:a\r\n@c",
    "sip:a@-c",
    "sip:a@c-",
    "sip:a@c..d",
    "sip:a@.c",
    "sip:a@c_d",
    "sip:a@.",
    "sip:a@c.1",
    "sip:a@1.2.3",
    "sip:a@1.2.3.256",
    "sip:a@1.2.3.4.5",
    "sip:a@::1",
    "sip:a@[::1",
    "sip:a@[1.2.3.4]",
    "sip:a@[c]",
    "sip:a@[::1]x",
    "sip:a@c:",
    "sip:a@c:0",
    "sip:a@c:65536",
    "sip:a@c:99999",
    "sip:a@c:abc",
    "sip:a@c:-1",
    "sip:a@c:5060x",
    "sip:a@c;",
    "sip:a@c;;lr",
    "sip:a@c;=x",
    "sip:a@c;x=",
    "sip:a@c;x=a=b",
    "sip:a@c;lr;lr",
    "sip:a@c;lr=1;%4cR=2",
    "sip:a@c;x=%00",
    "sip:a@c;x y",
    "sip:a@c?",
    "sip:a@c?x",
    "sip:a@c?=x",
    "sip:a@c?x=1&",
    "sip:a@c?x=%0d%0aVia=1",
    "sip:a@c?x=a b",
    " sip:a@c",
    "sip:a@c ",
    "sip: a@c",
};

static void
test_grammar(void **state)
{
	struct uri u;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		if (uri_parse(span_str(good[i]), &u, &e) != 0)
			fail_msg("\"%s\" refused: %s", good[i], e.text);
	for (i = 0; i < COUNT(bad); i++) {
		e.exit = 0;
		if (uri_parse(span_str(bad[i]), &u, &e) != -1)
			fail_msg("\"%s\" accepted", bad[i]);
		assert_int_equal(e.exit, EX_DATAERR);
	}
}

static void
test_nul_inside_is_refused(void **state)
{
	static const char text[] = "sip:a@b\0.example";
	static const char user[] = "sip:a\0b@c";
	struct uri u;
	struct err e;

	(void)state;
	assert_int_equal(uri_parse((struct span){(const unsigned char *)text,
				       sizeof(text) - 1},
			     &u, &e),
	    -1);
	assert_int_equal(uri_parse((struct span){(const unsigned char *)user,
				       sizeof(user) - 1},
			     &u, &e),
	    -1);
}

static void
test_host_kind(void **state)
{
	enum uri_host_kind kind;

	(void)state;
	assert_true(uri_host_kind(span_str("Example.COM."), &kind));
	assert_int_equal(kind, HOST_NAME);
	assert_true(uri_host_kind(span_str("127.0.0.1"), &kind));
	assert_int_equal(kind, HOST_IPV4);
	assert_true(uri_host_kind(span_str("fe80::1"), &kind));
	assert_int_equal(kind, HOST_IPV6);
	assert_false(uri_host_kind(span_str("*.example.com"), &kind));
	assert_false(uri_host_kind(span_str(""), &kind));
}

/* The examples of RFC 3261, 19.1.4, and more. */
static void
test_equal(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
	    {"sip:%61lice@atlanta.com;transport=TCP",
		"sip:alice@AtLanTa.CoM;Transport=tcp", true},
	    {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
	    {"sip:carol@chicago.com;newparam=5",
		"sip:carol@chicago.com;security=on", true},
	    {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi."
	     "com",
		"sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%"
		"40biloxi.com",
		true},
	    {"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
		"sip:alice@atlanta.com?priority=urgent&subject=project%20x",
		true},
	    {"SIP:ALICE@AtLanTa.CoM;Transport=udp",
		"sip:alice@AtLanTa.CoM;Transport=UDP", false},
	    {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
	    {"sip:bob@biloxi.com:6000;transport=tcp", "sip:bob@biloxi.com",
		false},
	    {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next",
		false},
	    {"sip:carol@chicago.com;security=on",
		"sip:carol@chicago.com;security=off", false},
	    {"sip:a@h", "sips:a@h", false},
	    {"sip:a@h", "sip:h", false},
	    {"sip:a:p@h", "sip:a@h", false},
	    {"sip:a:p@h", "sip:a:P@h", false},
	    {"sip:a@h;maddr=239.255.255.1", "sip:a@h", false},
	    {"sip:a@h", "sip:a@h;user=phone", false},
	    {"sip:a%3bb@h", "sip:a;b@h", false},
	    {"sip:a%3bb@h", "sip:a%3Bb@h", true},
	    {"sip:a@h?x=A", "sip:a@h?x=a", false},
	    {"sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0::1]", true},
	};
	struct uri a, b;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(uri_parse(span_str(cases[i].a), &a, &e), 0);
		assert_int_equal(uri_parse(span_str(cases[i].b), &b, &e), 0);
		if (uri_equal(&a, &b) != cases[i].equal ||
		    uri_equal(&b, &a) != cases[i].equal)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_grammar),
	    cmocka_unit_test(test_nul_inside_is_refused),
	    cmocka_unit_test(test_host_kind),
	    cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests_name("keys_uri", tests, NULL, NULL);
}
