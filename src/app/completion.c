#include "src/app/completion_priv.h"

#include <string.h>

#include "src/app/config_priv.h"

/* --- options -------------------------------------------------------------- */

/* Appends --help and --version, which main knows. */
static void
completion_common(completion_option_fn *fn, struct buf *out)
{
	for (const struct verb_option *o = verb_common; o->name != NULL; o++) {
		struct completion_option option = {
		    "", o->name, o->letter, o->value, o->help};

		fn(out, "", &option);
	}
}

void
completion_settings(completion_option_fn *fn, struct buf *out)
{
	const struct setting *s;

	for (size_t i = 0; (s = setting_at(i)) != NULL; i++) {
		struct completion_option option = {
		    "", s->name, s->letter, s->value, s->help};

		fn(out, "", &option);
		if (s->kind != SETTING_YES_NO)
			continue;
		option.no = "no-";
		option.letter = 0;
		fn(out, "", &option);
	}
	completion_common(fn, out);
}

void
completion_own(const struct verb *v, completion_option_fn *fn, struct buf *out)
{
	const struct verb_option *o = v->options;

	for (; o != NULL && (o->name != NULL || o->letter != 0); o++) {
		struct completion_option option = {
		    "", o->name, o->letter, o->value, o->help};

		fn(out, v->name, &option);
	}
}

/* --- verbs ---------------------------------------------------------------- */

void
completion_verbs(
    const struct verb *const *verbs, completion_verb_fn *fn, struct buf *out)
{
	for (; *verbs != NULL; verbs++) {
		const struct verb *a = (*verbs)->actions;

		if (a == NULL)
			fn(out, *verbs, NULL);
		for (; a != NULL && a->name != NULL; a++)
			fn(out, a, *verbs);
	}
}

const char *
completion_last_word(const struct verb *action)
{
	const char *blank = strchr(action->name, ' ');

	return blank != NULL ? blank + 1 : action->name;
}

/* --- placeholders --------------------------------------------------------- */

enum completion_kind
completion_kind(const char *value)
{
	static const struct {
		const char *word;
		enum completion_kind kind;
	} kinds[] = {{"FILE", COMPLETION_FILES}, {"DIR", COMPLETION_FOLDERS},
	    {"FOLDER", COMPLETION_FOLDERS}, {"AOR", COMPLETION_NAMES},
	    {"TO", COMPLETION_NAMES}, {"URI", COMPLETION_NAMES}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(value, kinds[i].word) == 0)
			return kinds[i].kind;
	return value[0] >= 'a' && value[0] <= 'z' ? COMPLETION_WORDS
						  : COMPLETION_NOTHING;
}

void
completion_escape(struct buf *out, const char *text, const char *special)
{
	for (; *text != '\0'; text++) {
		if (strchr(special, *text) != NULL)
			buf_adds(out, "\\");
		else if (*text == '\'')
			buf_adds(out, "'\\'");
		buf_add(out, text, 1);
	}
}

void
completion_add_words(struct buf *out, const char *value, const char *special)
{
	struct buf words = {0};

	buf_adds(&words, value);
	for (size_t i = 0; i < words.n; i++)
		if (words.p[i] == '|')
			words.p[i] = ' ';
	completion_escape(out, (const char *)words.p, special);
	buf_free(&words);
}

/* --- the words of a verb -------------------------------------------------- */

/* Returns whether word is an option of v that takes a value. */
static bool
completion_takes_value(const struct verb *v, struct span word)
{
	const struct verb_option *o = v->options;

	for (; o != NULL && (o->name != NULL || o->letter != 0); o++) {
		bool is_long = o->name != NULL && word.n > 2 &&
		    span_is(span_cut(word, 2, word.n), o->name);

		if (is_long || (word.n == 2 && word.p[1] == o->letter))
			return o->value != NULL;
	}
	return false;
}

/* Takes the next word of *args, without the marks around it: "[TEXT]",
 * "FILE...". */
static struct span
completion_next(const char **args)
{
	struct span word;
	size_t n;

	*args += strspn(*args, " [");
	n = strcspn(*args, " ");
	word = (struct span){(const unsigned char *)*args, n};
	*args += n;
	while (word.n > 0 && strchr("].", (char)word.p[word.n - 1]) != NULL)
		word.n--;
	return word;
}

/* Adds what one of the words between '|' stands for. */
static void
completion_add_word(struct completion_words *out, struct span word, bool names)
{
	char text[64] = "";
	enum completion_kind kind;

	if (word.n == 0 || word.n >= sizeof(text))
		return;
	memcpy(text, word.p, word.n);
	kind = names && strcmp(text, "NAME") == 0 ? COMPLETION_NAMES
						  : completion_kind(text);
	out->kinds[kind] = true;
	if (kind == COMPLETION_WORDS)
		buf_addf(
		    &out->words, "%s%s", out->words.n > 0 ? "|" : "", text);
}

void
completion_arguments(const struct verb *v, const struct verb *parent,
    struct completion_words *out)
{
	const char *args = v->args;
	const char *settings = parent != NULL ? parent->settings : v->settings;
	/* Elsewhere a NAME is not one of the key store. */
	bool names = settings != NULL && strncmp(settings, "keys ", 5) == 0;

	*out = (struct completion_words){0};
	while (*args != '\0') {
		struct span word = completion_next(&args);

		if (word.n > 1 && word.p[0] == '-') {
			if (completion_takes_value(v, word))
				(void)completion_next(&args);
			continue;
		}
		for (size_t at = 0, end; at <= word.n; at = end + 1) {
			end = span_find(word, '|', at);
			completion_add_word(
			    out, span_cut(word, at, end), names);
		}
	}
	/* Where files are completed folders are, too. */
	if (out->kinds[COMPLETION_FILES])
		out->kinds[COMPLETION_FOLDERS] = false;
}
