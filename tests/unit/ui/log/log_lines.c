/* The lines that a log keeps, and how the oldest go. */
#include "tests/unit/ui/log/log_make.h"

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
	assert_int_equal(kept(l), 2);
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

/* For each line of a window, whether it continues the one before: '+' or '.',
 * and '-' for a rule. */
static const char *
runs(struct log *l)
{
	static char out[ROWS + 1];
	struct log_row rows[ROWS];
	size_t n = log_rows(l, ROWS, rows), at = 0;

	for (size_t i = 0; i < n; i++) {
		if (rows[i].kind == ROW_DAY || rows[i].kind == ROW_UNREAD)
			out[at++] = '-';
		else if (rows[i].first)
			out[at++] = rows[i].continues ? '+' : '.';
		else
			assert_false(rows[i].continues);
	}
	out[at] = '\0';
	return out;
}

static void
test_runs(void **state)
{
	struct log *l = log_new();
	struct log_line line = make(LOG_THEIRS, NOON, "first of many words");
	struct log_line mine = make(LOG_MINE, NOON, "mine");

	(void)state;
	zone("UTC");
	log_width(l, 10);
	line.judged = true;
	line.signature = SIGNATURE_GOOD;
	log_add(l, &line);
	for (int i = 0; i < 9; i++) {
		line.text = xstrdup("more");
		line.text_len = 4;
		line.time += i == 1 ? 301 : 300;
		line.signature = i == 2 ? SIGNATURE_NONE : SIGNATURE_GOOD;
		line.encryption = i == 4 ? ENCRYPTION_OPENED : ENCRYPTION_NONE;
		line.alarm = i == 6;
		strcpy(line.signer, i == 8 ? "12345678" : "");
		log_add(l, &line);
	}
	/* After 300 s, 301 s, by verdict, and back, by encryption, .. */
	assert_string_equal(runs(l), "-.+........");
	line.text = xstrdup("more");
	line.time--;
	log_add(l, &line);
	line.text = xstrdup("more");
	line.who = xstrdup("eve");
	log_add(l, &line);
	line.text = xstrdup("more");
	line.who = xstrdup("eve");
	log_add(l, &line);
	line.text = xstrdup("refused");
	line.who = NULL;
	line.kind = LOG_REFUSED;
	log_add(l, &line);
	/* A clock that went back, another sender, and another kind. */
	assert_string_equal(runs(l), "-.+..........+.");
	log_free(l);

	l = log_new();
	for (int i = 0; i < 6; i++) {
		mine.text = xstrdup("mine");
		mine.sign = i >= 2;
		mine.encrypt = i >= 3;
		mine.state = i == 1 ? LOG_FAILED : LOG_SENT;
		if (i == 5)
			log_mark_unread(l);
		log_add(l, &mine);
	}
	/* How far they got does not count. A rule does. */
	assert_string_equal(runs(l), "-.+..+-.");
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
	assert_int_equal(kept(l), LOG_LINES);
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
	assert_int_equal(kept(l), 4);
	/* One that is larger than all stays alone. */
	line = (struct log_line){.kind = LOG_MINE,
	    .time = NOON,
	    .text = xcalloc(1, LOG_BYTES),
	    .text_len = LOG_BYTES,
	    .raw = xstrdup("x"),
	    .raw_len = 1};
	log_add(l, &line);
	assert_int_equal(kept(l), 1);
	assert_int_equal(log_line(l, log_last(l))->raw_len, 1);
	add(l, "small");
	assert_int_equal(kept(l), 1);
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

/* --- lines in front --------------------------------------------------------- */

static uint64_t
add_front(struct log *l, time_t when, const char *text)
{
	struct log_line line = make(LOG_THEIRS, when, text);

	return log_add_front(l, &line);
}

static void
test_front(void **state)
{
	struct log *l = log_new();
	char text[32];
	uint64_t n;

	(void)state;
	log_width(l, 20);
	log_leave_front(l, 1000);
	assert_int_equal(log_first(l), 0);
	assert_int_equal(log_last(l), 0);
	/* In an empty log it is a line as any. */
	n = add_front(l, NOON, "line 0");
	assert_int_equal(n, 1001);
	for (unsigned i = 1; i <= 5; i++)
		add_number(l, i);
	assert_int_equal(log_last(l), 1006);
	log_scroll(l, 4, 3);
	assert_window(l, 3, "DAY/>line 0/>line 1/");
	assert_false(log_scroll(l, 1, 3));
	/* The window stays, and can go on up. */
	assert_int_equal(add_front(l, NOON, "before"), 1000);
	assert_window(l, 3, ">before/>line 0/>line 1/");
	assert_int_equal(add_front(l, NOON - 86400, "the day before"), 999);
	assert_window(l, 3, ">before/>line 0/>line 1/");
	assert_true(log_scroll(l, 1, 3));
	assert_window(l, 3, "DAY/>before/>line 0/");
	assert_string_equal(log_line(l, 999)->text, "the day before");
	assert_int_equal(log_first(l), 999);
	/* The ring grows with its head anywhere. */
	for (int i = 0; i < 300; i++) {
		snprintf(text, sizeof(text), "old %d", i);
		assert_int_equal(add_front(l, NOON - 86400, text), 998 - i);
	}
	assert_string_equal(log_line(l, 998 - 299)->text, "old 299");
	assert_string_equal(log_line(l, 1006)->text, "line 5");
	assert_true(log_search(l, span_str("OLD 250"), true, 3));
	log_search_end(l);
	log_end(l);
	log_drop_before(l, 1000);
	assert_int_equal(log_first(l), 1000);
	assert_window(l, 2, ">line 4/>line 5/");
	log_scroll(l, 99, 3);
	log_mark_unread(l);
	log_clear(l);
	assert_int_equal(log_last(l), 0);
	assert_int_equal(log_bytes(l), 0);
	assert_window(l, 3, "");
	assert_true(log_at_end(l));
	/* Numbers are not used again. */
	assert_int_equal(add(l, "after"), 1007);
	assert_window(l, 3, "DAY/>after/");
	log_free(l);
}

/* Nothing is dropped for a line in front. */
static void
test_front_full(void **state)
{
	struct log *l = log_new();

	(void)state;
	add(l, "line");
	assert_int_equal(add_front(l, NOON, "no number is left"), 0);
	log_free(l);
	l = log_new();
	log_leave_front(l, 10);
	log_limit(l, 20);
	add(l, "0123456789");
	assert_int_equal(add_front(l, NOON, "0123456789"), 10);
	assert_int_equal(add_front(l, NOON, "x"), 0);
	assert_int_equal(log_bytes(l), 20);
	assert_int_equal(log_first(l), 10);
	log_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_runs),
	    cmocka_unit_test(test_why_at_the_window),
	    cmocka_unit_test(test_drop),
	    cmocka_unit_test(test_drop_bytes),
	    cmocka_unit_test(test_megabyte),
	    cmocka_unit_test(test_front),
	    cmocka_unit_test(test_front_full),
	};

	zone("UTC");
	return cmocka_run_group_tests_name("log_lines", tests, NULL, NULL);
}
