/*
 * Settings on the command line.
 */
#include "src/app/config_priv.h"

#include <stdlib.h>
#include <string.h>

/* The words that are not settings. */
struct words {
	char **items;
	size_t count;
};

static void
config_add_word(struct words *w, char *word)
{
	w->items = xrealloc(w->items, (w->count + 2) * sizeof(*w->items));
	w->items[w->count++] = word;
	w->items[w->count] = NULL;
}

void
config_words_free(char **words)
{
	for (size_t i = 0; words != NULL && words[i] != NULL; i++)
		free(words[i]);
	free(words);
}

/* Parses "--name", "--no-name" or "--name=value". Returns 1, 0 if it is not a
 * setting, or -1. *used gets 1 if the next word was its value. */
static int
config_parse_long(struct config *c, const char *arg, const char *next,
    int *used, struct err *e)
{
	const char *name = arg + 2, *equals = strchr(name, '=');
	size_t n = equals == NULL ? strlen(name) : (size_t)(equals - name);
	const struct setting *s = setting_named(name, n);
	bool no = s == NULL && strncmp(name, "no-", 3) == 0;

	if (no)
		s = setting_named(name + 3, n - 3);
	if (s == NULL || (no && s->kind != SETTING_YES_NO))
		return 0;
	if (s->kind == SETTING_YES_NO) {
		if (equals != NULL && no)
			return err_set(e, EX_USAGE, "%s takes no value", arg);
		return setting_put(c, s,
			   equals != NULL ? equals + 1
			       : no       ? "no"
					  : "yes",
			   e) == -1
		    ? -1
		    : 1;
	}
	if (equals == NULL) {
		if (next == NULL)
			return err_set(e, EX_USAGE, "--%s needs %s after it",
			    s->name, s->value);
		*used = 1;
	}
	return setting_put(c, s, equals != NULL ? equals + 1 : next, e) == -1
	    ? -1
	    : 1;
}

/* Returns whether letter is an option of a verb; *has_value gets whether it
 * takes a value. */
static bool
config_is_verbs(const char *letters, char letter, bool *has_value)
{
	const char *p = letter == ':' ? NULL : strchr(letters, letter);

	*has_value = p != NULL && p[1] == ':';
	return p != NULL;
}

/* Returns whether all letters of a word that begins with '-' are settings or
 * options of verbs. Any other word is text, and is not split. */
static bool
config_is_bundle(const char *arg, const char *letters)
{
	for (const char *p = arg + 1; *p != '\0'; p++) {
		const struct setting *s = setting_lettered(*p);
		bool has_value;

		if (s == NULL && !config_is_verbs(letters, *p, &has_value))
			return false;
		if (s != NULL ? s->kind != SETTING_YES_NO : has_value)
			return true; /* the rest is its value */
	}
	return true;
}

/* Parses a bundle such as -se, whose last letter may take a value. *rest gets a
 * word of those letters that are a verb's, for free, or NULL. *used gets 1 if
 * next was the value. */
static int
config_parse_short(struct config *c, const char *arg, const char *next,
    const char *letters, char **rest, int *used, struct err *e)
{
	struct buf left = {0};
	int rc = 0;

	buf_adds(&left, "-");
	for (const char *p = arg + 1; rc == 0 && *p != '\0'; p++) {
		const struct setting *s = setting_lettered(*p);
		const char *value = "yes";
		bool has_value;

		if (s == NULL && config_is_verbs(letters, *p, &has_value)) {
			buf_addf(
			    &left, "%.*s", has_value ? (int)strlen(p) : 1, p);
			if (has_value)
				break;
			continue;
		}
		if (s->kind != SETTING_YES_NO) {
			value = p[1] != '\0' ? p + 1 : next;
			*used = p[1] == '\0';
			p += strlen(p) - 1;
		}
		rc = value != NULL
		    ? setting_put(c, s, value, e)
		    : err_set(e, EX_USAGE, "-%c needs %s after it", s->letter,
			  s->value);
	}
	*rest = left.n > 1 && rc == 0 ? xstrdup((const char *)left.p) : NULL;
	buf_free(&left);
	return rc;
}

/* Parses the argument at argv: stores a setting, or adds the word to words.
 * *used gets 1 if the next argument was the setting's value, else 0. */
static int
config_parse_argument(struct config *c, char *const *argv, const char *letters,
    struct words *words, int *used, struct err *e)
{
	const char *arg = argv[0], *next = argv[1];
	char *rest;
	int taken = 0;

	*used = 0;
	if (strncmp(arg, "--", 2) == 0)
		taken = config_parse_long(c, arg, next, used, e);
	else if (arg[0] == '-' && arg[1] != '\0' &&
	    config_is_bundle(arg, letters)) {
		taken = config_parse_short(
			    c, arg, next, letters, &rest, used, e) == -1
		    ? -1
		    : 1;
		if (taken == 1 && rest != NULL)
			config_add_word(words, rest);
	}
	if (taken == 0)
		config_add_word(words, xstrdup(arg));
	return taken == -1 ? -1 : 0;
}

char **
config_parse_arguments(
    struct config *c, char *const *argv, const char *letters, struct err *e)
{
	struct words words = {0};
	int used, rc = 0;

	/* A list on the command line replaces the file's. */
	for (size_t k = 0; setting_at(k) != NULL; k++)
		c->replace[k] = setting_at(k)->kind == SETTING_LIST;
	config_add_word(&words, xstrdup(*argv != NULL ? *argv : "signet"));
	for (argv += *argv != NULL; rc == 0 && *argv != NULL;
	     argv += 1 + used) {
		if (strcmp(*argv, "--") == 0)
			break;
		rc = config_parse_argument(c, argv, letters, &words, &used, e);
	}
	for (; rc == 0 && *argv != NULL; argv++)
		config_add_word(&words, xstrdup(*argv));
	if (rc == 0)
		return words.items;
	config_words_free(words.items);
	return NULL;
}
