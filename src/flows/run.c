/*
 * Runs one flow: the sender in this process, the recipient in another. Messages
 * and handshakes between them are recorded.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/loop.h"
#include "src/flows/run_priv.h"
#include "src/net/transport.h"

enum {
	/* ms after which a flow fails; above Timer F, 32 s, for an answer. */
	FLOWS_SILENCE = 40000,
	FLOWS_AWAIT = 60000, /* ms for a peer to send something */
	FLOWS_AWAIT_MORE = 500 /* ms for a peer that tries again at once */
};

struct running {
	struct flows *f;
	struct flows_run *r;
	struct flows_sides sides;
	struct flows_keeper keeper;
	struct agent agent;
	struct loop_io told_io;
	struct loop_timer silence, next;
	int alive[2], told[2]; /* pipes; -1 where closed */
	pid_t child;
	struct buf told_in; /* records of the recipient, not handled yet */
	char target[TARGET_TEXT];
	unsigned ended; /* messages */
	bool came; /* the awaited peer has connected */
	bool over; /* records that come now start nothing more */
	struct err why; /* exit is not 0: the flow could not be run */
};

/* --- sending -------------------------------------------------------------- */

static void
run_send_message(struct running *g)
{
	const struct flows_plan *p = g->r->plan;
	struct ua_send_req letter = {.to = g->sides.to,
	    .text = p->text,
	    .text_len = strlen(p->text),
	    .sign = p->sign,
	    .encrypt = p->encrypt,
	    .at = g->f->peer == NULL ? g->target : NULL};

	loop_timer_set(g->agent.loop, &g->silence, FLOWS_SILENCE);
	flows_name(g->f, g->r, g->ended, &g->sides);
	(void)ua_send(g->agent.ua, &letter);
}

static void
run_set_why(struct flows_run *r, const char *why)
{
	free(r->why);
	r->why = why != NULL ? xstrdup(why) : NULL;
}

static void
run_on_sent(struct running *g, const struct ua_sent *sent)
{
	struct flows_run *r = g->r;

	if (r->end.exit == 0) {
		r->end.exit = sent->exit;
		r->end.status = sent->status;
		run_set_why(r, sent->exit != 0 ? sent->why : NULL);
	}
	g->ended++;
	/* Not here: this is called by the connection that run_send_next
	 * closes. */
	loop_timer_set(g->agent.loop, &g->next, 0);
}

static void
run_send_next(void *arg)
{
	struct running *g = arg;

	if (g->over) {
		loop_stop(g->agent.loop);
		return;
	}
	ua_close_all(g->agent.ua);
	if (g->ended < (g->r->plan->again ? 2U : 1U))
		run_send_message(g);
	else
		loop_stop(g->agent.loop);
}

/* Records an event; ends the flow if a peer sends too much. */
static void
run_keep_event(struct running *g, const struct ua_wire *w)
{
	if (flows_keep(&g->keeper, w) || g->r->end.exit != 0)
		return;
	g->r->end.exit = EX_PROTOCOL;
	run_set_why(g->r, "the peer sent more than one flow may have");
	loop_stop(g->agent.loop);
}

static bool
run_on_event(void *arg, const struct ua_event *ev)
{
	struct running *g = arg;

	if (ev->type == UA_WIRE)
		run_keep_event(g, ev->wire);
	else if (ev->type == UA_SENT)
		run_on_sent(g, ev->sent);
	return true;
}

static void
run_on_silence(void *arg)
{
	struct running *g = arg;

	if (g->f->peer == NULL && g->f->await == NULL)
		(void)err_set(&g->why, EX_TEMPFAIL, "the flow %s hangs",
		    g->r->plan->name);
	else if (!g->came) {
		g->r->end.exit = EX_TEMPFAIL;
		run_set_why(g->r,
		    g->f->peer != NULL ? "no answer came in time"
				       : "no message came in time");
	}
	loop_stop(g->agent.loop);
}

static void
run_on_signal(void *arg, int signo)
{
	struct running *g = arg;

	(void)signo;
	(void)err_set(&g->why, EX_TEMPFAIL, "the flows were interrupted");
	loop_stop(g->agent.loop);
}

/* --- records of the recipient --------------------------------------------- */

/* Asks the peer's user to send, and sets the time for it. */
static void
run_await_peer(struct running *g)
{
	if (g->over || g->ended++ > 0)
		return;
	fprintf(stderr, "signet: %s: send a MESSAGE to %s:%s within %d s\n",
	    g->r->plan->name, g->sides.to, strrchr(g->target, ':') + 1,
	    FLOWS_AWAIT / 1000);
	loop_timer_set(g->agent.loop, &g->silence, FLOWS_AWAIT);
}

/* The peer connected, and accepted our certificate (exit 0) or not. */
static void
run_on_peer_came(struct running *g, int exit)
{
	g->r->end.exit = exit;
	/* A second try of the peer must not fall into the next flow. */
	if (!g->came)
		loop_timer_set(g->agent.loop, &g->silence, FLOWS_AWAIT_MORE);
	g->came = true;
}

static void
run_read_verdict(struct flows_run *r, struct span s)
{
	struct flows_end end;

	if (s.n < sizeof(end))
		return;
	memcpy(&end, s.p, sizeof(end));
	r->end.signature = end.signature;
	r->end.encryption = end.encryption;
	r->end.transport = end.transport;
	r->found.n = 0;
	buf_addspan(&r->found, span_cut(s, sizeof(end), s.n));
}

static void
run_handle_record(struct running *g, char kind, struct span s)
{
	switch (kind) {
	case FLOWS_TOLD_LISTENS:
		(void)snprintf(g->target, sizeof(g->target), "%.*s", (int)s.n,
		    (const char *)s.p);
		if (g->f->await != NULL)
			run_await_peer(g);
		else if (!g->over)
			run_send_message(g);
		break;
	case FLOWS_TOLD_MESSAGE:
		run_read_verdict(g->r, s);
		if (g->f->await != NULL)
			run_on_peer_came(g, 0);
		break;
	case FLOWS_TOLD_TROUBLE:
		/* Keep the first: later ones follow from it. */
		if (g->r->trouble == NULL)
			g->r->trouble = xstrndup(s);
		break;
	case FLOWS_TOLD_REFUSED:
		/* Only the first peer counts; later ones are ignored. */
		if (g->f->await != NULL && !g->came)
			run_on_peer_came(g, EX_NOPERM);
		break;
	case FLOWS_TOLD_FAILED:
		if (s.n == sizeof(g->why))
			memcpy(&g->why, s.p, sizeof(g->why));
		(void)err_in(&g->why, "the recipient of %s cannot run",
		    g->r->plan->name);
		loop_stop(g->agent.loop);
		break;
	}
}

static void
run_handle_records(struct running *g)
{
	struct flows_record record;
	size_t used = sizeof(record);

	while (g->told_in.n >= sizeof(record)) {
		memcpy(&record, g->told_in.p, sizeof(record));
		used = sizeof(record) + record.size;
		if (g->told_in.n < used)
			return;
		run_handle_record(g, record.kind,
		    span_cut(span_buf(&g->told_in), sizeof(record), used));
		buf_drop(&g->told_in, used);
	}
}

/* Reads and handles records. Returns false at the end of the pipe. */
static bool
run_read_records(struct running *g)
{
	char bytes[4096];
	ssize_t n = read(g->told[0], bytes, sizeof(bytes));

	if (n == -1 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	buf_add(&g->told_in, bytes, (size_t)n);
	run_handle_records(g);
	return true;
}

static void
run_on_records(void *arg, short revents)
{
	struct running *g = arg;

	(void)revents;
	if (run_read_records(g))
		return;
	loop_io_del(g->agent.loop, &g->told_io);
	if (g->why.exit == 0)
		(void)err_set(&g->why, EX_SOFTWARE,
		    "the recipient of %s ended before the flow did",
		    g->r->plan->name);
	loop_stop(g->agent.loop);
}

/* --- two processes -------------------------------------------------------- */

static void
run_close_one(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

static int
run_start_child(struct running *g, struct err *e)
{
	struct flows_peer peer = {.config = &g->sides.theirs,
	    .format = &g->sides.format.table,
	    .watched = g->f->await != NULL};

	if (pipe(g->alive) == -1 || pipe(g->told) == -1)
		return err_set(
		    e, EX_OSERR, "no pipe can be made: %s", strerror(errno));
	/* A passphrase command must not keep the pipes open. */
	for (size_t i = 0; i < 2; i++) {
		(void)fcntl(g->alive[i], F_SETFD, FD_CLOEXEC);
		(void)fcntl(g->told[i], F_SETFD, FD_CLOEXEC);
	}
	(void)fflush(stdout);
	g->child = fork();
	if (g->child == -1)
		return err_set(
		    e, EX_OSERR, "no process can be made: %s", strerror(errno));
	if (g->child == 0) {
		run_close_one(&g->alive[1]);
		run_close_one(&g->told[0]);
		peer.alive = g->alive[0];
		peer.told = g->told[1];
		_exit(flows_peer(&peer));
	}
	run_close_one(&g->alive[0]);
	run_close_one(&g->told[1]);
	return 0;
}

/* Ends the recipient and reads its last records. */
static void
run_end_child(struct running *g)
{
	if (g->child <= 0)
		return;
	run_close_one(&g->alive[1]);
	while (run_read_records(g))
		;
	(void)waitpid(g->child, NULL, 0);
}

/* --- the run -------------------------------------------------------------- */

static int
run_begin(struct running *g, struct err *e)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};

	g->silence = (struct loop_timer){.fn = run_on_silence, .arg = g};
	g->next = (struct loop_timer){.fn = run_send_next, .arg = g};
	if (g->f->peer == NULL && run_start_child(g, e) == -1)
		return -1;
	if (flows_keystore(&g->sides.ours, &g->agent.ks, e) == -1 ||
	    agent_open(&g->agent, &g->sides.ours, &g->sides.format.table,
		run_on_event, g, e) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (loop_signal(g->agent.loop, ends[i], run_on_signal, g, e) ==
		    -1)
			return -1;
	ua_watch(g->agent.ua, true);
	loop_timer_set(g->agent.loop, &g->silence, FLOWS_SILENCE);
	if (g->f->peer != NULL)
		run_send_message(g);
	else {
		g->told_io = (struct loop_io){
		    .fn = run_on_records, .arg = g, .fd = g->told[0]};
		loop_io_set(g->agent.loop, &g->told_io, POLLIN);
	}
	return 0;
}

static void
run_end(struct running *g)
{
	g->over = true;
	agent_stop(&g->agent);
	run_end_child(g);
	agent_close(&g->agent);
	flows_keep_end(&g->keeper);
	run_close_one(&g->alive[0]);
	run_close_one(&g->alive[1]);
	run_close_one(&g->told[0]);
	run_close_one(&g->told[1]);
	buf_free(&g->told_in);
	flows_unsettle(g->f, &g->sides);
}

/* Finds the verdict that a text about a refused certificate names. */
static void
run_find_cause(const char *text, enum verdict_signature *out)
{
	for (int i = SIGNATURE_MALFORMED; i < SIGNATURE_GOOD; i++) {
		char name[40];

		(void)snprintf(name, sizeof(name), ": %s: ",
		    verdict_signature_name((enum verdict_signature)i));
		if (strstr(text, name) != NULL) {
			*out = (enum verdict_signature)i;
			return;
		}
	}
}

static int
run(struct running *g, struct err *e)
{
	int rc;

	if (run_begin(g, e) == -1)
		return -1;
	scratch_hold(false);
	rc = loop_run(g->agent.loop, e);
	scratch_hold(true);
	/* One more round, so that a signal of the last one is handled. */
	g->over = true;
	loop_timer_set(g->agent.loop, &g->next, 1);
	return rc == 0 ? loop_run(g->agent.loop, e) : -1;
}

int
flows_run(struct flows *f, const struct flows_plan *p, struct flows_run *out,
    struct err *e)
{
	struct running g = {
	    .f = f, .r = out, .alive = {-1, -1}, .told = {-1, -1}};
	int rc;

	*out = (struct flows_run){
	    .plan = p, .end = {.signature = SIGNATURE_NONE}};
	if (flows_make(f, p, &out->keys, e) == -1)
		return -1;
	flows_settle(f, out, &g.sides);
	flows_keep_begin(&g.keeper, out, f->seed != NULL);
	rc = run(&g, e);
	run_end(&g);
	if (out->end.exit != 0 && out->end.status == 0) {
		if (out->trouble != NULL)
			run_find_cause(out->trouble, &out->end.signature);
		if (out->why != NULL)
			run_find_cause(out->why, &out->end.signature);
	}
	if (rc == 0 && g.why.exit != 0) {
		*e = g.why;
		rc = -1;
	}
	return rc;
}

bool
flows_ended_well(const struct flows *f, const struct flows_run *r)
{
	const struct flows_end *is = &r->end, *was = &r->plan->end;

	/* A peer may refuse with another status, and does not give its
	 * verdict. */
	if (f->peer != NULL)
		return (was->exit == 0) == (is->exit == 0);
	return is->exit == was->exit && is->status == was->status &&
	    is->signature == was->signature &&
	    is->encryption == was->encryption &&
	    (is->transport == was->transport ||
		(flows_by_udp(r) && is->transport == TRANSPORT_UDP));
}
