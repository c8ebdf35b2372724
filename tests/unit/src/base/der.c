/* DER and BER: headers, values, and what is malformed. */
#include "tests/unit/keys/keys_check.h"

#include "src/base/der.h"

/* For tables, and for expressions. */
#define IN(s)                                             \
	{                                                 \
		(const unsigned char *)(s), sizeof(s) - 1 \
	}
#define BYTES(s) ((struct span)IN(s))

static void
a_header_is_read(void **state)
{
	static const struct {
		struct span bytes;
		enum der_class class;
		unsigned long tag;
		bool constructed, indefinite;
		size_t body, end;
	} t[] = {
	    {IN("\x02\x01\x05"), DER_UNIVERSAL, DER_INTEGER, false, false, 2,
		3},
	    {IN("\x30\x00"), DER_UNIVERSAL, DER_SEQUENCE, true, false, 2, 2},
	    {IN("\x30\x80\0\0"), DER_UNIVERSAL, DER_SEQUENCE, true, true, 2, 4},
	    {IN("\xa0\x02\x05\0"), DER_CONTEXT, 0, true, false, 2, 4},
	    {IN("\x7f\x81\x01\x00"), DER_APPLICATION, 129, true, false, 4, 4},
	    {IN("\x04\x82\x00\x01z"), DER_UNIVERSAL, DER_OCTET_STRING, false,
		false, 4, 5},
	    /* longer than the bytes that are there */
	    {IN("\x04\x7f"), DER_UNIVERSAL, DER_OCTET_STRING, false, false, 2,
		129},
	};
	struct der_head h;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(t); i++) {
		assert_null(der_head(t[i].bytes, 0, t[i].bytes.n, &h));
		assert_int_equal(h.class, t[i].class);
		assert_int_equal(h.tag, t[i].tag);
		assert_int_equal(h.constructed, t[i].constructed);
		assert_int_equal(h.indefinite, t[i].indefinite);
		assert_int_equal(h.at, 0);
		assert_int_equal(h.body, t[i].body);
		assert_int_equal(h.end, t[i].end);
	}
}

static void
a_broken_header_is_told(void **state)
{
	static const struct {
		struct span bytes;
		const char *why;
	} t[] = {
	    {IN("\x04"), "the length is cut off"},
	    {IN("\x1f"), "the tag is cut off"},
	    {IN("\x1f\x81"), "the tag is cut off"},
	    {IN("\x1f\xff\xff\xff\xff\xff\x7f\x00"), "the tag is too large"},
	    {IN("\x04\x82\x01"), "the length is cut off"},
	    {IN("\x04\x89\x01\0\0\0\0\0\0\0\0"), "the length is too large"},
	    {IN("\x04\x88\x7f\xff\xff\xff\xff\xff\xff\xff"),
		"the length is too large"},
	    {IN("\x04\x80\0\0"), "a primitive value has no length"},
	};
	struct der_head h;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(t); i++)
		assert_string_equal(
		    der_head(t[i].bytes, 0, t[i].bytes.n, &h), t[i].why);
}

static void
values_are_taken_in_order(void **state)
{
	struct span s = BYTES("\x02\x01\x05\x30\x80\x04\x01z\x30\x80\0\0\0\0"
			      "\xa1\x00\x04\x02hi");
	struct der d;

	(void)state;
	assert_true(der_take(&s, DER_INTEGER, &d));
	assert_true(span_is(d.body, "\x05"));
	assert_true(der_take(&s, DER_SEQUENCE, &d));
	assert_true(d.constructed);
	assert_true(span_eq(d.body, BYTES("\x04\x01z\x30\x80\0\0")));
	assert_false(der_take_context(&s, 0, &d));
	assert_true(der_take_context(&s, 1, &d));
	assert_true(der_next(&s, &d));
	assert_true(span_is(d.body, "hi"));
	assert_int_equal(s.n, 0);
	assert_false(der_next(&s, &d));
}

static void
a_broken_value_is_not_taken(void **state)
{
	static const struct span t[] = {
	    IN("\x04\x02z"), /* cut off */
	    IN("\x30\x80\x04\x01z"), /* no end */
	    IN("\x30\x80\x04\x01z\0"), /* half an end */
	    IN("\x30\x80\x04\x05z\0\0"), /* one inside is cut off */
	    IN("\x30\x80\x30\x80\0\0"), /* one end for two */
	};
	struct der d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(t); i++) {
		struct span s = t[i];

		assert_false(der_next(&s, &d));
	}
}

static void
nesting_has_a_limit(void **state)
{
	unsigned char deep[4 * (DER_DEPTH_MAX + 3)];
	int depth;

	(void)state;
	for (depth = DER_DEPTH_MAX; depth <= DER_DEPTH_MAX + 1; depth++) {
		struct span s = {deep, 4 * ((size_t)depth + 1)};
		struct der d;
		int i;

		memset(deep, 0, sizeof(deep));
		for (i = 0; i <= depth; i++)
			memcpy(deep + 2 * i, "\x30\x80", 2);
		assert_int_equal(der_next(&s, &d), depth == DER_DEPTH_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_header_is_read),
	    cmocka_unit_test(a_broken_header_is_told),
	    cmocka_unit_test(values_are_taken_in_order),
	    cmocka_unit_test(a_broken_value_is_not_taken),
	    cmocka_unit_test(nesting_has_a_limit),
	};

	return cmocka_run_group_tests_name("base_der", tests, NULL, NULL);
}
