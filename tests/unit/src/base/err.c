/* Errors: a sentence and an exit status, with a context put in front. */
#include "tests/unit/keys/keys_check.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "src/base/err.h"

static void
test_set_and_in(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, EX_CONFIG, "no key for %s", "bob"), -1);
	assert_int_equal(e.exit, EX_CONFIG);
	assert_string_equal(e.text, "no key for bob");
	assert_int_equal(err_in(&e, "line %d", 3), -1);
	assert_string_equal(e.text, "line 3: no key for bob");
	assert_int_equal(e.exit, EX_CONFIG);
}

static void
test_long_text_is_cut(void **state)
{
	char text[3000];
	struct err e;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&e, EX_DATAERR, "%s", text);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	err_in(&e, "%s", text);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

static void
test_ssl_gives_reason_and_empties_queue(void **state)
{
	BIO *b = BIO_new_mem_buf("nothing", -1);
	struct err e;

	(void)state;
	ERR_clear_error();
	err_ssl(&e, EX_DATAERR, "plain");
	assert_string_equal(e.text, "plain");
	assert_null(PEM_read_bio_X509(b, NULL, NULL, NULL));
	err_ssl(&e, EX_DATAERR, "reading %s", "f");
	assert_string_equal(e.text, "reading f: no start line");
	assert_int_equal(ERR_peek_error(), 0);
	BIO_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_set_and_in),
	    cmocka_unit_test(test_long_text_is_cut),
	    cmocka_unit_test(test_ssl_gives_reason_and_empties_queue),
	};

	return cmocka_run_group_tests_name("keys_err", tests, NULL, NULL);
}
