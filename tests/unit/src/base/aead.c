/* Boxes open as they were sealed, and not otherwise; keys depend on labels. */
#include "tests/unit/keys/keys_check.h"

#include "src/base/aead.h"

static const unsigned char key[AEAD_KEY] = "0123456789abcdef0123456789abcdef";
static const unsigned char other[AEAD_KEY] = "0123456789abcdef0123456789abcdeg";

static void
a_box_opens_with_its_key_and_context_alone(void **state)
{
	static const char *const texts[] = {
	    "", "x", "a longer text of a record"};
	struct aead *a = aead_new(key), *b = aead_new(other);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct span text = span_str(texts[i]);
		struct buf box = {0}, out = {0};

		aead_seal(a, span_str("row 1"), text, &box);
		assert_int_equal(box.n, text.n + AEAD_MORE);
		assert_true(
		    aead_open(a, span_str("row 1"), span_buf(&box), &out));
		assert_true(span_eq(span_buf(&out), text));
		out.n = 0;
		assert_false(
		    aead_open(a, span_str("row 2"), span_buf(&box), &out));
		assert_false(
		    aead_open(b, span_str("row 1"), span_buf(&box), &out));
		for (size_t k = 0; k < box.n; k++) {
			box.p[k] ^= 1;
			assert_false(aead_open(
			    a, span_str("row 1"), span_buf(&box), &out));
			box.p[k] ^= 1;
			assert_false(aead_open(a, span_str("row 1"),
			    span_cut(span_buf(&box), 0, k), &out));
		}
		assert_int_equal(out.n, 0);
		buf_free(&box);
		buf_free(&out);
	}
	aead_free(a);
	aead_free(b);
}

static void
no_two_boxes_share_a_nonce(void **state)
{
	struct aead *a = aead_new(key);
	struct buf first = {0}, second = {0};

	(void)state;
	aead_seal(a, span_str(""), span_str("the same"), &first);
	aead_seal(a, span_str(""), span_str("the same"), &second);
	assert_memory_not_equal(first.p, second.p, AEAD_NONCE);
	assert_memory_not_equal(first.p + AEAD_NONCE, second.p + AEAD_NONCE, 8);
	buf_free(&first);
	buf_free(&second);
	aead_free(a);
}

static void
keys_depend_on_key_and_label(void **state)
{
	unsigned char one[AEAD_KEY], two[AEAD_KEY];

	(void)state;
	aead_derive(key, "label", one);
	aead_derive(key, "label", two);
	assert_memory_equal(one, two, AEAD_KEY);
	aead_derive(key, "label 2", two);
	assert_memory_not_equal(one, two, AEAD_KEY);
	aead_derive(other, "label", two);
	assert_memory_not_equal(one, two, AEAD_KEY);
	aead_mac(key, span_str("bytes"), one);
	aead_mac(key, span_str("bytes"), two);
	assert_memory_equal(one, two, AEAD_KEY);
	aead_mac(other, span_str("bytes"), two);
	assert_memory_not_equal(one, two, AEAD_KEY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_box_opens_with_its_key_and_context_alone),
	    cmocka_unit_test(no_two_boxes_share_a_nonce),
	    cmocka_unit_test(keys_depend_on_key_and_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
