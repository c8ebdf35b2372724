/* Errors: a sentence and an exit status, with a context put in front. */
#include "tests/unit/keys/keys_check.h"

#include <errno.h>

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

/* What a face gives advice on: it goes with the error until another is set. */
static void
test_cause_goes_with_it(void **state)
{
	struct err_kept kept = {0};
	struct err e, back;
	char name[ERR_ABOUT + 1];

	(void)state;
	(void)err_set(&e, EX_CONFIG, "no key");
	assert_int_equal(e.cause, CAUSE_NONE);
	assert_string_equal(e.about, "");
	assert_int_equal(err_because(&e, CAUSE_NO_OWN_CERT, "bob@h"), -1);
	(void)err_in(&e, "line 3");
	err_keep(&kept, &e);
	err_recall(&kept, &back);
	assert_int_equal(back.exit, EX_CONFIG);
	assert_int_equal(back.cause, CAUSE_NO_OWN_CERT);
	assert_string_equal(back.about, "bob@h");
	assert_string_equal(back.text, "line 3: no key");
	(void)err_set(&e, EX_CONFIG, "another");
	assert_int_equal(e.cause, CAUSE_NONE);
	assert_string_equal(e.about, "");
	err_keep(&kept, &e);
	err_recall(&kept, &back);
	assert_int_equal(back.cause, CAUSE_NONE);
	assert_string_equal(back.about, "");
	err_kept_free(&kept);
	assert_null(kept.text);
	/* A name that is cut would be another one. */
	memset(name, 'x', ERR_ABOUT);
	name[ERR_ABOUT] = '\0';
	(void)err_because(&e, CAUSE_NO_CA, name);
	assert_int_equal(e.cause, CAUSE_NO_CA);
	assert_string_equal(e.about, "");
	name[ERR_ABOUT - 1] = '\0';
	(void)err_because(&e, CAUSE_NO_CA, name);
	assert_string_equal(e.about, name);
}

static void
test_system_knows_what_a_network_says(void **state)
{
	static const struct {
		int error;
		enum err_cause cause;
	} rows[] = {{ECONNREFUSED, CAUSE_NOBODY}, {ENETUNREACH, CAUSE_NO_ROUTE},
	    {EHOSTUNREACH, CAUSE_NO_ROUTE}, {EPIPE, CAUSE_NONE}};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
		    err_system(&e, EX_UNAVAILABLE, rows[i].error), -1);
		assert_int_equal(e.exit, EX_UNAVAILABLE);
		assert_int_equal(e.cause, rows[i].cause);
		assert_string_equal(e.text, strerror(rows[i].error));
	}
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
	    cmocka_unit_test(test_cause_goes_with_it),
	    cmocka_unit_test(test_system_knows_what_a_network_says),
	    cmocka_unit_test(test_ssl_gives_reason_and_empties_queue),
	};

	return cmocka_run_group_tests_name("keys_err", tests, NULL, NULL);
}
