/*
 * demo: the user (fluffy) and a peer (kumiko) in a child process, on loopback.
 * Their keys and CA are made in a scratch folder that is removed at the end. On
 * a terminal the user chats with the peer; elsewhere a conversation is played
 * and printed.
 */
#include "src/cmd/demo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keys/ca/testca.h"
#include "src/app/verb.h"
#include "src/base/scratch.h"
#include "src/cmd/verbs.h"
#include "ui/client.h"

enum {
	DEMO_DAYS = 90, /* validity of the certificates */
	DEMO_PATIENCE = 30 /* s that the peer waits for the client to listen */
};

static const char banner[] =
    " DEMO: nothing leaves this machine, and its keys are thrown away";

struct demo {
	char dir[300];
	unsigned ports[2]; /* the user's, the peer's */
	struct config user, peer;
	char user_uri[64], peer_uri[64];
	int alive[2], ready[2];
	bool on_terminal;
	pid_t child;
};

/* --- the folder ----------------------------------------------------------- */

/* Copies a file of the CA's folder into the key store of who. */
static int
demo_give_file(
    const struct demo *d, const char *who, const char *file, struct err *e)
{
	char from[SCRATCH_PATH], to[SCRATCH_PATH];

	(void)snprintf(from, sizeof(from), "%s/ca/%s", d->dir, file);
	(void)snprintf(to, sizeof(to), "%s/%s", d->dir, who);
	return scratch_give(from, to, e);
}

static int
demo_make_dir(const struct demo *d, const char *name, struct err *e)
{
	char path[SCRATCH_PATH];

	(void)snprintf(path, sizeof(path), "%s/%s", d->dir, name);
	return scratch_folder(path, e);
}

static int
demo_make_keys(const struct demo *d, struct err *e)
{
	static const char *const names[] = {
	    "fluffy@localhost", "kumiko@localhost", "localhost"};
	static const struct {
		const char *who, *file;
	} gifts[] = {
	    {"fluffy", "root_cert_demo.pem"},
	    {"fluffy", "user_cert_fluffy@localhost.pem"},
	    {"fluffy", "user_key_fluffy@localhost.pem"},
	    {"fluffy", "user_cert_kumiko@localhost.pem"},
	    {"fluffy", "domain_cert_localhost.pem"},
	    {"fluffy", "domain_key_localhost.pem"},
	    {"kumiko", "root_cert_demo.pem"},
	    {"kumiko", "user_cert_kumiko@localhost.pem"},
	    {"kumiko", "user_key_kumiko@localhost.pem"},
	    {"kumiko", "user_cert_fluffy@localhost.pem"},
	    {"kumiko", "domain_cert_localhost.pem"},
	    {"kumiko", "domain_key_localhost.pem"},
	};
	char dir[400];
	struct testca ca = {.dir = dir, .days = DEMO_DAYS};

	(void)snprintf(dir, sizeof(dir), "%s/ca", d->dir);
	if (demo_make_dir(d, "ca", e) == -1 ||
	    demo_make_dir(d, "fluffy", e) == -1 ||
	    demo_make_dir(d, "kumiko", e) == -1 ||
	    testca_init(&ca, "demo", e) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (testca_issue(&ca, names[i], e) == -1)
			return -1;
	for (size_t i = 0; i < sizeof(gifts) / sizeof(gifts[0]); i++)
		if (demo_give_file(d, gifts[i].who, gifts[i].file, e) == -1)
			return -1;
	return 0;
}

/* --- user and peer -------------------------------------------------------- */

/* Finds a port of loopback that is free. */
static int
demo_free_port(unsigned *port, struct err *e)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0), rc;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	rc = fd == -1 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
		getsockname(fd, (struct sockaddr *)&sin, &n) == -1
	    ? err_set(e, EX_OSERR, "no port on loopback is free: %s",
		  strerror(errno))
	    : 0;
	if (fd != -1)
		(void)close(fd);
	*port = ntohs(sin.sin_port);
	return rc;
}

static void
demo_make_config(
    const struct demo *d, const char *who, unsigned port, struct config *out)
{
	char keys[SCRATCH_PATH], aor[64], at[64];

	(void)snprintf(keys, sizeof(keys), "%s/%s", d->dir, who);
	(void)snprintf(aor, sizeof(aor), "sips:%s@localhost", who);
	(void)snprintf(at, sizeof(at), "tls:127.0.0.1:%u", port);
	config_ephemeral(out, keys, aor, at);
	out->sign = out->encrypt = true;
}

/* Runs in the child process. It outlives a killed parent, so it removes the
 * scratch folder, too. */
static int
demo_run_peer(struct demo *d)
{
	static const int terminal[] = {SIGINT, SIGQUIT, SIGTSTP, SIGHUP};
	struct demo_peer peer = {.config = &d->peer,
	    .user_uri = d->user_uri,
	    .alive = d->alive[0],
	    .ready = d->ready[1],
	    .greets = d->on_terminal};
	int rc;

	(void)close(d->alive[1]);
	(void)close(d->ready[0]);
	/* Signals from the terminal are for the client only. */
	for (size_t i = 0; i < sizeof(terminal) / sizeof(terminal[0]); i++)
		(void)signal(terminal[i], SIG_IGN);
	scratch_hold(false);
	rc = demo_peer(&peer);
	scratch_remove(d->dir);
	return rc;
}

/* Starts the peer and waits until it listens or has failed. */
static int
demo_start_child(struct demo *d, struct err *e)
{
	char byte;

	if (pipe(d->alive) == -1 || pipe(d->ready) == -1)
		return err_set(
		    e, EX_OSERR, "no pipe can be made: %s", strerror(errno));
	(void)fflush(stdout);
	d->child = fork();
	if (d->child == -1)
		return err_set(
		    e, EX_OSERR, "no process can be made: %s", strerror(errno));
	if (d->child == 0)
		_exit(demo_run_peer(d));
	(void)close(d->alive[0]);
	(void)close(d->ready[1]);
	d->alive[0] = d->ready[1] = -1;
	(void)fcntl(d->alive[1], F_SETFD, FD_CLOEXEC);
	return read(d->ready[0], &byte, 1) == 1
	    ? 0
	    : err_set(e, EX_UNAVAILABLE, "kumiko cannot listen");
}

static int
demo_begin(struct demo *d, const struct config *c, struct err *e)
{
	if (scratch_new("demo", d->dir, e) == -1 ||
	    demo_make_keys(d, e) == -1 ||
	    demo_free_port(&d->ports[0], e) == -1 ||
	    demo_free_port(&d->ports[1], e) == -1)
		return -1;
	demo_make_config(d, "fluffy", d->ports[0], &d->user);
	demo_make_config(d, "kumiko", d->ports[1], &d->peer);
	d->peer.expires = DEMO_PATIENCE;
	d->user.theme = c->theme;
	d->user.mouse = c->mouse;
	d->user.quiet_bell = c->quiet_bell;
	d->user.no_notify = c->no_notify;
	(void)snprintf(d->user_uri, sizeof(d->user_uri),
	    "sips:fluffy@localhost:%u", d->ports[0]);
	(void)snprintf(d->peer_uri, sizeof(d->peer_uri),
	    "sips:kumiko@localhost:%u", d->ports[1]);
	return demo_start_child(d, e);
}

/* Ends the child and removes the scratch folder with its keys. */
static void
demo_end(struct demo *d)
{
	int *fds[] = {&d->alive[0], &d->alive[1], &d->ready[0], &d->ready[1]};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (*fds[i] > 0)
			(void)close(*fds[i]);
	if (d->child > 0)
		(void)waitpid(d->child, NULL, 0);
	if (d->dir[0] != '\0')
		scratch_remove(d->dir);
	config_free(&d->user);
	config_free(&d->peer);
}

/* --- the verb ------------------------------------------------------------- */

static int
demo_verb_run(const struct config *c, const struct verb_args *a)
{
	struct demo d = {.child = 0,
	    .on_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)};
	struct err e = {0};
	int rc;

	(void)a;
	scratch_hold(true);
	rc = demo_begin(&d, c, &e);
	scratch_hold(false);
	if (rc == -1)
		rc = verb_fail(&e);
	else if (d.on_terminal)
		rc = client_with(&d.user, banner, d.peer_uri);
	else if (demo_play(&d.user, d.peer_uri, &e) == -1)
		rc = verb_fail(&e);
	demo_end(&d);
	return rc;
}

const struct verb demo_verb = {.name = "demo",
    .args = "",
    .help = "chat with kumiko, a process on this machine",
    .more = "Nothing leaves this machine, and the keys are removed at the end.",
    .settings = "theme mouse bell",
    .impersonal = true,
    .run = demo_verb_run};
