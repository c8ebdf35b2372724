/* Words for a shell: whatever is in them, sh reads them back as they were. */
#include "tests/unit/keys/keys_check.h"

#include <stdio.h>
#include <unistd.h>

#include "src/base/shell.h"

/* What sh prints for "printf '%s\n' WORDS": each word behind "<". */
static void
assert_read_as(const struct buf *words, const char *wanted)
{
	struct buf command = {0};
	char got[4096] = "";
	FILE *f;

	buf_addf(&command, "printf '<%%s>' %s", (const char *)words->p);
	f = popen((const char *)command.p, "r");
	assert_non_null(f);
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	assert_int_equal(pclose(f), 0);
	assert_string_equal(got, wanted);
	buf_free(&command);
}

static void
a_word_stays_one(void **state)
{
	static const char *const words[] = {"plain", "two words", "o'hara@h",
	    "$(id)", "`id`", "a\"b", "a\\b", "*", "~", "", "a;b", "#x",
	    "\xc3\xa9", "''", "a\tb", "!x"};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct buf b = {0}, wanted = {0};

		shell_word(&b, words[i]);
		buf_addf(&wanted, "<%s>", words[i]);
		assert_read_as(&b, (const char *)wanted.p);
		buf_free(&b);
		buf_free(&wanted);
	}
}

static void
a_name_is_no_option(void **state)
{
	struct buf b = {0};

	(void)state;
	shell_name(&b, "bob@h");
	assert_string_equal((const char *)b.p, "bob@h");
	buf_free(&b);
	shell_name(&b, "-k@h");
	assert_string_equal((const char *)b.p, "-- -k@h");
	buf_free(&b);
}

static void
a_path_means_the_same_everywhere(void **state)
{
	static const char *const paths[] = {".", "none of this name"};
	char here[2048];
	struct buf wanted = {0};
	char *whole;

	(void)state;
	assert_non_null(getcwd(here, sizeof(here)));
	whole = shell_absolute(paths[0]);
	assert_string_equal(whole, here);
	free(whole);
	whole = shell_absolute(paths[1]);
	buf_addf(&wanted, "%s/%s", here, paths[1]);
	assert_string_equal(whole, (const char *)wanted.p);
	buf_free(&wanted);
	free(whole);
	whole = shell_absolute("/none/of this");
	assert_string_equal(whole, "/none/of this");
	free(whole);
	shell_path(&wanted, "/none/of this");
	assert_string_equal((const char *)wanted.p, "'/none/of this'");
	buf_free(&wanted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_word_stays_one),
	    cmocka_unit_test(a_name_is_no_option),
	    cmocka_unit_test(a_path_means_the_same_everywhere),
	};

	return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
