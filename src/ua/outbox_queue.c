/*
 * A queue's moves from state to state, and what the owner is told of them.
 */
#include <stdlib.h>
#include <string.h>

#include "src/ua/backoff.h"
#include "src/ua/outbox_priv.h"

void
queued_msg_free(struct queued_msg *m)
{
	struct buf text = {
	    (unsigned char *)m->text, m->text_len, m->text_len + 1};

	buf_wipe(&text);
	err_kept_free(&m->lost);
	free(m->at);
	free(m);
}

void
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

/* --- what the owner is told ----------------------------------------------- */

static struct ua_sent
outbox_queue_sent(
    const struct queued_msg *m, const struct err *why, char target[TARGET_TEXT])
{
	const struct dest_queue *q = m->queue;
	struct sender_job *job = m == q->first ? q->job : NULL;

	target[0] = '\0';
	if (job != NULL)
		sender_job_target(job, target);
	return (struct ua_sent){.id = m->id,
	    .row = m->row,
	    .to = q->to,
	    .text_len = m->text_len,
	    .phrase = "",
	    .target = target,
	    .call_id = job != NULL ? sender_job_call_id(job) : "",
	    .exit = why->exit,
	    .why = why->text,
	    .failure = why};
}

static void
outbox_queue_tell(
    const struct dest_queue *q, enum ua_event_type what, const struct err *why)
{
	char target[TARGET_TEXT];
	struct ua_sent sent = outbox_queue_sent(q->first, why, target);

	if (!q->notices)
		q->o->p.tell(q->o->p.arg, what, &sent);
}

/* --- its moves ------------------------------------------------------------ */

void
queue_left(struct dest_queue *q)
{
	static const struct err none = {0};

	if (q->state != QUEUE_SENDING)
		return;
	q->state = QUEUE_LEFT;
	q->first->left = true;
	keep_state(q->first, STORE_SENT, 0, NULL);
	free(q->cause_text);
	q->cause_text = NULL;
	outbox_queue_tell(q, UA_LEFT, &none);
}

/* A failure that time may mend: no refused certificate, no fault of ours. */
static bool
outbox_may_pass(int cause)
{
	return cause == EX_UNAVAILABLE || cause == EX_TEMPFAIL ||
	    cause == EX_NOHOST;
}

/* A status that is about now: they are not there, or somebody on the way is
 * not. 477 is Kamailio's for a next hop that cannot be reached. */
static bool
outbox_is_passing(int status)
{
	static const int passing[] = {408, 430, 477, 480, 500, 502, 503, 504};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (status == passing[i])
			return true;
	return false;
}

/* Returns whether nobody was there: no connection opened, and nobody answered.
 * By UDP nothing tells that a message got anywhere. */
static bool
outbox_led_nowhere(
    const struct dest_queue *q, const struct sender_result *result)
{
	return result->response == NULL && result->status == 0 &&
	    (q->state == QUEUE_SENDING ||
		sender_job_flow(q->job)->kind == TRANSPORT_UDP);
}

/* There is no way now: it is tried again later, as long as it may. */
static void
outbox_queue_wait(struct dest_queue *q, const struct sender_result *result)
{
	const struct outbox_parts *p = &q->o->p;
	const struct err *cause = result->cause;
	uint64_t now = loop_now(p->loop);
	uint64_t wait = backoff_ms(++q->failures, p->config->retry_max * 1000);
	bool news = outbox_led_nowhere(q, result) && queue_offer_return(q);

	q->state = QUEUE_WAITING;
	q->status = result->status;
	free(q->phrase);
	q->phrase = xstrdup(result->phrase);
	q->cause = cause->exit;
	if (news || q->cause_text == NULL ||
	    strcmp(q->cause_text, cause->text) != 0) {
		free(q->cause_text);
		q->cause_text = xstrdup(cause->text);
		outbox_queue_tell(q, UA_WAITS, cause);
	}
	if (result->not_before > now + wait)
		wait = result->not_before - now;
	loop_timer_set(p->loop, &q->step, wait);
}

/* 415 to a message/cpim that nobody asked for here: the same text goes once more
 * without it, as another message. Returns whether it does. */
static bool
outbox_queue_unwrap(struct dest_queue *q, const struct sender_result *result)
{
	const struct outbox_parts *p = &q->o->p;
	struct queued_msg *m = q->first;
	struct buf words = {0};

	if (result->status != 415 || m->kind != UA_TEXT ||
	    m->message_id[0] == '\0' || p->config->wrap != WRAP_AUTO)
		return false;
	m->unwrapped = true;
	m->message_id[0] = '\0';
	queue_clear(q);
	loop_timer_set(p->loop, &q->step, 0);
	buf_addf(&words,
	    "%s refused a text in message/cpim (415): it goes once more, "
	    "without receipts and without what its signature says for whom and "
	    "when",
	    q->to);
	p->note(p->arg, (const char *)words.p);
	buf_free(&words);
	return true;
}

void
queue_done(struct dest_queue *q, const struct sender_result *result)
{
	bool patient = q->first->deadline != UINT64_MAX;
	bool answered = result->response != NULL;
	bool over = answered && !outbox_is_passing(result->status);

	if (answered && queue_withdraw_return(q))
		q->o->p.tell(q->o->p.arg, UA_WAY, NULL);
	if (outbox_queue_unwrap(q, result))
		return;
	if (patient && !over && outbox_may_pass(result->cause->exit))
		outbox_queue_wait(q, result);
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
	struct ua_sent sent = outbox_queue_sent(m, why, target);
	enum store_state state = m->dropped ? STORE_DROPPED
	    : why->exit != 0                ? STORE_FAILED
	    : status == 202                 ? STORE_ACCEPTED
					    : STORE_DELIVERED;

	keep_state(m, state, status, why->text);
	if (why->exit == 0 && m->message_id[0] != '\0')
		receipts_ended(o->p.receipts, m->id, state);
	q->first = m->next;
	if (q->first == NULL)
		q->last = NULL;
	q->count--;
	o->waiting -= !q->notices;
	sent.status = status;
	sent.phrase = phrase;
	q->job = NULL;
	queue_clear(q);
	/* Whoever called us may still hold the queue: queue_step frees it. */
	if (q->first != NULL || o->count > OUTBOX_QUEUES)
		loop_timer_set(o->p.loop, &q->step, 0);
	if (!q->notices)
		o->p.tell(o->p.arg, UA_SENT, &sent);
	sender_job_free(job);
	queued_msg_free(m);
}

/* One that is behind the one under way ends without touching that. */
static void
outbox_end_later(struct queued_msg *m, const struct err *why)
{
	struct dest_queue *q = m->queue;
	struct queued_msg *before = q->first;
	char target[TARGET_TEXT];
	struct ua_sent sent = outbox_queue_sent(m, why, target);

	while (before->next != m)
		before = before->next;
	before->next = m->next;
	if (q->last == m)
		q->last = before;
	q->count--;
	q->o->waiting -= !q->notices;
	keep_state(m, STORE_DROPPED, 0, why->text);
	q->o->p.tell(q->o->p.arg, UA_SENT, &sent);
	queued_msg_free(m);
}

void
queue_drop(struct queued_msg *m)
{
	struct err why;

	m->dropped = true;
	(void)err_set(&why, EX_TEMPFAIL, "%s",
	    m->left ? "you dropped it after it had left: it may have got there"
		    : "you dropped it");
	if (m == m->queue->first)
		queue_end(m->queue, 0, "", &why);
	else
		outbox_end_later(m, &why);
}
