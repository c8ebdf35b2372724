#include "ui/typing.h"

#include "ui/conversation.h"

enum {
	TYPING_IDLE = 15000, /* ms without a key after which one types no more
	                      * (RFC 3994, 3.2) */
	TYPING_REFRESH = 120, /* s that "types" is good for */
	TYPING_AGAIN = 90000 /* ms after which it is told again */
};

/* Tells the contact of c->typing_in. */
static void
typing_tell(struct client *c, bool active)
{
	struct conversation *v = c->typing_in;
	struct ua_send_req as = {.to = v->uri,
	    .sign = conversation_signs(c, v),
	    .encrypt = conversation_encrypts(c, v)};

	ua_send_typing(c->ua, &as, active, TYPING_REFRESH);
}

static void
typing_stop(struct client *c, bool tell)
{
	if (c->typing_in != NULL && tell)
		typing_tell(c, false);
	c->typing_in = NULL;
	loop_timer_del(c->loop, &c->typing_idle);
}

static void
typing_ended(void *arg)
{
	typing_stop(arg, true);
}

/* Whether the line is going to be a message: a command tells nobody anything. */
static bool
typing_is_text(struct span line)
{
	if (line.n == 0 || span_starts_nocase(line, "to:") ||
	    span_starts_nocase(line, "add:"))
		return false;
	return line.p[0] != '/' || (line.n > 1 && line.p[1] == '/');
}

void
typing_key(struct client *c)
{
	struct conversation *v = conversation_current(c);

	if (c->config.no_typing || v->contact == NULL ||
	    !typing_is_text(edit_text(v->edit))) {
		typing_stop(c, true);
		return;
	}
	if (c->typing_in != v)
		typing_stop(c, true);
	if (c->typing_in == NULL ||
	    loop_now(c->loop) >= c->typing_told + TYPING_AGAIN) {
		c->typing_in = v;
		c->typing_told = loop_now(c->loop);
		typing_tell(c, true);
	}
	loop_timer_set(c->loop, &c->typing_idle, TYPING_IDLE);
}

void
typing_sent(struct client *c)
{
	typing_stop(c, false);
}

void
typing_forget(struct client *c, const struct conversation *v)
{
	if (c->typing_in == v)
		typing_stop(c, true);
}

/* --- theirs --------------------------------------------------------------- */

/* Redraws when the next of them is over. */
static void
typing_changed(void *arg)
{
	struct client *c = arg;
	uint64_t now = loop_now(c->loop), next = UINT64_MAX;

	for (size_t i = 0; i < c->count; i++) {
		struct conversation *v = c->conversations[i];

		if (v->types_until > now && v->types_until < next)
			next = v->types_until;
	}
	if (next != UINT64_MAX)
		loop_timer_at(c->loop, &c->types, next);
	screen_want(c->screen, false);
}

void
typing_init(struct client *c)
{
	c->typing_idle = (struct loop_timer){.fn = typing_ended, .arg = c};
	c->types = (struct loop_timer){.fn = typing_changed, .arg = c};
}

void
typing_notice(struct client *c, const struct ua_notice *n)
{
	struct conversation *v;
	struct err e;
	struct aor who;

	if (aor_parse(span_str(n->from), &who, &e) == -1)
		return;
	v = conversation_of(c, &who);
	aor_free(&who);
	if (v == NULL || v->contact == NULL || v->contact->ignored)
		return;
	v->types_until = n->kind == UA_TYPES
	    ? loop_now(c->loop) + n->refresh * 1000ULL
	    : 0;
	typing_changed(c);
}

void
typing_over(struct conversation *v)
{
	v->types_until = 0;
}

bool
typing_now(const struct client *c, const struct conversation *v)
{
	return v->types_until > loop_now(c->loop);
}
