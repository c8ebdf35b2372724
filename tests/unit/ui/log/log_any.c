/* A log to which anything is done in any order. */
#include "tests/unit/src/sip/sip_test.h"

#include "src/base/text.h"
#include "ui/log/log.h"

enum { NOON = 1700000000, ROWS = 100 };

static uint32_t
any(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

static void
any_line(struct log *l, uint32_t *seed)
{
	static const char *const parts[] = {"a", "word", " ", "  ", "\n",
	    "\u4e2d", "e\u0301", "\U0001f600", "verylongword", "\n\n"};
	struct buf text = {0};
	struct log_line line = {.kind = any(seed, 5)};
	uint32_t n = any(seed, 30);

	line.time = NOON + (time_t)any(seed, 200000);
	buf_adds(&text, "");
	while (n-- > 0)
		buf_adds(&text, parts[any(seed, COUNT(parts))]);
	line.text = (char *)text.p;
	line.text_len = text.n;
	if (any(seed, 4) == 0)
		line.why = xstrdup("for some reason\nor other");
	log_add(l, &line);
}

static void
any_act(struct log *l, uint32_t *seed, size_t height)
{
	uint64_t number = log_last(l) + 1 - any(seed, 20);

	switch (any(seed, 12)) {
	case 0:
		log_width(l, any(seed, 30));
		break;
	case 1:
		log_scroll(l, (long)any(seed, 60) - 30, height);
		break;
	case 2:
		log_top(l, height);
		break;
	case 3:
		log_end(l);
		break;
	case 4:
		log_mark_unread(l);
		break;
	case 5:
		log_read(l);
		break;
	case 6:
		log_search(l, span_str("word"), any(seed, 2), height);
		break;
	case 7:
		log_search(l, span_str("nohit"), any(seed, 2), height);
		break;
	case 8:
		log_choose(l, any(seed, 2), height);
		break;
	case 9:
		log_why(l, number, any(seed, 2) ? "because" : NULL);
		break;
	case 10:
		log_choose_none(l);
		log_search_end(l);
		break;
	default:
		any_line(l, seed);
		break;
	}
}

static void
test_anything(void **state)
{
	struct log *l = log_new();
	struct log_row rows[ROWS], again[ROWS];
	uint32_t seed = 20231114;
	size_t i, k, n, height, columns = 2;

	(void)state;
	for (i = 0; i < 20000; i++) {
		height = 1 + any(&seed, 40);
		if (any(&seed, 10) == 0) {
			columns = any(&seed, 40);
			log_width(l, columns);
			columns = columns < 2 ? 2 : columns;
		} else {
			any_act(l, &seed, height);
			log_width(l, columns);
		}
		n = log_rows(l, height, rows);
		assert_true(n <= height);
		assert_true((n == 0) == (log_last(l) == 0));
		/* Fewer rows than there is room for: all there are. */
		assert_true(n == height || n == 0 ||
		    (rows[0].kind == ROW_DAY && log_at_end(l)));
		assert_int_equal(log_rows(l, height, again), n);
		for (k = 0; k < n; k++) {
			assert_true(text_width(rows[k].text) <= columns);
			assert_true(text_is_utf8(rows[k].text));
			assert_int_equal(
			    span_find(rows[k].text, '\n', 0), rows[k].text.n);
			assert_ptr_equal(
			    rows[k].line, log_line(l, rows[k].line->number));
			assert_ptr_equal(rows[k].text.p, again[k].text.p);
			assert_true(k == 0 ||
			    rows[k].line->number - rows[k - 1].line->number <=
				1);
		}
		if (log_at_end(l) && n > 0)
			assert_int_equal(rows[n - 1].line->number, log_last(l));
	}
	log_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests_name("log_any", tests, NULL, NULL);
}
