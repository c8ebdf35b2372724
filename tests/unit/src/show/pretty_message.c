/* Pretty-printed messages: those of the draft, and malformed ones. */
#include "tests/unit/keys/keys_make.h"

#include "keys/asn1/asn1_print.h"
#include "src/base/paint.h"
#include "src/base/text.h"
#include "src/show/pretty_message.h"
#include "src/sip/sip_kinds.h"

static struct buf
pretty(struct span head, struct span body)
{
	struct buf out = {0};

	pretty_message(&out, head, body);
	return out;
}

/* A stored message; its head includes the empty line. */
static struct buf
pretty_file(const char *name)
{
	struct buf all = get_source(name), out;
	const char *end = strstr((char *)all.p, "\r\n\r\n");
	size_t head = (size_t)(end - (char *)all.p) + 4;

	out = pretty(span_cut(span_buf(&all), 0, head),
	    span_cut(span_buf(&all), head, all.n));
	buf_free(&all);
	return out;
}

/* Appends the lines that the draft prints for a blob. */
static void
add_blob(struct buf *out, int number, int blob)
{
	char name[64];
	struct buf der;
	struct err e;

	snprintf(
	    name, sizeof(name), "tests/vectors/sec-flows/blob%d.der", blob);
	der = get_source(name);
	buf_addf(out, "* binary blob %d, %zu bytes *\n\n", number, der.n);
	assert_int_equal(asn1_print(out, span_buf(&der), 0, &e), 0);
	buf_adds(out, "\n");
	buf_free(&der);
}

/* Checks that out ends with wanted. */
static void
ends(struct buf *out, struct buf *wanted)
{
	assert_true(out->n > wanted->n);
	assert_string_equal(
	    (char *)out->p + out->n - wanted->n, (char *)wanted->p);
	buf_free(out);
	buf_free(wanted);
}

static void
the_draft_is_printed(void **state)
{
	struct buf out = pretty_file("tests/vectors/sec-flows/6.1-signed.sip");
	struct buf w = {0};

	(void)state;
	assert_int_equal(
	    strncmp((char *)out.p,
		"MESSAGE sip:kumiko@example.net SIP/2.0\nTo: <", 44),
	    0);
	buf_adds(&w,
	    "User-Agent: SIPimp.org/0.2.5 (curses)\n"
	    "Content-Length: 639\n\n"
	    "--151aa2144df0f6bd\n"
	    "Content-Type: text/plain\n"
	    "Content-Transfer-Encoding: binary\n\n"
	    "hello\n"
	    "--151aa2144df0f6bd\n"
	    "Content-Type: application/pkcs7-signature;name=smime.p7s\n"
	    "Content-Disposition: attachment;handling=required;"
	    "filename=smime.p7s\n"
	    "Content-Transfer-Encoding: binary\n\n");
	add_blob(&w, 1, 1);
	buf_adds(&w, "--151aa2144df0f6bd--\n");
	ends(&out, &w);

	out = pretty_file("tests/vectors/sec-flows/6.2-encrypted.sip");
	buf_adds(&w, "Content-Length: 435\n\n");
	add_blob(&w, 1, 2);
	ends(&out, &w);

	out = pretty_file("tests/vectors/sec-flows/6.3-encrypted-signed.sip");
	buf_adds(&w,
	    "--1af019eb7754ddf7\n"
	    "Content-Type: application/pkcs7-mime;"
	    "smime-type=enveloped-data;name=smime.p7m\n"
	    "Content-Disposition: attachment;handling=required;"
	    "filename=smime.p7\n"
	    "Content-Transfer-Encoding: binary\n\n");
	add_blob(&w, 1, 3);
	buf_adds(&w,
	    "--1af019eb7754ddf7\n"
	    "Content-Type: application/pkcs7-signature;name=smime.p7s\n"
	    "Content-Disposition: attachment;handling=required;"
	    "filename=smime.p7s\n"
	    "Content-Transfer-Encoding: binary\n\n");
	add_blob(&w, 2, 4);
	buf_adds(&w, "--1af019eb7754ddf7--\n");
	ends(&out, &w);
}

/* Checks the print of a body of that type; field is one more field, or "". */
static void
gives_bytes(
    const char *type, const char *field, struct span body, const char *wanted)
{
	struct buf head = {0}, out;

	buf_addf(&head,
	    "MESSAGE sip:a@b SIP/2.0\r\nContent-Type: %s\r\n%s"
	    "\r\n",
	    type, field);
	out = pretty(span_buf(&head), body);
	if (strstr((char *)out.p, wanted) == NULL)
		fail_msg("no \"%s\" in: %s", wanted, (char *)out.p);
	assert_true(text_is_utf8(span_buf(&out)));
	buf_free(&head);
	buf_free(&out);
}

static void
gives(const char *type, const char *body, const char *wanted)
{
	gives_bytes(type, "", span_str(body), wanted);
}

#define BYTES(s) ((struct span){(const unsigned char *)(s), sizeof(s) - 1})

static void
hostile_bodies_are_shown(void **state)
{
	struct buf b = {0};
	int i;

	(void)state;
	gives("text/plain", "hello", "\n\nhello\n");
	gives("text/plain", "a\x1b[2Jb\xe2\x80\xae", "a\\u{1B}[2Jb\\u{202E}");
	gives("nonsense", "text", "\n\ntext\n");
	gives_bytes("image/png", "", BYTES("\x89PNG\x00"),
	    "<5 bytes>\n000000  89 50 4e 47 00");
	gives("multipart/mixed", "--b\r\n\r\nx\r\n--b--",
	    "(this multipart is malformed)\n--b\n");
	gives("multipart/mixed;boundary=b", "--b\r\n\r\nx\r\n",
	    "(this multipart is malformed)");
	gives("multipart/mixed;boundary=b",
	    "first\r\n--b\r\n\r\nx\r\n--b--\r\nlast\r\n",
	    "(text before the first part)\nfirst\n--b\n\nx\n--b--\n"
	    "(text after the last part)\nlast\n");
	gives("multipart/mixed;boundary=b", "--b\r\nno field\r\n--b--",
	    "--b\n(this is not a MIME part)\nno field\n--b--\n");
	gives("application/pkcs7-mime", "text",
	    "* binary blob 1, 4 bytes *\n\n   0:[APPLICATION 20] {\n");
	gives("application/pkcs7-mime", "text", "broken here");
	gives_bytes("application/pkcs7-mime",
	    "Content-Transfer-Encoding: base64\r\n", BYTES("MAMCAQU="),
	    "* binary blob 1, 5 bytes *\n\n   0:SEQUENCE {\n"
	    "   2:  INTEGER 5\n");
	gives_bytes("application/pkcs7-mime",
	    "Content-Transfer-Encoding: base64\r\n", BYTES("!!!!"),
	    "(its transfer encoding is broken)\n!!!!\n");
	gives_bytes("application/pkcs7-mime",
	    "Content-Transfer-Encoding: odd\r\n", BYTES("x"),
	    "(its transfer encoding is unknown)\nx\n");
	/* layers without an end, and parts without number */
	for (i = 0; i < 20; i++)
		buf_addf(&b,
		    "--b%02d\r\nContent-Type: multipart/mixed;"
		    "boundary=b%02d\r\n\r\n",
		    i, i + 1);
	for (i = 19; i >= 0; i--)
		buf_addf(&b, "\r\n--b%02d--\r\n", i);
	gives_bytes("multipart/mixed;boundary=b00", "", span_buf(&b),
	    "(there are too many layers)");
	b.n = 0;
	for (i = 0; i < 1000; i++)
		buf_adds(&b, "--b\r\n\r\n\r\n");
	buf_adds(&b, "--b--");
	gives_bytes("multipart/mixed;boundary=b", "", span_buf(&b),
	    "(this multipart is malformed)");
	b.n = 0;
	for (i = 0; i < 70000; i++)
		buf_add(&b, "\x01\x02", 2);
	gives_bytes("application/octet-stream", "", span_buf(&b),
	    "and 74464 more bytes\n");
	buf_free(&b);
}

/* Bodies cut off anywhere, and malformed heads. */
static void
anything_may_come(void **state)
{
	struct buf all = get_source(
	    "tests/vectors/sec-flows/6.3-encrypted-signed.sip");
	size_t head = (size_t)(strstr((char *)all.p, "\r\n\r\n") -
			  (char *)all.p) +
	    4,
	       i;

	(void)state;
	for (i = head; i < all.n; i++) {
		unsigned char *cut = malloc(i);
		struct buf out;

		memcpy(cut, all.p, i);
		out = pretty((struct span){cut, head},
		    (struct span){cut + head, i - head});
		assert_true(text_is_utf8(span_buf(&out)));
		buf_free(&out);
		free(cut);
	}
	for (i = 0; i < 256; i++) {
		unsigned char one = (unsigned char)i;
		struct buf out = pretty(
		    (struct span){&one, 1}, (struct span){&one, 1});

		assert_true(text_is_utf8(span_buf(&out)));
		buf_free(&out);
	}
	buf_free(&all);
}

/* Joins the lines within <allOneLine>; none may be longer than width. */
static struct buf
join_lines(const struct buf *b, size_t width)
{
	struct buf out = {0};
	bool one = false;
	size_t at, end;

	for (at = 0; at < b->n; at = end + 1) {
		struct span line;

		end = span_find(span_buf(b), '\n', at);
		line = span_cut(span_buf(b), at, end);
		assert_true(line.n <= width);
		if (span_is(line, "<allOneLine>")) {
			one = true;
			continue;
		}
		if (span_is(line, "</allOneLine>"))
			one = false;
		else
			buf_addspan(&out, line);
		if (!one)
			buf_adds(&out, "\n");
	}
	return out;
}

static void
long_lines_are_broken(void **state)
{
	static const char head[] =
	    "MESSAGE sip:b@example.net SIP/2.0\r\n"
	    "Via: SIP/2.0/TLS 127.0.0.1:5071;branch=z9hG4bK-d87543-58c8268871"
	    "60f95f-1--d87543-;rport;received=127.0.0.1\r\n"
	    "X: nothing,that;could_be_broken_anywhere_else_since_it_goes_on_and"
	    "_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on\r\n"
	    "Y: short\r\nContent-Length: 0\r\n\r\n";
	size_t width;

	(void)state;
	/* The start line, which is shorter, is left whole. */
	for (width = 34; width < 130; width++) {
		struct pretty_how how = {.width = width};
		struct buf whole = {0}, broken = {0}, joined;

		pretty_message(&whole, span_str(head), span_str(""));
		pretty_message_as(&broken, span_str(head), span_str(""), &how);
		joined = join_lines(&broken, width);
		assert_string_equal(joined.p, whole.p);
		buf_free(&whole);
		buf_free(&broken);
		buf_free(&joined);
	}
}

struct seen {
	struct buf text;
	unsigned count;
};

static void
see_blob(void *arg, struct span der)
{
	struct seen *seen = arg;

	buf_addf(&seen->text, "%u:%zu ", ++seen->count, der.n);
}

/* Blobs are numbered through, as in the draft; sizes are hidden with
 * offsets. */
static void
blobs_are_numbered(void **state)
{
	struct buf all = get_source(
	    "tests/vectors/sec-flows/6.3-encrypted-signed.sip");
	struct buf out = {0};
	struct seen seen = {.count = 0};
	struct pretty_how how = {.blobs = 3};
	size_t n = (size_t)(strstr((char *)all.p, "\r\n\r\n") - (char *)all.p) +
	    4;
	struct span head = span_cut(span_buf(&all), 0, n);
	struct span body = span_cut(span_buf(&all), n, all.n);

	(void)state;
	pretty_blobs(head, body, see_blob, &seen);
	assert_string_equal(seen.text.p, "1:435 2:342 ");
	pretty_message_as(&out, head, body, &how);
	assert_non_null(
	    strstr((char *)out.p, "\n* binary blob 3, 435 bytes *"));
	assert_non_null(
	    strstr((char *)out.p, "\n* binary blob 4, 342 bytes *"));
	assert_non_null(strstr((char *)out.p, "\nContent-Length: 1191\n"));
	out.n = 0;
	how.hide = ASN1_HIDE_RANDOM | ASN1_HIDE_OFFSETS;
	pretty_message_as(&out, head, body, &how);
	assert_non_null(
	    strstr((char *)out.p, "\n* binary blob 3, <random> bytes *"));
	assert_non_null(strstr((char *)out.p, "\nContent-Length: <random>\n"));
	assert_null(strstr((char *)out.p, "1191"));
	buf_free(&out);
	buf_free(&seen.text);
	buf_free(&all);
}

/* The kinds of its lines, as letters by enum paint; "-" is an empty line. */
static struct buf
kinds_of(const char *name, enum pretty_depth depth)
{
	struct pretty_how how = {.depth = depth, .marks = true};
	struct buf all = get_source(name), out = {0}, kinds = {0};
	const char *end = strstr((char *)all.p, "\r\n\r\n");
	size_t head = (size_t)(end - (char *)all.p) + 4;
	struct span rest;

	pretty_message_as(&out, span_cut(span_buf(&all), 0, head),
	    span_cut(span_buf(&all), head, all.n), &how);
	for (rest = span_buf(&out); rest.n > 0;) {
		struct span line = span_line(&rest);
		char letter = line.n > 0 ? "tr1234fnbad"[paint_take(&line)]
					 : '-';

		if (kinds.n == 0 || kinds.p[kinds.n - 1] != (unsigned)letter)
			buf_add(&kinds, &letter, 1);
	}
	buf_free(&out);
	buf_free(&all);
	return kinds;
}

static void
lines_have_their_kinds(void **state)
{
	static const struct {
		enum pretty_depth depth;
		const char *kinds;
	} t[] = {
	    {PRETTY_HEAD, "rf-"},
	    {PRETTY_PARTS, "rf-bf-tbf-n-b"},
	    {PRETTY_WHOLE, "rf-bf-tbf-n-a-b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct buf kinds = kinds_of(
		    "tests/vectors/sec-flows/6.1-signed.sip", t[i].depth);

		assert_string_equal((char *)kinds.p, t[i].kinds);
		buf_free(&kinds);
	}
}

/* Without its marks it is what is printed without marks. */
static void
marks_change_nothing_else(void **state)
{
	const char *name = "tests/vectors/sec-flows/6.1-signed.sip";
	struct pretty_how how = {.marks = true};
	struct buf all = get_source(name), marked = {0}, out = {0};
	struct buf plain = pretty_file(name);
	size_t head;

	(void)state;
	head = (size_t)(strstr((char *)all.p, "\r\n\r\n") - (char *)all.p) + 4;
	pretty_message_as(&marked, span_cut(span_buf(&all), 0, head),
	    span_cut(span_buf(&all), head, all.n), &how);
	assert_true(marked.n > plain.n);
	paint_lines(&out, span_buf(&marked), false);
	assert_string_equal((char *)out.p, (char *)plain.p);
	buf_free(&out);
	buf_free(&marked);
	buf_free(&plain);
	buf_free(&all);
}

static void
status_lines_have_their_class(void **state)
{
	static const struct {
		const char *line;
		enum paint kind;
	} t[] = {
	    {"MESSAGE sip:a@b SIP/2.0", PAINT_REQUEST},
	    {"SIP/2.0 100 Trying", PAINT_PROVISIONAL},
	    {"SIP/2.0 200 OK", PAINT_SUCCESS},
	    {"SIP/2.0 302 Moved", PAINT_REDIRECTION},
	    {"SIP/2.0 404 Not Found", PAINT_FAILURE},
	    {"SIP/2.0 603 Decline", PAINT_FAILURE},
	    {"SIP/2.0", PAINT_FAILURE},
	    {"", PAINT_REQUEST},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		assert_int_equal(
		    sip_start_kind(span_str(t[i].line)), t[i].kind);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_have_their_kinds),
	    cmocka_unit_test(marks_change_nothing_else),
	    cmocka_unit_test(status_lines_have_their_class),
	    cmocka_unit_test(long_lines_are_broken),
	    cmocka_unit_test(blobs_are_numbered),
	    cmocka_unit_test(the_draft_is_printed),
	    cmocka_unit_test(hostile_bodies_are_shown),
	    cmocka_unit_test(anything_may_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
