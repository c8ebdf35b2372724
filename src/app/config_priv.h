/*
 * The table of settings. Private to src/app/config*.c, and to completion.c.
 */
#ifndef SIGNET_SRC_APP_CONFIG_PRIV_H
#define SIGNET_SRC_APP_CONFIG_PRIV_H

#include "src/app/config.h"

/* The kind of a setting's value, and the type of its member of struct
 * config. */
enum setting_kind {
	SETTING_YES_NO, /* bool; int where max is 1 */
	SETTING_TEXT, /* char *, owned */
	SETTING_PATH, /* the same, a path, in which ~ is expanded */
	SETTING_LIST, /* struct config_list */
	SETTING_NUMBER, /* uint64_t */
	SETTING_CHOICE, /* int: the index of one of several words */
	SETTING_EITHER, /* bool: the second of two words */
	SETTING_TIME /* time_t */
};
/* LIVE settings can change while signet runs. */
enum setting_when { FIXED, LIVE };

struct setting {
	const char *name;
	char letter; /* 0: none */
	enum setting_kind kind;
	enum setting_when when;
	size_t offset;
	uint64_t def, max; /* of a NUMBER */
	const char *value; /* placeholder in --help; of CHOICE and EITHER the
	                    * words, '|' between them, the default first */
	const char *help;
};

/* Each returns a setting (config.c) or NULL: the one at index (NULL after the
 * last), by its name of n bytes, by its letter. */
const struct setting *setting_at(size_t index);
const struct setting *setting_named(const char *name, size_t n);
const struct setting *setting_lettered(char letter);
/* Returns the address of its member in c. */
void *setting_value(struct config *c, const struct setting *s);
/* Parses value and stores it in c. EX_USAGE. */
int setting_put(struct config *c, const struct setting *s, const char *value,
    struct err *e);

/* Stores the settings of the command line in c and returns its other words as
 * config_words does. NULL: EX_USAGE (config_args.c). */
char **config_parse_arguments(
    struct config *c, char *const *argv, const char *letters, struct err *e);

#endif
