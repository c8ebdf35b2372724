/*
 * The demo's play: a conversation with the peer, printed as it goes over the
 * wire, for output that is not a terminal.
 */
#include "src/cmd/demo.h"

#include <signal.h>
#include <string.h>

#include "src/app/verb.h"
#include "src/base/loop.h"
#include "src/base/output.h"
#include "src/base/text.h"
#include "src/show/report.h"
#include "src/show/pretty_message.h"
#include "src/ua/agent.h"

enum { PLAY_SILENCE = 15000 }; /* ms without an answer after which it fails */

static const struct {
	bool sign, encrypt;
	const char *text, *how;
} lines[] = {
    {false, false, "Hello, plain.", "neither signed nor encrypted"},
    {true, false, "Hello, signed.", "signed"},
    {false, true, "Hello, encrypted.", "encrypted"},
    {true, true, "Hello, signed and encrypted.", "signed and encrypted"},
};

enum { LINES = sizeof(lines) / sizeof(lines[0]) };

struct play {
	const char *to;
	struct agent agent;
	struct loop_timer silence;
	struct output out;
	struct buf text;
	size_t said;
	bool over; /* except for output that is not written yet */
	struct err why;
};

/* Some of the output was written, or writing failed. */
static void
demo_on_output(void *arg)
{
	struct play *p = arg;

	if (p->out.failed.exit != 0)
		p->why = p->out.failed;
	if (p->out.failed.exit != 0 ||
	    (p->over && output_waiting(&p->out) == 0))
		loop_stop(p->agent.loop);
}

static void
demo_send_next(struct play *p)
{
	struct ua_send_req letter = {.to = p->to};

	if (p->said == LINES) {
		p->over = true;
		loop_timer_del(p->agent.loop, &p->silence);
		return;
	}
	letter.text = lines[p->said].text;
	letter.text_len = strlen(letter.text);
	letter.sign = lines[p->said].sign;
	letter.encrypt = lines[p->said].encrypt;
	buf_addf(&p->text, "== fluffy says to kumiko, %s: %s\n\n",
	    lines[p->said].how, letter.text);
	p->said++;
	(void)ua_send(p->agent.ua, &letter);
	loop_timer_set(p->agent.loop, &p->silence, PLAY_SILENCE);
}

static void
demo_print_wire(struct play *p, const struct ua_wire *w)
{
	struct buf shown = {0};

	if (w->kind == UA_WIRE_OPENED) {
		buf_addf(&p->text, "== connected: %s\n", w->peer);
		text_rows(&p->text, span_str(w->words), "   ", 200);
		buf_adds(&p->text, "\n");
	}
	if (w->kind != UA_WIRE_REQUEST && w->kind != UA_WIRE_RESPONSE)
		return;
	buf_addf(&p->text, "%s %s\n", w->out ? "->" : "<-", w->peer);
	pretty_message(&shown, w->head, w->body);
	/* Each row is indented: no text from the peer can look like a line of
	 * ours. */
	text_rows(&p->text, span_buf(&shown), "  ", SIZE_MAX);
	buf_free(&shown);
	buf_adds(&p->text, "\n");
}

static bool
demo_on_event(void *arg, const struct ua_event *ev)
{
	struct play *p = arg;

	if (ev->type == UA_WIRE)
		demo_print_wire(p, ev->wire);
	if (ev->type == UA_SENT && ev->sent->exit != 0) {
		(void)err_set(&p->why, ev->sent->exit, "%s", ev->sent->why);
		loop_stop(p->agent.loop);
	}
	if (ev->type == UA_MESSAGE) {
		buf_adds(&p->text, "== kumiko answers:\n");
		report_message(&p->text, ev->message, report_width());
		buf_adds(&p->text, "\n");
		demo_send_next(p);
	}
	(void)output_add(&p->out, span_buf(&p->text));
	p->text.n = 0;
	demo_on_output(p);
	return true;
}

static void
demo_on_silence(void *arg)
{
	struct play *p = arg;

	(void)err_set(&p->why, EX_TEMPFAIL, "kumiko does not answer");
	loop_stop(p->agent.loop);
}

static void
demo_on_signal(void *arg, int signo)
{
	struct play *p = arg;

	(void)signo;
	(void)err_set(&p->why, EX_TEMPFAIL, "the demo was interrupted");
	loop_stop(p->agent.loop);
}

int
demo_play(const struct config *config, const char *to, struct err *e)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
	struct play p = {.to = to};
	int rc = verb_keystore(config, false, &p.agent.ks, e);

	p.silence = (struct loop_timer){.fn = demo_on_silence, .arg = &p};
	if (rc == 0)
		rc = agent_open(&p.agent, config, NULL, demo_on_event, &p, e);
	if (rc == 0)
		output_init(&p.out, p.agent.loop, demo_on_output, &p);
	for (size_t i = 0; rc == 0 && i < sizeof(ends) / sizeof(ends[0]); i++)
		rc = loop_signal(p.agent.loop, ends[i], demo_on_signal, &p, e);
	if (rc == 0)
		rc = ua_listen(p.agent.ua, e);
	if (rc == 0) {
		ua_watch(p.agent.ua, true);
		demo_send_next(&p);
		rc = loop_run(p.agent.loop, e);
	}
	if (rc == 0 && p.why.exit != 0) {
		*e = p.why;
		rc = -1;
	}
	agent_stop(&p.agent);
	output_end(&p.out);
	buf_free(&p.text);
	agent_close(&p.agent);
	return rc;
}
