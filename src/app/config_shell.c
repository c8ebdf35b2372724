/*
 * The command that a person is told to type into a shell.
 */
#define _XOPEN_SOURCE 700 /* realpath() */

#include "src/app/config.h"

#include <stdlib.h>
#include <string.h>

void
config_shell_word(struct buf *out, const char *word)
{
	if (word[strspn(word,
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
config_shell(const struct config *c, struct buf *out)
{
	char *whole;

	buf_adds(out, "signet");
	if (c->keys_default)
		return;
	whole = realpath(c->keys, NULL);
	buf_adds(out, " -k ");
	config_shell_word(out, whole != NULL ? whole : c->keys);
	free(whole);
}
