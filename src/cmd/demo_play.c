/*
 * The demo's play, where there is no terminal: a conversation with kumiko, and
 * what went over the wire.
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
#include "src/ua/ua.h"

enum { PLAY_SILENCE = 15000 }; /* ms without anything: it has failed */

static const struct {
	bool sign, encrypt;
	const char *text, *how;
} lines[] = {
    {false, false, "Hello, plain.", "neither signed nor sealed"},
    {true, false, "Hello, signed.", "signed"},
    {false, true, "Hello, sealed.", "sealed"},
    {true, true, "Hello, signed and sealed.", "signed and sealed"},
};

enum { LINES = sizeof(lines) / sizeof(lines[0]) };

struct play {
	const char *to;
	struct loop *loop;
	struct ua *ua;
	struct loop_timer silence;
	struct output out;
	struct buf text;
	size_t said;
	bool over; /* but for what has to be written */
	struct err why;
};

/* Some of the output left, or failed. */
static void
moved(void *arg)
{
	struct play *p = arg;

	if (p->out.failed.exit != 0)
		p->why = p->out.failed;
	if (p->out.failed.exit != 0 ||
	    (p->over && output_waiting(&p->out) == 0))
		loop_stop(p->loop);
}

static void
say_next(struct play *p)
{
	struct ua_letter letter = {.to = p->to};

	if (p->said == LINES) {
		p->over = true;
		loop_timer_del(p->loop, &p->silence);
		return;
	}
	letter.text = lines[p->said].text;
	letter.text_len = strlen(letter.text);
	letter.sign = lines[p->said].sign;
	letter.encrypt = lines[p->said].encrypt;
	buf_addf(&p->text, "== fluffy says to kumiko, %s: %s\n\n",
	    lines[p->said].how, letter.text);
	p->said++;
	(void)ua_send(p->ua, &letter);
	loop_timer_set(p->loop, &p->silence, PLAY_SILENCE);
}

static void
print_wire(struct play *p, const struct ua_wire *w)
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
	/* What kumiko sends is no line of ours. */
	text_rows(&p->text, span_buf(&shown), "  ", SIZE_MAX);
	buf_free(&shown);
	buf_adds(&p->text, "\n");
}

static bool
played(void *arg, const struct ua_event *ev)
{
	struct play *p = arg;

	if (ev->type == UA_WIRE)
		print_wire(p, ev->wire);
	if (ev->type == UA_SENT && ev->sent->exit != 0) {
		(void)err_set(&p->why, ev->sent->exit, "%s", ev->sent->why);
		loop_stop(p->loop);
	}
	if (ev->type == UA_MESSAGE) {
		buf_adds(&p->text, "== kumiko answers:\n");
		report_message(&p->text, ev->message, report_width());
		buf_adds(&p->text, "\n");
		say_next(p);
	}
	(void)output_add(&p->out, span_buf(&p->text));
	p->text.n = 0;
	moved(p);
	return true;
}

static void
too_silent(void *arg)
{
	struct play *p = arg;

	(void)err_set(&p->why, EX_TEMPFAIL, "kumiko does not answer");
	loop_stop(p->loop);
}

static void
interrupted(void *arg, int signo)
{
	struct play *p = arg;

	(void)signo;
	(void)err_set(&p->why, EX_TEMPFAIL, "the demo was ended early");
	loop_stop(p->loop);
}

int
demo_play(const struct config *config, const char *to, struct err *e)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
	struct play p = {.to = to};
	struct keystore *ks = NULL;
	int rc = verb_keystore(config, false, &ks, e);

	p.silence = (struct loop_timer){.fn = too_silent, .arg = &p};
	if (rc == 0)
		rc = loop_new(&p.loop, e);
	if (rc == 0)
		output_init(&p.out, p.loop, moved, &p);
	for (size_t i = 0; rc == 0 && i < sizeof(ends) / sizeof(ends[0]); i++)
		rc = loop_signal(p.loop, ends[i], interrupted, &p, e);
	if (rc == 0)
		rc = ua_new(p.loop, ks, config, played, &p, &p.ua, e);
	if (rc == 0)
		rc = ua_listen(p.ua, e);
	if (rc == 0) {
		ua_watch(p.ua, true);
		say_next(&p);
		rc = loop_run(p.loop, e);
	}
	if (rc == 0 && p.why.exit != 0) {
		*e = p.why;
		rc = -1;
	}
	ua_free(p.ua);
	output_end(&p.out);
	buf_free(&p.text);
	loop_free(p.loop);
	keystore_free(ks);
	return rc;
}
