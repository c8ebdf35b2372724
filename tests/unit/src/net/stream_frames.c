/* Framing of streams and datagrams. */
#include "tests/unit/src/sip/sip_test.h"

#include "src/net/stream.h"

static const struct stream_limits limits = {2000, 20, 5000};

#define HEAD "MESSAGE sip:b@h SIP/2.0\r\n"

/* Messages and keep-alives in a row, with every way to write
 * Content-Length. */
static const char row[] = HEAD
    "Content-Length: 5\r\n\r\nhello" HEAD "l: 0\r\n\r\n"
    "\r\n" HEAD "L:3\r\nVia: x\r\n\r\n\r\n\r"
    "\r\n\r\n" HEAD "CONTENT-length  :\t 0004 \t\r\n\r\n\0\0\r\n" HEAD
    "Content-Length:\r\n  2\r\nSubject: a\r\n\tb\r\n\r\nok";

/* Returns a line for each frame of s, which arrives in two pieces, the first of
 * cut bytes, or (0) byte by byte. */
static struct buf
frames(struct span s, size_t cut)
{
	struct stream_scan scan = {0};
	struct stream_frame f;
	struct buf in = {0}, log = {0};
	size_t at = 0, step;

	while (at < s.n) {
		step = cut == 0 ? 1 : at < cut ? cut : s.n - at;
		buf_addspan(&in, span_cut(s, at, at + step));
		at += step;
		for (;;) {
			stream_next(span_buf(&in), &scan, &limits, &f);
			if (f.found == STREAM_MORE)
				break;
			if (f.found == STREAM_MESSAGE)
				buf_addf(&log, "message %zu %zu", f.head.n,
				    f.body.n);
			else if (f.found == STREAM_BROKEN)
				buf_addf(
				    &log, "broken %zu %d", f.head.n, f.status);
			else
				buf_adds(&log, "keep-alive");
			buf_addspan(&log, f.body);
			buf_adds(&log, "\n");
			assert_true(f.used > 0 && f.used <= in.n);
			buf_drop(&in, f.used);
			if (f.found == STREAM_BROKEN)
				at = s.n;
		}
	}
	if (in.n > 0)
		buf_addf(&log, "left %zu\n", in.n);
	buf_free(&in);
	return log;
}

/* Removes the keep-alives: two CRLF are one ping or two pongs, depending on how
 * they arrive. The messages must be the same. */
static struct buf
messages(struct span s, size_t cut)
{
	struct buf log = frames(s, cut), out = {0};
	size_t from, to;

	for (from = 0; from < log.n; from = to + 1) {
		to = span_find(span_buf(&log), '\n', from);
		if (!span_starts_nocase(
			span_cut(span_buf(&log), from, to), "keep"))
			buf_addspan(
			    &out, span_cut(span_buf(&log), from, to + 1));
	}
	buf_free(&log);
	return out;
}

static void
test_split(void **state)
{
	struct span all = BYTES(row);
	struct buf whole = messages(all, all.n);
	size_t cut, lines = 0, at;

	(void)state;
	for (at = 0; at < whole.n; at++)
		lines += whole.p[at] == '\n' &&
		    (at + 1 == whole.n || whole.p[at + 1] == 'm');
	assert_int_equal(lines, 5);
	for (cut = 0; cut < all.n; cut++) {
		struct buf split = messages(all, cut);

		if (!span_eq(span_buf(&split), span_buf(&whole)))
			fail_msg("cut at %zu: %s", cut, (char *)split.p);
		buf_free(&split);
	}
	buf_free(&whole);
}

static void
test_keepalive(void **state)
{
	static const struct {
		const char *in;
		enum stream_found found[3];
	} cases[] = {
	    {"\r\n\r\n", {STREAM_PING, STREAM_MORE, STREAM_MORE}},
	    {"\r\n", {STREAM_PONG, STREAM_MORE, STREAM_MORE}},
	    {"\r\nM", {STREAM_PONG, STREAM_MORE, STREAM_MORE}},
	    {"\r\n\r\n\r\n", {STREAM_PING, STREAM_PONG, STREAM_MORE}},
	    {"\r", {STREAM_MORE, STREAM_MORE, STREAM_MORE}},
	    {"\n", {STREAM_BROKEN, STREAM_MORE, STREAM_MORE}},
	    {"\rM", {STREAM_BROKEN, STREAM_MORE, STREAM_MORE}},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct span in = span_str(cases[i].in);
		struct stream_scan scan = {0};
		struct stream_frame f;

		for (k = 0; k < COUNT(cases[i].found); k++) {
			stream_next(in, &scan, &limits, &f);
			assert_int_equal(f.found, cases[i].found[k]);
			in = span_cut(in, f.used, in.n);
		}
	}
}

/* A ping whose halves arrive separately is a ping; two pongs around a message
 * are not. */
static void
test_half_ping(void **state)
{
	struct stream_scan scan = {0};
	struct stream_frame f;

	(void)state;
	stream_next(span_str("\r\n"), &scan, &limits, &f);
	assert_int_equal(f.found, STREAM_PONG);
	stream_next(span_str("\r"), &scan, &limits, &f);
	assert_int_equal(f.found, STREAM_MORE);
	stream_next(span_str("\r\n"), &scan, &limits, &f);
	assert_int_equal(f.found, STREAM_PING);
	assert_int_equal(f.used, 2);
	stream_next(span_str("\r\n"), &scan, &limits, &f);
	assert_int_equal(f.found, STREAM_PONG);
	stream_next(span_str(HEAD "l:0\r\n\r\n"), &scan, &limits, &f);
	assert_int_equal(f.found, STREAM_MESSAGE);
	stream_next(span_str("\r\n"), &scan, &limits, &f);
	assert_int_equal(f.found, STREAM_PONG);
}

struct broken {
	const char *name, *in;
	int status;
	const char *head; /* the head that is left; NULL: any */
};

static const struct broken stream_broken[] = {
    {"no Content-Length", HEAD "Via: x\r\n\r\n", 400, HEAD "Via: x\r\n\r\n"},
    {"two Content-Length", HEAD "Content-Length: 5\r\nl: 5\r\n\r\n", 400, NULL},
    {"a list of lengths", HEAD "l: 5, 5\r\n\r\n", 400, NULL},
    {"an empty length", HEAD "l:\r\n\r\n", 400, NULL},
    {"a negative length", HEAD "l: -999\r\n\r\n", 400, NULL},
    {"a length with a sign", HEAD "l: +5\r\n\r\n", 400, NULL},
    {"a word", HEAD "l: five\r\n\r\n", 400, NULL},
    {"hexadecimal", HEAD "l: 0x5\r\n\r\n", 400, NULL},
    {"a unit", HEAD "l: 5x\r\n\r\n", 400, NULL},
    {"a folded number", HEAD "l: 1\r\n 2\r\n\r\n", 400, NULL},
    {"one byte too many", HEAD "l: 5001\r\n\r\n", 413, HEAD "l: 5001\r\n\r\n"},
    {"more than 32 bits", HEAD "l: 4294967300\r\n\r\n", 413, NULL},
    {"2^64 and 4", HEAD "l: 18446744073709551620\r\n\r\n", 413, NULL},
    {"a hundred digits",
	HEAD "l: 1"
	     "00000000000000000000000000000000000000000000000000"
	     "00000000000000000000000000000000000000000000000000\r\n\r\n",
	413, NULL},
    {"LF alone", "MESSAGE sip:b@h SIP/2.0\nl: 0\n\n", 400, ""},
    {"LF alone in the third line", HEAD "Via: x\r\nl: 0\n\r\n", 400,
	HEAD "Via: x\r\n"},
    {"an empty line of LF", HEAD "l: 0\r\n\n", 400, HEAD "l: 0\r\n"},
    {"CR inside a line", HEAD "To: a\rb\r\nl: 0\r\n\r\n", 400, HEAD},
    {"CR CR LF", HEAD "l: 0\r\r\n\r\n", 400, HEAD},
    {"21 header fields",
	HEAD "a:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\n"
	     "a:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\n"
	     "a:\r\n",
	513, NULL},
};

static void
test_broken(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(stream_broken); i++) {
		const struct broken *c = &stream_broken[i];
		struct stream_scan scan = {0};
		struct stream_frame f;

		stream_next(span_str(c->in), &scan, &limits, &f);
		if (f.found != STREAM_BROKEN || f.status != c->status ||
		    f.why == NULL || f.body.n != 0 || f.used != strlen(c->in) ||
		    (c->head != NULL && !span_is(f.head, c->head)))
			fail_msg("%s: found %d, status %d, head %zu", c->name,
			    (int)f.found, f.status, f.head.n);
	}
}

/* 20 fields, folded ones counted once, are no more than 20. */
static void
test_most_fields(void **state)
{
	struct stream_scan scan = {0};
	struct stream_frame f;
	struct buf in = {0};
	int i;

	(void)state;
	buf_adds(&in, HEAD "l: 0\r\n");
	for (i = 0; i < 19; i++)
		buf_adds(&in, "Subject: a\r\n b\r\n");
	buf_adds(&in, "\r\n");
	stream_next(span_buf(&in), &scan, &limits, &f);
	assert_int_equal(f.found, STREAM_MESSAGE);
	buf_free(&in);
}

/* A head of 1 MB, in one line or in many, is refused as soon as the limit is
 * passed. The fields before it are there for the response. */
static void
test_long_head(void **state)
{
	struct buf in = {0};
	struct stream_scan scan = {0};
	struct stream_frame f;
	size_t i, first;

	(void)state;
	buf_adds(&in, HEAD "Via: x\r\nSubject: ");
	first = in.n - strlen("Subject: ");
	for (i = 0; i < 1000000; i++)
		buf_add(&in, "x", 1);
	stream_next(
	    span_cut(span_buf(&in), 0, limits.head), &scan, &limits, &f);
	assert_int_equal(f.found, STREAM_MORE);
	stream_next(span_buf(&in), &scan, &limits, &f);
	assert_int_equal(f.found, STREAM_BROKEN);
	assert_int_equal(f.status, 513);
	assert_int_equal(f.head.n, first);

	for (i = 100; i < in.n; i += 100)
		memcpy(in.p + i, "\r\n ", 3);
	scan = (struct stream_scan){0};
	stream_next(span_buf(&in), &scan, &limits, &f);
	assert_int_equal(f.found, STREAM_BROKEN);
	assert_int_equal(f.status, 513);
	assert_true(f.head.n > 1800 && f.head.n <= limits.head);
	buf_free(&in);
}

/* 10,000 fields, and a body of 1 MB that comes byte by byte. If the time did
 * not grow in proportion to the bytes this test would take minutes. */
static void
test_linear(void **state)
{
	const struct stream_limits wide = {1 << 20, 20000, 1 << 21};
	struct stream_scan scan = {0};
	struct stream_frame f;
	struct buf in = {0};
	size_t n;
	int i;

	(void)state;
	buf_adds(&in, HEAD "l: 1000000\r\n");
	for (i = 0; i < 10000; i++)
		buf_addf(&in, "X-%d: some words of no use\r\n", i);
	buf_adds(&in, "Subject: ");
	for (i = 0; i < 500000; i++)
		buf_add(&in, "x", 1);
	buf_adds(&in, "\r\n\r\n");
	for (i = 0; i < 1000000; i++)
		buf_add(&in, "y", 1);
	for (n = 1; n < in.n; n++) {
		stream_next(span_cut(span_buf(&in), 0, n), &scan, &wide, &f);
		assert_true(f.found == STREAM_MORE);
	}
	stream_next(span_buf(&in), &scan, &wide, &f);
	assert_int_equal(f.found, STREAM_MESSAGE);
	assert_int_equal(f.body.n, 1000000);
	assert_int_equal(f.used, in.n);
	buf_free(&in);
}

static void
test_datagram(void **state)
{
	static const struct {
		const char *name, *in;
		enum stream_found found;
		int status;
		size_t body;
	} cases[] = {
	    {"whole", HEAD "l: 2\r\n\r\nok", STREAM_MESSAGE, 0, 2},
	    {"no length: to the end", HEAD "\r\nhello", STREAM_MESSAGE, 0, 5},
	    {"more than its length", HEAD "l: 2\r\n\r\nok\r\nMESSAGE",
		STREAM_MESSAGE, 0, 2},
	    {"less than its length", HEAD "l: 9999\r\n\r\nok", STREAM_BROKEN,
		413, 0},
	    {"a little less", HEAD "l: 3\r\n\r\nok", STREAM_BROKEN, 400, 0},
	    {"CRLFs in front", "\r\n\r\n\r\n" HEAD "l: 0\r\n\r\n",
		STREAM_MESSAGE, 0, 0},
	    {"no empty line", HEAD "l: 0\r\n", STREAM_BROKEN, 400, 0},
	    {"two lengths", HEAD "l: 1\r\nl: 2\r\n\r\nok", STREAM_BROKEN, 400,
		0},
	    {"a negative length", HEAD "l: -1\r\n\r\n", STREAM_BROKEN, 400, 0},
	    {"LF alone", "MESSAGE sip:b@h SIP/2.0\n\n", STREAM_BROKEN, 400, 0},
	    {"no SIP", "x", STREAM_BROKEN, 400, 0},
	    {"empty", "", STREAM_PONG, 0, 0},
	    {"CRLF", "\r\n", STREAM_PONG, 0, 0},
	    {"CRLF CRLF", "\r\n\r\n", STREAM_PING, 0, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct stream_frame f;

		stream_datagram(span_str(cases[i].in), &limits, &f);
		if (f.found != cases[i].found || f.status != cases[i].status ||
		    f.body.n != cases[i].body || f.used != strlen(cases[i].in))
			fail_msg("%s: found %d, status %d, body %zu",
			    cases[i].name, (int)f.found, f.status, f.body.n);
	}
}

static void
test_datagram_limits(void **state)
{
	struct stream_frame f;
	struct buf in = {0};

	(void)state;
	buf_adds(&in, HEAD "\r\n");
	while (in.n < 6000)
		buf_add(&in, "x", 1);
	stream_datagram(span_buf(&in), &limits, &f);
	assert_int_equal(f.found, STREAM_BROKEN);
	assert_int_equal(f.status, 413);
	in.n = 0;
	buf_adds(&in, HEAD "Subject: ");
	while (in.n < 6000)
		buf_add(&in, "x", 1);
	stream_datagram(span_buf(&in), &limits, &f);
	assert_int_equal(f.found, STREAM_BROKEN);
	assert_int_equal(f.status, 513);
	assert_true(span_is(f.head, HEAD));
	buf_free(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_split),
	    cmocka_unit_test(test_keepalive),
	    cmocka_unit_test(test_half_ping),
	    cmocka_unit_test(test_broken),
	    cmocka_unit_test(test_most_fields),
	    cmocka_unit_test(test_long_head),
	    cmocka_unit_test(test_linear),
	    cmocka_unit_test(test_datagram),
	    cmocka_unit_test(test_datagram_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
