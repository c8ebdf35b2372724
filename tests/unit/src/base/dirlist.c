/* The names in a folder: sorted, all but "." and "..". */
#include "tests/unit/keys/keys_check.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/dirlist.h"

static void
make(const char *dir, const char *name, bool there)
{
	char path[200];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!there) {
		assert_int_equal(unlink(path), 0);
		return;
	}
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
}

static void
names_are_sorted(void **state)
{
	static const char *const names[] = {"b", "a", ".hidden", "B"};
	static const char *const sorted[] = {".hidden", "B", "a", "b"};
	char dir[] = "/tmp/dirlist-XXXXXX";
	struct dirlist list;
	struct err e = {0};

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(dirlist_read(dir, &list, &e), 0);
	assert_int_equal(list.count, 0);
	dirlist_free(&list);
	for (size_t i = 0; i < COUNT(names); i++)
		make(dir, names[i], true);
	assert_int_equal(dirlist_read(dir, &list, &e), 0);
	assert_int_equal(list.count, COUNT(sorted));
	for (size_t i = 0; i < COUNT(sorted); i++)
		assert_string_equal(list.names[i], sorted[i]);
	dirlist_free(&list);
	for (size_t i = 0; i < COUNT(names); i++)
		make(dir, names[i], false);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(dirlist_read(dir, &list, &e), -1);
	assert_int_equal(e.exit, EX_NOINPUT);
	assert_non_null(strstr(e.text, "cannot be read: No such file"));
	dirlist_free(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_sorted)};

	return cmocka_run_group_tests_name("base_dirlist", tests, NULL, NULL);
}
