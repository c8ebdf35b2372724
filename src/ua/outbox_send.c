/*
 * The request of a message: whom it is for, signed and encrypted, and written
 * for each target.
 */
#include <stdlib.h>
#include <string.h>

#include "keys/smime/cpim.h"
#include "keys/smime/introduction.h"
#include "src/base/digest.h"
#include "src/net/idn.h"
#include "src/ua/outbox_priv.h"

/* --- the address ---------------------------------------------------------- */

int
outbox_address(
    const char *typed, char **uri, struct aor *to, bool *sips, struct err *e)
{
	struct buf b = {0};
	struct uri parts;

	if (idn_typed(&b, typed, &parts, e) == -1)
		goto bad;
	if (aor_parse_uri(span_buf(&b), to, e) == -1) {
		(void)err_in(e, "%s", typed);
		goto bad;
	}
	if (parts.headers.n > 0) {
		aor_free(to);
		(void)err_set(e, EX_DATAERR,
		    "%s: a URI with header fields (after the '?') is not sent "
		    "to",
		    typed);
		goto bad;
	}
	*sips = parts.sips;
	*uri = (char *)b.p;
	return 0;
bad:
	buf_free(&b);
	e->exit = EX_DATAERR;
	return -1;
}

/* Reads the address that the queue is for: EX_DATAERR. */
static int
outbox_read_address(struct dest_queue *q, struct aor *to, struct err *e)
{
	struct buf b = {0};
	char *uri;
	bool sips;

	if (outbox_address(q->to, &uri, to, &sips, e) == -1)
		return -1;
	free(q->request_uri);
	q->request_uri = uri;
	buf_addf(&b, "%s:%s", sips ? "sips" : "sip", to->text);
	free(q->to_uri);
	q->to_uri = (char *)b.p;
	return 0;
}

/* --- the body ------------------------------------------------------------- */

/* Whether a message goes in a message/cpim: with wrap = auto where it is signed,
 * and its recipient has shown that they take it. */
static bool
outbox_wraps(const struct outbox_parts *p, const struct queued_msg *m,
    const struct aor *to)
{
	int wrap = p->config->wrap;

	if (m->unwrapped || wrap == WRAP_NO)
		return false;
	return wrap == WRAP_YES ||
	    (m->sign && (keystore_peer_caps(p->ks, to->key) & PEER_CPIM) != 0);
}

static const char *
outbox_type(enum ua_kind kind)
{
	return kind == UA_RECEIPT ? "message/imdn+xml"
	    : kind == UA_TYPING   ? "application/im-iscomposing+xml"
				  : NULL;
}

/* So that receipts find it. */
static void
outbox_expect_receipts(const struct queued_msg *m, const struct aor *to)
{
	struct receipts_msg sent = {.message_id = m->message_id,
	    .peer = to->key,
	    .id = m->id,
	    .row = m->row,
	    .sign = m->sign,
	    .encrypt = m->encrypt,
	    .state = STORE_SENT};

	if (m->message_id[0] != '\0' && m->kind == UA_TEXT)
		receipts_add(m->queue->o->p.receipts, &sent);
}

static int
outbox_make_body(struct dest_queue *q, struct queued_msg *m,
    const struct aor *to, struct err *e)
{
	const struct outbox_parts *p = &q->o->p;
	const struct config *c = p->config;
	struct smime_input input = {.from = p->from,
	    .type = outbox_type(m->kind),
	    .to = to,
	    .text = {(const unsigned char *)m->text, m->text_len},
	    .sign = m->sign,
	    .encrypt = m->encrypt,
	    .attach_cert = c->attach_cert,
	    .cipher = (enum smime_cipher)c->cipher,
	    .nesting = (enum smime_nesting)c->nesting,
	    .form = p->format->body(p->format->arg)};

	if (input.from == NULL)
		return config_no_aor(e);
	if (m->kind == UA_INTRODUCTION)
		return introduction_make(
		    p->ks, &c->policy, input.from, &q->body, e);
	if (outbox_wraps(p, m, to)) {
		random_hex(m->message_id, sizeof(m->message_id) - 1);
		input.message_id = m->message_id;
		input.date = m->since;
		if (m->kind == UA_TEXT)
			input.wants = CPIM_WANTS_DELIVERY | CPIM_WANTS_DISPLAY;
	}
	return smime_make(p->ks, &c->policy, &input, &q->body, e);
}

/* --- the request: what the request sender calls --------------------------- */

static int
outbox_write_message(void *arg, const struct request *r,
    enum verdict_transport kind, const struct addr *local, struct buf *out,
    struct err *e)
{
	struct dest_queue *q = arg;
	const struct ua_format *f = q->o->p.format;

	return f->message(f->arg, out, r, &q->body, kind, local, e);
}

static void
outbox_explain(
    void *arg, const struct sip_msg *response, bool retried, struct err *why)
{
	(void)arg;
	answer_explain(response, retried, why);
}

static void
outbox_left(void *arg)
{
	queue_left(arg);
}

/* The number is on disk before the try that bears it leaves. */
static bool
outbox_renumbered(void *arg)
{
	return keep_request(arg);
}

static void
outbox_done(void *arg, const struct sender_result *result)
{
	queue_done(arg, result);
}

/* --- return paths --------------------------------------------------------- */

const struct return_path *
outbox_return_path(const struct outbox *o, const char *uri,
    const struct aor *who, const char *recipient)
{
	const struct return_path *path = return_paths_find(
	    o->p.return_paths, who);
	struct buf hop = {0};
	bool sips = span_starts_nocase(span_str(uri), "sips:");
	enum sender_way way;

	if (path == NULL || !return_path_allows(path, sips, recipient))
		return NULL;
	way = sender_hop(o->p.sender, uri, &hop);
	buf_free(&hop);
	/* Whoever has a proxy or a registrar on the way wants them there. */
	return way == SENDER_STRAIGHT ? path : NULL;
}

/* Reads whom the message under way is for. */
static int
outbox_person(const struct dest_queue *q, struct aor *who)
{
	struct err e;

	return aor_parse_uri(span_str(q->to_uri), who, &e);
}

bool
queue_is_to(const struct dest_queue *q, const struct aor *who)
{
	struct aor to;
	bool same;

	if (outbox_person(q, &to) == -1)
		return false;
	same = aor_equal(&to, who);
	aor_free(&to);
	return same;
}

bool
queue_offer_return(struct dest_queue *q)
{
	struct aor who;
	bool offered;

	if (q->first->at != NULL || outbox_person(q, &who) == -1)
		return false;
	offered = outbox_return_path(
		      q->o, q->request_uri, &who, q->body.recipient) != NULL &&
	    return_paths_offer(q->o->p.return_paths, &who);
	aor_free(&who);
	return offered;
}

bool
queue_withdraw_return(struct dest_queue *q)
{
	struct aor who;
	bool withdrawn;

	if (q->first->at != NULL || outbox_person(q, &who) == -1)
		return false;
	withdrawn = return_paths_withdraw(q->o->p.return_paths, &who);
	aor_free(&who);
	return withdrawn;
}

void
queue_start(struct dest_queue *q)
{
	const struct return_path *path = NULL;
	struct aor who;

	if (q->first->at == NULL && !return_paths_empty(q->o->p.return_paths) &&
	    outbox_person(q, &who) == 0) {
		path = outbox_return_path(
		    q->o, q->request_uri, &who, q->body.recipient);
		aor_free(&who);
	}
	sender_job_by(q->job,
	    path != NULL && path->state == RETURN_TAKEN ? &path->flow : NULL);
	sender_job_start(q->job);
}

/* --- a message's begin ---------------------------------------------------- */

void
queue_begin(struct dest_queue *q)
{
	const struct outbox_parts *p = &q->o->p;
	struct sender_request request = {.method = "MESSAGE",
	    .from = p->from_uri,
	    .who = p->from,
	    .at = q->first->at,
	    .service_route = true,
	    .write = outbox_write_message,
	    .explain = outbox_explain,
	    .left = outbox_left,
	    .renumbered = outbox_renumbered,
	    .done = outbox_done,
	    .arg = q};
	struct sender_identity identity;
	struct store_request kept = {.cseq = 0};
	struct err e = {0};
	struct aor to;
	int rc;

	rc = outbox_read_address(q, &to, &e);
	if (rc == 0) {
		rc = q->first->unwrapped
		    ? 1
		    : keep_restore(q, &to, &kept, &identity, &e);
		if (rc == 0)
			request.identity = &identity;
		else if (rc == 1)
			rc = outbox_make_body(q, q->first, &to, &e);
		outbox_expect_receipts(q->first, &to);
		aor_free(&to);
	}
	if (rc == 0) {
		request.uri = q->request_uri;
		request.to = q->to_uri;
		q->job = sender_job_new(p->sender, &request);
	}
	store_request_free(&kept);
	if (rc == -1)
		queue_end(q, 0, "", &e);
	else if (request.identity == NULL && keep_request(q))
		q->state = QUEUE_KEEPING;
	else
		queue_start(q);
}

void
queue_kept(struct dest_queue *q, const struct err *why)
{
	/* A message that ended meanwhile has no more to wait for. */
	if (q->state == QUEUE_IDLE)
		return;
	if (why->exit != 0)
		queue_end(q, 0, "", why);
	else if (q->state == QUEUE_KEEPING) {
		q->state = QUEUE_SENDING;
		queue_start(q);
	} else if (q->job != NULL)
		sender_job_go(q->job);
}
