/* Steps over characters, rows, and text compared without case. */
#include "tests/unit/src/sip/sip_test.h"

#include "src/base/text.h"

static const struct {
	const char *name, *text;
	size_t ends[6]; /* of each step; 0 ends them */
} steps[] = {
    {"ASCII", "abc", {1, 2, 3}},
    {"two and four bytes", "\u00e9\U0001f600x", {2, 6, 7}},
    {"marks belong to the one before", "e\u0301\u0302x", {5, 6}},
    {"marks alone are one", "\u0301\u0302x", {4, 5}},
    {"none is drawn on a line end", "a\n\u0301b", {1, 2, 4, 5}},
    {"nor on what is not shown", "\u200b\u0301b", {3, 5, 6}},
};

static void
test_steps(void **state)
{
	struct span s;
	size_t i, k, at;

	(void)state;
	for (i = 0; i < COUNT(steps); i++) {
		s = span_str(steps[i].text);
		for (at = 0, k = 0; steps[i].ends[k] != 0; k++) {
			if (text_back(s, steps[i].ends[k]) != at)
				fail_msg("%s: back", steps[i].name);
			at = text_next(s, at);
			if (at != steps[i].ends[k])
				fail_msg("%s: %zu", steps[i].name, at);
		}
		assert_int_equal(at, s.n);
		assert_int_equal(text_next(s, s.n), s.n);
		assert_int_equal(text_back(s, 0), 0);
	}
	assert_int_equal(text_next(BYTES("\xff\xfe"), 0), 1);
}

static void
test_row(void **state)
{
	size_t next;

	(void)state;
	assert_int_equal(text_row(BYTES("ab cd"), 0, 4, &next), 2);
	assert_int_equal(next, 3);
	assert_int_equal(text_row(BYTES("ab cd"), 3, 4, &next), 5);
	assert_int_equal(next, 5);
	/* A wide character always has room. */
	assert_int_equal(text_row(BYTES("\u4e2d\u6587"), 0, 0, &next), 3);
	assert_int_equal(next, 3);
	assert_int_equal(text_row(BYTES(""), 0, 9, &next), 0);
	assert_int_equal(next, 0);
}

static void
test_case(void **state)
{
	static const uint32_t pairs[][2] = {{'A', 'a'}, {'Z', 'z'},
	    {0xc4, 0xe4}, {0x178, 0xff}, {0x160, 0x161}, {0x141, 0x142},
	    {0x17d, 0x17e}, {0x386, 0x3ac}, {0x38c, 0x3cc}, {0x3a9, 0x3c9},
	    {0x416, 0x436}, {0x401, 0x451}, {0x490, 0x491}, {0x531, 0x561},
	    {0x1ea4, 0x1ea5}, {0xff21, 0xff41}};
	static const uint32_t alone[] = {'@', '[', '1', 0xd7, 0xf7, 0xdf, 0x130,
	    0x131, 0x138, 0x149, 0x4e2d, 0x1f600};
	struct buf b = {0};
	uint32_t c, back;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(pairs); i++) {
		assert_int_equal(text_lower(pairs[i][0]), pairs[i][1]);
		assert_int_equal(text_upper(pairs[i][1]), pairs[i][0]);
		assert_int_equal(text_lower(pairs[i][1]), pairs[i][1]);
		assert_int_equal(text_upper(pairs[i][0]), pairs[i][0]);
	}
	for (i = 0; i < COUNT(alone); i++) {
		assert_int_equal(text_lower(alone[i]), alone[i]);
		assert_int_equal(text_upper(alone[i]), alone[i]);
	}
	/* Both ways, and to the same length but for none. */
	for (c = 0; c < 0x11000; c++) {
		if (c >= 0xd800 && c < 0xe000)
			continue;
		if (text_lower(c) != c)
			assert_int_equal(text_upper(text_lower(c)), c);
		b.n = 0;
		text_encode(&b, c);
		assert_int_equal(text_decode(span_buf(&b), 0, &back), b.n);
		assert_int_equal(back, c);
	}
	b.n = 0;
	text_encode(&b, 0x10ffff);
	assert_int_equal(text_decode(span_buf(&b), 0, &back), 4);
	assert_int_equal(back, 0x10ffff);
	buf_free(&b);
}

static void
test_compare(void **state)
{
	(void)state;
	assert_int_equal(
	    text_find(BYTES("Stra\u00dfe \u00c4B"), BYTES("\u00e4b"), 0), 8);
	assert_int_equal(text_find(BYTES("aaab"), BYTES("AB"), 0), 2);
	assert_int_equal(text_find(BYTES("aaab"), BYTES("AB"), 3), 4);
	assert_int_equal(text_find(BYTES("abc"), BYTES("abcd"), 0), 3);
	assert_int_equal(text_find(BYTES("abc"), BYTES(""), 1), 1);
	assert_int_equal(text_find(BYTES(""), BYTES("a"), 0), 0);
	assert_int_equal(
	    text_find(BYTES("\u03bf\u03b4\u03cc\u03c2"), BYTES("\u03a3"), 0),
	    6);
	assert_int_equal(text_order(BYTES("ABC"), BYTES("abc")), 0);
	assert_int_equal(text_order(BYTES("ab"), BYTES("ABC")), -1);
	assert_int_equal(text_order(BYTES("b"), BYTES("ABC")), 1);
	assert_int_equal(text_order(BYTES("\u0416"), BYTES("\u0436")), 0);
	/* What is no UTF-8 is like itself alone. */
	assert_int_equal(text_order(BYTES("\xe4"), BYTES("\xe4")), 0);
	assert_int_not_equal(text_order(BYTES("\xe4"), BYTES("\u00e4")), 0);
	assert_true(text_begins(BYTES("Hello"), BYTES("hE")));
	assert_true(text_begins(BYTES("Hello"), BYTES("")));
	assert_false(text_begins(BYTES("He"), BYTES("hel")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_row),
	    cmocka_unit_test(test_case),
	    cmocka_unit_test(test_compare),
	};

	return cmocka_run_group_tests_name("text_steps", tests, NULL, NULL);
}
