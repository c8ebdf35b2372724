/*
 * Settings on the command line.
 */
#include "src/app/config_priv.h"

#include <stdlib.h>
#include <string.h>

/* The letters of verbs' own options; n has a value after it. */
static const char verb_letters[] = "bn";

/* 1: taken, 0: not a setting, -1. *used counts words beyond the first. */
static int
take_long(struct config *c, const char *arg, const char *next, int *used,
    struct err *e)
{
	const char *name = arg + 2, *equals = strchr(name, '=');
	size_t n = equals == NULL ? strlen(name) : (size_t)(equals - name);
	const struct setting *s = setting_named(name, n);
	bool no = s == NULL && strncmp(name, "no-", 3) == 0;

	if (no)
		s = setting_named(name + 3, n - 3);
	if (s == NULL || (no && s->kind != YES_NO))
		return 0;
	if (s->kind == YES_NO) {
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

/* Whether a word that begins with '-' is a bundle of letters that all are
 * settings' or verbs': anything else is somebody's text, and stays whole. */
static bool
is_bundle(const char *arg)
{
	for (const char *p = arg + 1; *p != '\0'; p++) {
		const struct setting *s = setting_lettered(*p);

		if (s == NULL && strchr(verb_letters, *p) == NULL)
			return false;
		if (s != NULL ? s->kind != YES_NO : *p == 'n')
			return true; /* the rest is its value */
	}
	return true;
}

/* A bundle such as -se, whose last letter may have a value. A verb's letters
 * stay behind in arg. */
static int
take_short(
    struct config *c, char *arg, const char *next, int *used, struct err *e)
{
	char *keep = arg + 1;

	if (!is_bundle(arg))
		return 0;
	for (char *p = arg + 1; *p != '\0'; p++) {
		const struct setting *s = setting_lettered(*p);
		const char *value = "yes";

		if (s == NULL && *p == 'n') {
			memmove(keep, p, strlen(p) + 1);
			return 0;
		}
		if (s == NULL) {
			*keep++ = *p;
			continue;
		}
		if (s->kind != YES_NO) {
			value = p[1] != '\0' ? p + 1 : next;
			if (value == NULL)
				return err_set(e, EX_USAGE,
				    "-%c needs %s after it", *p, s->value);
			*used = p[1] == '\0';
			p += strlen(p) - 1;
		}
		if (setting_put(c, s, value, e) == -1)
			return -1;
	}
	*keep = '\0';
	return keep == arg + 1;
}

int
config_take_arguments(struct config *c, int *argc, char **argv, struct err *e)
{
	int to = 1, i = 1;

	/* A list on the command line replaces the file's. */
	for (size_t k = 0; setting_at(k) != NULL; k++)
		c->replace[k] = setting_at(k)->kind == LIST;

	for (; i < *argc; i++) {
		char *arg = argv[i], *next = i + 1 < *argc ? argv[i + 1] : NULL;
		int taken = 0, used = 0;

		if (strcmp(arg, "--") == 0)
			break;
		if (strncmp(arg, "--", 2) == 0)
			taken = take_long(c, arg, next, &used, e);
		else if (arg[0] == '-' && arg[1] != '\0')
			taken = take_short(c, arg, next, &used, e);
		if (taken == -1)
			return -1;
		if (taken == 0)
			argv[to++] = arg;
		i += used;
	}
	while (i < *argc)
		argv[to++] = argv[i++];
	argv[to] = NULL;
	*argc = to;
	return 0;
}
