/*
 * What the scripts of all shells are made from. Private to
 * src/app/completion*.c.
 */
#ifndef SIGNET_SRC_APP_COMPLETION_PRIV_H
#define SIGNET_SRC_APP_COMPLETION_PRIV_H

#include "src/app/completion.h"

/* An option of a verb, or a setting. */
struct completion_option {
	const char *no; /* "no-" or "", before name */
	const char *name; /* NULL: none */
	char letter; /* 0: none */
	const char *value; /* placeholder, or words with '|' between them; NULL:
	                    * it takes none */
	const char *help;
};

/* Called for each option; context is "keys new", or "" for the settings. */
typedef void completion_option_fn(
    struct buf *out, const char *context, const struct completion_option *o);
/* The options of a verb or an action; those of all verbs. */
void completion_own(
    const struct verb *v, completion_option_fn *fn, struct buf *out);
void completion_settings(completion_option_fn *fn, struct buf *out);

/* Called for each verb without actions and each action; its name is the
 * context. */
typedef void completion_verb_fn(
    struct buf *out, const struct verb *v, const struct verb *parent);
void completion_verbs(
    const struct verb *const *verbs, completion_verb_fn *fn, struct buf *out);
/* Returns an action's own word of its name, "new" of "keys new". */
const char *completion_last_word(const struct verb *action);

/* What the value of an option, or a word, can be. */
enum completion_kind {
	COMPLETION_NOTHING, /* what nobody can guess */
	COMPLETION_FILES,
	COMPLETION_FOLDERS,
	COMPLETION_NAMES, /* of the key store */
	COMPLETION_WORDS /* those of the placeholder */
};
enum completion_kind completion_kind(const char *value);
/* Appends the words of a placeholder, with blanks between them, escaped as by
 * completion_escape. */
void completion_add_words(
    struct buf *out, const char *value, const char *special);

/* The words of a verb besides its options. */
struct completion_words {
	bool kinds[COMPLETION_WORDS + 1];
	struct buf words; /* of WORDS: '|' between them; for buf_free */
};
void completion_arguments(const struct verb *v, const struct verb *parent,
    struct completion_words *out);

/* Appends text for between single quotes, with a backslash before each byte
 * that is in special. A quote that is not gets what sh, bash and zsh need. */
void completion_escape(struct buf *out, const char *text, const char *special);

/* The command that prints the names of the key store. They are checked, since
 * a shell reads them as words. */
#define COMPLETION_LIST                                                       \
	"command signet keys list --json </dev/null 2>/dev/null |\n"          \
	"\t    sed -n 's/.*\"name\":\"\\([A-Za-z0-9._+@-]*\\)\".*/\\1/p' |\n" \
	"\t    sort -u"

#endif
