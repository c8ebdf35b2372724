/* What a conversation holds, and the window over it. */
#include "tests/unit/src/sip/sip_test.h"

#include <limits.h>
#include <time.h>

#include "ui/log/log.h"

enum { NOON = 1700000000 /* 2023-11-14 22:13:20 UTC */, ROWS = 100 };

static struct log_line
make(enum log_kind kind, time_t when, const char *text)
{
	return (struct log_line){.kind = kind,
	    .time = when,
	    .text = xstrdup(text),
	    .text_len = strlen(text)};
}

static uint64_t
add(struct log *l, const char *text)
{
	struct log_line line = make(LOG_THEIRS, NOON, text);

	return log_add(l, &line);
}

static uint64_t
add_number(struct log *l, unsigned i)
{
	char text[32];

	snprintf(text, sizeof(text), "line %u", i);
	return add(l, text);
}

static struct log *
numbered(unsigned count)
{
	struct log *l = log_new();
	unsigned i;

	log_width(l, 20);
	for (i = 1; i <= count; i++)
		add_number(l, i);
	return l;
}

/* A window in one string, a '/' after each row: a row that is first of its
 * line has '>' before it, one of why '?', found ones '*', chosen ones '!'. */
static const char *
window(struct log *l, size_t height)
{
	static char out[65536];
	struct log_row rows[ROWS];
	size_t n = log_rows(l, height, rows), i, at = 0;

	assert_true(n <= height);
	out[0] = '\0';
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, sizeof(out) - at,
		    "%s%s%s%s%.*s/", rows[i].first ? ">" : "",
		    rows[i].found ? "*" : "", rows[i].chosen ? "!" : "",
		    rows[i].kind == ROW_DAY          ? "DAY"
			: rows[i].kind == ROW_UNREAD ? "UNREAD"
			: rows[i].kind == ROW_WHY    ? "?"
						     : "",
		    (int)rows[i].text.n,
		    rows[i].text.n > 0 ? (const char *)rows[i].text.p : "");
	return out;
}

#define assert_window(l, height, want) \
	assert_string_equal(window((l), (height)), (want))

/* --- wrapping ------------------------------------------------------------- */

static const struct {
	const char *name;
	size_t columns;
	const char *text, *why, *rows;
} wraps[] = {
    {"short", 10, "hello", NULL, "DAY/>hello/"},
    {"empty", 10, "", NULL, "DAY/>/"},
    {"a line end alone", 10, "\n", NULL, "DAY/>/"},
    {"the last line end ends a line", 10, "a\n", NULL, "DAY/>a/"},
    {"two of them are an empty row", 10, "a\n\n", NULL, "DAY/>a//"},
    {"empty lines", 10, "\n\na", NULL, "DAY/>//a/"},
    {"at spaces", 10, "one two three", NULL, "DAY/>one two/three/"},
    {"a space at the break", 7, "one two three", NULL, "DAY/>one two/three/"},
    {"more spaces than room", 3, "ab  c", NULL, "DAY/>ab /c/"},
    {"a space before the line end", 3, "abc \nd", NULL, "DAY/>abc/d/"},
    {"a long word", 4, "abcdefghij", NULL, "DAY/>abcd/efgh/ij/"},
    {"lines", 4, "abcdef\ngh\nijklm n", NULL, "DAY/>abcd/ef/gh/ijkl/m n/"},
    {"wide", 5, "\u4e2d\u6587\u5b57", NULL, "DAY/>\u4e2d\u6587/\u5b57/"},
    {"wide after a space", 2, " \u4e2d", NULL, "DAY/> /\u4e2d/"},
    {"marks take no room", 2, "e\u0301e\u0301e\u0301", NULL,
	"DAY/>e\u0301e\u0301/e\u0301/"},
    {"one column is two", 1, "abc\u4e2d", NULL, "DAY/>ab/c/\u4e2d/"},
    {"no column is two", 0, "abc", NULL, "DAY/>ab/c/"},
    {"why", 10, "text", "it is so and so", "DAY/>text/?it is so/?and so/"},
    {"why of lines", 10, "text", "a\n\nb\n", "DAY/>text/?a/?/?b/"},
    {"an empty why is none", 10, "text", "", "DAY/>text/"},
};

static void
test_wrap(void **state)
{
	struct log_line line;
	struct log *l;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(wraps); i++) {
		l = log_new();
		log_width(l, wraps[i].columns);
		line = make(LOG_THEIRS, NOON, wraps[i].text);
		if (wraps[i].why != NULL)
			line.why = xstrdup(wraps[i].why);
		log_add(l, &line);
		if (strcmp(window(l, 20), wraps[i].rows) != 0)
			fail_msg("%s: %s", wraps[i].name, window(l, 20));
		log_free(l);
	}
}

/* --- the window ----------------------------------------------------------- */

static void
test_window(void **state)
{
	struct log *l = log_new();

	(void)state;
	assert_window(l, 5, "");
	assert_false(log_scroll(l, 1, 5));
	assert_true(log_at_end(l));
	log_free(l);
	log_free(NULL);

	l = numbered(5);
	assert_window(l, 0, "");
	assert_window(l, 1, ">line 5/");
	assert_window(l, 3, ">line 3/>line 4/>line 5/");
	assert_window(l, 9, "DAY/>line 1/>line 2/>line 3/>line 4/>line 5/");
	/* All of it is in the window: there is nowhere to go. */
	assert_false(log_scroll(l, 1, 9));
	assert_false(log_scroll(l, -1, 9));
	log_top(l, 9);
	assert_true(log_at_end(l));

	assert_true(log_scroll(l, 1, 3));
	assert_window(l, 3, ">line 2/>line 3/>line 4/");
	assert_false(log_at_end(l));
	assert_true(log_scroll(l, 100, 3));
	assert_window(l, 3, "DAY/>line 1/>line 2/");
	assert_false(log_scroll(l, 1, 3));
	assert_false(log_scroll(l, LONG_MAX, 3));
	assert_true(log_scroll(l, -1, 3));
	assert_window(l, 3, ">line 1/>line 2/>line 3/");
	/* A window that grows ends lower where it cannot begin higher. */
	assert_window(l, 5, "DAY/>line 1/>line 2/>line 3/>line 4/");
	assert_true(log_scroll(l, LONG_MIN, 3));
	assert_true(log_at_end(l));
	assert_false(log_scroll(l, -1, 3));

	log_top(l, 2);
	assert_window(l, 2, "DAY/>line 1/");
	log_end(l);
	assert_window(l, 2, ">line 4/>line 5/");
	log_top(l, 1);
	assert_window(l, 1, "DAY/");
	assert_true(log_scroll(l, -1, 1));
	assert_window(l, 1, ">line 1/");
	/* The whole log in it is its end. */
	assert_window(l, 6, "DAY/>line 1/>line 2/>line 3/>line 4/>line 5/");
	assert_true(log_at_end(l));
	log_free(l);
}

static void
test_below(void **state)
{
	struct log *l = numbered(5);

	(void)state;
	assert_int_equal(log_below(l), 0);
	log_scroll(l, 2, 2);
	assert_int_equal(log_below(l), 0);
	add_number(l, 6);
	add_number(l, 7);
	add_number(l, 8);
	assert_window(l, 2, ">line 2/>line 3/");
	assert_int_equal(log_below(l), 3);
	log_scroll(l, -3, 2); /* 6 is in the window */
	assert_int_equal(log_below(l), 2);
	log_scroll(l, 2, 2);
	assert_int_equal(log_below(l), 2);
	log_end(l);
	assert_int_equal(log_below(l), 0);
	add_number(l, 9);
	assert_int_equal(log_below(l), 0);
	assert_window(l, 2, ">line 8/>line 9/");
	log_free(l);
}

static void
test_long_lines_scroll(void **state)
{
	struct log *l = log_new();

	(void)state;
	log_width(l, 2);
	add(l, "abcdef");
	add(l, "ghijkl");
	assert_window(l, 3, ">gh/ij/kl/");
	log_scroll(l, 1, 3);
	assert_window(l, 3, "ef/>gh/ij/");
	log_scroll(l, 3, 3);
	assert_window(l, 3, "DAY/>ab/cd/");
	log_scroll(l, -2, 3);
	assert_window(l, 3, "cd/ef/>gh/");
	log_free(l);
}

static void
test_width(void **state)
{
	struct log *l = log_new();
	size_t i;

	(void)state;
	log_width(l, 10);
	add(l, "aaa bbb ccc ddd eee fff ggg hhh iii jjj");
	add(l, "last");
	log_scroll(l, 3, 2);
	assert_window(l, 2, "ccc ddd/eee fff/");
	/* The bottom row's text stays in the bottom row, and a width that comes
	 * back shows what it did. */
	for (i = 2; i < 40; i++) {
		log_width(l, i);
		assert_non_null(strstr(window(l, 1), i < 3 ? "ee" : "eee"));
	}
	log_width(l, 10);
	assert_window(l, 2, "ccc ddd/eee fff/");
	log_end(l);
	log_width(l, 4);
	assert_window(l, 2, "jjj/>last/");
	log_free(l);
}

/* --- days and what was not read ------------------------------------------- */

static void
zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static void
test_days(void **state)
{
	/* Berlin's rule, in words of POSIX. */
	static const char berlin[] = "CET-1CEST,M3.5.0,M10.5.0/3";
	/* 2023-10-29: clocks went back at 01:00 UTC. */
	static const struct {
		time_t when;
		const char *text;
	} lines[] = {
	    {1698530399, "28 23:59:59 CEST"},
	    {1698530400, "29 00:00:00 CEST"},
	    {1698541200, "29 02:00:00 CET"},
	    {1698620399, "29 23:59:59 CET"},
	    {1698620400, "30 00:00:00 CET"},
	    {1698620399, "29 again"},
	    {1730239200, "a year later"},
	};
	struct log *l;
	struct log_row rows[ROWS];
	struct log_line line;
	size_t i;

	(void)state;
	zone(berlin);
	l = log_new();
	log_width(l, 30);
	for (i = 0; i < COUNT(lines); i++) {
		line = make(LOG_MINE, lines[i].when, lines[i].text);
		log_add(l, &line);
	}
	assert_window(l, 20,
	    "DAY/>28 23:59:59 CEST/"
	    "DAY/>29 00:00:00 CEST/>29 02:00:00 CET/>29 23:59:59 CET/"
	    "DAY/>30 00:00:00 CET/DAY/>29 again/DAY/>a year later/");
	assert_int_equal(log_rows(l, 20, rows), 12);
	assert_int_equal(rows[2].kind, ROW_DAY);
	assert_int_equal(rows[2].line->time, lines[1].when);
	log_free(l);
	zone("UTC");
}

static void
test_unread(void **state)
{
	struct log *l = numbered(2);
	struct log_line line;

	(void)state;
	log_mark_unread(l);
	assert_window(l, 9, "DAY/>line 1/>line 2/");
	add_number(l, 3);
	line = make(LOG_THEIRS, NOON + 86400, "tomorrow");
	log_add(l, &line);
	assert_window(
	    l, 9, "DAY/>line 1/>line 2/UNREAD/>line 3/DAY/>tomorrow/");
	log_mark_unread(l);
	line = make(LOG_THEIRS, NOON + 2 * 86400, "later");
	log_add(l, &line);
	assert_window(l, 4, ">tomorrow/DAY/UNREAD/>later/");
	/* A window that stood at a row that is no more. */
	log_scroll(l, 1, 2);
	assert_window(l, 2, "DAY/UNREAD/");
	log_read(l);
	assert_window(l, 2, ">tomorrow/DAY/");
	log_free(l);

	l = log_new();
	log_mark_unread(l);
	add(l, "a");
	assert_window(l, 9, "DAY/UNREAD/>a/");
	log_free(l);
}

/* --- lines ---------------------------------------------------------------- */

static void
test_lines(void **state)
{
	struct log *l = log_new();
	struct log_line line = make(LOG_MINE, NOON, "mine"), *found;
	uint64_t n;

	(void)state;
	log_width(l, 20);
	assert_int_equal(log_last(l), 0);
	assert_null(log_line(l, 0));
	assert_null(log_line(l, 1));
	line.who = xstrdup("me");
	line.details = xstrdup("all of it");
	line.raw = xstrdup("raw\0bytes");
	line.raw_len = 3;
	n = log_add(l, &line);
	assert_int_equal(n, 1);
	add(l, "theirs");
	assert_int_equal(log_count(l), 2);
	assert_int_equal(log_last(l), 2);
	assert_null(log_line(l, 3));
	found = log_line(l, 1);
	assert_non_null(found);
	found->state = LOG_FAILED;
	log_why(l, 1, "no way");
	log_why(l, 99, "nobody");
	assert_window(l, 9, "DAY/>mine/?no way/>theirs/");
	log_why(l, 1, NULL);
	assert_window(l, 9, "DAY/>mine/>theirs/");
	line = make(LOG_MINE, NOON, "again");
	log_add(l, &line);
	assert_ptr_equal(found, log_line(l, 1));
	log_free(l);
}

static void
test_why_at_the_window(void **state)
{
	struct log *l = numbered(5);

	(void)state;
	log_why(l, 4, "why");
	log_scroll(l, 1, 2);
	assert_window(l, 2, ">line 4/?why/");
	log_why(l, 4, NULL);
	assert_window(l, 2, ">line 3/>line 4/");
	log_free(l);
}

static void
test_drop(void **state)
{
	struct log *l = numbered(LOG_LINES);
	unsigned i = LOG_LINES;

	(void)state;
	log_mark_unread(l);
	log_top(l, 3);
	log_choose_row(l, log_line(l, 2));
	assert_window(l, 3, "DAY/>line 1/>!line 2/");
	add_number(l, ++i);
	/* The window stays as far as what it shows does. */
	assert_int_equal(log_count(l), LOG_LINES);
	assert_null(log_line(l, 1));
	assert_window(l, 3, "DAY/>!line 2/>line 3/");
	while (i < LOG_LINES + 10)
		add_number(l, ++i);
	assert_window(l, 3, "DAY/>line 11/>line 12/");
	assert_null(log_chosen(l));
	assert_int_equal(log_below(l), 10);
	assert_true(log_scroll(l, -1, 3));
	assert_window(l, 3, ">line 11/>line 12/>line 13/");
	/* What was not read begins with what is left of it. */
	while (i < 2 * LOG_LINES + 1)
		add_number(l, ++i);
	assert_window(l, 3, "DAY/UNREAD/>line 200002/");
	log_end(l);
	assert_window(l, 1, ">line 400001/");
	log_free(l);
}

static void
test_drop_bytes(void **state)
{
	struct log *l = log_new();
	struct log_line line;
	size_t i, n = LOG_BYTES / 4;

	(void)state;
	for (i = 0; i < 6; i++) {
		line = (struct log_line){.kind = LOG_MINE,
		    .time = NOON,
		    .text = xcalloc(1, n),
		    .text_len = n};
		memset(line.text, 'a', n);
		log_add(l, &line);
	}
	assert_int_equal(log_count(l), 4);
	/* One that is larger than all stays alone. */
	line = (struct log_line){.kind = LOG_MINE,
	    .time = NOON,
	    .text = xcalloc(1, LOG_BYTES),
	    .text_len = LOG_BYTES,
	    .raw = xstrdup("x"),
	    .raw_len = 1};
	log_add(l, &line);
	assert_int_equal(log_count(l), 1);
	assert_int_equal(log_line(l, log_last(l))->raw_len, 1);
	add(l, "small");
	assert_int_equal(log_count(l), 1);
	assert_null(log_line(l, log_last(l))->raw);
	log_free(l);
}

static void
test_megabyte(void **state)
{
	enum { SIZE = 4 << 20 };
	struct log *l = log_new();
	struct log_line line = {.kind = LOG_THEIRS,
	    .time = NOON,
	    .text = xcalloc(1, SIZE),
	    .text_len = SIZE};
	size_t i;

	(void)state;
	/* One line without a place to break it, then line ends alone: both are
	 * looked at from every side, which is slow when a look costs as much
	 * as the line. */
	memset(line.text, 'a', SIZE);
	line.text[SIZE / 2] = 'b';
	log_width(l, 80);
	add(l, "before");
	log_add(l, &line);
	line.text = xcalloc(1, SIZE);
	memset(line.text, '\n', SIZE);
	log_add(l, &line);
	add(l, "after");
	for (i = 0; i < 20000; i++) {
		window(l, 50);
		assert_true(log_scroll(l, 1, 50));
	}
	assert_true(log_scroll(l, SIZE, 50));
	log_top(l, 50);
	for (i = 0; i < 20000; i++) {
		window(l, 50);
		assert_true(log_scroll(l, -1, 50));
	}
	/* What is found in it is in the window. */
	log_end(l);
	assert_true(log_search(l, span_str("B"), true, 10));
	assert_true(log_search(l, span_str("ab"), true, 10));
	assert_non_null(strchr(window(l, 10), 'b'));
	log_free(l);
}

/* --- search and choice ---------------------------------------------------- */

static bool
search(struct log *l, const char *word, bool older)
{
	return log_search(l, span_str(word), older, 3);
}

static void
test_search(void **state)
{
	struct log *l = log_new();
	struct log_line line;
	unsigned i;

	(void)state;
	assert_false(search(l, "x", true));
	log_width(l, 20);
	for (i = 1; i <= 9; i++)
		add_number(l, i);
	line = make(LOG_NOTE, NOON, "\u00dcber");
	line.who = xstrdup("Bob");
	line.why = xstrdup("so it is");
	log_add(l, &line);
	for (i = 11; i <= 19; i++)
		add_number(l, i);
	assert_false(search(l, "nowhere", true));
	assert_true(log_at_end(l));
	assert_true(search(l, "LINE 1", true)); /* in the window: it stays */
	assert_window(l, 3, ">*line 17/>*line 18/>*line 19/");
	assert_true(search(l, "", true));
	assert_true(search(l, "", true));
	assert_window(l, 3, ">*line 17/>*line 18/>*line 19/");
	assert_true(search(l, "", true));
	assert_window(l, 3, ">*line 15/>*line 16/>*line 17/");
	assert_true(search(l, "line 2", true));
	assert_window(l, 3, ">line 1/>*line 2/>line 3/");
	assert_false(search(l, "", true));
	assert_false(search(l, "", false));
	assert_window(l, 3, ">line 1/>*line 2/>line 3/");
	assert_true(search(l, "\u00fcBER", false));
	assert_window(l, 3, ">line 9/>*\u00dcber/*?so it is/");
	assert_true(search(l, "so it", true));
	log_top(l, 3);
	assert_true(search(l, "bob", false));
	assert_non_null(strstr(window(l, 3), "ber"));
	log_search_end(l);
	assert_null(strchr(window(l, 3), '*'));
	/* The word is still known. */
	log_end(l);
	assert_true(search(l, "", true));
	assert_non_null(strstr(window(l, 3), "ber"));
	log_free(l);
}

static void
test_choose(void **state)
{
	struct log *l = log_new();
	struct log_line line;
	uint64_t i;

	(void)state;
	assert_null(log_choose(l, true, 3));
	log_width(l, 20);
	line = make(LOG_NOTE, NOON, "welcome");
	log_add(l, &line);
	assert_null(log_choose(l, true, 3));
	for (i = 2; i <= 9; i++)
		add_number(l, (unsigned)i);
	line = make(LOG_LOUD, NOON, "attention");
	log_add(l, &line);
	log_why(l, 2, "below");
	log_why(l, 9, "below");

	assert_int_equal(log_choose(l, false, 3)->number, 9);
	assert_window(l, 3, ">!line 9/!?below/>attention/");
	assert_null(log_choose(l, false, 3));
	assert_int_equal(log_chosen(l)->number, 9);
	for (i = 8; i >= 2; i--)
		assert_int_equal(log_choose(l, true, 3)->number, i);
	assert_window(l, 3, ">!line 2/!?below/>line 3/");
	assert_null(log_choose(l, true, 3));
	for (i = 3; i <= 9; i++)
		assert_int_equal(log_choose(l, false, 3)->number, i);
	assert_window(l, 3, ">line 8/>!line 9/!?below/");
	log_choose_none(l);
	assert_null(log_chosen(l));
	log_top(l, 3);
	assert_int_equal(log_choose(l, true, 3)->number, 2);
	log_choose_row(l, log_line(l, 5));
	assert_int_equal(log_chosen(l)->number, 5);
	log_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_wrap),
	    cmocka_unit_test(test_window),
	    cmocka_unit_test(test_below),
	    cmocka_unit_test(test_long_lines_scroll),
	    cmocka_unit_test(test_width),
	    cmocka_unit_test(test_days),
	    cmocka_unit_test(test_unread),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_why_at_the_window),
	    cmocka_unit_test(test_drop),
	    cmocka_unit_test(test_drop_bytes),
	    cmocka_unit_test(test_megabyte),
	    cmocka_unit_test(test_search),
	    cmocka_unit_test(test_choose),
	};

	zone("UTC");
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
