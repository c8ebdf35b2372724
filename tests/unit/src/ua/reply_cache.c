/* The table of the replies that messages got. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "src/ua/reply_cache.h"

static void
add(struct reply_cache *a, char name, uint64_t at, uint16_t status)
{
	struct reply_cache_entry e = {.at = at, .status = status};

	memset(e.key, name, sizeof(e.key));
	reply_cache_add(a, &e);
}

/* Returns the status that a message got, or 0. */
static int
find(const struct reply_cache *a, char name, uint64_t now)
{
	unsigned char key[DIGEST_SIZE];
	const struct reply_cache_entry *e;

	memset(key, name, sizeof(key));
	e = reply_cache_find(a, key, now);
	return e != NULL ? e->status : 0;
}

static void
what_was_not_taken_is_judged_anew(void **state)
{
	struct reply_cache *a = reply_cache_new(2);
	unsigned char key[DIGEST_SIZE];

	(void)state;
	memset(key, 'a', sizeof(key));
	add(a, 'a', 10, 480);
	assert_int_equal(find(a, 'a', 11), 480);
	/* the clock may have begun just now */
	reply_cache_forget(a, key, 11);
	assert_int_equal(find(a, 'a', 11), 0);
	assert_int_equal(find(a, 'a', 1000000), 0);
	add(a, 'a', 12, 200);
	assert_int_equal(find(a, 'a', 12), 200);
	/* the one that was forgotten makes room like any */
	add(a, 'b', 13, 202);
	add(a, 'c', 13, 203);
	assert_int_equal(find(a, 'a', 13), 0);
	assert_int_equal(find(a, 'b', 13), 202);
	assert_int_equal(find(a, 'c', 13), 203);
	reply_cache_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_not_taken_is_judged_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
