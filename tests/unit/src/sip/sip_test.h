/* Helpers of the tests of text, stream and sip. */
#ifndef SIGNET_TESTS_UNIT_SRC_SIP_SIP_TEST_H
#define SIGNET_TESTS_UNIT_SRC_SIP_SIP_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/base/bytes.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* A literal that may contain NULs, as an initializer and as a value. */
#define TEXT(s)                                           \
	{                                                 \
		(const unsigned char *)(s), sizeof(s) - 1 \
	}
#define BYTES(s) ((struct span)TEXT(s))

/* Returns the content of a file below the source folder, for buf_free. */
static inline struct buf
test_file(const char *name)
{
	const char *top = getenv("SRCDIR");
	char path[4096], chunk[4096];
	struct buf b = {0};
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top != NULL ? top : ".", name);
	f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s cannot be read; SRCDIR names the sources", path);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&b, chunk, n);
	fclose(f);
	return b;
}

#endif
