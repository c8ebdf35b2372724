/* Searching a log, and choosing a line. */
#include "tests/unit/ui/log/log_make.h"

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
	    cmocka_unit_test(test_search),
	    cmocka_unit_test(test_choose),
	};

	zone("UTC");
	return cmocka_run_group_tests_name("log_search", tests, NULL, NULL);
}
