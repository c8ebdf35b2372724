/*
 * The program: loads the settings and runs a verb of the table, or the client.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <config.h>

#include "src/app/verb.h"
#include "src/cmd/verbs.h"
#include "ui/client.h"

/* --- help ----------------------------------------------------------------- */

static void
main_general_help(struct buf *b)
{
	buf_adds(b,
	    "usage: signet [options]\n"
	    "       signet VERB [options] ...\n\n"
	    "  signet\n      the client: chat on this terminal\n");
	for (size_t i = 0; verbs[i] != NULL; i++)
		buf_addf(b, "  signet %s%s%s\n      %s\n", verbs[i]->name,
		    verbs[i]->args[0] != '\0' ? " " : "", verbs[i]->args,
		    verbs[i]->help);
	buf_adds(b,
	    "\nOptions of every verb, each also a line \"name = value\" of "
	    "signet.conf:\n\n");
	config_help(b);
	verb_help_common(b);
	buf_adds(b, "\nsignet(1) and signet.conf(5) have the rest.\n");
}

/* Prints the help of the verb that the command line names, or the general
 * one. */
static int
main_print_help(char *const *argv, const char *letters)
{
	struct err e;
	char **words = config_words(argv, letters, NULL, &e);
	const struct verb *verb = NULL;
	struct buf b = {0};

	for (char **w = words; w != NULL && *w != NULL && verb == NULL; w++)
		if (w > words && (*w)[0] != '-')
			verb = verbs_find(*w);
	if (verb != NULL)
		verb_help(verb, &b);
	else
		main_general_help(&b);
	config_words_free(words);
	fputs((const char *)b.p, stdout);
	buf_free(&b);
	return fflush(stdout) == 0 ? 0 : EX_IOERR;
}

/* Returns whether an argument before "--" is letter or name. */
static bool
main_asks_for(char *const *argv, const char *letter, const char *name)
{
	for (argv++; *argv != NULL && strcmp(*argv, "--") != 0; argv++)
		if (strcmp(*argv, letter) == 0 || strcmp(*argv, name) == 0)
			return true;
	return false;
}

/* Opens /dev/null in the place of closed standard descriptors, so that no
 * socket gets their numbers. It is opened write-only as standard input and
 * read-only as the others, so that using them fails as with a closed
 * descriptor. */
static void
main_fill_standard(void)
{
	int fd;

	do
		fd = open("/dev/null",
		    fcntl(STDIN_FILENO, F_GETFD) == -1 ? O_WRONLY : O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}

/* Raises the limit of descriptors: max-connections needs as many. */
static void
main_raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* The parser moves words about, so it gets an array of its own: the caller
 * frees each word by the array that it keeps. */
static int
main_run_verb(
    const struct verb *verb, const struct config *c, char *const *words)
{
	struct verb_args args;
	struct err e = {0};
	int rc;

	if (verb_args_parse(verb, words, &args, &e) == -1)
		rc = verb_fail(&e);
	else
		rc = args.verb->run(c, &args);
	verb_args_free(&args);
	return rc;
}

static int
main_run_client(const struct config *c)
{
	enum client_next next = CLIENT_ENDED;
	char demo[] = "demo", *words[] = {demo, NULL};
	int rc = client_cmd(c, &next);

	return next == CLIENT_DEMO ? main_run_verb(&demo_verb, c, words) : rc;
}

/* Runs the verb or the client. words are those of the command line without the
 * settings. */
static int
main_run(const struct config *c, char *const *words)
{
	const struct verb *verb = verbs_find(words[1]);
	struct err e = {0};

	if (verb != NULL)
		return main_run_verb(verb, c, words + 1);
	if (words[1] != NULL)
		(void)err_set(&e, EX_USAGE,
		    "\"%s\" is not a verb or option; see signet --help",
		    words[1]);
	else if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return main_run_client(c);
	else
		(void)err_set(&e, EX_USAGE,
		    "the client needs a terminal; else give a verb: send, "
		    "listen, resolve, inspect, log, keys, ca, flows or "
		    "demo "
		    "(signet --help)");
	return verb_fail(&e);
}

/* Loads the settings, then runs the command. */
static int
main_load_and_run(char *const *argv, const char *letters)
{
	struct err e = {0};
	char **words = config_words(argv, letters, NULL, &e);
	const struct verb *verb = words != NULL && words[0] != NULL
	    ? verbs_find(words[1])
	    : NULL;
	struct config c;
	int rc;

	if (words == NULL)
		return verb_fail(&e);
	if (config_load(&c, argv, letters,
		verb != NULL && verb_is_impersonal(verb, words), &e) == -1) {
		config_words_free(words);
		return verb_fail(&e);
	}
	if (c.policy.legacy)
		verb_note(&c,
		    "warning: --legacy accepts RSA-1024 and SHA-1, which can "
		    "be forged; use it for tests only");
	rc = main_run(&c, words);
	config_free(&c);
	config_words_free(words);
	return rc;
}

int
main(int argc, char **argv)
{
	struct buf letters = {0};
	int rc;

	(void)argc;
	/* Without these signals a write to a closed pipe or a full file fails
	 * with an error, which is reported. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	main_fill_standard();
	main_raise_limit();
	buf_adds(&letters, "");
	for (size_t i = 0; verbs[i] != NULL; i++)
		verb_letters(verbs[i], &letters);
	if (main_asks_for(argv, "-h", "--help"))
		rc = main_print_help(argv, (const char *)letters.p);
	else if (main_asks_for(argv, "-V", "--version"))
		rc = puts("signet " SIGNET_VERSION) >= 0 ? 0 : EX_IOERR;
	else
		rc = main_load_and_run(argv, (const char *)letters.p);
	buf_free(&letters);
	return rc;
}
