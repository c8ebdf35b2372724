#include "src/ua/outbox_priv.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void outbox_queue_step(void *arg);
static void outbox_queue_expired(void *arg);

/* --- queues --------------------------------------------------------------- */

struct dest_queue *
outbox_queue_find(struct outbox *o, const char *to, bool notices)
{
	struct dest_queue *q = o->queues;

	while (q != NULL && (q->notices != notices || strcmp(q->to, to) != 0))
		q = q->next;
	if (q != NULL)
		return q;
	q = xcalloc(1, sizeof(*q));
	q->o = o;
	q->notices = notices;
	q->to = xstrdup(to);
	q->step = (struct loop_timer){.fn = outbox_queue_step, .arg = q};
	q->expiry = (struct loop_timer){.fn = outbox_queue_expired, .arg = q};
	q->next = o->queues;
	o->queues = q;
	o->count++;
	return q;
}

static void
outbox_queue_free(struct dest_queue *q)
{
	struct dest_queue **p = &q->o->queues;

	while (*p != q)
		p = &(*p)->next;
	*p = q->next;
	q->o->count--;
	queue_clear(q);
	while (q->first != NULL) {
		struct queued_msg *m = q->first;

		q->first = m->next;
		queued_msg_free(m);
	}
	free(q->to);
	free(q->request_uri);
	free(q->to_uri);
	free(q);
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
	loop_timer_del(o->p.loop, &o->woken);
	while (o->queues != NULL)
		outbox_queue_free(o->queues);
	free(o);
}

struct queued_msg *
outbox_append(struct dest_queue *q, const struct ua_send_req *letter)
{
	struct outbox *o = q->o;
	struct queued_msg *m = xcalloc(1, sizeof(*m));
	uint64_t expires = o->p.config->expires;

	m->queue = q;
	m->id = ++o->ids;
	m->kind = letter->kind;
	m->text = xmalloc(letter->text_len + 1);
	memcpy(m->text, letter->text, letter->text_len);
	m->text[letter->text_len] = '\0';
	m->text_len = letter->text_len;
	m->sign = letter->sign;
	m->encrypt = letter->encrypt;
	m->since = time(NULL);
	m->at = letter->at != NULL ? xstrdup(letter->at) : NULL;
	m->deadline = expires == 0 || m->kind != UA_TEXT
	    ? UINT64_MAX
	    : loop_now(o->p.loop) + expires * 1000;
	if (q->last != NULL)
		q->last->next = m;
	else
		q->first = m;
	q->last = m;
	q->count++;
	o->waiting += !q->notices;
	if (q->state == QUEUE_IDLE && q->step.slot == 0)
		loop_timer_set(o->p.loop, &q->step, 0);
	return m;
}

uint64_t
outbox_add(struct outbox *o, const struct ua_send_req *letter)
{
	bool notice = letter->kind == UA_RECEIPT || letter->kind == UA_TYPING;
	struct dest_queue *q = outbox_queue_find(o, letter->to, notice);
	struct queued_msg *m;

	/* They are worth little when they are late. */
	if (notice && q->count >= OUTBOX_NOTICES)
		return 0;
	m = outbox_append(q, letter);
	if (m->kind == UA_TEXT)
		keep_message(m);
	return m->id;
}

bool
outbox_is_free(const struct outbox *o, const char *to)
{
	for (const struct dest_queue *q = o->queues; q != NULL; q = q->next)
		if (strcmp(q->to, to) == 0 && q->first != NULL)
			return false;
	return true;
}

void
outbox_pending(const struct outbox *o,
    void (*fn)(void *arg, const struct ua_pending *p), void *arg)
{
	for (const struct dest_queue *q = o->queues; q != NULL; q = q->next)
		for (const struct queued_msg *m = q->first; m != NULL;
		     m = m->next) {
			const char *why = m == q->first ? q->cause_text : NULL;
			struct ua_pending p = {.id = m->id,
			    .to = q->to,
			    .text = m->text,
			    .text_len = m->text_len,
			    .since = m->since,
			    .left = m->left,
			    .why = why != NULL ? why : ""};

			if (!m->dropped && m->kind == UA_TEXT)
				fn(arg, &p);
		}
}

static struct queued_msg *
outbox_find(const struct outbox *o, uint64_t id)
{
	struct queued_msg *m;

	for (const struct dest_queue *q = o->queues; q != NULL; q = q->next)
		for (m = q->first; m != NULL; m = m->next)
			if (m->id == id)
				return m;
	return NULL;
}

bool
outbox_drop(struct outbox *o, uint64_t id)
{
	struct queued_msg *m = outbox_find(o, id);

	if (m == NULL || m->dropped)
		return false;
	m->dropped = true;
	if (!m->keeping)
		queue_drop(m);
	return true;
}

size_t
outbox_waiting(const struct outbox *o)
{
	return o->waiting;
}

const char *
outbox_resolves(const struct outbox *o, const void *of)
{
	for (const struct dest_queue *q = o->queues; q != NULL; q = q->next)
		if (q->job != NULL && of == q->job)
			return strchr(q->to_uri, ':') + 1;
	return NULL;
}

static void
outbox_queue_step(void *arg)
{
	struct dest_queue *q = arg;
	uint64_t deadline;

	if (q->state == QUEUE_WAITING) {
		q->state = QUEUE_SENDING;
		queue_start(q);
		return;
	}
	if (q->first == NULL) {
		if (q->o->count > OUTBOX_QUEUES && q->keeping == 0)
			outbox_queue_free(q);
		return;
	}
	if (q->first->keeping)
		return; /* queue_step comes when it is on disk */
	if (q->first->lost.exit != 0) {
		struct err why;

		err_recall(&q->first->lost, &why);
		queue_end(q, 0, "", &why);
		return;
	}
	deadline = q->first->deadline;
	if (deadline != UINT64_MAX)
		loop_timer_at(q->o->p.loop, &q->expiry, deadline);
	q->state = QUEUE_SENDING;
	queue_begin(q);
}

static void
outbox_queue_expired(void *arg)
{
	struct dest_queue *q = arg;
	char *phrase = xstrdup(q->phrase != NULL ? q->phrase : "");
	struct err e;

	if (q->state == QUEUE_WAITING)
		(void)err_set(&e, EX_TEMPFAIL,
		    "it expired before there was a way: %s", q->cause_text);
	else
		(void)err_set(
		    &e, EX_TEMPFAIL, "it expired before it was answered");
	queue_end(q, q->status, phrase, &e);
	free(phrase);
}

void
outbox_kick(struct outbox *o, const struct aor *who)
{
	for (struct dest_queue *q = o->queues; q != NULL; q = q->next)
		if (q->state == QUEUE_WAITING &&
		    (who == NULL || queue_is_to(q, who)))
			loop_timer_set(o->p.loop, &q->step, 0);
}
