/*
 * A verb of the command line as one row: its name, arguments, help, options
 * and function. The parser and --help both read the row, so they agree.
 */
#ifndef SIGNET_SRC_APP_VERB_ARGS_H
#define SIGNET_SRC_APP_VERB_ARGS_H

#include "src/app/config.h"

enum { VERB_OPTIONS = 12 }; /* that a verb or an action has, at most */

struct verb_args;

/* An option that is no setting. */
struct verb_option {
	const char *name; /* without "--", or NULL: a letter alone */
	char letter; /* 0: none */
	const char *value; /* stands for its value in --help; NULL: it has
	                    * none */
	const char *help;
};

struct verb {
	const char *name;
	const char *args; /* "[-s] [-e] TO [TEXT] | -b" */
	const char *help; /* one line */
	const char *more; /* further lines of --help, or NULL */
	const char *settings; /* names of the settings that matter most to it,
	                       * with blanks between them, or NULL */
	const struct verb_option *options; /* up to one without name and
	                                    * letter; NULL: none */
	const struct verb *actions; /* of a verb that has some, up to one
	                             * without name; the first word names it */
	int least, most; /* words beside options */
	bool stops; /* the first word ends the options: what follows is text */
	/* It is the same for everybody: no settings file and no keys are read
	 * unless they are named. Where personal is not NULL, the option of
	 * this name makes it a person's again. */
	bool impersonal;
	const char *personal;
	/* Runs it, and returns what the process ends with. NULL where there
	 * are actions. */
	int (*run)(const struct config *c, const struct verb_args *args);
};

/* A verb's words, parsed. All is borrowed but the array of words. */
struct verb_args {
	const struct verb *verb; /* its row, or that of its action */
	const char *values[VERB_OPTIONS]; /* as options stand in the row; ""
	                                   * for one without a value */
	const char **words; /* up to a NULL */
	int count;
};

/* The value of the option of that name (or letter, where it has no name): ""
 * for one that has none, NULL where it was not given. */
const char *verb_value(const struct verb_args *args, const char *name);
bool verb_has(const struct verb_args *args, const char *name);
/* Puts the number that is an option's value in *out, and leaves that as it is
 * where the option was not given. EX_USAGE above max or for no number. */
int verb_number(const struct verb_args *args, const char *name, unsigned max,
    unsigned *out, struct err *e);

/* Parses words, whose first is the verb's name and last NULL. EX_USAGE, with
 * the verb's usage. For verb_args_free, also after an error. */
int verb_args_parse(const struct verb *verb, char *const *words,
    struct verb_args *out, struct err *e);
void verb_args_free(struct verb_args *args);
/* Puts "usage: signet NAME ARGS" in e: EX_USAGE. */
int verb_usage(const struct verb_args *args, struct err *e);

/* Appends the text of `signet VERB --help`. */
void verb_help(const struct verb *verb, struct buf *out);

/* Appends the letters of all options of a verb, a ':' behind each that has a
 * value: config_load has to know them. */
void verb_letters(const struct verb *verb, struct buf *out);
/* Whether words, as verb_args_parse takes them, are the same for everybody. */
bool verb_is_impersonal(const struct verb *verb, char *const *words);

#endif
