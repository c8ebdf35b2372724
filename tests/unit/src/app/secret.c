/* Secrets from files and commands, as programs of all systems write them. */
#include "src/app/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keys/store/passphrase.h"

static const struct {
	const char *file, *secret; /* NULL: refused */
} cases[] = {
    {"secret", "secret"},
    {"secret\n", "secret"},
    {"secret\r\n", "secret"},
    {"secret\r", "secret"},
    {"secret\r\nmore\r\n", "secret"},
    {"se\rcret\n", "se\rcret"},
    {" secret \r\n", " secret "},
    {"\r\n", NULL},
    {"\nsecret\n", NULL},
    {"", NULL},
};

static int
from_file(const void *data, size_t n, struct buf *out)
{
	char path[] = "/tmp/signet-secret.XXXXXX";
	int fd = mkstemp(path), rc;
	struct err e;

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, data, n), n);
	close(fd);
	rc = secret_password(NULL, path, "who", out, &e);
	unlink(path);
	return rc;
}

static void
the_first_line_is_the_secret_without_its_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = {0};
		int rc = from_file(cases[i].file, strlen(cases[i].file), &out);

		assert_int_equal(rc, cases[i].secret != NULL ? 0 : -1);
		if (rc == 0) {
			buf_add(&out, "", 1);
			assert_string_equal((char *)out.p, cases[i].secret);
		}
		buf_wipe(&out);
	}
}

static void
a_line_end_takes_no_room(void **state)
{
	char longest[PASSPHRASE_MAX + 2];
	struct buf out = {0};

	(void)state;
	memset(longest, 'x', sizeof(longest));
	memcpy(longest + PASSPHRASE_MAX - 1, "\r\n", 2);
	assert_int_equal(from_file(longest, PASSPHRASE_MAX + 1, &out), 0);
	assert_int_equal(out.n, PASSPHRASE_MAX - 1);
	buf_wipe(&out);
	longest[PASSPHRASE_MAX - 1] = 'x';
	assert_int_equal(from_file(longest, PASSPHRASE_MAX, &out), -1);
	assert_int_equal(from_file(longest, PASSPHRASE_MAX + 2, &out), -1);
	buf_wipe(&out);
}

static void
a_command_prints_one_too(void **state)
{
	struct buf out = {0};
	struct err e;

	(void)state;
	assert_int_equal(
	    secret_command("printf 'secret\\r\\nmore'", &out, &e), 0);
	assert_int_equal(out.n, 6);
	assert_memory_equal(out.p, "secret", 6);
	buf_wipe(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_line_is_the_secret_without_its_end),
	    cmocka_unit_test(a_line_end_takes_no_room),
	    cmocka_unit_test(a_command_prints_one_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
