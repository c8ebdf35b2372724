/*
 * The script for zsh, by its _arguments.
 */
#include "src/app/completion_priv.h"

/* In a specification of _arguments these end a part of it. */
static const char zsh_special[] = "[]:\\";

static const char zsh_head[] =
    "#compdef signet\n"
    "# zsh completion of signet, as printed by: signet completion zsh\n"
    "\n"
    "_signet_names() {\n"
    "\tlocal -a names\n"
    "\tnames=(${(f)\"$(\n"
    "\t" COMPLETION_LIST "\n"
    "\t)\"})\n"
    "\tcompadd -a names\n"
    "}\n"
    "\n"
    "_signet() {\n"
    "\tlocal curcontext=$curcontext state line ret=1\n"
    "\tlocal -a settings own verbs\n"
    "\ttypeset -A opt_args\n"
    "\tsettings=(\n";

static void
zsh_add_action(struct buf *out, const char *value)
{
	switch (completion_kind(value)) {
	case COMPLETION_FILES:
		buf_adds(out, "_files");
		break;
	case COMPLETION_FOLDERS:
		buf_adds(out, "_files -/");
		break;
	case COMPLETION_NAMES:
		buf_adds(out, "_signet_names");
		break;
	case COMPLETION_WORDS:
		buf_adds(out, "(");
		completion_add_words(out, value, zsh_special);
		buf_adds(out, ")");
		break;
	case COMPLETION_NOTHING:
		buf_adds(out, " ");
		break;
	}
}

/* One form of an option: "*--name=[help]:VALUE:action". */
static void
zsh_add_form(
    struct buf *out, const char *ends, const struct completion_option *o)
{
	if (o->value != NULL)
		buf_adds(out, ends);
	buf_adds(out, "[");
	completion_escape(out, o->help, zsh_special);
	buf_adds(out, "]");
	if (o->value != NULL) {
		buf_adds(out, ":");
		completion_escape(out, o->value, zsh_special);
		buf_adds(out, ":");
		zsh_add_action(out, o->value);
	}
	buf_adds(out, "'\n");
}

static void
zsh_add_option(
    struct buf *out, const char *context, const struct completion_option *o)
{
	(void)context;
	if (o->letter != 0) {
		buf_addf(out, "\t\t'*-%c", o->letter);
		zsh_add_form(out, "+", o);
	}
	if (o->name != NULL) {
		buf_addf(out, "\t\t'*--%s%s", o->no, o->name);
		zsh_add_form(out, "=", o);
	}
}

/* Adds words of a verb: "*:kind:action". */
static void
zsh_add_arguments(
    struct buf *out, const struct verb *v, const struct verb *parent)
{
	static const char *const actions[] = {[COMPLETION_FILES] = "_files",
	    [COMPLETION_FOLDERS] = "_files -/",
	    [COMPLETION_NAMES] = "_signet_names"};
	struct completion_words words;
	struct buf some = {0};

	completion_arguments(v, parent, &words);
	buf_addf(out, "\t'%s')\n\t\town=(\n", v->name);
	completion_own(v, zsh_add_option, out);
	buf_adds(out, "\t\t)\n\t\t_arguments -s -S $settings $own");
	for (int i = COMPLETION_FILES; i <= COMPLETION_NAMES; i++)
		if (words.kinds[i])
			buf_addf(&some, " \"argument\\:\\:%s\"", actions[i]);
	if (words.kinds[COMPLETION_WORDS]) {
		buf_adds(&some, " \"argument\\:\\:(");
		completion_add_words(
		    &some, (const char *)words.words.p, zsh_special);
		buf_adds(&some, ")\"");
	}
	if (some.n > 0)
		buf_addf(out, " '*: :_alternative%s'", (const char *)some.p);
	buf_adds(out, " && ret=0\n\t\t;;\n");
	buf_free(&words.words);
	buf_free(&some);
}

/* Adds a list of verbs or actions, with their help, for _describe. */
static void
zsh_add_row(struct buf *out, const struct verb *v)
{
	buf_adds(out, "\t\t'");
	completion_escape(out, completion_last_word(v), zsh_special);
	buf_adds(out, ":");
	completion_escape(out, v->help, "");
	buf_adds(out, "'\n");
}

/* A verb with actions: its next word is one of them. */
static void
zsh_add_actions(struct buf *out, const struct verb *v)
{
	const struct verb *a = v->actions;

	buf_addf(out, "\t%s)\n\t\tverbs=(\n", v->name);
	for (; a->name != NULL; a++)
		zsh_add_row(out, a);
	buf_addf(out,
	    "\t\t)\n"
	    "\t\tstate=\n"
	    "\t\t_arguments -C -s -S $settings '1: :->action' "
	    "'*::argument:->words' && ret=0\n"
	    "\t\tcase $state in\n"
	    "\t\taction) _describe action verbs && ret=0 ;;\n"
	    "\t\twords) _signet_verb \"%s $line[1]\" && ret=0 ;;\n"
	    "\t\tesac\n"
	    "\t\t;;\n",
	    v->name);
}

void
completion_zsh(const struct verb *const *verbs, struct buf *out)
{
	buf_adds(out, zsh_head);
	completion_settings(zsh_add_option, out);
	buf_adds(out, "\t)\n\tverbs=(\n");
	for (size_t i = 0; verbs[i] != NULL; i++)
		zsh_add_row(out, verbs[i]);
	buf_adds(out,
	    "\t)\n"
	    "\t_arguments -C -s -S $settings '1: :->verb' "
	    "'*::argument:->words' && ret=0\n"
	    "\tcase $state in\n"
	    "\tverb) _describe verb verbs && ret=0 ;;\n"
	    "\twords) _signet_verb $line[1] && ret=0 ;;\n"
	    "\tesac\n"
	    "\treturn ret\n}\n\n"
	    "# Completes the words of a verb; uses the settings of _signet.\n"
	    "_signet_verb() {\n\tcase $1 in\n");
	for (size_t i = 0; verbs[i] != NULL; i++)
		if (verbs[i]->actions != NULL)
			zsh_add_actions(out, verbs[i]);
	completion_verbs(verbs, zsh_add_arguments, out);
	buf_adds(out,
	    "\tesac\n\treturn ret\n}\n\n"
	    "if [[ $funcstack[1] = _signet ]]; then\n"
	    "\t_signet \"$@\"\n"
	    "else\n"
	    "\tcompdef _signet signet\n"
	    "fi\n");
}
