/*
 * Options and verbs: one table, from which --help and the choice of the verb
 * both come.
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

struct verb {
	const char *name, *words, *help;
	int (*run)(const struct config *c, int argc, char **argv);
};

static const struct verb verbs[] = {
    {"send", "[-s] [-e] TO [TEXT] | -b",
	"send TEXT, or standard input; -b: a \"URI<TAB>TEXT\" a line",
	send_cmd},
    {"listen", "[-n COUNT]", "print what arrives", listen_cmd},
    {"resolve", "URI", "show how a URI is resolved, and the targets in order",
	resolve_cmd},
    {"inspect", "FILE... | --asn1 FILE|FOLDER...",
	"verify, open and explain stored messages", inspect_cmd},
    {"keys",
	"list | show | new | csr | import | export | trust | untrust | remove",
	"who has which certificates and keys here", keys_cmd},
    {"ca", "init DIR | issue DIR NAME | revoke DIR NAME | crl DIR",
	"a test CA, not for real use", ca_cmd},
    {"flows", "[list | scenarios | NAME...] | --replay DIR | --diff DIR DIR",
	"the draft's call flows, run and printed", flows_cmd},
    {"demo", "", "chat with kumiko, who is a process on this machine",
	demo_cmd},
};

enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

/* --- help ------------------------------------------------------------------------ */

static int
print_help(void)
{
	struct buf b = {0};

	buf_adds(&b,
	    "usage: signet [options]\n"
	    "       signet VERB [options] ...\n\n"
	    "  signet\n      the client: chat on this terminal\n");
	for (size_t i = 0; i < VERBS; i++)
		buf_addf(&b, "  signet %s %s\n      %s\n", verbs[i].name,
		    verbs[i].words, verbs[i].help);
	buf_adds(&b,
	    "\nOptions that every verb takes, each also a line "
	    "\"name = value\" of signet.conf:\n\n");
	config_help(&b);
	buf_adds(&b,
	    "  -h, --help                  this text\n"
	    "  -V, --version               the version\n"
	    "\nsignet(1) and signet.conf(5) say the rest.\n");
	fputs((const char *)b.p, stdout);
	buf_free(&b);
	return fflush(stdout) == 0 ? 0 : EX_IOERR;
}

/* Whether one of the words before "--" is this. */
static bool
asks_for(char **argv, const char *letter, const char *name)
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
run_client(const struct config *c)
{
	enum client_next next = CLIENT_ENDED;
	char demo[] = "demo", *argv[] = {demo, NULL};
	int rc = client_cmd(c, &next);

	return next == CLIENT_DEMO ? demo_cmd(c, 1, argv) : rc;
}

static int
run_verb(const struct config *c, int argc, char **argv)
{
	struct err e = {0};

	if (argc < 2 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return run_client(c);
	if (argc < 2) {
		(void)err_set(&e, EX_USAGE,
		    "say what to do: send, listen, resolve, inspect, keys, "
		    "ca, flows or demo (signet --help); alone it is the "
		    "client, which "
		    "needs a terminal");
		return verb_fail(&e);
	}
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(c, argc - 1, argv + 1);
	(void)err_set(&e, EX_USAGE,
	    "\"%s\" is no verb and no option (signet --help)", argv[1]);
	return verb_fail(&e);
}

int
main(int argc, char **argv)
{
	struct config c;
	struct err e = {0};
	int rc;

	/* A reader that goes away, or a file that may not grow, is an error of
	 * the write, with words. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	fill_standard();
	raise_limit();
	if (argc > 0 && asks_for(argv, "-h", "--help"))
		return print_help();
	if (argc > 0 && asks_for(argv, "-V", "--version")) {
		puts("signet " SIGNET_VERSION);
		return 0;
	}
	if (config_load(&c, &argc, argv, &e) == -1)
		return verb_fail(&e);
	if (c.policy.legacy)
		verb_note(&c,
		    "warning: --legacy admits RSA-1024 and SHA-1, "
		    "which can be forged; for tests alone");
	rc = run_verb(&c, argc, argv);
	config_free(&c);
	return rc;
}
