/*
 * Messages of ours in the history: written before they leave, with the request
 * that they keep, and taken up again in the next run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/ua/outbox_priv.h"

enum {
	KEEP_PAUSE = 20, /* ms until what is written here has its number */
	KEEP_AGAIN = 5000 /* ms until what cannot be read is read again */
};

void
outbox_set_history(struct outbox *o, struct store *store)
{
	o->store = store;
}

/* --- a new message -------------------------------------------------------- */

static void
keep_message_done(void *arg, enum store_result result, uint64_t id, int status,
    const struct err *e)
{
	struct queued_msg *m = arg;
	struct dest_queue *q = m->queue;

	(void)status;
	q->o->writing--;
	m->keeping = false;
	m->row = id;
	if (result == STORE_LOST) {
		m->row = 0;
		err_keep(&m->lost, e);
	}
	if (m->dropped)
		queue_drop(m);
	else if (q->first == m && q->state == QUEUE_IDLE)
		loop_timer_set(q->o->p.loop, &q->step, 0);
}

/* Adds a row that says how it stands with a letter, and fills in whose it is. */
static int
keep_add(struct outbox *o, const struct ua_send_req *letter,
    struct store_message row, store_fn *fn, void *arg, struct err *e)
{
	const struct outbox_parts *p = &o->p;
	struct aor to;
	char *uri;
	bool sips;
	int rc = 0;

	if (outbox_address(letter->to, &uri, &to, &sips, e) == -1)
		return -1;
	row.direction = STORE_OUT;
	row.peer = to.key;
	row.from = p->from != NULL ? p->from->text : NULL;
	row.to = to.text;
	row.uri = letter->to;
	row.content_type = "text/plain";
	row.text = letter->text;
	row.text_len = letter->text_len;
	row.sign = letter->sign;
	row.encrypt = letter->encrypt;
	if (store_is_off(o->store, to.key))
		rc = err_set(e, EX_CONFIG,
		    "nothing to %s is kept (/history off), so it cannot wait "
		    "there",
		    to.text);
	else
		store_add(o->store, &row, NULL, fn, arg);
	free(uri);
	aor_free(&to);
	return rc;
}

int
outbox_store(struct outbox *o, const struct ua_send_req *letter, store_fn *fn,
    void *arg, struct err *e)
{
	struct store_message row = {.state = STORE_WAITING, .sent = time(NULL)};

	return keep_add(o, letter, row, fn, arg, e);
}

static struct ua_send_req
keep_letter(const struct queued_msg *m)
{
	return (struct ua_send_req){.to = m->queue->to,
	    .text = m->text,
	    .text_len = m->text_len,
	    .sign = m->sign,
	    .encrypt = m->encrypt};
}

void
keep_message(struct queued_msg *m)
{
	struct dest_queue *q = m->queue;
	struct ua_send_req letter = keep_letter(m);
	struct err e;

	/* One to a fixed place is a probe, not a conversation. What is no
	 * address fails when its turn comes. Where another process sends what
	 * waits in the history, ours must not stand there before it has
	 * ended. */
	if (q->o->store != NULL && q->o->ours && m->at == NULL)
		m->keeping = outbox_store(
				 q->o, &letter, keep_message_done, m, &e) == 0;
	q->o->writing += m->keeping;
}

/* --- its request ---------------------------------------------------------- */

static void
keep_request_done(void *arg, enum store_result result, uint64_t id, int status,
    const struct err *e)
{
	static const struct err none;
	struct dest_queue *q = arg;

	(void)id;
	(void)status;
	/* Of a message that ended meanwhile there may be writes still. */
	if (--q->keeping == 0 && q->first != NULL && q->first->row == q->kept)
		queue_kept(q, result == STORE_LOST ? e : &none);
}

bool
keep_request(struct dest_queue *q)
{
	struct sender_identity identity = sender_job_identity(q->job);
	struct store_request r = {.call_id = identity.call_id,
	    .from_tag = identity.from_tag,
	    .cseq = identity.cseq,
	    .content_type = q->body.content_type,
	    .disposition = q->body.disposition,
	    .body = span_buf(&q->body.body)};

	if (q->o->store == NULL || q->first->row == 0)
		return false;
	r.message_id = q->first->message_id;
	memcpy(r.recipient, q->body.recipient, sizeof(r.recipient));
	q->keeping++;
	q->kept = q->first->row;
	store_keep_request(
	    q->o->store, q->first->row, &r, keep_request_done, q);
	return true;
}

/* Whether what was encrypted then may leave now: the recipient's certificate is
 * the same, and still good. */
static int
keep_check_recipient(const struct dest_queue *q, const struct aor *to,
    const struct store_request *r, struct err *e)
{
	const struct outbox_parts *p = &q->o->p;
	struct smime_preflight now = {.has_cert = false};

	if (r->recipient[0] == '\0')
		return 0;
	smime_preflight(p->ks, &p->config->policy, p->from, to, &now);
	if (now.encrypt != SMIME_READY)
		return err_set(e, EX_NOPERM,
		    "it is encrypted to a certificate of %s that is refused "
		    "now: %s",
		    to->text, now.encrypt_why);
	if (strcmp(now.fingerprint, r->recipient) != 0)
		return err_set(e, EX_NOPERM,
		    "it is encrypted to a certificate that %s has replaced "
		    "since",
		    to->text);
	return 0;
}

static char *
keep_copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

int
keep_restore(struct dest_queue *q, const struct aor *to,
    struct store_request *kept, struct sender_identity *identity, struct err *e)
{
	struct err why = {0};

	if (q->o->store == NULL || q->first->row == 0)
		return 1;
	if (store_get_request(q->o->store, q->first->row, kept, &why) == -1) {
		*e = why;
		return why.exit == EX_NOINPUT ? 1 : -1;
	}
	if (keep_check_recipient(q, to, kept, e) == -1)
		return -1;
	q->body = (struct smime_body){
	    .content_type = xstrdup(kept->content_type),
	    .disposition = keep_copy(kept->disposition)};
	buf_addspan(&q->body.body, kept->body);
	memcpy(q->body.recipient, kept->recipient, sizeof(kept->recipient));
	*identity = (struct sender_identity){
	    kept->call_id, kept->from_tag, kept->cseq};
	return 0;
}

static void
keep_state_done(void *arg, enum store_result result, uint64_t id, int status,
    const struct err *e)
{
	struct outbox *o = arg;

	(void)result;
	(void)id;
	(void)status;
	(void)e;
	o->writing--;
}

/* A message that did not stand in the history while it waited. */
static void
keep_ended(const struct queued_msg *m, enum store_state state, int status,
    const char *reason)
{
	struct outbox *o = m->queue->o;
	struct ua_send_req letter = keep_letter(m);
	struct store_message row = {.state = state,
	    .status = status,
	    .reason = reason,
	    .sent = m->since,
	    .arrived = time(NULL),
	    .message_id = m->message_id[0] != '\0' ? m->message_id : NULL};
	struct err e;

	if (state == STORE_SENT || m->at != NULL)
		return;
	if (keep_add(o, &letter, row, keep_state_done, o, &e) == 0)
		o->writing++;
}

void
keep_state(const struct queued_msg *m, enum store_state state, int status,
    const char *reason)
{
	struct outbox *o = m->queue->o;

	if (m->kind != UA_TEXT)
		return;
	if (o->store != NULL && !o->ours && m->row == 0)
		keep_ended(m, state, status, reason);
	if (o->store == NULL || m->row == 0)
		return;
	o->writing++;
	store_set_state(o->store, m->row, state, status, reason,
	    state == STORE_SENT ? 0 : time(NULL), keep_state_done, o);
}

/* --- the next run, and what others put in --------------------------------- */

/* Returns whether a message of the history is in a queue already. */
static bool
keep_is_queued(const struct outbox *o, uint64_t row)
{
	const struct queued_msg *m;

	for (const struct dest_queue *q = o->queues; q != NULL; q = q->next)
		for (m = q->first; m != NULL; m = m->next)
			if (m->row == row)
				return true;
	return false;
}

static bool
keep_resume_one(void *arg, const struct store_message *row, bool damaged)
{
	struct outbox *o = arg;
	struct ua_send_req letter = {.to = row->uri,
	    .text = row->text,
	    .text_len = row->text_len,
	    .sign = row->sign,
	    .encrypt = row->encrypt};
	struct ua_sent sent = {.row = row->id,
	    .phrase = "",
	    .target = "",
	    .call_id = "",
	    .why = ""};
	struct queued_msg *m;

	if (damaged || row->uri == NULL || row->text == NULL ||
	    keep_is_queued(o, row->id))
		return true;
	m = outbox_append(outbox_queue_find(o, row->uri, false), &letter);
	m->row = row->id;
	m->since = row->sent;
	m->left = row->state == STORE_SENT;
	if (row->message_id != NULL)
		(void)snprintf(m->message_id, sizeof(m->message_id), "%s",
		    row->message_id);
	sent.id = m->id;
	sent.to = m->queue->to;
	sent.text_len = m->text_len;
	o->p.tell(o->p.arg, UA_RESUMED, &sent);
	return true;
}

static int
keep_take_up(struct outbox *o, struct err *e)
{
	static const struct store_query waiting = {.waiting = true};

	return store_read(o->store, &waiting, keep_resume_one, o, e);
}

/* Somebody has put a message in, or may have. What is on its way to the disk from
 * here is waited for: a new message has no number yet, and one that ended waits
 * still by what the disk says. A disk that cannot be read now may be read
 * later. */
static void
keep_woken(void *arg)
{
	struct outbox *o = arg;
	struct err e;

	if (o->writing > 0)
		loop_timer_set(o->p.loop, &o->woken, KEEP_PAUSE);
	else if (keep_take_up(o, &e) == -1)
		loop_timer_set(o->p.loop, &o->woken, KEEP_AGAIN);
}

int
outbox_resume(struct outbox *o, struct err *e)
{
	if (o->store == NULL)
		return 0;
	o->woken = (struct loop_timer){.fn = keep_woken, .arg = o};
	if (store_take_outbox(o->store, keep_woken, o, &o->ours, e) == -1)
		return -1;
	return o->ours ? keep_take_up(o, e) : 1;
}
