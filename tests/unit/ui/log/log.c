/* The window over a log: its rows, days and what is unread. */
#include "tests/unit/ui/log/log_make.h"

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
	};

	zone("UTC");
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
