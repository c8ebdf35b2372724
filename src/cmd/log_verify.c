#include "src/cmd/log_verify.h"

#include <inttypes.h>
#include <string.h>

#include "src/app/verb.h"
#include "src/base/json.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/show/stored.h"
#include "src/ua/message.h"

/* What has become of a message's text. */
enum log_text {
	LOG_TEXT_UNKNOWN, /* none is kept, or the message is refused now */
	LOG_TEXT_SAME,
	LOG_TEXT_OTHER, /* the signed bytes hold another one */
	LOG_TEXT_CLOSED /* the encrypted part opens with no key of ours */
};

struct log_verified {
	struct smime_result now;
	bool changed; /* signature or text is another one than before */
	enum log_text text;
};

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
log_verify_line(const struct store_message *m, const struct log_verified *found,
    struct buf *out)
{
	static const char *const texts[] = {
	    [LOG_TEXT_UNKNOWN] = "",
	    [LOG_TEXT_SAME] = "",
	    [LOG_TEXT_OTHER] = ", but of another text",
	    [LOG_TEXT_CLOSED] = ", but its text does not open",
	};
	const struct verdict *now = &found->now.verdict;

	buf_addf(out, "#%" PRIu64 " ", m->id);
	time_rfc3339(out, m->arrived);
	buf_adds(out, " ");
	text_escape(out, span_str(m->from != NULL ? m->from : m->peer), false);
	buf_adds(out, ": ");
	log_verify_words(out, now);
	buf_adds(out, texts[found->text]);
	buf_adds(out, found->changed ? ", was: " : ", as before\n");
	if (!found->changed)
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
log_verify_json(const struct store_message *m, const struct log_verified *found,
    struct buf *out)
{
	const struct verdict *now = &found->now.verdict;

	json_open(out);
	json_number(out, "id", m->id);
	json_time(out, "time", m->arrived);
	json_member(out, "from", m->from);
	json_member(out, "signature", verdict_signature_name(now->signature));
	json_member(out, "signer", now->signer[0] != '\0' ? now->signer : NULL);
	json_member(out, "was", verdict_signature_name(m->verdict.signature));
	json_bool(out, "changed", found->changed);
	if (found->text == LOG_TEXT_UNKNOWN)
		json_member(out, "text_same", NULL);
	else
		json_bool(out, "text_same", found->text == LOG_TEXT_SAME);
	json_member(out, "reason", now->reason);
	json_close_line(out);
}

/* Judges the bytes of a message; false where they are no SIP message. */
static bool
log_verify_judge(const struct log_verify *v, const struct store_message *m,
    struct span bytes, struct span content_key, struct smime_result *out)
{
	struct policy policy = v->c->policy;
	struct message_local self = {.ks = v->ks,
	    .policy = &policy,
	    .aors = v->me,
	    .aor_count = 1,
	    .content_key = content_key};
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

static enum log_text
log_verify_text(const struct store_message *m, const struct smime_result *now)
{
	if (m->text == NULL)
		return LOG_TEXT_UNKNOWN;
	if (now->text != NULL)
		return now->text_len == m->text_len &&
			memcmp(now->text, m->text, m->text_len) == 0
		    ? LOG_TEXT_SAME
		    : LOG_TEXT_OTHER;
	return now->verdict.encryption == ENCRYPTION_NO_KEY ||
		now->verdict.encryption == ENCRYPTION_FAILED
	    ? LOG_TEXT_CLOSED
	    : LOG_TEXT_UNKNOWN;
}

/* Counts and tells what was found. */
static void
log_verify_tell(struct log_verify *v, const struct store_message *m,
    struct log_verified *found, struct buf *out)
{
	const struct verdict *now = &found->now.verdict;

	found->text = log_verify_text(m, &found->now);
	found->changed = now->signature != m->verdict.signature ||
	    strcmp(now->signer, m->verdict.signer) != 0 ||
	    found->text == LOG_TEXT_OTHER || found->text == LOG_TEXT_CLOSED;
	v->judged++;
	v->changed += found->changed;
	/* A text that its signed bytes do not hold is no longer what came. */
	if (found->text == LOG_TEXT_OTHER ||
	    (found->text == LOG_TEXT_CLOSED &&
		now->encryption == ENCRYPTION_FAILED))
		v->damaged = true;
	if (v->c->json)
		log_verify_json(m, found, out);
	else if (found->changed || v->c->verbose)
		log_verify_line(m, found, out);
}

void
log_verify_message(
    struct log_verify *v, const struct store_message *m, struct buf *out)
{
	struct log_verified found = {.changed = false};
	struct buf bytes = {0}, key = {0};
	struct err e = {0};

	if (m->direction != STORE_IN || !m->judged ||
	    m->verdict.signature == SIGNATURE_NONE)
		return;
	if (store_raw(v->store, m->id, &bytes, &key, &e) == -1) {
		log_verify_fail(v, m, &e, out);
	} else if (!log_verify_judge(
		       v, m, span_buf(&bytes), span_buf(&key), &found.now)) {
		(void)err_set(&e, EX_DATAERR,
		    "what is kept of message %" PRIu64 " is no SIP message",
		    m->id);
		log_verify_fail(v, m, &e, out);
	} else {
		log_verify_tell(v, m, &found, out);
	}
	smime_result_free(&found.now);
	buf_wipe(&key);
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
