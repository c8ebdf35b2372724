/* DER that is written is read again, whatever its lengths. */
#include "tests/unit/keys/keys_check.h"

#include "src/base/der.h"
#include "src/base/der_write.h"

static void
any_length_is_read_again(void **state)
{
	static const size_t lengths[] = {
	    0, 1, 127, 128, 129, 255, 256, 257, 65535, 65536, 70000};
	struct der outer, inner, whole;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct buf text = {0}, b = {0};
		struct span s;
		size_t a, c;

		buf_reserve(&text, lengths[i] + 1);
		memset(text.p, 'x', lengths[i] + 1);
		text.n = lengths[i];
		buf_adds(&b, "before");
		a = der_begin(&b, DER_ID_SEQUENCE);
		c = der_begin(&b, DER_ID_CONTEXT_OF | 3);
		buf_addspan(&b, span_buf(&text));
		der_end(&b, c);
		der_add(&b, DER_ID_OCTET_STRING, span_buf(&text));
		der_end(&b, a);

		s = span_cut(span_buf(&b), 6, b.n);
		assert_true(der_take(&s, DER_SEQUENCE, &outer));
		assert_int_equal(s.n, 0);
		assert_true(der_take_context(&outer.body, 3, &inner));
		assert_true(inner.constructed);
		assert_true(span_eq(inner.body, span_buf(&text)));
		assert_true(der_take(&outer.body, DER_OCTET_STRING, &whole));
		assert_true(span_eq(whole.body, span_buf(&text)));
		assert_int_equal(outer.body.n, 0);
		assert_int_equal(b.p[b.n], 0);
		buf_free(&text);
		buf_free(&b);
	}
}

static void
lengths_are_the_shortest(void **state)
{
	struct buf b = {0};
	size_t a;

	(void)state;
	der_add_small(&b, 3);
	a = der_begin(&b, DER_ID_SET);
	for (int i = 0; i < 200; i++)
		buf_add(&b, "", 1);
	der_end(&b, a);
	assert_memory_equal(b.p, "\x02\x01\x03\x31\x81\xc8\0", 7);
	assert_int_equal(b.n, 3 + 3 + 200);
	buf_free(&b);
}

static void
a_set_of_is_in_order(void **state)
{
	static const struct {
		const char *a, *b;
		int order;
	} t[] = {{"", "", 0}, {"a", "a", 0}, {"a", "b", -1}, {"b", "a", 1},
	    {"a", "aa", -1}, {"aa", "a", 1}, {"b", "aa", 1}, {"\xff", "a", 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int order = der_order(span_str(t[i].a), span_str(t[i].b));

		assert_int_equal((order > 0) - (order < 0), t[i].order);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_length_is_read_again),
	    cmocka_unit_test(lengths_are_the_shortest),
	    cmocka_unit_test(a_set_of_is_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
