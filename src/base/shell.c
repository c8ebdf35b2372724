#define _XOPEN_SOURCE 700 /* realpath() */

#include "src/base/shell.h"

#include <stdlib.h>
#include <string.h>

void
shell_word(struct buf *out, const char *word)
{
	if (word[0] != '\0' &&
	    word[strspn(word,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789/._+-@:")] == '\0') {
		buf_adds(out, word);
		return;
	}
	buf_adds(out, "'");
	for (; *word != '\0'; word++)
		if (*word == '\'')
			buf_adds(out, "'\\''");
		else
			buf_add(out, word, 1);
	buf_adds(out, "'");
}

void
shell_name(struct buf *out, const char *name)
{
	if (name[0] == '-')
		buf_adds(out, "-- ");
	shell_word(out, name);
}

char *
shell_absolute(const char *path)
{
	char *whole = realpath(path, NULL), *here;
	struct buf b = {0};

	if (whole != NULL)
		return whole;
	/* It does not exist yet. */
	here = path[0] != '/' ? realpath(".", NULL) : NULL;
	if (here != NULL)
		buf_addf(&b, "%s/", here);
	buf_adds(&b, path);
	free(here);
	return (char *)b.p;
}

void
shell_path(struct buf *out, const char *path)
{
	char *whole = shell_absolute(path);

	shell_word(out, whole);
	free(whole);
}
