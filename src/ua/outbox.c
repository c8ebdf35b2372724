#include "src/ua/outbox_priv.h"

#include <stdlib.h>
#include <string.h>

enum {
	OUTBOX_LANES = 1024 /* kept for what they know, while unused */
};

static void lane_step(void *arg);
static void lane_expired(void *arg);

/* --- lanes --------------------------------------------------------------------- */

static void
letter_free(struct letter *m)
{
	struct buf text = {
	    (unsigned char *)m->text, m->text_len, m->text_len + 1};

	buf_wipe(&text);
	free(m->at);
	free(m);
}

static struct lane *
lane_find(struct outbox *o, const char *to)
{
	struct lane *l = o->lanes;

	while (l != NULL && strcmp(l->to, to) != 0)
		l = l->next;
	if (l != NULL)
		return l;
	l = xcalloc(1, sizeof(*l));
	l->o = o;
	l->to = xstrdup(to);
	l->step = (struct loop_timer){.fn = lane_step, .arg = l};
	l->expiry = (struct loop_timer){.fn = lane_expired, .arg = l};
	l->race = (struct loop_timer){.fn = lane_race, .arg = l};
	l->next = o->lanes;
	o->lanes = l;
	o->count++;
	return l;
}

static void
lane_free(struct lane *l)
{
	struct lane **p = &l->o->lanes;

	while (*p != l)
		p = &(*p)->next;
	*p = l->next;
	l->o->count--;
	lane_stop(l);
	lane_forget_contacts(l);
	loop_timer_del(l->o->p.loop, &l->expiry);
	smime_body_free(&l->body);
	while (l->first != NULL) {
		struct letter *m = l->first;

		l->first = m->next;
		letter_free(m);
	}
	free(l->to);
	free(l->asked_uri);
	free(l->request_uri);
	free(l->routes);
	free(l->to_uri);
	free(l);
}

struct outbox *
outbox_new(const struct outbox_parts *parts)
{
	struct outbox *o = xcalloc(1, sizeof(*o));

	o->p = *parts;
	return o;
}

void
outbox_free(struct outbox *o)
{
	if (o == NULL)
		return;
	while (o->lanes != NULL)
		lane_free(o->lanes);
	free(o);
}

uint64_t
outbox_add(struct outbox *o, const struct ua_letter *letter)
{
	struct lane *l = lane_find(o, letter->to);
	struct letter *m = xcalloc(1, sizeof(*m));
	uint64_t expires = o->p.config->expires;

	m->id = ++o->ids;
	m->text = xmalloc(letter->text_len + 1);
	memcpy(m->text, letter->text, letter->text_len);
	m->text[letter->text_len] = '\0';
	m->text_len = letter->text_len;
	m->sign = letter->sign;
	m->encrypt = letter->encrypt;
	m->form = letter->form;
	m->at = letter->at != NULL ? xstrdup(letter->at) : NULL;
	m->deadline = expires == 0 ? UINT64_MAX
				   : loop_now(o->p.loop) + expires * 1000;
	if (l->last != NULL)
		l->last->next = m;
	else
		l->first = m;
	l->last = m;
	o->waiting++;
	if (!l->under_way && l->step.slot == 0)
		loop_timer_set(o->p.loop, &l->step, 0);
	return m->id;
}

size_t
outbox_waiting(const struct outbox *o)
{
	return o->waiting;
}

const char *
outbox_resolves(const struct outbox *o, const void *of)
{
	for (const struct lane *l = o->lanes; l != NULL; l = l->next)
		if (of == l)
			return strchr(l->to_uri, ':') + 1;
	return NULL;
}

/* --- what moves a lane ------------------------------------------------------------ */

/* What is told of m. The target is the one that answered, or the last that was
 * tried. */
static struct ua_sent
lane_sent(const struct lane *l, const struct letter *m, const struct err *why,
    char target[TARGET_TEXT])
{
	target[0] = '\0';
	if (l->tried && l->count > 0)
		target_text(&l->targets[l->target < l->count ? l->target
							     : l->count - 1],
		    target);
	return (struct ua_sent){.id = m->id,
	    .to = l->to,
	    .text_len = m->text_len,
	    .phrase = "",
	    .target = target,
	    .call_id = l->call_id,
	    .exit = why->exit,
	    .why = why->text};
}

void
lane_tell(const struct lane *l, enum ua_event_type what, const struct err *why)
{
	char target[TARGET_TEXT];
	struct ua_sent sent = lane_sent(l, l->first, why, target);

	l->o->p.tell(l->o->p.arg, what, &sent);
}

void
lane_end(struct lane *l, int status, const char *phrase, const struct err *why)
{
	struct outbox *o = l->o;
	struct letter *m = l->first;
	char target[TARGET_TEXT];
	struct ua_sent sent = lane_sent(l, m, why, target);

	sent.status = status;
	sent.phrase = phrase;
	l->first = m->next;
	if (l->first == NULL)
		l->last = NULL;
	o->waiting--;
	l->under_way = l->waiting = false;
	l->failures = 0;
	lane_stop(l);
	lane_forget_contacts(l);
	smime_body_free(&l->body);
	loop_timer_del(o->p.loop, &l->expiry);
	/* Whoever called us may still hold the lane: lane_step frees it. */
	if (l->first != NULL || o->count > OUTBOX_LANES)
		loop_timer_set(o->p.loop, &l->step, 0);
	o->p.tell(o->p.arg, UA_SENT, &sent);
	letter_free(m);
}

static void
lane_step(void *arg)
{
	struct lane *l = arg;
	uint64_t deadline;

	if (l->under_way) {
		l->waiting = false;
		lane_go_on(l);
		return;
	}
	if (l->first == NULL) {
		if (l->o->count > OUTBOX_LANES)
			lane_free(l);
		return;
	}
	deadline = l->first->deadline;
	if (deadline != UINT64_MAX)
		loop_timer_at(l->o->p.loop, &l->expiry, deadline);
	lane_begin(l);
}

static void
lane_expired(void *arg)
{
	struct lane *l = arg;
	struct err e = l->why;

	if (!l->waiting || e.exit == 0)
		(void)err_set(
		    &e, EX_TEMPFAIL, "it expired before it was answered");
	else {
		e.exit = EX_TEMPFAIL;
		(void)err_in(&e, "it expired before there was a way");
	}
	lane_end(l, l->status, l->phrase, &e);
}

void
outbox_kick(struct outbox *o)
{
	for (struct lane *l = o->lanes; l != NULL; l = l->next)
		if (l->waiting)
			loop_timer_set(o->p.loop, &l->step, 0);
}
