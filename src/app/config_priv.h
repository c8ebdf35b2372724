/*
 * Settings as their files see them: private to src/config*.c.
 */
#ifndef SIGNET_SRC_APP_CONFIG_PRIV_H
#define SIGNET_SRC_APP_CONFIG_PRIV_H

#include "src/app/config.h"

enum setting_kind { YES_NO, TEXT, LIST, NUMBER, CHOICE, TIME };
/* Whether it may change while signet runs. */
enum setting_when { FIXED, LIVE };

struct setting {
	const char *name;
	char letter; /* 0: none */
	enum setting_kind kind;
	enum setting_when when;
	size_t offset;
	uint64_t def, max; /* NUMBER; def of YES_NO and CHOICE is 0 */
	const char *value; /* what stands for it in --help; of a CHOICE its
	                    * words, '|' between them, the default first */
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

/* Takes the settings out of argv; a verb's words and own options stay there,
 * in order, and all that follows "--" (config_args.c). */
int config_take_arguments(
    struct config *c, int *argc, char **argv, struct err *e);

#endif
