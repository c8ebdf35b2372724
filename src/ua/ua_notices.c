/*
 * Receipts (RFC 5438) and typing (RFC 3994): those that come are told to the
 * owner where they count, and those that go are queued like messages.
 */
#include <stdlib.h>
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

/* A receipt counts if it comes from the recipient of a message of ours that has
 * its Message-ID, and is signed and encrypted as that was. */
static void
ua_take_receipt(struct ua *ua, const struct aor *from, const struct imdn *imdn,
    const struct verdict *v)
{
	struct receipts_msg *m = receipts_find(
	    ua->receipts, from->key, imdn->message_id);
	struct ua_notice n = {.from = from->text};

	if (m == NULL || m->displayed ||
	    (m->sign && v->signature != SIGNATURE_GOOD) ||
	    (m->encrypt && v->encryption != ENCRYPTION_OPENED) ||
	    imdn->status == IMDN_OTHER)
		return;
	n.kind = imdn->status == IMDN_DISPLAYED ? UA_DISPLAYED
	    : imdn->status == IMDN_DELIVERED    ? UA_DELIVERED
						: UA_NOT_DELIVERED;
	n.id = m->id;
	n.row = m->row;
	m->displayed = n.kind == UA_DISPLAYED;
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
