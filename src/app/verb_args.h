/*
 * A verb of the command line as one row: its name, arguments, help, options
 * and function. The parser and --help both read the row, so they agree.
 */
#ifndef SIGNET_SRC_APP_VERB_ARGS_H
#define SIGNET_SRC_APP_VERB_ARGS_H

#include "src/app/config.h"

enum { VERB_OPTIONS = 12 }; /* that a verb or an action has, at most */

struct verb_args;

/* An option of a verb; settings are not listed here. */
struct verb_option {
	const char *name; /* without "--"; NULL: it has only a letter */
	char letter; /* 0: none */
	const char *value; /* placeholder in --help; NULL: it takes no value;
	                    * with DIR or FILE ~ is expanded */
	const char *help;
};

struct verb {
	const char *name;
	const char *args; /* "[-s] [-e] TO [TEXT] | -b" */
	const char *help; /* one line */
	const char *more; /* further lines of --help, or NULL */
	const char *settings; /* names of settings for --help, separated by
	                       * blanks, or NULL */
	const struct verb_option *options; /* ends with a row without name and
	                                    * letter; NULL: none */
	const struct verb *actions; /* ends with a row without name; NULL:
	                             * none. The first word names the action */
	int least, most; /* number of words besides options */
	bool stops; /* options end at the first word */
	/* Neither the settings file nor the default key store is used, unless
	 * the option that personal names is given; personal may be NULL. */
	bool impersonal;
	const char *personal;
	/* Runs it and returns the exit status; NULL if there are actions. */
	int (*run)(const struct config *c, const struct verb_args *args);
};

/* A verb's parsed words. All pointers are borrowed, but paths and the array of words. */
struct verb_args {
	const struct verb *verb; /* its row, or that of its action */
	const char *values[VERB_OPTIONS]; /* by the row's options; "" for one
	                                   * without a value; NULL: not given */
	char *paths[VERB_OPTIONS]; /* owned: those of values in which ~ was
	                            * expanded */
	const char **words; /* up to a NULL */
	int count;
};

/* Returns the value of an option by its name (or letter, if it has no name): ""
 * if it takes none, NULL if it was not given. */
const char *verb_value(const struct verb_args *args, const char *name);
bool verb_has(const struct verb_args *args, const char *name);
/* Parses an option's value as a number up to max; *out stays as it is if the
 * option was not given. EX_USAGE. */
int verb_number(const struct verb_args *args, const char *name, unsigned max,
    unsigned *out, struct err *e);

/* Parses words, the first of which is the verb's name and the last NULL.
 * EX_USAGE with the verb's usage. For verb_args_free, also after an error. */
int verb_args_parse(const struct verb *verb, char *const *words,
    struct verb_args *out, struct err *e);
void verb_args_free(struct verb_args *args);
/* Sets e to "usage: signet NAME ARGS", EX_USAGE. Returns -1. */
int verb_usage(const struct verb_args *args, struct err *e);

/* The options that are neither settings nor a verb's: help and version. Ends as
 * those of a verb. */
extern const struct verb_option verb_common[];

/* Appends the text of `signet VERB --help`. */
void verb_help(const struct verb *verb, struct buf *out);
/* Appends the help of verb_common. */
void verb_help_common(struct buf *out);

/* Appends the letters of all options of a verb, with a ':' after each that
 * takes a value, for config_load. */
void verb_letters(const struct verb *verb, struct buf *out);
/* Returns whether verb is impersonal with these words (see struct verb). */
bool verb_is_impersonal(const struct verb *verb, char *const *words);

#endif
