/* An input line to which anything is done in any order. */
#include "tests/unit/src/sip/sip_test.h"

#include "src/base/text.h"
#include "ui/edit/edit.h"

static uint32_t
any(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

static void
check(const struct edit *e)
{
	struct span s = edit_text(e);
	size_t at = edit_cursor(e);

	assert_true(at <= s.n && s.n <= EDIT_MAX);
	assert_true(text_is_utf8(s));
	assert_int_equal(span_find(s, '\r', 0), s.n);
	assert_int_equal(span_find(s, '\0', 0), s.n);
	assert_int_equal(s.p[s.n], '\0');
	/* Between characters, marks and all. */
	if (at > 0)
		assert_int_equal(text_next(s, text_back(s, at)), at);
}

static void
test_anything(void **state)
{
	static const struct span parts[] = {TEXT("a"), TEXT("word "),
	    TEXT("\n"), TEXT("\r\n"), TEXT("\u4e2d"), TEXT("\u0301"),
	    TEXT("e\u0301\u0302"), TEXT("\U0001f600"), TEXT("\t"),
	    TEXT("\xff\xc3"), TEXT("\0"), TEXT("\u00e4\u0416"), TEXT("\u200d"),
	    TEXT("\u0302"), TEXT("two words\nhere")};
	struct edit_kills *k = edit_kills_new();
	struct edit *lines[2] = {edit_new(k), edit_new(k)};
	uint32_t seed = 20231114, what;
	struct edit *e;
	struct span s;
	size_t i, at;

	(void)state;
	for (i = 0; i < 40000; i++) {
		e = lines[any(&seed, 16) == 0];
		what = any(&seed, 100);
		s = parts[any(&seed, COUNT(parts))];
		at = edit_cursor(e);
		if (what < 40)
			assert_true(edit_insert(e, s));
		else if (what < 42)
			assert_true(edit_replace(e, text_back(edit_text(e), at),
			    text_next(edit_text(e), at), s));
		else if (what == 42)
			edit_set(e, s);
		else if (what == 43)
			edit_enter(e);
		else if (what == 44)
			edit_clear(e);
		else
			edit_do(e, any(&seed, EDIT_ACTS));
		check(e);
	}
	/* What can be taken back leads to no other place. */
	while (edit_do(lines[0], EDIT_UNDO))
		check(lines[0]);
	edit_free(lines[0]);
	edit_free(lines[1]);
	edit_kills_free(k);
}

/* Whatever is done, as many steps back are where one came from. */
static void
test_undo_of_anything(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e;
	uint32_t seed = 1;
	int round, i;

	(void)state;
	for (round = 0; round < 200; round++) {
		e = edit_new(k);
		edit_set(e, BYTES("some words\nto begin \u4e2d\u0301 with"));
		edit_enter(e);
		for (i = 0; i < 60; i++)
			if (any(&seed, 3) == 0)
				edit_insert(e, BYTES("x\u0301y z"));
			else
				edit_do(e, any(&seed, EDIT_UNDO));
		while (edit_do(e, EDIT_UNDO))
			check(e);
		assert_int_equal(edit_text(e).n, 0);
		edit_free(e);
	}
	edit_kills_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_anything),
	    cmocka_unit_test(test_undo_of_anything),
	};

	return cmocka_run_group_tests_name("edit_any", tests, NULL, NULL);
}
