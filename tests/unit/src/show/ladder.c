/* A message in one line, whatever it has. */
#include "tests/unit/keys/keys_make.h"

#include "src/base/paint.h"
#include "src/base/text.h"
#include "src/show/ladder.h"

/* Appends a message with these lines below the start line. */
static struct buf
ladder(const char *start, const char *fields, const char *body,
    struct ladder_step step)
{
	struct buf head = {0}, out = {0};

	buf_addf(&head, "%s\r\n%s\r\n", start, fields);
	step.head = span_buf(&head);
	step.body = span_str(body);
	ladder_line(&out, &step);
	buf_free(&head);
	return out;
}

static void
a_line_tells_of_a_message(void **state)
{
	static const char who[] = "From: <sip:alice@example.com>;tag=1\r\n"
				  "To: <sip:bob@example.net>\r\n";
	static const struct {
		const char *start, *type, *body, *line;
		enum paint kind;
	} t[] = {
	    {"MESSAGE sip:bob@example.net SIP/2.0", "text/plain", "hello",
		"-> bob@example.net  MESSAGE  text/plain 5 bytes",
		PAINT_REQUEST},
	    {"MESSAGE sip:bob@example.net SIP/2.0", "Text/HTML ; a=b", "x",
		"-> bob@example.net  MESSAGE  Text/HTML 1 bytes",
		PAINT_REQUEST},
	    {"OPTIONS sip:bob@example.net SIP/2.0", "text/plain", "",
		"-> bob@example.net  OPTIONS", PAINT_REQUEST},
	    {"MESSAGE sip:bob@example.net SIP/2.0", "application/pkcs7-mime",
		"not CMS",
		"-> bob@example.net  MESSAGE  application/pkcs7-mime 7 bytes",
		PAINT_REQUEST},
	    {"MESSAGE sip:bob@example.net SIP/2.0",
		"application/pkcs7-mime;smime-type=certs-only", "x",
		"-> bob@example.net  MESSAGE  certificates 1 bytes",
		PAINT_REQUEST},
	    {"MESSAGE sip:bob@example.net SIP/2.0", "multipart/signed", "x",
		"-> bob@example.net  MESSAGE  signed 1 bytes", PAINT_REQUEST},
	    {"SIP/2.0 200 OK", "text/plain", "", "<- bob@example.net  200 OK",
		PAINT_SUCCESS},
	    {"SIP/2.0 480  a    b", "text/plain", "",
		"<- bob@example.net  480 a b", PAINT_FAILURE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct buf fields = {0}, wanted = {0}, out;
		struct span line;

		buf_addf(&fields, "%sContent-Type: %s\r\n", who, t[i].type);
		buf_addf(&wanted, "alice@example.com %s\n", t[i].line);
		out = ladder(t[i].start, (char *)fields.p, t[i].body,
		    (struct ladder_step){.when = 0});
		line = span_buf(&out);
		assert_int_equal(paint_take(&line), t[i].kind);
		assert_string_equal((char *)line.p, (char *)wanted.p);
		buf_free(&out);
		buf_free(&wanted);
		buf_free(&fields);
	}
}

static void
the_drafts_messages_have_their_words(void **state)
{
	static const struct {
		const char *file, *word;
	} t[] = {
	    {"tests/vectors/sec-flows/5.2-request.sip", "  text/plain 6"},
	    {"tests/vectors/sec-flows/6.1-signed.sip", "  signed 639"},
	    {"tests/vectors/sec-flows/6.2-encrypted.sip", "  encrypted 4"},
	    {"tests/vectors/sec-flows/6.3-encrypted-signed.sip",
		"  signed+encrypted "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct buf all = get_source(t[i].file), out = {0};
		size_t head = (size_t)(strstr((char *)all.p, "\r\n\r\n") -
				  (char *)all.p) +
		    4;

		ladder_line(&out,
		    &(struct ladder_step){
			.head = span_cut(span_buf(&all), 0, head),
			.body = span_cut(span_buf(&all), head, all.n)});
		assert_non_null(strstr((char *)out.p, t[i].word));
		buf_free(&out);
		buf_free(&all);
	}
}

static void
times_are_told(void **state)
{
	struct buf out;

	(void)state;
	(void)setenv("TZ", "UTC", 1);
	tzset();
	out = ladder("SIP/2.0 200 OK", "From: <sip:a@b>\r\nTo: <sip:c@d>\r\n",
	    "",
	    (struct ladder_step){.when = 1132443290042,
		.has_request = true,
		.requested = 1132443290030});
	assert_string_equal(
	    (char *)out.p + 1, "23:34:50.042 a@b <- c@d  200 OK  12 ms\n");
	buf_free(&out);
	/* The clock went back. */
	out = ladder("SIP/2.0 200 OK", "From: <sip:a@b>\r\nTo: <sip:c@d>\r\n",
	    "",
	    (struct ladder_step){.when = 1132443290042,
		.has_request = true,
		.requested = 1132443290043});
	assert_string_equal(
	    (char *)out.p + 1, "23:34:50.042 a@b <- c@d  200 OK\n");
	buf_free(&out);
}

/* Nothing of the wire adds a column, a line or an escape, or makes the line
 * long. */
static void
hostile_words_stay_words(void **state)
{
	static const char *const starts[] = {
	    "SIP/2.0 200 OK  12 ms",
	    "SIP/2.0 200 \033[2J\302\233x\342\200\256y",
	    "SIP/2.0 200 "
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	    "MESSAGE sip:x  1 ms SIP/2.0",
	    "A\001B C D",
	    "",
	};
	static const char *const fields[] = {
	    "From: <sip:a%20%20%20b@c>\r\nTo: <sip:x%0A%1b@d>\r\n",
	    "From: \"  200 OK  1 ms\" <sip:>\r\n"
	    "To: <tel:+1   2;x=\302\233>\r\n",
	    "Content-Type:   a/b   c  ;  d\r\n",
	    "",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		for (size_t k = 0; k < sizeof(fields) / sizeof(*fields); k++) {
			struct buf out = ladder(starts[i], fields[k], "x",
			    (struct ladder_step){.hides_size = true});
			struct span line = span_buf(&out);
			size_t columns = 1;

			(void)paint_take(&line);
			assert_int_equal(span_find(line, '\n', 0), line.n - 1);
			line.n--;
			for (size_t at = 0; at < line.n;) {
				uint32_t c = 0;
				size_t n = text_decode(line, at, &c);

				assert_true(n > 0);
				assert_false(text_hidden(c));
				columns += at + 1 < line.n &&
				    line.p[at] == ' ' && line.p[at + 1] == ' ';
				at += n;
			}
			/* Who, what, and its body. */
			assert_int_equal(columns, 3);
			assert_true(text_width(line) < 200);
			buf_free(&out);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_tells_of_a_message),
	    cmocka_unit_test(the_drafts_messages_have_their_words),
	    cmocka_unit_test(times_are_told),
	    cmocka_unit_test(hostile_words_stay_words),
	};

	return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
