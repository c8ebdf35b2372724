/* The wire view's state: folds, the filter, what comes and what is dropped. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/base/paint.h"
#include "src/base/text.h"
#include "ui/trace_text.h"
#include "ui/wire_view.h"

enum { FIRST = 1132443290 }; /* s: 23:34:50 */

struct place {
	struct trace_view *trace, *connections;
	struct wire_view *view;
	struct wire_source source;
	uint64_t now; /* ms */
};

static struct place
place_new(size_t bytes)
{
	struct place p = {.trace = trace_view_new(bytes),
	    .connections = trace_view_new(1 << 20),
	    .view = wire_view_new("t"),
	    .now = FIRST * 1000ULL};

	p.source = (struct wire_source){p.trace, p.connections};
	(void)setenv("TZ", "UTC", 1);
	return p;
}

static void
place_free(struct place *p)
{
	wire_view_free(p->view);
	trace_view_free(p->trace);
	trace_view_free(p->connections);
}

/* A message of the call id. Each comes 10 ms after the one before. */
static void
comes(struct place *p, bool request, const char *id, const char *body)
{
	struct buf head = {0};
	struct ua_wire w = {
	    .kind = request ? UA_WIRE_REQUEST : UA_WIRE_RESPONSE,
	    .when = p->now += 10,
	    .out = request,
	    .peer = "tls:127.0.0.1:5061",
	    .flow = 7,
	    .with = "b@d",
	    .call_id = id,
	    .cseq = "1 MESSAGE",
	    .words = ""};

	buf_addf(&head,
	    "%s\r\nFrom: <sip:a@c>;tag=1\r\nTo: <sip:b@d>\r\n"
	    "Call-ID: %s\r\nCSeq: 1 MESSAGE\r\n%s\r\n",
	    request ? "MESSAGE sip:b@d SIP/2.0" : "SIP/2.0 200 OK", id,
	    body[0] != '\0' ? "Content-Type: text/plain\r\n" : "");
	w.head = span_buf(&head);
	w.body = span_str(body);
	trace_view_add(p->trace, &w);
	buf_free(&head);
}

static enum wire_does
key(struct place *p, int code)
{
	struct screen_key k = {.code = code};

	return wire_view_key(p->view, &p->source, &k);
}

static void
keys(struct place *p, const char *all)
{
	for (; *all != '\0'; all++)
		(void)key(p, *all);
}

/* Checks what is shown, without its marks. */
static void
shows(struct place *p, const char *wanted)
{
	struct buf out = {0};

	wire_view_update(p->view, &p->source);
	paint_lines(&out, wire_view_text(p->view), false);
	assert_string_equal((char *)out.p, wanted);
	buf_free(&out);
}

/* Checks which line is chosen, of how many. */
static void
chosen(struct place *p, size_t place, size_t of)
{
	size_t count;

	wire_view_update(p->view, &p->source);
	assert_int_equal(wire_view_place(p->view, &count), place);
	assert_int_equal(count, of);
}

static void
it_begins_with_the_newest(void **state)
{
	struct place p = place_new(1 << 20);

	(void)state;
	chosen(&p, 0, 0);
	shows(&p, "Nothing has been sent or received here yet.\n");
	keys(&p, "np\rfy");
	comes(&p, true, "one", "hello");
	comes(&p, false, "one", "");
	shows(&p,
	    "23:34:50.010 a@c -> b@d  MESSAGE  text/plain 5 bytes\n"
	    "23:34:50.020 a@c <- b@d  200 OK  10 ms\n");
	chosen(&p, 2, 2);
	place_free(&p);
}

static void
what_comes_appears(void **state)
{
	struct place p = place_new(1 << 20);

	(void)state;
	comes(&p, true, "one", "hello");
	chosen(&p, 1, 1);
	/* The last one is chosen and folded: the next is, then. */
	comes(&p, false, "one", "");
	chosen(&p, 2, 2);
	keys(&p, "p");
	chosen(&p, 1, 2);
	comes(&p, true, "two", "");
	chosen(&p, 1, 3);
	keys(&p, "nn");
	chosen(&p, 3, 3);
	keys(&p, "n");
	chosen(&p, 3, 3);
	/* Unfolded, it is being read. */
	keys(&p, "\r");
	comes(&p, false, "two", "");
	chosen(&p, 3, 4);
	assert_int_equal(wire_view_fold(p.view), FOLD_HEADERS);
	place_free(&p);
}

static void
messages_unfold(void **state)
{
	static const char line[] =
	    "23:34:50.010 a@c -> b@d  MESSAGE  text/plain 5 bytes\n";
	static const char head[] = "== sent to tls:127.0.0.1:5061\n"
				   "  MESSAGE sip:b@d SIP/2.0\n"
				   "  From: <sip:a@c>;tag=1\n"
				   "  To: <sip:b@d>\n"
				   "  Call-ID: one\n"
				   "  CSeq: 1 MESSAGE\n"
				   "  Content-Type: text/plain\n\n";
	struct place p = place_new(1 << 20);
	struct buf wanted = {0};

	(void)state;
	comes(&p, true, "one", "hello");
	shows(&p, line);
	assert_int_equal(key(&p, '\r'), WIRE_REDRAWS);
	buf_addf(&wanted, "%s%s", line, head);
	shows(&p, (char *)wanted.p);
	assert_int_equal(wire_view_fold(p.view), FOLD_HEADERS);
	keys(&p, "\r");
	buf_adds(&wanted, "  hello\n");
	shows(&p, (char *)wanted.p);
	assert_int_equal(wire_view_fold(p.view), FOLD_MIME);
	/* It has no ASN.1. */
	keys(&p, "\r");
	shows(&p, line);
	/* Folding goes back step by step, and ends at the line. */
	keys(&p, "\r\r");
	(void)key(&p, SCREEN_BACKSPACE);
	assert_int_equal(wire_view_fold(p.view), FOLD_HEADERS);
	(void)key(&p, SCREEN_BACKSPACE);
	(void)key(&p, SCREEN_BACKSPACE);
	shows(&p, line);
	buf_free(&wanted);
	place_free(&p);
}

static void
each_has_its_own_fold(void **state)
{
	struct place p = place_new(1 << 20);

	(void)state;
	comes(&p, true, "one", "hello");
	comes(&p, false, "one", "");
	wire_view_update(p.view, &p.source);
	keys(&p, "p\r\rn\r");
	assert_int_equal(wire_view_fold(p.view), FOLD_HEADERS);
	keys(&p, "p");
	assert_int_equal(wire_view_fold(p.view), FOLD_MIME);
	/* A message without a body has nothing beyond its head. */
	keys(&p, "n\r");
	assert_int_equal(wire_view_fold(p.view), FOLD_LINE);
	place_free(&p);
}

static void
asn1_is_the_last_fold(void **state)
{
	static const char der[] = "0\013\006\011*\206H\206\367\r\001\007\001";
	struct place p = place_new(1 << 20);
	struct ua_wire w = {.kind = UA_WIRE_REQUEST,
	    .when = p.now,
	    .peer = "",
	    .with = "",
	    .call_id = "one",
	    .cseq = "",
	    .words = "",
	    .head = span_str("MESSAGE sip:b@d SIP/2.0\r\n"
			     "Content-Type: application/pkcs7-mime\r\n\r\n"),
	    .body = {(const unsigned char *)der, sizeof(der) - 1}};
	struct span text;
	bool any = false;

	(void)state;
	trace_view_add(p.trace, &w);
	wire_view_update(p.view, &p.source);
	keys(&p, "\r\r");
	assert_int_equal(wire_view_fold(p.view), FOLD_MIME);
	text = wire_view_text(p.view);
	assert_true(
	    text_find(text, span_str("binary blob 1, 13 bytes"), 0) < text.n);
	assert_int_equal(text_find(text, span_str("OBJECT"), 0), text.n);
	keys(&p, "\r");
	assert_int_equal(wire_view_fold(p.view), FOLD_ASN1);
	text = wire_view_text(p.view);
	assert_true(text_find(text, span_str("OBJECT"), 0) < text.n);
	while (text.n > 0) {
		struct span line = span_line(&text);

		any = any || paint_take(&line) == PAINT_ASN1;
	}
	assert_true(any);
	keys(&p, "\r");
	assert_int_equal(wire_view_fold(p.view), FOLD_LINE);
	place_free(&p);
}

static void
a_call_can_be_shown_alone(void **state)
{
	struct place p = place_new(1 << 20);

	(void)state;
	comes(&p, true, "one", "");
	comes(&p, true, "two", "");
	comes(&p, false, "one", "");
	comes(&p, false, "two", "");
	wire_view_update(p.view, &p.source);
	keys(&p, "pp");
	chosen(&p, 2, 4);
	keys(&p, "f");
	chosen(&p, 1, 2);
	shows(&p,
	    "23:34:50.020 a@c -> b@d  MESSAGE\n"
	    "23:34:50.040 a@c <- b@d  200 OK  20 ms\n");
	keys(&p, "n");
	chosen(&p, 2, 2);
	/* What is of another call is not seen, and not chosen. */
	comes(&p, true, "three", "");
	chosen(&p, 2, 2);
	comes(&p, true, "two", "");
	chosen(&p, 3, 3);
	keys(&p, "f");
	chosen(&p, 6, 6);
	place_free(&p);
}

static void
what_is_dropped_goes(void **state)
{
	struct place p = place_new(3000);
	size_t count = 0;

	(void)state;
	for (int i = 0; i < 5; i++)
		comes(&p, true, "one", "");
	wire_view_update(p.view, &p.source);
	(void)wire_view_place(p.view, &count);
	assert_int_equal(count, 5);
	/* The first is chosen and unfolded when it is dropped. */
	keys(&p, "pppp\r");
	chosen(&p, 1, 5);
	while (trace_view_at(p.trace, 0)->number == 1)
		comes(&p, true, "two", "");
	wire_view_update(p.view, &p.source);
	assert_int_equal(wire_view_fold(p.view), FOLD_LINE);
	assert_int_equal(wire_view_place(p.view, &count), 1);
	assert_int_equal(count, trace_view_count(p.trace));
	/* A chosen one that stays, stays chosen and unfolded. */
	keys(&p, "nn\r\r\r");
	assert_int_equal(wire_view_fold(p.view), FOLD_HEADERS);
	comes(&p, true, "two", "");
	chosen(&p, 2, trace_view_count(p.trace));
	assert_int_equal(wire_view_fold(p.view), FOLD_HEADERS);
	/* All that a filter shows is dropped: all is shown again. */
	keys(&p, "f");
	for (int i = 0; i < 20; i++)
		comes(&p, true, "three", "");
	wire_view_update(p.view, &p.source);
	(void)wire_view_place(p.view, &count);
	assert_int_equal(count, trace_view_count(p.trace));
	place_free(&p);
}

/* Its connection stands before the first message that it carried. */
static void
a_connection_is_told_once(void **state)
{
	struct place p = place_new(1 << 20);
	struct ua_wire w = {.kind = UA_WIRE_OPENED,
	    .when = p.now,
	    .peer = "tls:127.0.0.1:5061",
	    .flow = 7,
	    .with = "",
	    .call_id = "",
	    .cseq = "",
	    .words = "TLSv1.3\nname: x\n23:34:50.000 a@c -> b@d  MESSAGE"};

	(void)state;
	trace_view_add(p.connections, &w);
	comes(&p, true, "one", "");
	comes(&p, false, "one", "");
	shows(&p,
	    "23:34:50.000 == connection with tls:127.0.0.1:5061  TLSv1.3\n"
	    "23:34:50.010 a@c -> b@d  MESSAGE\n"
	    "23:34:50.020 a@c <- b@d  200 OK  10 ms\n");
	keys(&p, "pp\r");
	shows(&p,
	    "23:34:50.000 == connection with tls:127.0.0.1:5061  TLSv1.3\n"
	    "  TLSv1.3\n"
	    "  name: x\n"
	    "  23:34:50.000 a@c -> b@d  MESSAGE\n"
	    "23:34:50.010 a@c -> b@d  MESSAGE\n"
	    "23:34:50.020 a@c <- b@d  200 OK  10 ms\n");
	keys(&p, "\r");
	assert_int_equal(wire_view_fold(p.view), FOLD_LINE);
	place_free(&p);
}

/* Whatever a message has, its lines begin in the third column. */
static void
the_wire_passes_for_nothing(void **state)
{
	struct place p = place_new(1 << 20);
	struct span rest;
	int ours = 0;

	(void)state;
	comes(&p, true, "x\r\n23:34:50.000 a -> b\r\n== sent to tls:bank",
	    "23:34:50.000 a@c <- b@d  200 OK  1 ms\n== sent to tls:bank\n"
	    "\033[31m\n\020\021\022x\n+ x\n");
	wire_view_update(p.view, &p.source);
	keys(&p, "\r\r");
	for (rest = wire_view_text(p.view); rest.n > 0;) {
		struct span line = span_line(&rest);

		(void)paint_take(&line);
		for (size_t i = 0; i < line.n; i++)
			assert_true(line.p[i] >= 0x20);
		if (line.n > 0 && line.p[0] != ' ')
			ours++;
		else if (line.n > 0)
			assert_int_equal(line.p[1], ' ');
	}
	assert_int_equal(ours, 2);
	place_free(&p);
}

static void
the_chosen_text_is_what_is_shown(void **state)
{
	struct place p = place_new(1 << 20);
	struct buf out = {0};

	(void)state;
	comes(&p, true, "one", "hello");
	comes(&p, false, "one", "");
	wire_view_update(p.view, &p.source);
	assert_int_equal(key(&p, 'y'), WIRE_COPIES);
	wire_view_chosen_text(p.view, &out);
	assert_string_equal(
	    (char *)out.p, "23:34:50.020 a@c <- b@d  200 OK  10 ms\n");
	out.n = 0;
	keys(&p, "p\r\r");
	wire_view_chosen_text(p.view, &out);
	assert_memory_equal((char *)out.p + out.n - 8, "  hello\n", 8);
	buf_free(&out);
	place_free(&p);
}

static void
it_closes(void **state)
{
	static const int codes[] = {'q', SCREEN_ESC, SCREEN_F2};
	struct place p = place_new(1 << 20);

	(void)state;
	comes(&p, true, "one", "hello");
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		assert_int_equal(key(&p, codes[i]), WIRE_CLOSES);
	/* A word that is searched for has letters, too. */
	keys(&p, "/qf");
	assert_int_equal(key(&p, 'y'), WIRE_REDRAWS);
	(void)key(&p, SCREEN_ESC);
	chosen(&p, 1, 1);
	assert_int_equal(key(&p, 'q'), WIRE_CLOSES);
	place_free(&p);
}

/* What is saved is the whole trace, or all of one call; never over a file. */
static void
it_is_saved(void **state)
{
	char path[] = "/tmp/signet-wire-XXXXXX";
	struct place p = place_new(1 << 20);
	struct buf wanted = {0};
	char text[4096] = "";
	FILE *f;

	(void)state;
	assert_true(mkstemp(path) >= 0);
	comes(&p, true, "one", "hello");
	comes(&p, true, "two", "other");
	wire_view_update(p.view, &p.source);
	keys(&p, "pf");
	keys(&p, "s");
	keys(&p, path);
	keys(&p, "\r");
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fread(text, 1, sizeof(text), f), 0);
	(void)fclose(f);
	assert_int_equal(unlink(path), 0);
	keys(&p, "s");
	keys(&p, path);
	keys(&p, "\r");
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof(text) - 1, f) > 0);
	(void)fclose(f);
	trace_text_all(&wanted, p.trace, p.connections, "one");
	assert_string_equal(text, (char *)wanted.p);
	assert_null(strstr(text, "other"));
	assert_non_null(strstr(text, "hello"));
	(void)unlink(path);
	buf_free(&wanted);
	place_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_begins_with_the_newest),
	    cmocka_unit_test(what_comes_appears),
	    cmocka_unit_test(messages_unfold),
	    cmocka_unit_test(each_has_its_own_fold),
	    cmocka_unit_test(asn1_is_the_last_fold),
	    cmocka_unit_test(a_call_can_be_shown_alone),
	    cmocka_unit_test(what_is_dropped_goes),
	    cmocka_unit_test(a_connection_is_told_once),
	    cmocka_unit_test(the_wire_passes_for_nothing),
	    cmocka_unit_test(the_chosen_text_is_what_is_shown),
	    cmocka_unit_test(it_closes),
	    cmocka_unit_test(it_is_saved),
	};

	return cmocka_run_group_tests_name("wire_view", tests, NULL, NULL);
}
