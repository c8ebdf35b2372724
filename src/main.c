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

#include "../keys/wellknown.h"
#include "secret.h"
#include "text.h"
#include "verbs.h"

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

/* --- what the verbs have in common ------------------------------------------- */

int
verb_fail(const struct err *e)
{
	char *line = text_line(span_str(e->text));

	fprintf(stderr, "signet: %s\n", line);
	free(line);
	return e->exit != 0 ? e->exit : EX_SOFTWARE;
}

void
verb_note(const struct config *c, const char *words)
{
	char *line;

	if (c->quiet)
		return;
	line = text_line(span_str(words));
	fprintf(stderr, "signet: %s\n", line);
	free(line);
}

const char *
verb_keystore_warning(struct keystore *ks)
{
	return wellknown_trusted(ks) ? wellknown_warning : NULL;
}

int
verb_keystore(
    const struct config *c, bool create, struct keystore **out, struct err *e)
{
	if (keystore_open(c->keys, create, out, e) == -1)
		return -1;
	keystore_on_passphrase(*out, secret_ask, c->passphrase_command);
	/* For those who want quiet as well: anybody can be anybody here. */
	if (verb_keystore_warning(*out) != NULL)
		fprintf(stderr, "signet: %s\n", verb_keystore_warning(*out));
	return 0;
}

/* It must not wait for a person when a message comes, nor may who sends one
 * make us ask. */
int
verb_ready_keys(const struct config *c, struct keystore *ks, struct err *e)
{
	for (size_t i = 0; i < c->aors.count; i++) {
		struct aor who;
		int rc = aor_parse(span_str(c->aors.items[i]), &who, e);

		if (rc == 0) {
			rc = keystore_ready(ks, &who, e);
			aor_free(&who);
		}
		if (rc == -1)
			return -1;
	}
	return 0;
}

static int
ask_nobody(
    void *arg, const char *what, bool fresh, struct buf *out, struct err *e)
{
	(void)arg;
	(void)fresh;
	(void)out;
	return err_set(e, EX_CONFIG,
	    "the key of %s is locked with a passphrase, which is asked for at "
	    "the start alone, for those of --aor; start signet anew, or set "
	    "passphrase-command",
	    what);
}

void
verb_ask_no_more(struct keystore *ks)
{
	keystore_on_passphrase(ks, ask_nobody, NULL);
}

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
run_verb(const struct config *c, int argc, char **argv)
{
	struct err e = {0};

	if (argc < 2 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return client_cmd(c);
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
