#include "src/ua/outbox_priv.h"

#include <stdlib.h>
#include <string.h>

#include "src/ua/backoff.h"

enum {
	OUTBOX_QUEUES = 1024 /* kept for what they know, while unused */
};

static void queue_step(void *arg);
static void queue_expired(void *arg);

/* --- queues ------------------------------------------------------------------- */

static void
msg_free(struct queued_msg *m)
{
	struct buf text = {
	    (unsigned char *)m->text, m->text_len, m->text_len + 1};

	buf_wipe(&text);
	free(m->at);
	free(m);
}

static struct dest_queue *
queue_find(struct outbox *o, const char *to)
{
	struct dest_queue *q = o->queues;

	while (q != NULL && strcmp(q->to, to) != 0)
		q = q->next;
	if (q != NULL)
		return q;
	q = xcalloc(1, sizeof(*q));
	q->o = o;
	q->to = xstrdup(to);
	q->step = (struct loop_timer){.fn = queue_step, .arg = q};
	q->expiry = (struct loop_timer){.fn = queue_expired, .arg = q};
	q->next = o->queues;
	o->queues = q;
	o->count++;
	return q;
}

/* Forgets the message under way. */
static void
queue_clear(struct dest_queue *q)
{
	struct loop *loop = q->o->p.loop;

	loop_timer_del(loop, &q->step);
	loop_timer_del(loop, &q->expiry);
	sender_job_free(q->job);
	q->job = NULL;
	smime_body_free(&q->body);
	free(q->phrase);
	q->phrase = NULL;
	free(q->cause_text);
	q->cause_text = NULL;
	q->cause = q->status = 0;
	q->failures = 0;
	q->state = QUEUE_IDLE;
}

static void
queue_free(struct dest_queue *q)
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
		msg_free(m);
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
	while (o->queues != NULL)
		queue_free(o->queues);
	free(o);
}

uint64_t
outbox_add(struct outbox *o, const struct ua_letter *letter)
{
	struct dest_queue *q = queue_find(o, letter->to);
	struct queued_msg *m = xcalloc(1, sizeof(*m));
	uint64_t expires = o->p.config->expires;

	m->id = ++o->ids;
	m->text = xmalloc(letter->text_len + 1);
	memcpy(m->text, letter->text, letter->text_len);
	m->text[letter->text_len] = '\0';
	m->text_len = letter->text_len;
	m->sign = letter->sign;
	m->encrypt = letter->encrypt;
	m->at = letter->at != NULL ? xstrdup(letter->at) : NULL;
	m->deadline = expires == 0 ? UINT64_MAX
				   : loop_now(o->p.loop) + expires * 1000;
	if (q->last != NULL)
		q->last->next = m;
	else
		q->first = m;
	q->last = m;
	o->waiting++;
	if (q->state == QUEUE_IDLE && q->step.slot == 0)
		loop_timer_set(o->p.loop, &q->step, 0);
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
	for (const struct dest_queue *q = o->queues; q != NULL; q = q->next)
		if (q->job != NULL && of == q->job)
			return strchr(q->to_uri, ':') + 1;
	return NULL;
}

/* --- what the owner is told --------------------------------------------------- */

static struct ua_sent
queue_sent(
    const struct dest_queue *q, const struct err *why, char target[TARGET_TEXT])
{
	const struct queued_msg *m = q->first;

	target[0] = '\0';
	if (q->job != NULL)
		sender_job_target(q->job, target);
	return (struct ua_sent){.id = m->id,
	    .to = q->to,
	    .text_len = m->text_len,
	    .phrase = "",
	    .target = target,
	    .call_id = q->job != NULL ? sender_job_call_id(q->job) : "",
	    .exit = why->exit,
	    .why = why->text};
}

static void
queue_tell(
    const struct dest_queue *q, enum ua_event_type what, const struct err *why)
{
	char target[TARGET_TEXT];
	struct ua_sent sent = queue_sent(q, why, target);

	q->o->p.tell(q->o->p.arg, what, &sent);
}

/* --- what moves a queue ------------------------------------------------------- */

void
queue_left(struct dest_queue *q)
{
	static const struct err none = {0};

	if (q->state != QUEUE_SENDING)
		return;
	q->state = QUEUE_LEFT;
	free(q->cause_text);
	q->cause_text = NULL;
	queue_tell(q, UA_LEFT, &none);
}

/* A failure that time may mend: no refused certificate, no fault of ours. */
static bool
may_pass(int cause)
{
	return cause == EX_UNAVAILABLE || cause == EX_TEMPFAIL ||
	    cause == EX_NOHOST;
}

/* A status that is about now: they are not there, or somebody on the way is
 * not. 477 is Kamailio's for a next hop that cannot be reached. */
static bool
is_passing(int status)
{
	static const int passing[] = {408, 430, 477, 480, 500, 502, 503, 504};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (status == passing[i])
			return true;
	return false;
}

/* There is no way now: it is tried again later, as long as it may. */
static void
queue_wait(struct dest_queue *q, const struct sender_result *result)
{
	const struct outbox_parts *p = &q->o->p;
	const struct err *cause = result->cause;
	uint64_t now = loop_now(p->loop);
	uint64_t wait = backoff_ms(++q->failures, p->config->retry_max * 1000);

	q->state = QUEUE_WAITING;
	q->status = result->status;
	free(q->phrase);
	q->phrase = xstrdup(result->phrase);
	q->cause = cause->exit;
	if (q->cause_text == NULL || strcmp(q->cause_text, cause->text) != 0) {
		free(q->cause_text);
		q->cause_text = xstrdup(cause->text);
		queue_tell(q, UA_WAITS, cause);
	}
	if (result->not_before > now + wait)
		wait = result->not_before - now;
	loop_timer_set(p->loop, &q->step, wait);
}

void
queue_done(struct dest_queue *q, const struct sender_result *result)
{
	bool patient = q->first->deadline != UINT64_MAX;
	bool answered = result->response != NULL;
	bool over = answered && !is_passing(result->status);

	if (patient && !over && may_pass(result->cause->exit))
		queue_wait(q, result);
	else if (patient && !over && answered)
		queue_end(q, result->status, result->phrase, result->cause);
	else
		queue_end(q, result->status, result->phrase, result->why);
}

void
queue_end(
    struct dest_queue *q, int status, const char *phrase, const struct err *why)
{
	struct outbox *o = q->o;
	struct queued_msg *m = q->first;
	struct sender_job *job = q->job;
	char target[TARGET_TEXT];
	struct ua_sent sent = queue_sent(q, why, target);

	sent.status = status;
	sent.phrase = phrase;
	q->first = m->next;
	if (q->first == NULL)
		q->last = NULL;
	o->waiting--;
	q->job = NULL;
	queue_clear(q);
	/* Whoever called us may still hold the queue: queue_step frees it. */
	if (q->first != NULL || o->count > OUTBOX_QUEUES)
		loop_timer_set(o->p.loop, &q->step, 0);
	o->p.tell(o->p.arg, UA_SENT, &sent);
	sender_job_free(job);
	msg_free(m);
}

static void
queue_step(void *arg)
{
	struct dest_queue *q = arg;
	uint64_t deadline;

	if (q->state == QUEUE_WAITING) {
		q->state = QUEUE_SENDING;
		sender_job_start(q->job);
		return;
	}
	if (q->first == NULL) {
		if (q->o->count > OUTBOX_QUEUES)
			queue_free(q);
		return;
	}
	deadline = q->first->deadline;
	if (deadline != UINT64_MAX)
		loop_timer_at(q->o->p.loop, &q->expiry, deadline);
	q->state = QUEUE_SENDING;
	queue_begin(q);
}

static void
queue_expired(void *arg)
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
outbox_kick(struct outbox *o)
{
	for (struct dest_queue *q = o->queues; q != NULL; q = q->next)
		if (q->state == QUEUE_WAITING)
			loop_timer_set(o->p.loop, &q->step, 0);
}
