#include "src/cmd/log_verify.h"

#include <inttypes.h>
#include <string.h>

#include "src/app/verb.h"
#include "src/base/json.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/show/stored.h"
#include "src/ua/message.h"

/* Appends "signature good by ..", or what else stands in its way. */
static void
log_verify_words(struct buf *out, const struct verdict *v)
{
	if (v->signature == SIGNATURE_NONE && v->encryption != ENCRYPTION_NONE)
		buf_addf(out, "encryption %s",
		    verdict_encryption_name(v->encryption));
	else
		buf_addf(
		    out, "signature %s", verdict_signature_name(v->signature));
	if (v->signer[0] != '\0') {
		buf_adds(out, " by ");
		text_escape(out, span_str(v->signer), false);
	}
}

static void
log_verify_line(const struct store_message *m, const struct verdict *now,
    bool changed, struct buf *out)
{
	buf_addf(out, "#%" PRIu64 " ", m->id);
	time_rfc3339(out, m->arrived);
	buf_adds(out, " ");
	text_escape(out, span_str(m->from != NULL ? m->from : m->peer), false);
	buf_adds(out, ": ");
	log_verify_words(out, now);
	buf_adds(out, changed ? ", was: " : ", as before\n");
	if (!changed)
		return;
	log_verify_words(out, &m->verdict);
	buf_adds(out, "\n");
	if (now->reason[0] != '\0') {
		buf_adds(out, "note: ");
		text_escape(out, span_str(now->reason), false);
		buf_adds(out, "\n");
	}
}

static void
log_verify_json(const struct store_message *m, const struct verdict *now,
    bool changed, struct buf *out)
{
	json_open(out);
	json_number(out, "id", m->id);
	json_time(out, "time", m->arrived);
	json_member(out, "from", m->from);
	json_member(out, "signature", verdict_signature_name(now->signature));
	json_member(out, "signer", now->signer[0] != '\0' ? now->signer : NULL);
	json_member(out, "was", verdict_signature_name(m->verdict.signature));
	json_bool(out, "changed", changed);
	json_member(out, "reason", now->reason);
	json_close_line(out);
}

/* Judges the bytes of a message; false where they are no SIP message. */
static bool
log_verify_judge(const struct log_verify *v, const struct store_message *m,
    struct span bytes, struct smime_result *out)
{
	struct policy policy = v->c->policy;
	struct message_local self = {.ks = v->ks, .policy = &policy};
	struct stream_frame frame = {0};
	struct sip_msg *msg;

	if (stored_next(bytes, &frame) == 0 || frame.found != STREAM_MESSAGE)
		return false;
	if (policy.at == 0)
		policy.at = m->arrived;
	msg = sip_parse(frame.head, frame.body, false);
	message_judge(&self, msg, out);
	sip_free(msg);
	return true;
}

/* Says it that the bytes of a message cannot be used. */
static void
log_verify_fail(struct log_verify *v, const struct store_message *m,
    struct err *e, struct buf *out)
{
	if (e->exit == EX_NOINPUT) {
		v->absent++;
		return;
	}
	v->damaged = true;
	if (v->c->json) {
		json_open(out);
		json_number(out, "id", m->id);
		json_member(out, "error", e->text);
		json_close_line(out);
	}
	(void)verb_fail(e);
}

void
log_verify_message(
    struct log_verify *v, const struct store_message *m, struct buf *out)
{
	struct smime_result now = {.text = NULL};
	struct buf bytes = {0};
	struct err e = {0};
	bool changed;

	if (m->direction != STORE_IN || !m->judged ||
	    m->verdict.signature == SIGNATURE_NONE)
		return;
	if (store_raw(v->store, m->id, &bytes, &e) == -1) {
		log_verify_fail(v, m, &e, out);
	} else if (!log_verify_judge(v, m, span_buf(&bytes), &now)) {
		(void)err_set(&e, EX_DATAERR,
		    "what is kept of message %" PRIu64 " is no SIP message",
		    m->id);
		log_verify_fail(v, m, &e, out);
	} else {
		changed = now.verdict.signature != m->verdict.signature ||
		    strcmp(now.verdict.signer, m->verdict.signer) != 0;
		v->judged++;
		v->changed += changed;
		if (v->c->json)
			log_verify_json(m, &now.verdict, changed, out);
		else if (changed || v->c->verbose)
			log_verify_line(m, &now.verdict, changed, out);
	}
	smime_result_free(&now);
	buf_wipe(&bytes);
}

void
log_verify_end(const struct log_verify *v, struct buf *out)
{
	if (v->c->json)
		return;
	buf_addf(out, "%" PRIu64 " signature%s judged, %" PRIu64 " changed",
	    v->judged, v->judged == 1 ? "" : "s", v->changed);
	if (v->absent > 0)
		buf_addf(
		    out, "; the bytes of %" PRIu64 " were not kept", v->absent);
	buf_adds(out, "\n");
}
