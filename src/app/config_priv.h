/*
 * Settings as their files see them: private to src/config*.c.
 */
#ifndef SIGNET_SRC_APP_CONFIG_PRIV_H
#define SIGNET_SRC_APP_CONFIG_PRIV_H

#include "src/app/config.h"

/* What a setting's value is, and the type of its member of struct config. */
enum setting_kind {
	SETTING_YES_NO, /* bool */
	SETTING_TEXT, /* char *, its own */
	SETTING_LIST, /* struct config_list */
	SETTING_NUMBER, /* uint64_t */
	SETTING_CHOICE, /* int: the index of one of several words */
	SETTING_EITHER, /* bool: the second of two words */
	SETTING_TIME /* time_t */
};
/* Whether it may change while signet runs. */
enum setting_when { FIXED, LIVE };

struct setting {
	const char *name;
	char letter; /* 0: none */
	enum setting_kind kind;
	enum setting_when when;
	size_t offset;
	uint64_t def, max; /* of a NUMBER */
	const char *value; /* stands for the value in --help; of CHOICE and
	                    * EITHER the words, '|' between them, the default
	                    * first */
	const char *help;
};

/* The table (config.c): the setting at index, or NULL behind the last; by its
 * name of n bytes; by its letter. */
const struct setting *setting_at(size_t index);
const struct setting *setting_named(const char *name, size_t n);
const struct setting *setting_lettered(char letter);
/* Where its value is. */
void *setting_value(struct config *c, const struct setting *s);
/* Gives it a value: EX_USAGE. */
int setting_put(struct config *c, const struct setting *s, const char *value,
    struct err *e);

/* Takes the settings out of the arguments argv, which stay as they are, and
 * returns the words that are left, argv[0] first and NULL last: a verb's words
 * and its own options, in order, and all that follows "--". letters are those
 * of verbs' options (verb_letters). For config_words_free. NULL: EX_USAGE
 * (config_args.c). */
char **config_parse_arguments(
    struct config *c, char *const *argv, const char *letters, struct err *e);

#endif
