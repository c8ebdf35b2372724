#include "src/cmd/demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app/verb.h"
#include "src/base/text.h"
#include "src/ua/agent.h"

enum { PEER_QUOTE = 60 }; /* bytes of a text that it repeats */

struct peer {
	const struct demo_peer *with;
	struct agent agent;
	bool listens;
	size_t count;
};

/* Appends how safe the message was. */
static void
demo_add_judgement(struct buf *out, const struct ua_message *m)
{
	const struct verdict *v = &m->verdict;

	if (m->text == NULL)
		buf_addf(out, "I refused your message: %s", m->reason);
	else if (v->signature == SIGNATURE_GOOD &&
	    v->encryption == ENCRYPTION_OPENED)
		buf_addf(out,
		    "That came signed by you and encrypted to me alone (%s).",
		    v->cipher);
	else if (v->signature == SIGNATURE_GOOD)
		buf_adds(out,
		    "You signed that, so it is yours, but a proxy "
		    "between us could have read it: /encrypt on.");
	else if (v->encryption == ENCRYPTION_OPENED)
		buf_adds(out,
		    "Nobody else could read that, but who wrote it? "
		    "It was not signed: /sign on.");
	else
		buf_adds(out,
		    "Anybody could have written that, and read it: "
		    "/sign on, /encrypt on.");
}

static void
demo_add_quote(struct buf *out, const struct ua_message *m)
{
	size_t n = m->text_len < PEER_QUOTE ? m->text_len : PEER_QUOTE;

	/* Cut before a whole character. */
	while (n > 0 && n < m->text_len &&
	    ((unsigned char)m->text[n] & 0xc0) == 0x80)
		n--;
	buf_adds(out, " You said: \"");
	buf_add(out, m->text, n);
	buf_adds(out, n < m->text_len ? "..\"." : "\".");
}

static void
demo_send_text(struct peer *p, struct span text)
{
	struct ua_send_req letter = {.to = p->with->user_uri,
	    .text = (const char *)text.p,
	    .text_len = text.n,
	    .sign = true,
	    .encrypt = true};

	(void)ua_send(p->agent.ua, &letter);
}

static void
demo_answer(struct peer *p, const struct ua_message *m)
{
	static const char *const more[] = {" F2 shows what went over the wire.",
	    " Alt-V shows all that is known of this message.",
	    " /verify shows our two fingerprints.",
	    " /resolve shows how you found me.", ""};
	size_t hints = sizeof(more) / sizeof(more[0]);
	struct buf text = {0};

	demo_add_judgement(&text, m);
	if (m->text != NULL)
		demo_add_quote(&text, m);
	if (p->with->greets)
		buf_adds(&text, more[p->count < hints ? p->count : hints - 1]);
	p->count++;
	demo_send_text(p, span_buf(&text));
	buf_free(&text);
}

static bool
demo_on_event(void *arg, const struct ua_event *ev)
{
	struct peer *p = arg;

	if (ev->type == UA_MESSAGE)
		demo_answer(p, ev->message);
	if (ev->type == UA_LISTENING && !p->listens) {
		p->listens = true;
		(void)!write(p->with->ready, "", 1);
		if (p->with->greets)
			demo_send_text(p,
			    span_str("Hello, I am kumiko. Type a line, and "
				     "Enter sends it to me."));
	}
	return true;
}

int
demo_peer(const struct demo_peer *with)
{
	struct peer p = {.with = with};
	struct err e = {0};
	int rc = verb_keystore(with->config, false, &p.agent.ks, &e);

	if (rc == 0)
		rc = agent_open(
		    &p.agent, with->config, NULL, demo_on_event, &p, &e);
	if (rc == 0)
		rc = agent_serve(&p.agent, with->alive, &e);
	agent_close(&p.agent);
	return rc == 0 ? 0 : verb_fail(&e);
}
