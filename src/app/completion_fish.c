/*
 * The script for fish.
 */
#include "src/app/completion_priv.h"

static const char fish_special[] = "'\\";

static const char fish_head[] =
    "# fish completion of signet, as printed by: signet completion fish\n"
    "\n"
    "function __signet_names\n"
    "\t" COMPLETION_LIST "\n"
    "end\n"
    "\n"
    "# Whether the words before the current one lead to this verb or action.\n"
    "function __signet_in\n"
    "\tset -l context ''\n"
    "\tset -l skip no\n"
    "\tfor word in (commandline -opc)[2..-1]\n"
    "\t\tif test $skip = yes\n"
    "\t\t\tset skip no\n"
    "\t\t\tcontinue\n"
    "\t\tend\n"
    "\t\tswitch \"$context $word\"\n";

static void
fish_add_value(
    struct buf *out, const char *context, const struct completion_option *o)
{
	if (o->value == NULL)
		return;
	/* A setting counts in any context. */
	if (o->name != NULL)
		buf_addf(out, " '%s --%s'", context[0] != '\0' ? context : "*",
		    o->name);
	if (o->letter != 0)
		buf_addf(out, " '%s -%c'", context[0] != '\0' ? context : "*",
		    o->letter);
}

static void
fish_add_values(
    struct buf *out, const struct verb *v, const struct verb *parent)
{
	(void)parent;
	completion_own(v, fish_add_value, out);
}

static void
fish_add_kind(struct buf *out, const char *value)
{
	switch (completion_kind(value)) {
	case COMPLETION_FILES:
		buf_adds(out, " -r -F");
		break;
	case COMPLETION_FOLDERS:
		buf_adds(out, " -x -a '(__fish_complete_directories)'");
		break;
	case COMPLETION_NAMES:
		buf_adds(out, " -x -a '(__signet_names)'");
		break;
	case COMPLETION_WORDS:
		buf_adds(out, " -x -a '");
		completion_add_words(out, value, fish_special);
		buf_adds(out, "'");
		break;
	case COMPLETION_NOTHING:
		buf_adds(out, " -x");
		break;
	}
}

static void
fish_add_help(struct buf *out, const char *help)
{
	buf_adds(out, " -d '");
	completion_escape(out, help, fish_special);
	buf_adds(out, "'\n");
}

static void
fish_add_option(
    struct buf *out, const char *context, const struct completion_option *o)
{
	buf_adds(out, "complete -c signet");
	if (context[0] != '\0')
		buf_addf(out, " -n '__signet_in %s'", context);
	if (o->letter != 0)
		buf_addf(out, " -s %c", o->letter);
	if (o->name != NULL)
		buf_addf(out, " -l %s%s", o->no, o->name);
	if (o->value != NULL)
		fish_add_kind(out, o->value);
	fish_add_help(out, o->help);
}

static void
fish_add_verb(struct buf *out, const struct verb *v, const struct verb *parent)
{
	static const char *const kinds[] = {[COMPLETION_FILES] = "-F",
	    [COMPLETION_FOLDERS] = "-a '(__fish_complete_directories)'",
	    [COMPLETION_NAMES] = "-a '(__signet_names)'"};
	struct completion_words words;

	completion_own(v, fish_add_option, out);
	completion_arguments(v, parent, &words);
	for (int i = COMPLETION_FILES; i <= COMPLETION_NAMES; i++)
		if (words.kinds[i])
			buf_addf(out,
			    "complete -c signet -n '__signet_in %s' %s\n",
			    v->name, kinds[i]);
	if (words.kinds[COMPLETION_WORDS]) {
		buf_addf(out, "complete -c signet -n '__signet_in %s' -a '",
		    v->name);
		completion_add_words(
		    out, (const char *)words.words.p, fish_special);
		buf_adds(out, "'\n");
	}
	buf_free(&words.words);
}

/* A word that is a verb, or an action of one. */
static void
fish_add_name(struct buf *out, const struct verb *parent, const struct verb *v)
{
	buf_addf(out, "complete -c signet -n '__signet_in %s' -a %s",
	    parent != NULL ? parent->name : "", completion_last_word(v));
	fish_add_help(out, v->help);
}

void
completion_fish(const struct verb *const *verbs, struct buf *out)
{
	const struct verb *const *v;
	const struct verb *a;

	buf_adds(out, fish_head);
	buf_adds(out, "\t\tcase");
	completion_verbs(verbs, fish_add_values, out);
	completion_settings(fish_add_value, out);
	buf_adds(out, "\n\t\t\tset skip yes\n\t\tcase");
	for (v = verbs; *v != NULL; v++) {
		buf_addf(out, " ' %s'", (*v)->name);
		for (a = (*v)->actions; a != NULL && a->name != NULL; a++)
			buf_addf(out, " '%s'", a->name);
	}
	buf_adds(out,
	    "\n\t\t\tset context (string trim \"$context $word\")\n"
	    "\t\tend\n\tend\n\ttest \"$context\" = \"$argv\"\nend\n\n"
	    "complete -c signet -f\n");
	completion_settings(fish_add_option, out);
	for (v = verbs; *v != NULL; v++) {
		fish_add_name(out, NULL, *v);
		for (a = (*v)->actions; a != NULL && a->name != NULL; a++)
			fish_add_name(out, *v, a);
	}
	completion_verbs(verbs, fish_add_verb, out);
}
