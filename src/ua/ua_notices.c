/*
 * Receipts (RFC 5438) and typing (RFC 3994): those that come are told to the
 * owner where they count, and those that go are queued like messages.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/ua/notice_xml.h"
#include "src/ua/ua_priv.h"

/* --- in ------------------------------------------------------------------- */

static void
ua_tell_notice(struct ua *ua, const struct ua_notice *n)
{
	struct ua_event ev = {.type = UA_NOTICE, .notice = n};

	(void)ua_tell(ua, &ev);
}

/* A message of the history, as receipts.h has it. */
struct stored {
	struct receipts_msg msg; /* message_id is set where it was found */
	const struct aor *peer;
	const char *message_id;
};

static bool
ua_take_stored(void *arg, const struct store_message *m, bool damaged)
{
	struct stored *s = arg;

	if (damaged || m->direction != STORE_OUT || m->message_id == NULL ||
	    strcmp(m->message_id, s->message_id) != 0 ||
	    strcmp(m->peer, s->peer->key) != 0)
		return false;
	s->msg = (struct receipts_msg){.message_id = s->message_id,
	    .peer = s->peer->key,
	    .row = m->id,
	    .sign = m->sign,
	    .encrypt = m->encrypt,
	    .state = m->state};
	return false;
}

/* Finds the message of ours to a person that a receipt is about: of this run,
 * or of the history. */
static struct receipts_msg *
ua_find_sent(struct ua *ua, const struct aor *peer, const char *message_id)
{
	struct receipts_msg *m = receipts_find(
	    ua->receipts, peer->key, message_id);
	struct store *store = ua->histories != NULL ? ua->histories[0] : NULL;
	struct stored s = {.peer = peer, .message_id = message_id};
	struct store_query q = {.peer = NULL};
	struct err e;
	uint64_t id;

	if (m != NULL || store == NULL)
		return m;
	if (store_find_said(store, STORE_OUT, peer->key, message_id, &id, &e) ==
		-1 ||
	    id == 0)
		return NULL;
	q.after = id - 1;
	q.before = id + 1;
	if (store_read(store, &q, ua_take_stored, &s, &e) == -1 ||
	    s.msg.message_id == NULL)
		return NULL;
	receipts_add(ua->receipts, &s.msg);
	return receipts_find(ua->receipts, peer->key, message_id);
}

/* Returns the state that a receipt brings a message to, or its own where it is
 * nothing new. */
static enum store_state
ua_receipt_state(enum store_state now, enum imdn_status status)
{
	if (now == STORE_DISPLAYED)
		return now;
	if (status == IMDN_DISPLAYED)
		return STORE_DISPLAYED;
	if (status == IMDN_DELIVERED)
		return STORE_DELIVERED;
	/* A 200 told that it came: only what a server kept can still fail. */
	return status == IMDN_FAILED && now == STORE_ACCEPTED ? STORE_FAILED
							      : now;
}

/* A receipt counts if it comes from the recipient of a message of ours that has
 * its Message-ID, and is signed and encrypted as that was. */
static void
ua_take_receipt(struct ua *ua, const struct aor *from, const struct imdn *imdn,
    const struct verdict *v)
{
	struct receipts_msg *m = ua_find_sent(ua, from, imdn->message_id);
	struct ua_notice n = {.from = from->text};
	enum store_state state;

	if (m == NULL || (m->sign && v->signature != SIGNATURE_GOOD) ||
	    (m->encrypt && v->encryption != ENCRYPTION_OPENED))
		return;
	state = ua_receipt_state(m->state, imdn->status);
	if (state == m->state)
		return;
	m->state = state;
	n.kind = state == STORE_DISPLAYED ? UA_DISPLAYED
	    : state == STORE_DELIVERED    ? UA_DELIVERED
					  : UA_NOT_DELIVERED;
	n.id = m->id;
	n.row = m->row;
	if (n.row != 0 && ua->histories != NULL && ua->histories[0] != NULL)
		store_set_state(
		    ua->histories[0], n.row, state, 200, NULL, 0, NULL, NULL);
	ua_tell_notice(ua, &n);
}

/* Typing counts if it is signed, or its sender does not sign. */
static void
ua_take_typing(struct ua *ua, const struct aor *from, const struct composing *c,
    const struct verdict *v)
{
	struct ua_notice n = {.from = from->text,
	    .kind = c->active ? UA_TYPES : UA_TYPES_NOT,
	    .refresh = c->refresh};

	if (v->signature == SIGNATURE_GOOD ||
	    (v->signature == SIGNATURE_NONE && !v->alarm))
		ua_tell_notice(ua, &n);
}

static int
ua_take_introduction(
    struct ua *ua, const struct sip_msg *request, struct span pem)
{
	struct ua_introduction in = {.pem = pem};
	struct ua_event ev = {.type = UA_INTRODUCED, .introduction = &in};
	struct aor from;
	struct err e;

	if (aor_parse_uri(sip_from_uri(request), &from, &e) == -1)
		return 437;
	in.from = &from;
	(void)ua_tell(ua, &ev);
	aor_free(&from);
	return 200;
}

int
ua_take_notice(
    struct ua *ua, const struct sip_msg *request, const struct smime_result *in)
{
	struct span xml = {(const unsigned char *)in->notice, in->notice_len};
	struct composing typing;
	struct imdn receipt;
	struct aor from;
	struct err e;
	bool whole;

	if (in->kind == KIND_INTRODUCTION)
		return ua_take_introduction(ua, request, xml);
	whole = in->kind == KIND_RECEIPT ? imdn_read(xml, &receipt)
					 : composing_read(xml, &typing);
	if (whole && aor_parse_uri(sip_from_uri(request), &from, &e) == 0) {
		if (in->kind == KIND_RECEIPT)
			ua_take_receipt(ua, &from, &receipt, &in->verdict);
		else
			ua_take_typing(ua, &from, &typing, &in->verdict);
		aor_free(&from);
	}
	/* What is inside CBC content never changes the answer. */
	return whole || in->delay_answer ? 200 : 400;
}

/* --- out ------------------------------------------------------------------ */

static void
ua_send_notice(struct ua *ua, const struct ua_send_req *req)
{
	if (ua->aor_count > 0)
		(void)outbox_add(ua->outbox, req);
}

unsigned
ua_receipts_for(const struct ua_message *m)
{
	const struct verdict *v = &m->verdict;

	return m->judged && v->signature == SIGNATURE_GOOD && m->text != NULL &&
		m->message_id != NULL && v->covers == COVERS_TEXT
	    ? m->wants
	    : 0;
}

void
ua_send_receipt(struct ua *ua, const char *to, const char *message_id,
    bool encrypt, bool displayed)
{
	struct ua_send_req req = {
	    .kind = UA_RECEIPT, .to = to, .sign = true, .encrypt = encrypt};
	struct buf xml = {0};

	imdn_write(&xml, message_id, time(NULL), displayed);
	req.text = (const char *)xml.p;
	req.text_len = xml.n;
	ua_send_notice(ua, &req);
	buf_free(&xml);
}

uint64_t
ua_introduce(struct ua *ua, const char *to)
{
	struct ua_send_req req = {
	    .kind = UA_INTRODUCTION, .to = to, .text = "", .sign = true};

	return outbox_add(ua->outbox, &req);
}

void
ua_send_typing(
    struct ua *ua, const struct ua_send_req *as, bool active, unsigned refresh)
{
	struct ua_send_req req = *as;
	struct buf xml = {0};
	char *uri;
	struct aor to;
	struct err e;
	bool sips, takes;

	if (outbox_address(as->to, &uri, &to, &sips, &e) == -1)
		return;
	takes = (keystore_peer_caps(ua->ks, to.key) & PEER_TYPING) != 0;
	free(uri);
	aor_free(&to);
	/* Behind a message that waits it would come when it is long over. */
	if (!takes || !outbox_is_free(ua->outbox, as->to))
		return;
	composing_write(&xml, active, refresh);
	req.kind = UA_TYPING;
	req.text = (const char *)xml.p;
	req.text_len = xml.n;
	ua_send_notice(ua, &req);
	buf_free(&xml);
}
