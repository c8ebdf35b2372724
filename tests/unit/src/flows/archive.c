/*
 * Archives as tar and gzip see them (src/archive.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/flows/archive.h"

enum { AT = 1151193600 }; /* 2006-06-25 */

/* A name of n bytes, in a folder of m where that is not 0. */
static char *
name_of(size_t m, size_t n)
{
	struct buf b = {0};

	for (size_t i = 0; i < m; i++)
		buf_adds(&b, "d");
	buf_adds(&b, m > 0 ? "/" : "");
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, "n");
	return (char *)b.p;
}

/* What tar lists of an archive, or extracts of it to standard output. */
static struct buf
unpack(struct archive *a, const char *how)
{
	char path[] = "/tmp/signet-archive.XXXXXX", command[200], bytes[4096];
	struct buf base64 = {0}, out = {0};
	struct err e;
	FILE *f;
	size_t n;
	int fd = mkstemp(path);

	assert_int_not_equal(fd, -1);
	assert_int_equal(archive_base64(a, &base64, &e), 0);
	assert_int_equal(write(fd, base64.p, base64.n), (ssize_t)base64.n);
	(void)close(fd);
	(void)snprintf(command, sizeof(command),
	    "openssl base64 -d -in %s | TZ=UTC tar %s -zf -", path, how);
	f = popen(command, "r");
	assert_non_null(f);
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(&out, bytes, n);
	assert_int_equal(pclose(f), 0);
	(void)unlink(path);
	buf_free(&base64);
	return out;
}

static void
files_come_back(void **state)
{
	static const size_t sizes[] = {0, 1, 511, 512, 513, 100000};
	struct archive a = {.at = AT};
	struct buf all = {0}, out;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct buf data = {0};
		char name[20];

		while (data.n < sizes[i])
			buf_add(&data, &(char){(char)(data.n * 7)}, 1);
		(void)snprintf(name, sizeof(name), "file%zu", i);
		assert_int_equal(
		    archive_add(&a, name, span_buf(&data), 0644, &e), 0);
		buf_addspan(&all, span_buf(&data));
		buf_free(&data);
	}
	out = unpack(&a, "-xO");
	assert_int_equal(out.n, all.n);
	assert_memory_equal(out.p, all.p, all.n);
	buf_free(&out);
	buf_free(&all);
	archive_free(&a);
}

static void
what_is_said_of_them(void **state)
{
	struct archive a = {.at = AT};
	struct buf out;
	struct err e;

	(void)state;
	assert_int_equal(archive_add(&a, "secret", span_str("x"), 0600, &e), 0);
	out = unpack(&a, "--full-time --numeric-owner -tv");
	assert_string_equal(out.p,
	    "-rw------- 0/0               1 2006-06-25 00:00:00 secret\n");
	buf_free(&out);
	archive_free(&a);
}

static void
long_names(void **state)
{
	static const struct {
		size_t folder, file;
		int rc;
	} cases[] = {{0, 100, 0}, {0, 101, -1}, {10, 89, 0}, {10, 90, 0},
	    {10, 100, 0}, {10, 101, -1}, {155, 100, 0}, {156, 100, -1},
	    {155, 1, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct archive a = {.at = AT};
		char *name = name_of(cases[i].folder, cases[i].file);
		struct buf out, wanted = {0};
		struct err e;

		assert_int_equal(archive_add(&a, name, span_str("x"), 0644, &e),
		    cases[i].rc);
		if (cases[i].rc == 0) {
			out = unpack(&a, "-t");
			buf_addf(&wanted, "%s\n", name);
			assert_string_equal(out.p, wanted.p);
			buf_free(&out);
			buf_free(&wanted);
		} else
			assert_non_null(strstr(e.text, "too long for a tar"));
		free(name);
		archive_free(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_come_back),
	    cmocka_unit_test(what_is_said_of_them),
	    cmocka_unit_test(long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
