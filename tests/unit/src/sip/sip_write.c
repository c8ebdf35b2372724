/* The accessors of parsed messages, and the functions that write. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "tests/unit/src/sip/sip_helper.h"
#include "tests/unit/src/sip/sip_test.h"

#include "src/sip/sip.h"

static const char request[] =
    "MESSAGE sip:bob@example.com SIP/2.0\r\n"
    "v: SIP/2.0/UDP 10.0.0.1:5070;rport;branch=z9hG4bKx;received=9.9.9.9;p=1"
    ",\r\n SIP/2.0/TCP [2001:db8::2];branch=z9hG4bKy\r\n"
    "VIA: SIP/2.0/TLS third.example.com\r\n"
    "f: Alice\r\n\t<sip:alice@example.com>;x=\"a;b\";tag=77\r\n"
    "t: <sip:bob@example.com>\r\n"
    "i: id@host\r\n"
    "CSeq: 0012  MESSAGE\r\n"
    "Require: one, Two\r\n"
    "Require: three\r\n"
    "c: text/plain\r\n"
    "X-List: five;p=\",six,\", Seven\r\n"
    "X-Long:  a \r\n  b\t\r\n\tc  \r\n"
    "x-long: second\r\n"
    "l: 5\r\n"
    "\r\n";

static struct sip_msg *
parse(const char *head, const char *body)
{
	return sip_parse(span_str(head), span_str(body), true);
}

static struct sockaddr_storage
address(const char *text, unsigned port)
{
	struct sockaddr_storage out = {0};
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
		four.sin_port = htons((uint16_t)port);
		memcpy(&out, &four, sizeof(four));
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
		six.sin6_port = htons((uint16_t)port);
		memcpy(&out, &six, sizeof(six));
	}
	return out;
}

static void
test_accessors(void **state)
{
	struct sip_msg *m = parse(request, "hello");
	const char *why = "";

	(void)state;
	assert_int_equal(sip_fault(m, &why), 0);
	assert_null(why);
	assert_true(sip_is_request(m));
	assert_true(span_is(m->start, "MESSAGE sip:bob@example.com SIP/2.0"));
	assert_true(span_is(sip_head(m), request));
	assert_true(span_is(sip_body(m), "hello"));
	assert_true(span_is(sip_method(m), "MESSAGE"));
	assert_true(span_is(sip_request_uri(m), "sip:bob@example.com"));
	assert_true(span_is(sip_call_id(m), "id@host"));
	assert_int_equal(sip_cseq(m), 12);
	assert_true(span_is(sip_from_uri(m), "sip:alice@example.com"));
	assert_true(span_is(sip_from_tag(m), "77"));
	assert_true(span_is(sip_to_uri(m), "sip:bob@example.com"));
	assert_int_equal(sip_to_tag(m).n, 0);
	assert_true(span_is(sip_branch(m), "z9hG4bKx"));
	assert_true(span_is(m->via.transport, "UDP"));
	assert_true(span_is(sip_via_host(m), "10.0.0.1"));
	assert_int_equal(sip_via_port(m), 5070);
	assert_true(sip_via_rport(m));
	assert_int_equal(m->via.maddr.n, 0);
	sip_free(m);
}

static void
test_headers(void **state)
{
	struct sip_msg *m = parse(request, "hello");

	(void)state;
	assert_int_equal(sip_header_count(m, "Via"), 2);
	assert_int_equal(sip_header_count(m, "v"), 2);
	assert_int_equal(sip_header_count(m, "Content-Type"), 1);
	assert_int_equal(sip_header_count(m, "Absent"), 0);
	assert_true(span_is(sip_header(m, "C", 0), "text/plain"));
	assert_true(span_is(sip_header(m, "X-LONG", 0), "a b c"));
	assert_true(span_is(sip_header(m, "X-Long", 1), "second"));
	assert_int_equal(sip_header(m, "X-Long", 2).n, 0);
	assert_true(span_is(sip_header(m, "From", 0),
	    "Alice <sip:alice@example.com>;x=\"a;b\";tag=77"));
	assert_true(header_has(m, "Require", "one"));
	assert_true(header_has(m, "Require", "two"));
	assert_true(header_has(m, "require", "THREE"));
	assert_false(header_has(m, "Require", "thre"));
	assert_true(header_has(m, "X-List", "five"));
	assert_true(header_has(m, "X-List", "seven"));
	assert_false(header_has(m, "X-List", "six"));
	assert_false(header_has(m, "X-List", "p"));
	sip_free(m);
}

/* What a request of ours is matched by. */
static void
test_own_ids(void **state)
{
	static const char own[] =
	    "MESSAGE sip:b@h SIP/2.0\r\n"
	    "Via: SIP/2.0/TLS 1.2.3.4:5061;branch=z9hG4bKone;rport\r\n"
	    "From: <sips:a@h;x=1>;tag=two\r\nTo: <sip:b@h>;tag=no\r\n"
	    "Call-ID: three@h\r\nCSeq: 1 MESSAGE\r\n"
	    "Content-Length: 19\r\n\r\nVia: SIP/2.0/TCP x\r\n";
	static const char *const without[] = {
	    "branch=z9hG4bKone;", ";tag=two", "Call-ID: three@h\r\n"};
	struct sip_ids ids;

	(void)state;
	assert_true(sip_own_ids(span_str(own), &ids));
	assert_true(span_is(ids.method, "MESSAGE"));
	assert_true(span_is(ids.branch, "z9hG4bKone"));
	assert_true(span_is(ids.from_tag, "two"));
	assert_true(span_is(ids.call_id, "three@h"));
	assert_string_equal(own + ids.body, "Via: SIP/2.0/TCP x\r\n");
	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
		const char *cut = strstr(own, without[i]);
		struct buf b = {0};

		buf_add(&b, own, (size_t)(cut - own));
		buf_adds(&b, cut + strlen(without[i]));
		assert_false(sip_own_ids(span_buf(&b), &ids));
		buf_free(&b);
	}
	assert_false(sip_own_ids(span_str(""), &ids));
}

/* The time for 10,000 fields grows with their number, not its square. */
static void
test_many_fields(void **state)
{
	static const char *const lines[] = {
	    "X-A: x\r\n",
	    "Via: SIP/2.0/UDP h;branch=z9hG4bKz\r\n",
	    "Contact: <sip:a@b>\r\n",
	};
	struct buf in = {0};
	struct sip_msg *m;
	const char *why;
	size_t i;

	(void)state;
	buf_adds(&in, "MESSAGE sip:bob@example.com SIP/2.0\r\n");
	for (i = 0; i < 30000; i++)
		buf_adds(&in, lines[i % 3]);
	buf_adds(&in,
	    "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\n"
	    "Call-ID: 1\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n");
	m = sip_parse(span_buf(&in), span_str(""), true);
	assert_int_equal(sip_fault(m, &why), 0);
	assert_int_equal(sip_header_count(m, "x-a"), 10000);
	for (i = 0; i < 10000; i++)
		assert_true(span_is(sip_header(m, "X-A", i), "x"));
	assert_true(span_is(sip_call_id(m), "1"));
	sip_free(m);
	buf_free(&in);
}

static void
test_add(void **state)
{
	static const struct {
		const char *name;
		struct span value;
		bool good;
	} cases[] = {
	    {"Subject", TEXT("hello"), true},
	    {"Subject", TEXT("caf\xc3\xa9\t\"x"), true},
	    {"Subject", TEXT(""), true},
	    {"Subject", TEXT("a\r\nRoute: <sip:evil>"), false},
	    {"Subject", TEXT("a\nb"), false},
	    {"Subject", TEXT("a\rb"), false},
	    {"Subject", TEXT("a\0b"), false},
	    {"Subject", TEXT("a\033[2J"), false},
	    {"Subject", TEXT("\177"), false},
	    {"Subject", TEXT("\xff"), false},
	    {"Sub ject", TEXT("x"), false},
	    {"Subject:", TEXT("x"), false},
	    {"", TEXT("x"), false},
	    {"A\r\nB", TEXT("x"), false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf out = {0};
		struct err e = {0};
		int rc = sip_add(&out, cases[i].name, cases[i].value, &e);

		assert_int_equal(rc, cases[i].good ? 0 : -1);
		if (!cases[i].good) {
			assert_int_equal(out.n, 0);
			assert_int_equal(e.exit, EX_DATAERR);
		}
		buf_free(&out);
	}
}

static void
test_nameaddr(void **state)
{
	static const struct {
		struct span display, uri;
		const char *tag, *out; /* NULL: refused */
	} cases[] = {
	    {TEXT("Alice"), TEXT("sip:a@h"), "1",
		"From: \"Alice\" <sip:a@h>;tag=1\r\n"},
	    {TEXT(""), TEXT("sips:a@h;x"), NULL, "From: <sips:a@h;x>\r\n"},
	    {TEXT("a \"b\" \\c"), TEXT("sip:a@h"), NULL,
		"From: \"a \\\"b\\\" \\\\c\" <sip:a@h>\r\n"},
	    {TEXT("J\xc3\xbc <sip:evil@h>"), TEXT("sip:a@h"), NULL,
		"From: \"J\xc3\xbc <sip:evil@h>\" <sip:a@h>\r\n"},
	    {TEXT("a\r\nb"), TEXT("sip:a@h"), NULL, NULL},
	    {TEXT("a\0b"), TEXT("sip:a@h"), NULL, NULL},
	    {TEXT("\xe9"), TEXT("sip:a@h"), NULL, NULL},
	    {TEXT(""), TEXT("sip:a@h>;tag=2"), NULL, NULL},
	    {TEXT(""), TEXT("sip:a@h\r\nX: y"), NULL, NULL},
	    {TEXT(""), TEXT("sip:a%0d%0a@h"), NULL, NULL},
	    {TEXT(""), TEXT("sip:a%00@h"), NULL, NULL},
	    {TEXT(""), TEXT("a@h"), NULL, NULL},
	    {TEXT(""), TEXT(""), NULL, NULL},
	    {TEXT(""), TEXT("sip:a@h"), "a;b", NULL},
	    {TEXT(""), TEXT("sip:a@h"), "", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf out = {0};
		struct err e;
		int rc = add_nameaddr(&out, "From", cases[i].display,
		    cases[i].uri, cases[i].tag, &e);

		assert_int_equal(rc, cases[i].out != NULL ? 0 : -1);
		if (cases[i].out == NULL)
			assert_int_equal(out.n, 0);
		else if (!span_is(span_buf(&out), cases[i].out))
			fail_msg("%s", (char *)out.p);
		buf_free(&out);
	}
}

static void
test_request_start(void **state)
{
	static const struct {
		const char *method;
		struct span uri;
		bool good;
	} cases[] = {
	    {"MESSAGE", TEXT("sip:bob@example.com"), true},
	    {"MESSAGE", TEXT("sips:bob@[::1]:5061;lr"), true},
	    {"MESSAGE", TEXT("tel:+1"), true},
	    {"MES SAGE", TEXT("sip:b@h"), false},
	    {"", TEXT("sip:b@h"), false},
	    {"MESSAGE", TEXT("sip:b@h SIP/2.0\r\nX: y"), false},
	    {"MESSAGE", TEXT("sip:b@h x"), false},
	    {"MESSAGE", TEXT("<sip:b@h>"), false},
	    {"MESSAGE", TEXT("sip:b@h?Subject=x"), false},
	    {"MESSAGE", TEXT("sip:b%00@h"), false},
	    {"MESSAGE", TEXT("sip:b\0@h"), false},
	    {"MESSAGE", TEXT("tel:+1\r\n"), false},
	    {"MESSAGE", TEXT(""), false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf out = {0};
		struct err e;

		if (sip_request_start(&out, cases[i].method, cases[i].uri,
			&e) != (cases[i].good ? 0 : -1))
			fail_msg("%s %s", cases[i].method,
			    (const char *)cases[i].uri.p);
		assert_int_equal(out.n > 0, cases[i].good);
		buf_free(&out);
	}
}

/* What we write parses without a fault. */
static void
test_round(void **state)
{
	struct buf out = {0};
	struct sip_msg *m;
	struct err e;
	const char *why;
	size_t head;

	(void)state;
	assert_int_equal(sip_request_start(&out, "MESSAGE",
			     span_str("sip:bob@example.com"), &e),
	    0);
	assert_int_equal(
	    sip_add(&out, "Via",
		span_str("SIP/2.0/TLS h:5061;branch=z9hG4bKa;rport"), &e),
	    0);
	assert_int_equal(
	    add_nameaddr(&out, "From", span_str("A \"q\" \\ \xc3\xa9"),
		span_str("sip:a@h"), "t1", &e),
	    0);
	assert_int_equal(add_nameaddr(&out, "To", span_str(""),
			     span_str("sip:bob@example.com"), NULL, &e),
	    0);
	assert_int_equal(sip_add(&out, "Call-ID", span_str("x@y"), &e), 0);
	assert_int_equal(sip_add(&out, "CSeq", span_str("1 MESSAGE"), &e), 0);
	assert_int_equal(
	    sip_add(&out, "Content-Type", span_str("text/plain"), &e), 0);
	head = out.n;
	sip_finish(&out, BYTES("a\0b"));
	head += strlen("Content-Length: 3\r\n\r\n");
	m = sip_parse(span_cut(span_buf(&out), 0, head),
	    span_cut(span_buf(&out), head, out.n), true);
	assert_int_equal(sip_fault(m, &why), 0);
	assert_int_equal(sip_body(m).n, 3);
	assert_true(span_is(sip_from_tag(m), "t1"));
	sip_free(m);
	buf_free(&out);
}

static void
test_answer(void **state)
{
	struct sip_msg *m = parse(request, "hello");
	struct sockaddr_storage from = address("192.0.2.7", 40000);
	struct buf out = {0};

	(void)state;
	assert_int_equal(sip_answer(&out, m, 200, NULL, "abc", &from), 0);
	sip_finish(&out, span_str(""));
	assert_string_equal((char *)out.p,
	    "SIP/2.0 200 OK\r\n"
	    "Via: SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKx;p=1"
	    ";received=192.0.2.7;rport=40000"
	    ", SIP/2.0/TCP [2001:db8::2];branch=z9hG4bKy\r\n"
	    "Via: SIP/2.0/TLS third.example.com\r\n"
	    "From: Alice <sip:alice@example.com>;x=\"a;b\";tag=77\r\n"
	    "To: <sip:bob@example.com>;tag=abc\r\n"
	    "Call-ID: id@host\r\n"
	    "CSeq: 0012  MESSAGE\r\n"
	    "Content-Length: 0\r\n\r\n");
	sip_free(m);
	buf_free(&out);
}

#define REQUEST(via, to)                                     \
	"MESSAGE sip:b@h SIP/2.0\r\nVia: " via "\r\nTo: " to \
	"\r\nFrom: <sip:a@h>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\nl: 0\r\n\r\n"

static void
test_answer_via(void **state)
{
	static const struct {
		const char *name, *in, *source, *line;
	} cases[] = {
	    {"the address that it says",
		REQUEST("SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKx", "<sip:b@h>"),
		"192.0.2.7", "UDP 192.0.2.7;branch=z9hG4bKx\r\n"},
	    {"another address", REQUEST("SIP/2.0/UDP 10.0.0.1", "<sip:b@h>"),
		"192.0.2.7", "UDP 10.0.0.1;received=192.0.2.7\r\n"},
	    {"a name",
		REQUEST("SIP/2.0/TLS host.example.com:5061", "<sip:b@h>"),
		"192.0.2.7", "host.example.com:5061;received=192.0.2.7\r\n"},
	    {"rport with the address that it says",
		REQUEST("SIP/2.0/UDP 192.0.2.7;rport", "<sip:b@h>"),
		"192.0.2.7", "192.0.2.7;received=192.0.2.7;rport=4000\r\n"},
	    {"a received of its own",
		REQUEST("SIP/2.0/UDP 192.0.2.7;received=1.2.3.4", "<sip:b@h>"),
		"192.0.2.7", "UDP 192.0.2.7\r\n"},
	    {"IPv6 in another form",
		REQUEST("SIP/2.0/UDP [2001:DB8:0::1]", "<sip:b@h>"),
		"2001:db8::1", "UDP [2001:DB8:0::1]\r\n"},
	    {"IPv6 that differs",
		REQUEST("SIP/2.0/UDP [2001:db8::2]", "<sip:b@h>"),
		"2001:db8::1", "[2001:db8::2];received=2001:db8::1\r\n"},
	    {"IPv4 over an IPv6 socket",
		REQUEST("SIP/2.0/UDP 192.0.2.7", "<sip:b@h>"),
		"::ffff:192.0.2.7", "UDP 192.0.2.7\r\n"},
	    {"a tag that is there",
		REQUEST("SIP/2.0/UDP h", "<sip:b@h>;tag=old"), "192.0.2.7",
		"To: <sip:b@h>;tag=old\r\n"},
	    {"a To that cannot be read",
		REQUEST("SIP/2.0/UDP h", "\"b <sip:b@h>"), "192.0.2.7",
		"To: \"b <sip:b@h>\r\n"},
	    {"a quoted NUL", REQUEST("SIP/2.0/UDP h", "\"b\\\001\" <sip:b@h>"),
		"192.0.2.7", "To: \"b\" <sip:b@h>;tag=new\r\n"},
	    {"a Via that cannot be read",
		REQUEST("SIP/2.0/UDP h;;", "<sip:b@h>"), "192.0.2.7",
		"Via: SIP/2.0/UDP h;;\r\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct sip_msg *m = parse(cases[i].in, "");
		struct sockaddr_storage from = address(cases[i].source, 4000);
		struct buf out = {0};

		assert_int_equal(
		    sip_answer(&out, m, 400, "No", "new", &from), 0);
		if (strstr((char *)out.p, cases[i].line) == NULL)
			fail_msg("%s: %s", cases[i].name, (char *)out.p);
		sip_free(m);
		buf_free(&out);
	}
}

static void
test_no_answer(void **state)
{
	static const char *const cases[] = {
	    "",
	    "x",
	    "\r\n",
	    "MESSAGE sip:b@h SIP/2.0\r\nTo: x\r\n\r\n",
	    "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h\r\n\r\n",
	};
	struct sockaddr_storage from = address("192.0.2.7", 4000);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct sip_msg *m = parse(cases[i], "");
		struct buf out = {0};
		const char *why;

		assert_int_equal(sip_fault(m, &why), -1);
		assert_int_equal(
		    sip_answer(&out, m, 400, NULL, "t", &from), -1);
		assert_int_equal(out.n, 0);
		sip_free(m);
	}
}

static void
test_phrases(void **state)
{
	(void)state;
	assert_string_equal(sip_phrase(200), "OK");
	assert_string_equal(sip_phrase(437), "Unsupported Certificate");
	assert_string_equal(sip_phrase(493), "Undecipherable");
	assert_string_equal(sip_phrase(299), "Unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accessors),
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_own_ids),
	    cmocka_unit_test(test_many_fields),
	    cmocka_unit_test(test_add),
	    cmocka_unit_test(test_nameaddr),
	    cmocka_unit_test(test_request_start),
	    cmocka_unit_test(test_round),
	    cmocka_unit_test(test_answer),
	    cmocka_unit_test(test_answer_via),
	    cmocka_unit_test(test_no_answer),
	    cmocka_unit_test(test_phrases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
