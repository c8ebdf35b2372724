/* Spans, buffers and the parser of numbers. */
#include "tests/unit/keys/keys_check.h"

#include "src/base/bytes.h"

static void
test_span(void **state)
{
	struct span s = span_str(" \tabc\t ");

	(void)state;
	assert_true(span_is(span_trim(s), "abc"));
	assert_true(span_is_nocase(span_trim(s), "aBC"));
	assert_false(span_is(span_trim(s), "ab"));
	assert_true(span_starts_nocase(span_str("SIPS:x"), "sips:"));
	assert_false(span_starts_nocase(span_str("SIP"), "sips:"));
	assert_int_equal(span_find(s, 'c', 0), 4);
	assert_int_equal(span_find(s, 'c', 5), s.n);
	assert_int_equal(span_find(s, 'z', 99), s.n);
	assert_int_equal(span_cut(s, 5, 3).n, 0);
	assert_int_equal(span_cut(s, 2, 99).n, s.n - 2);
	assert_int_equal(span_cut(span_str(NULL), 1, 2).n, 0);
	assert_int_equal(span_trim(span_str("  ")).n, 0);
	assert_true(span_eq(span_str(""), span_str(NULL)));
}

static void
test_span_case_is_ascii_alone(void **state)
{
	(void)state;
	/* U+212A, the Kelvin sign, lower-cases to k in Unicode. */
	assert_false(span_is_nocase(span_str("\xe2\x84\xaa"), "k"));
	assert_false(span_is_nocase(span_str("["), "{"));
}

static void
test_copy_keeps_nul(void **state)
{
	char *p = xstrndup((struct span){(const unsigned char *)"a\0b", 3});

	(void)state;
	assert_memory_equal(p, "a\0b\0", 4);
	free(p);
}

static void
test_number(void **state)
{
	static const struct {
		const char *text;
		uint64_t max, value;
		bool ok;
	} cases[] = {
	    {"0", 10, 0, true},
	    {"10", 10, 10, true},
	    {"11", 10, 0, false},
	    {"", 10, 0, false},
	    {"-1", 10, 0, false},
	    {"+1", 10, 0, false},
	    {" 1", 10, 0, false},
	    {"1 ", 10, 0, false},
	    {"0x5", 10, 0, false},
	    {"5x", 10, 0, false},
	    {"0005", 10, 5, true},
	    {"18446744073709551615", UINT64_MAX, UINT64_MAX, true},
	    {"18446744073709551616", UINT64_MAX, 0, false},
	    {"4294967300", 4294967295U, 0, false},
	    {"99999999999999999999999", UINT64_MAX, 0, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		uint64_t value = 77;
		bool ok = number_parse(
		    span_str(cases[i].text), cases[i].max, &value);

		if (ok != cases[i].ok)
			fail_msg("\"%s\" gave %d", cases[i].text, ok);
		assert_int_equal(value, ok ? cases[i].value : 77);
	}
}

static void
test_buf(void **state)
{
	struct buf b = {0};
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		buf_addf(&b, "%03zu,", i);
	assert_int_equal(b.n, 4000);
	assert_int_equal(b.p[b.n], '\0');
	buf_drop(&b, 3996);
	assert_string_equal((char *)b.p, "999,");
	buf_add(&b, NULL, 0);
	buf_adds(&b, NULL);
	assert_string_equal((char *)b.p, "999,");
	buf_drop(&b, 100);
	assert_int_equal(b.n, 0);
	buf_free(&b);
	assert_null(b.p);
	buf_drop(&b, 1);
}

static void
test_reserved_buf_does_not_move(void **state)
{
	struct buf b = {0};
	unsigned char *p;

	(void)state;
	buf_reserve(&b, 100);
	p = b.p;
	while (b.n < 100)
		buf_add(&b, "x", 1);
	assert_ptr_equal(b.p, p);
	buf_wipe(&b);
	assert_null(b.p);
}

static void
test_grown_array_keeps_its_items(void **state)
{
	size_t *items = NULL, cap = 0, before;

	(void)state;
	for (size_t n = 0; n < 1000; n++) {
		before = cap;
		items = vec_grow(items, n, &cap, sizeof(*items));
		assert_true(cap > n);
		assert_true(cap == before || n == before);
		items[n] = n;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	free(items);
}

static void
test_hex(void **state)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const unsigned char bytes[] = {0x00, 0x9a, 0xff};
	char out[8];

	(void)state;
	hex_write(out, bytes, 6);
	assert_string_equal(out, "009aff");
	hex_write(out, bytes, 3);
	assert_string_equal(out, "009");
	hex_write(out, bytes, 0);
	assert_string_equal(out, "");
	for (int c = 0; c < 256; c++) {
		const char *at = c != 0 ? strchr(digits, c) : NULL;

		assert_int_equal(hex_value((unsigned char)c),
		    at != NULL ? (at - digits) % 16 : -1);
	}
}

static void
test_lines_lack_their_ends(void **state)
{
	struct span s = span_str("one\r\n\ntwo \r\r\nlast");

	(void)state;
	assert_true(span_is(span_line(&s), "one"));
	assert_int_equal(span_line(&s).n, 0);
	assert_true(span_is(span_line(&s), "two \r"));
	assert_true(span_is(span_line(&s), "last"));
	assert_int_equal(s.n, 0);
	s = span_str("ended\n");
	assert_true(span_is(span_line(&s), "ended"));
	assert_int_equal(s.n, 0);
	assert_int_equal(span_line(&s).n, 0);
}

static void
test_numbers_as_bytes(void **state)
{
	static const unsigned char wanted[] = {0x01, 0x02, 0x03, 0xff};
	unsigned char p[8];

	(void)state;
	number_write(p, 4, 0x010203ff);
	assert_memory_equal(p, wanted, 4);
	assert_int_equal(number_read(p, 4), 0x010203ff);
	number_write(p, 2, 0x010203ff);
	assert_memory_equal(p, wanted + 2, 2);
	number_write(p, 8, UINT64_MAX - 1);
	assert_true(number_read(p, 8) == UINT64_MAX - 1);
	assert_int_equal(number_read(NULL, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_span),
	    cmocka_unit_test(test_span_case_is_ascii_alone),
	    cmocka_unit_test(test_copy_keeps_nul),
	    cmocka_unit_test(test_lines_lack_their_ends),
	    cmocka_unit_test(test_number),
	    cmocka_unit_test(test_buf),
	    cmocka_unit_test(test_reserved_buf_does_not_move),
	    cmocka_unit_test(test_grown_array_keeps_its_items),
	    cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_numbers_as_bytes),
	};

	return cmocka_run_group_tests_name("keys_bytes", tests, NULL, NULL);
}
