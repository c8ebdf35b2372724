#include "src/app/verb_args.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/home.h"

enum { VERB_COLUMN = 30 }; /* of --help, where the help texts begin */

/* --- rows ----------------------------------------------------------------- */

static const struct verb_option *
verb_option_at(const struct verb *v, size_t i)
{
	const struct verb_option *o = v->options != NULL ? &v->options[i]
							 : NULL;

	return o == NULL || (o->name == NULL && o->letter == 0) ? NULL : o;
}

static bool
verb_is_called(const struct verb_option *o, const char *name)
{
	return o->name != NULL ? strcmp(o->name, name) == 0
			       : name[0] == o->letter && name[1] == '\0';
}

const char *
verb_value(const struct verb_args *args, const char *name)
{
	const struct verb_option *o;

	for (size_t i = 0; (o = verb_option_at(args->verb, i)) != NULL; i++)
		if (verb_is_called(o, name))
			return args->values[i];
	return NULL;
}

bool
verb_has(const struct verb_args *args, const char *name)
{
	return verb_value(args, name) != NULL;
}

int
verb_number(const struct verb_args *args, const char *name, unsigned max,
    unsigned *out, struct err *e)
{
	const char *value = verb_value(args, name);
	uint64_t n;

	if (value == NULL)
		return 0;
	if (!number_parse(span_str(value), max, &n))
		return err_set(e, EX_USAGE,
		    "--%s needs a number up to %u, not \"%s\"", name, max,
		    value);
	*out = (unsigned)n;
	return 0;
}

/* --- the parser ----------------------------------------------------------- */

int
verb_usage(const struct verb_args *args, struct err *e)
{
	const struct verb *v = args->verb;

	return err_set(e, EX_USAGE, "usage: signet %s%s%s", v->name,
	    v->args[0] != '\0' ? " " : "", v->args);
}

/* Returns the index of the option that name abbreviates unambiguously or names
 * in full, or -1. */
static int
verb_find_long(const struct verb *v, const char *name, size_t n)
{
	const struct verb_option *o;
	int found = -1, count = 0;

	for (int i = 0; (o = verb_option_at(v, (size_t)i)) != NULL; i++) {
		if (o->name == NULL || strncmp(o->name, name, n) != 0)
			continue;
		if (strlen(o->name) == n)
			return i;
		found = i;
		count++;
	}
	return count == 1 ? found : -1;
}

static int
verb_find_letter(const struct verb *v, char letter)
{
	const struct verb_option *o;

	for (int i = 0; (o = verb_option_at(v, (size_t)i)) != NULL; i++)
		if (o->letter == letter)
			return i;
	return -1;
}

/* Parses "--name", "--name=value" or "--name value". Returns the number of
 * words used, or 0 if the option is unknown or lacks its value. */
static int
verb_parse_long(struct verb_args *a, char *const *words)
{
	const char *name = words[0] + 2, *equals = strchr(name, '=');
	size_t n = equals != NULL ? (size_t)(equals - name) : strlen(name);
	int i = verb_find_long(a->verb, name, n);
	const struct verb_option *o;

	if (i < 0)
		return 0;
	o = &a->verb->options[i];
	if (o->value == NULL) {
		a->values[i] = "";
		return equals == NULL;
	}
	a->values[i] = equals != NULL ? equals + 1 : words[1];
	if (a->values[i] == NULL)
		return 0;
	return equals != NULL ? 1 : 2;
}

/* The same for letters, such as "-ab"; the last may have a value. */
static int
verb_parse_short(struct verb_args *a, char *const *words)
{
	for (const char *p = words[0] + 1; *p != '\0'; p++) {
		int i = verb_find_letter(a->verb, *p);

		if (i < 0)
			return 0;
		a->values[i] = "";
		if (a->verb->options[i].value == NULL)
			continue;
		a->values[i] = p[1] != '\0' ? p + 1 : words[1];
		return a->values[i] == NULL ? 0 : p[1] != '\0' ? 1 : 2;
	}
	return 1;
}

/* Expands ~ in the values that are paths. */
static int
verb_expand_paths(struct verb_args *a, struct err *e)
{
	const struct verb_option *o;

	for (size_t i = 0; (o = verb_option_at(a->verb, i)) != NULL; i++) {
		if (a->values[i] == NULL || a->values[i][0] != '~' ||
		    (strcmp(o->value, "DIR") != 0 &&
			strcmp(o->value, "FILE") != 0))
			continue;
		a->paths[i] = home_expand(a->values[i], e);
		if (a->paths[i] == NULL)
			return -1;
		a->values[i] = a->paths[i];
	}
	return 0;
}

static int
verb_parse_words(struct verb_args *a, char *const *words, struct err *e)
{
	size_t count = 0;
	int used;

	while (words[count] != NULL)
		count++;
	a->words = xcalloc(count + 1, sizeof(*a->words));
	while (*words != NULL) {
		if (strcmp(*words, "--") == 0) {
			words++;
			break;
		}
		if ((*words)[0] != '-' || (*words)[1] == '\0') {
			if (a->verb->stops)
				break;
			a->words[a->count++] = *words++;
			continue;
		}
		used = (*words)[1] == '-' ? verb_parse_long(a, words)
					  : verb_parse_short(a, words);
		if (used == 0)
			return verb_usage(a, e);
		words += used;
	}
	while (*words != NULL)
		a->words[a->count++] = *words++;
	if (a->count < a->verb->least || a->count > a->verb->most)
		return verb_usage(a, e);
	return verb_expand_paths(a, e);
}

int
verb_args_parse(const struct verb *verb, char *const *words,
    struct verb_args *out, struct err *e)
{
	const struct verb *action = verb->actions;

	*out = (struct verb_args){.verb = verb};
	if (action == NULL)
		return verb_parse_words(out, words + 1, e);
	while (action->name != NULL &&
	    (words[1] == NULL ||
		strcmp(strchr(action->name, ' ') + 1, words[1]) != 0))
		action++;
	if (action->name == NULL)
		return verb_usage(out, e);
	out->verb = action;
	return verb_parse_words(out, words + 2, e);
}

void
verb_args_free(struct verb_args *args)
{
	for (size_t i = 0; i < VERB_OPTIONS; i++)
		free(args->paths[i]);
	free(args->words);
}

const struct verb_option verb_common[] = {
    {"help", 'h', NULL, "print this text, or the help of VERB"},
    {"version", 'V', NULL, "print the version"}, {NULL, 0, NULL, NULL}};

/* --- help ----------------------------------------------------------------- */

static void
verb_help_option(const struct verb_option *o, struct buf *out)
{
	size_t start = out->n;

	if (o->letter != 0)
		buf_addf(out, "  -%c", o->letter);
	else
		buf_adds(out, "    ");
	if (o->name != NULL)
		buf_addf(out, "%s--%s", o->letter != 0 ? ", " : "  ", o->name);
	if (o->value != NULL)
		buf_addf(out, " %s", o->value);
	if (out->n - start > VERB_COLUMN) {
		buf_adds(out, "\n");
		start = out->n;
	}
	buf_addf(out, "%*s %s\n", (int)(VERB_COLUMN - (out->n - start)), "",
	    o->help);
}

void
verb_help_common(struct buf *out)
{
	for (const struct verb_option *o = verb_common; o->name != NULL; o++)
		verb_help_option(o, out);
}

static void
verb_help_options(const struct verb *v, struct buf *out)
{
	for (size_t i = 0; verb_option_at(v, i) != NULL; i++)
		verb_help_option(verb_option_at(v, i), out);
}

/* Returns whether an action before until has the option, which was printed with
 * that one. */
static bool
verb_is_told_before(
    const struct verb *actions, const struct verb *until, const char *name)
{
	for (; actions != until; actions++)
		for (size_t i = 0; verb_option_at(actions, i) != NULL; i++)
			if (verb_is_called(verb_option_at(actions, i), name))
				return true;
	return false;
}

static void
verb_help_actions(const struct verb *v, struct buf *out)
{
	const struct verb *a;

	for (a = v->actions; a != NULL && a->name != NULL; a++)
		buf_addf(out, "  signet %s%s%s\n      %s\n", a->name,
		    a->args[0] != '\0' ? " " : "", a->args, a->help);
	buf_adds(out, "\n");
	for (a = v->actions; a != NULL && a->name != NULL; a++)
		for (size_t i = 0; verb_option_at(a, i) != NULL; i++)
			if (!verb_is_told_before(
				v->actions, a, verb_option_at(a, i)->name))
				verb_help_option(verb_option_at(a, i), out);
}

void
verb_help(const struct verb *v, struct buf *out)
{
	buf_addf(out, "usage: signet %s%s%s\n\n%s\n", v->name,
	    v->args[0] != '\0' ? " " : "", v->args, v->help);
	if (v->more != NULL)
		buf_addf(out, "%s\n", v->more);
	buf_adds(out, "\n");
	if (v->actions != NULL)
		verb_help_actions(v, out);
	verb_help_options(v, out);
	if (v->settings != NULL)
		config_help_some(v->settings, out);
	buf_adds(out,
	    "\nsignet --help lists the options of every verb; signet(1) has "
	    "the "
	    "rest.\n");
}

/* --- for config_load ------------------------------------------------------ */

void
verb_letters(const struct verb *v, struct buf *out)
{
	for (size_t i = 0; verb_option_at(v, i) != NULL; i++)
		if (verb_option_at(v, i)->letter != 0)
			buf_addf(out, "%c%s", verb_option_at(v, i)->letter,
			    verb_option_at(v, i)->value != NULL ? ":" : "");
}

bool
verb_is_impersonal(const struct verb *v, char *const *words)
{
	size_t n = v->personal != NULL ? strlen(v->personal) : 0;

	for (; v->personal != NULL && *words != NULL; words++)
		if (strncmp(*words, "--", 2) == 0 &&
		    strncmp(*words + 2, v->personal, n) == 0)
			return false;
	return v->impersonal;
}
