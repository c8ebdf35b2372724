/*
 * The script for bash. It needs no other package.
 */
#include "src/app/completion_priv.h"

/* The words of the command line are put together again, which bash splits at
 * ':', '=' and '@'; `given` is what a completion must not repeat. */
static const char bash_head[] =
    "# bash completion of signet, as printed by: signet completion bash\n"
    "\n"
    "_signet_names() {\n"
    "\t" COMPLETION_LIST "\n"
    "}\n"
    "\n";

static const char bash_tail[] =
    "# Adds what begins with $1, after $2: of kind $3.\n"
    "_signet_add() {\n"
    "\tlocal word IFS=$'\\n'\n"
    "\tcase $3 in\n"
    "\t@files | @folders) compopt -o filenames 2>/dev/null ;;\n"
    "\tesac\n"
    "\twhile read -r word; do\n"
    "\t\tword=$2$word\n"
    "\t\tCOMPREPLY+=(\"${word#\"$given\"}\")\n"
    "\tdone < <(\n"
    "\t\tcase $3 in\n"
    "\t\t@files) compgen -f -- \"$1\" ;;\n"
    "\t\t@folders) compgen -d -- \"$1\" ;;\n"
    "\t\t@nothing) ;;\n"
    "\t\t@names) compgen -W \"$(_signet_names)\" -- \"$1\" ;;\n"
    "\t\t*) compgen -W \"${3// /$'\\n'}\" -- \"$1\" ;;\n"
    "\t\tesac\n"
    "\t)\n"
    "}\n"
    "\n"
    "_signet() {\n"
    "\tlocal words=() word line=${COMP_LINE:0:COMP_POINT} i\n"
    "\tlocal context= option= current given kind\n"
    "\tCOMPREPLY=()\n"
    "\tfor ((i = 0; i <= COMP_CWORD; i++)); do\n"
    "\t\tword=${COMP_WORDS[i]}\n"
    "\t\tif [[ $i -gt 0 && $line == [![:space:]]* ]]; then\n"
    "\t\t\t((i == COMP_CWORD)) && word=$line\n"
    "\t\t\twords[${#words[@]} - 1]+=$word\n"
    "\t\telse\n"
    "\t\t\tline=${line#\"${line%%[![:space:]]*}\"}\n"
    "\t\t\t((i == COMP_CWORD)) && word=$line\n"
    "\t\t\twords+=(\"$word\")\n"
    "\t\tfi\n"
    "\t\tline=${line#\"$word\"}\n"
    "\tdone\n"
    "\tcurrent=${words[${#words[@]} - 1]}\n"
    "\tgiven=${current%\"$2\"}\n"
    "\tfor ((i = 1; i < ${#words[@]} - 1; i++)); do\n"
    "\t\tword=${words[i]} kind=\n"
    "\t\tif [[ -n $option ]]; then\n"
    "\t\t\toption=\n"
    "\t\telif [[ $word == -* ]]; then\n"
    "\t\t\t_signet_value \"$context\" \"$word\"\n"
    "\t\t\toption=$kind\n"
    "\t\telse\n"
    "\t\t\t_signet_context \"$context\" \"$word\"\n"
    "\t\tfi\n"
    "\tdone\n"
    "\tif [[ -n $option ]]; then\n"
    "\t\t_signet_add \"$current\" '' \"$option\"\n"
    "\telif [[ $current == --*=* ]]; then\n"
    "\t\tkind=\n"
    "\t\t_signet_value \"$context\" \"${current%%=*}\"\n"
    "\t\t_signet_add \"${current#*=}\" \"${current%%=*}=\" \"$kind\"\n"
    "\telif [[ $current == -* ]]; then\n"
    "\t\t_signet_options \"$context\"\n"
    "\telse\n"
    "\t\t_signet_arguments \"$context\"\n"
    "\tfi\n"
    "}\n"
    "\n"
    "complete -F _signet signet\n";

/* The kinds of values as the script names them. */
static const char *const bash_kinds[] = {[COMPLETION_NOTHING] = "@nothing",
    [COMPLETION_FILES] = "@files",
    [COMPLETION_FOLDERS] = "@folders",
    [COMPLETION_NAMES] = "@names",
    [COMPLETION_WORDS] = NULL};

static void
bash_add_kind(struct buf *out, const char *value)
{
	enum completion_kind kind = completion_kind(value);

	if (kind == COMPLETION_WORDS)
		completion_add_words(out, value, "");
	else
		buf_adds(out, bash_kinds[kind]);
}

/* A row of the case of options with values. */
static void
bash_add_value(
    struct buf *out, const char *context, const struct completion_option *o)
{
	if (o->value == NULL)
		return;
	buf_adds(out, "\t");
	if (o->name != NULL)
		buf_addf(out, "'%s --%s'", context, o->name);
	if (o->letter != 0)
		buf_addf(out, "%s'%s -%c'", o->name != NULL ? " | " : "",
		    context, o->letter);
	buf_adds(out, ") kind='");
	bash_add_kind(out, o->value);
	buf_adds(out, "' ;;\n");
}

static void
bash_add_values(
    struct buf *out, const struct verb *v, const struct verb *parent)
{
	(void)parent;
	completion_own(v, bash_add_value, out);
}

static void
bash_add_option(
    struct buf *out, const char *context, const struct completion_option *o)
{
	(void)context;
	if (o->name != NULL)
		buf_addf(out, " --%s%s", o->no, o->name);
	else
		buf_addf(out, " -%c", o->letter);
}

static void
bash_add_options(
    struct buf *out, const struct verb *v, const struct verb *parent)
{
	(void)parent;
	if (v->options == NULL)
		return;
	buf_addf(out, "\t'%s') own='", v->name);
	completion_own(v, bash_add_option, out);
	buf_adds(out, "' ;;\n");
}

/* What the words of a verb can be. */
static void
bash_add_arguments(
    struct buf *out, const struct verb *v, const struct verb *parent)
{
	struct completion_words words;

	completion_arguments(v, parent, &words);
	buf_addf(out, "\t'%s')\n", v->name);
	for (int i = COMPLETION_FILES; i <= COMPLETION_NAMES; i++)
		if (words.kinds[i])
			buf_addf(out, "\t\t_signet_add \"$current\" '' %s\n",
			    bash_kinds[i]);
	if (words.kinds[COMPLETION_WORDS]) {
		buf_adds(out, "\t\t_signet_add \"$current\" '' '");
		completion_add_words(out, (const char *)words.words.p, "");
		buf_adds(out, "'\n");
	}
	buf_adds(out, "\t\t;;\n");
	buf_free(&words.words);
}

/* The verbs, and the actions of each. */
static void
bash_add_names(struct buf *out, const struct verb *const *verbs)
{
	buf_adds(out, "\t'') _signet_add \"$current\" '' '");
	for (size_t i = 0; verbs[i] != NULL; i++)
		buf_addf(out, "%s%s", i > 0 ? " " : "", verbs[i]->name);
	buf_adds(out, "' ;;\n");
	for (; *verbs != NULL; verbs++) {
		const struct verb *a = (*verbs)->actions;

		if (a == NULL)
			continue;
		buf_addf(out, "\t'%s') _signet_add \"$current\" '' '",
		    (*verbs)->name);
		for (; a->name != NULL; a++)
			buf_addf(out, "%s%s", a > (*verbs)->actions ? " " : "",
			    completion_last_word(a));
		buf_adds(out, "' ;;\n");
	}
}

/* Which words lead from one context to the next. */
static void
bash_add_contexts(struct buf *out, const struct verb *const *verbs)
{
	for (; *verbs != NULL; verbs++) {
		const struct verb *a = (*verbs)->actions;

		buf_addf(out, "\t' %s') context='%s' ;;\n", (*verbs)->name,
		    (*verbs)->name);
		for (; a != NULL && a->name != NULL; a++)
			buf_addf(
			    out, "\t'%s') context='%s' ;;\n", a->name, a->name);
	}
}

void
completion_bash(const struct verb *const *verbs, struct buf *out)
{
	buf_adds(out, bash_head);
	buf_adds(out,
	    "# Sets kind to that of the value of option $2 in context $1.\n"
	    "_signet_value() {\n\tcase \"$1 $2\" in\n");
	completion_verbs(verbs, bash_add_values, out);
	buf_adds(
	    out, "\tesac\n\t[[ -z $kind ]] || return\n\tcase \" $2\" in\n");
	completion_settings(bash_add_value, out);
	buf_adds(out,
	    "\tesac\n}\n\n"
	    "# Sets context to that behind word $2.\n"
	    "_signet_context() {\n\tcase \"$1 $2\" in\n");
	bash_add_contexts(out, verbs);
	buf_adds(out,
	    "\tesac\n}\n\n"
	    "_signet_options() {\n\tlocal own=\n\tcase $1 in\n");
	completion_verbs(verbs, bash_add_options, out);
	buf_adds(out, "\tesac\n\t_signet_add \"$current\" '' \"${own# }");
	completion_settings(bash_add_option, out);
	buf_adds(out, "\"\n}\n\n_signet_arguments() {\n\tcase $1 in\n");
	bash_add_names(out, verbs);
	completion_verbs(verbs, bash_add_arguments, out);
	buf_adds(out, "\tesac\n}\n\n");
	buf_adds(out, bash_tail);
}
