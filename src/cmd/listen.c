#include "src/app/introduced.h"
#include "src/app/verb.h"
#include "src/cmd/verbs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/loop.h"
#include "src/base/output.h"
#include "src/base/text.h"
#include "src/cmd/exec.h"
#include "src/show/report.h"
#include "src/store/store.h"
#include "src/ua/agent.h"

enum {
	LISTEN_DRAIN = 1500, /* ms for the last answers to be sent */
	LISTEN_REFUSALS = 100, /* ms for the last refusals after that */
	LISTEN_QUEUE = 1 << 20 /* bytes that may wait for standard output */
};

/* A message that is not answered: it is not fully written to standard output,
 * or its command has not ended. */
struct waiting {
	uint64_t id; /* as ua_defer gave it; 0: it is answered */
	uint64_t end; /* offset in the output after its last byte */
	bool runs; /* its command has not ended */
};

struct listening {
	const struct config *c;
	struct agent agent;
	uint64_t count, limit; /* of messages; limit 0: none */
	struct buf line, object; /* as it is printed; its JSON, for exec */
	struct output out;
	struct exec *exec; /* NULL: there is no command */
	struct waiting *waiting; /* the oldest first */
	size_t waiting_first, waiting_count, waiting_room;
	bool refusing; /* the queue is full, and a note said so */
	struct loop_timer drain;
	struct store **histories; /* one for each address, or NULL */
	bool ending, hurry, draining;
	uint64_t end; /* of draining, ms of loop_now */
};

/* --- messages that wait for their answer ---------------------------------- */

static void
listen_add_waiting(struct listening *l, uint64_t id, bool runs)
{
	l->waiting = vec_grow(l->waiting, l->waiting_count, &l->waiting_room,
	    sizeof(*l->waiting));
	l->waiting[l->waiting_count++] = (struct waiting){
	    .id = id, .end = l->out.added, .runs = runs};
}

/* Forgets those at the front that are answered. */
static void
listen_forget_answered(struct listening *l)
{
	while (l->waiting_first < l->waiting_count &&
	    l->waiting[l->waiting_first].id == 0)
		l->waiting_first++;
	if (l->waiting_first == l->waiting_count)
		l->waiting_first = l->waiting_count = 0;
}

static void
listen_answer(struct listening *l, struct waiting *w, bool given)
{
	uint64_t id = w->id;

	w->id = 0;
	ua_complete(l->agent.ua, id, given);
}

/* Answers the messages that are written and that no command runs for. With
 * given false, refuses all that wait. */
static void
listen_answer_written(struct listening *l, bool given)
{
	for (size_t i = l->waiting_first; i < l->waiting_count; i++) {
		struct waiting *w = &l->waiting[i];

		if (given && w->end > l->out.written)
			break;
		if (w->id != 0 && (!given || !w->runs))
			listen_answer(l, w, given);
	}
	listen_forget_answered(l);
}

/* --- the end -------------------------------------------------------------- */

/* Returns whether something is still done with messages that came. */
static bool
listen_is_working(const struct listening *l)
{
	return output_waiting(&l->out) > 0 || exec_is_busy(l->exec);
}

/* Stops the loop once all answers are sent and all commands ended, or the time
 * for them is over. */
static void
listen_on_drain(void *arg)
{
	struct listening *l = arg;

	if (loop_now(l->agent.loop) >= l->end && l->waiting_count > 0) {
		listen_answer_written(l, false);
		l->end = loop_now(l->agent.loop) + LISTEN_REFUSALS;
	}
	if ((ua_busy(l->agent.ua) || exec_is_busy(l->exec)) &&
	    loop_now(l->agent.loop) < l->end)
		loop_timer_set(l->agent.loop, &l->drain, 1);
	else
		loop_stop(l->agent.loop);
}

/* Begins to end: accepts nothing more, and waits until all output is written and
 * all commands ended, unless a signal came (hurry); then the answers are
 * drained. */
static void
listen_begin_end(struct listening *l)
{
	if (!l->ending)
		ua_stop_accepting(l->agent.ua);
	l->ending = true;
	if (l->draining ||
	    (listen_is_working(l) && !l->hurry && l->out.failed.exit == 0))
		return;
	l->draining = true;
	l->end = loop_now(l->agent.loop) + LISTEN_DRAIN;
	loop_timer_set(l->agent.loop, &l->drain, 0);
}

/* --- events --------------------------------------------------------------- */

static void
listen_on_output(void *arg)
{
	struct listening *l = arg;

	listen_answer_written(l, l->out.failed.exit == 0);
	if (output_waiting(&l->out) == 0)
		l->refusing = false;
	if (l->ending || l->out.failed.exit != 0)
		listen_begin_end(l);
}

/* An exec_fn, and what follows the end of any command. */
static void
listen_on_exec(void *arg, uint64_t id, bool taken)
{
	struct listening *l = arg;

	for (size_t i = l->waiting_first; id != 0 && i < l->waiting_count;
	     i++) {
		struct waiting *w = &l->waiting[i];

		if (w->id != id)
			continue;
		w->runs = false;
		if (!taken)
			listen_answer(l, w, false);
	}
	listen_answer_written(l, true);
	if (l->ending)
		listen_begin_end(l);
}

/* Returns whether there is no room for a line of n bytes; a note says so once
 * until there is room again. */
static bool
listen_is_queue_full(struct listening *l, size_t n)
{
	struct err e = {0};
	size_t waits = output_waiting(&l->out);

	if (waits == 0 || waits + n <= LISTEN_QUEUE)
		return false;
	if (!l->refusing) {
		(void)err_set(&e, EX_TEMPFAIL,
		    "standard output is not read, and %zu bytes wait; new "
		    "messages are answered 480 until there is room",
		    waits);
		(void)verb_fail(&e);
	}
	l->refusing = true;
	return true;
}

/* Appends the message to the output, and what its command is to read. Returns
 * whether there is room for both; *runs: the command is to run. */
static bool
listen_report(struct listening *l, const struct ua_message *m, bool *runs)
{
	*runs = false;
	l->line.n = l->object.n = 0;
	if (l->c->json)
		report_message_json(&l->line, m);
	else
		report_message(&l->line, m, report_width());
	if (listen_is_queue_full(l, l->line.n))
		return false;
	if (l->exec == NULL)
		return true;
	report_message_json(&l->object, m);
	*runs = exec_has_room(l->exec, m, l->object.n);
	return *runs || !exec_answers(m);
}

static bool
listen_on_message(struct listening *l, const struct ua_message *m)
{
	bool runs, waits;
	uint64_t id;

	if (l->ending || !listen_report(l, m, &runs))
		return false;
	if (output_add(&l->out, span_buf(&l->line)) == -1) {
		listen_answer_written(l, false);
		listen_begin_end(l);
		return false;
	}
	waits = runs && exec_answers(m);
	id = waits || output_waiting(&l->out) > 0 ? ua_defer(l->agent.ua) : 0;
	if (id != 0)
		listen_add_waiting(l, id, waits);
	if (runs)
		exec_add(l->exec, m, span_buf(&l->object), waits ? id : 0);
	if (++l->count == l->limit)
		listen_begin_end(l);
	return true;
}

/* Nothing of it goes to standard output: it is no message. */
static void
listen_on_introduction(
    struct listening *l, const struct ua_introduction *introduction)
{
	struct buf line = {0}, accept = {0};

	config_recipe(
	    l->c, "$ keys accept #", introduction->from->text, &accept);
	(void)introduced(l->agent.ks, introduction->from, introduction->pem,
	    (const char *)accept.p, NULL, NULL, &line);
	if (line.n > 0)
		verb_note(l->c, (const char *)line.p);
	buf_free(&accept);
	buf_free(&line);
}

static bool
listen_on_event(void *arg, const struct ua_event *ev)
{
	struct listening *l = arg;
	char text[128];

	switch (ev->type) {
	case UA_MESSAGE:
		return listen_on_message(l, ev->message);
	case UA_INTRODUCED:
		listen_on_introduction(l, ev->introduction);
		break;
	case UA_LISTENING:
		(void)snprintf(
		    text, sizeof(text), "listening on %s", ev->words);
		verb_note(l->c, text);
		break;
	case UA_REGISTERED:
	case UA_UNREGISTERED:
	case UA_PROBLEM:
		verb_note(l->c, ev->words);
		break;
	case UA_NOTE:
		if (l->c->verbose)
			verb_note(l->c, ev->words);
		break;
	case UA_PASSWORD: /* UA_UNREGISTERED says the same */
	case UA_WAITS:
	case UA_LEFT:
	case UA_SENT:
	case UA_RESUMED:
	case UA_WAY:
	case UA_NOTICE:
	case UA_WIRE:
		break;
	}
	return true;
}

static void
listen_on_signal(void *arg, int signo)
{
	struct listening *l = arg;

	(void)signo;
	/* A second signal ends it at once. */
	if (l->hurry)
		loop_stop(l->agent.loop);
	l->hurry = true;
	listen_begin_end(l);
	if (l->exec != NULL)
		exec_hurry(l->exec);
}

static const struct verb_option listen_own[] = {
    {NULL, 'n', "COUNT", "end after COUNT messages"},
    {"exec", 0, "CMD", "run for each, its JSON on standard input; 0: 200"},
    {NULL, 0, NULL, NULL}};

static int listen_verb_run(const struct config *c, const struct verb_args *a);

const struct verb listen_verb = {.name = "listen",
    .args = "[-n COUNT] [--exec CMD]",
    .help = "print and answer incoming messages",
    .settings = "aor listen register password-command json keys "
		"passphrase-command bad-signature unknown-signer history "
		"history-file trace verbose quiet",
    .options = listen_own,
    .most = 1000000,
    .stops = true,
    .run = listen_verb_run};

static int
listen_options(const struct verb_args *a, struct listening *l, struct err *e)
{
	const char *count = verb_value(a, "n");

	if (count != NULL &&
	    (!number_parse(span_str(count), UINT32_MAX, &l->limit) ||
		l->limit == 0))
		return err_set(e, EX_USAGE,
		    "listen -n COUNT: COUNT must be a number above 0");
	if (verb_has(a, "exec") && verb_value(a, "exec")[0] == '\0')
		return err_set(
		    e, EX_USAGE, "listen --exec CMD: CMD must be a command");
	if (a->count > 0)
		return err_set(e, EX_USAGE,
		    "listen takes no argument \"%s\"; give the address to "
		    "listen on with --listen",
		    a->words[0]);
	if (l->c->aors.count == 0)
		return config_no_aor(e);
	return 0;
}

/* --- histories ------------------------------------------------------------ */

/* Opens the history of each address. */
static int
listen_open_histories(struct listening *l, struct err *e)
{
	const struct config *c = l->c;

	if (c->history != MAYBE_YES)
		return 0;
	if (c->history_file != NULL && c->aors.count > 1)
		return err_set(e, EX_USAGE,
		    "history-file is for one address, and there are %zu",
		    c->aors.count);
	l->histories = xcalloc(c->aors.count, sizeof(*l->histories));
	for (size_t i = 0; i < c->aors.count; i++) {
		struct aor who;
		int rc = aor_parse(span_str(c->aors.items[i]), &who, e);

		if (rc == -1)
			return -1;
		rc = store_open_set(
		    l->agent.loop, l->agent.ks, c, &who, &l->histories[i], e);
		aor_free(&who);
		if (rc == -1)
			return -1;
		ua_set_history(l->agent.ua, i, l->histories[i]);
	}
	return 0;
}

static void
listen_close_histories(struct listening *l)
{
	for (size_t i = 0; l->histories != NULL && i < l->c->aors.count; i++)
		store_close(l->histories[i]);
	free(l->histories);
}

/* --- the verb ------------------------------------------------------------- */

static int
listen_run(struct listening *l, const char *command, struct err *e)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};

	output_init(&l->out, l->agent.loop, listen_on_output, l);
	if (command != NULL &&
	    exec_open(l->agent.loop, command, listen_on_exec, l, &l->exec, e) ==
		-1)
		return -1;
	if (verb_ready_keys(l->c, l->agent.ks, e) == -1)
		return -1;
	if (listen_open_histories(l, e) == -1)
		return -1;
	/* From here on a signal ends it after the last answers. */
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (loop_signal(
			l->agent.loop, ends[i], listen_on_signal, l, e) == -1)
			return -1;
	if (ua_listen(l->agent.ua, e) == -1)
		return -1;
	if (l->c->passphrase_command == NULL)
		verb_ask_no_more(l->c, l->agent.ks);
	if (loop_run(l->agent.loop, e) == -1)
		return -1;
	if (l->out.failed.exit != 0) {
		*e = l->out.failed;
		return -1;
	}
	if (output_waiting(&l->out) > 0)
		return err_set(e, EX_IOERR,
		    "standard output is not read: its last %zu bytes were not "
		    "written",
		    output_waiting(&l->out));
	return 0;
}

static int
listen_verb_run(const struct config *c, const struct verb_args *a)
{
	struct listening l = {.c = c};
	struct err e = {0};
	int rc;

	l.drain = (struct loop_timer){.fn = listen_on_drain, .arg = &l};
	if (listen_options(a, &l, &e) == -1)
		return verb_fail(&e);
	rc = verb_keystore(c, false, &l.agent.ks, &e);
	if (rc == 0)
		rc = agent_open(&l.agent, c, NULL, listen_on_event, &l, &e);
	if (rc == 0)
		rc = listen_run(&l, verb_value(a, "exec"), &e);
	exec_free(l.exec);
	listen_close_histories(&l);
	agent_stop(&l.agent);
	output_end(&l.out);
	agent_close(&l.agent);
	free(l.waiting);
	buf_free(&l.line);
	buf_free(&l.object);
	config_advise(c, &e);
	return rc == 0 ? 0 : verb_fail(&e);
}
