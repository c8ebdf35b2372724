/*
 * The verbs, a row each: --help and the choice of the verb both come from the
 * rows.
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
#include "src/flows/flows.h"
#include "ui/client.h"

static const struct verb *const verbs[] = {&send_verb, &listen_verb,
    &resolve_verb, &inspect_verb, &keys_verb, &ca_verb, &flows_verb,
    &demo_verb};

enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; name != NULL && i < VERBS; i++)
		if (strcmp(name, verbs[i]->name) == 0)
			return verbs[i];
	return NULL;
}

/* --- help ------------------------------------------------------------------------ */

static void
general_help(struct buf *b)
{
	buf_adds(b,
	    "usage: signet [options]\n"
	    "       signet VERB [options] ...\n\n"
	    "  signet\n      the client: chat on this terminal\n");
	for (size_t i = 0; i < VERBS; i++)
		buf_addf(b, "  signet %s%s%s\n      %s\n", verbs[i]->name,
		    verbs[i]->args[0] != '\0' ? " " : "", verbs[i]->args,
		    verbs[i]->help);
	buf_adds(b,
	    "\nOptions that every verb takes, each also a line "
	    "\"name = value\" of signet.conf:\n\n");
	config_help(b);
	buf_adds(b,
	    "  -h, --help                  this text; of a verb, before "
	    "or behind it\n"
	    "  -V, --version               the version\n"
	    "\nsignet(1) and signet.conf(5) say the rest.\n");
}

/* Of the verb that the command line names, if there is one. */
static int
print_help(char *const *argv, const char *letters)
{
	struct err e;
	char **words = config_words(argv, letters, NULL, &e);
	const struct verb *verb = NULL;
	struct buf b = {0};

	for (char **w = words; w != NULL && *w != NULL && verb == NULL; w++)
		if (w > words && (*w)[0] != '-')
			verb = find_verb(*w);
	if (verb != NULL)
		verb_help(verb, &b);
	else
		general_help(&b);
	config_words_free(words);
	fputs((const char *)b.p, stdout);
	buf_free(&b);
	return fflush(stdout) == 0 ? 0 : EX_IOERR;
}

/* Whether one of the words before "--" is this. */
static bool
asks_for(char *const *argv, const char *letter, const char *name)
{
	for (argv++; *argv != NULL && strcmp(*argv, "--") != 0; argv++)
		if (strcmp(*argv, letter) == 0 || strcmp(*argv, name) == 0)
			return true;
	return false;
}

/* A socket must not become the standard output of a process that was started
 * without one. What takes the place fails as a closed one does: it can be
 * written where one reads, and the other way round. */
static void
fill_standard(void)
{
	int fd;

	do
		fd = open("/dev/null",
		    fcntl(STDIN_FILENO, F_GETFD) == -1 ? O_WRONLY : O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}

/* As many connections as the settings allow need as many descriptors. */
static void
raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int
run_verb(const struct verb *verb, const struct config *c, char **words)
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
run_client(const struct config *c)
{
	enum client_next next = CLIENT_ENDED;
	char demo[] = "demo", *words[] = {demo, NULL};
	int rc = client_cmd(c, &next);

	return next == CLIENT_DEMO ? run_verb(&demo_verb, c, words) : rc;
}

/* words: of the command line, without the settings. */
static int
run(const struct config *c, char **words)
{
	const struct verb *verb = find_verb(words[1]);
	struct err e = {0};

	if (verb != NULL)
		return run_verb(verb, c, words + 1);
	if (words[1] != NULL)
		(void)err_set(&e, EX_USAGE,
		    "\"%s\" is no verb and no option (signet --help)",
		    words[1]);
	else if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return run_client(c);
	else
		(void)err_set(&e, EX_USAGE,
		    "say what to do: send, listen, resolve, inspect, keys, "
		    "ca, flows or demo (signet --help); alone it is the "
		    "client, which needs a terminal");
	return verb_fail(&e);
}

/* Reads the settings, then runs what the words say. */
static int
load_and_run(char *const *argv, const char *letters)
{
	struct err e = {0};
	char **words = config_words(argv, letters, NULL, &e);
	const struct verb *verb = words != NULL && words[0] != NULL
	    ? find_verb(words[1])
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
		    "warning: --legacy admits RSA-1024 and SHA-1, "
		    "which can be forged; for tests alone");
	rc = run(&c, words);
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
	/* A reader that goes away, or a file that may not grow, is an error of
	 * the write, with words. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	fill_standard();
	raise_limit();
	buf_adds(&letters, "");
	for (size_t i = 0; i < VERBS; i++)
		verb_letters(verbs[i], &letters);
	if (asks_for(argv, "-h", "--help"))
		rc = print_help(argv, (const char *)letters.p);
	else if (asks_for(argv, "-V", "--version"))
		rc = puts("signet " SIGNET_VERSION) >= 0 ? 0 : EX_IOERR;
	else
		rc = load_and_run(argv, (const char *)letters.p);
	buf_free(&letters);
	return rc;
}
