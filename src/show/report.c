#include "src/show/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "src/base/json.h"
#include "src/base/text.h"
#include "src/base/time.h"

enum { REPORT_WIDTH = 80, REPORT_NARROWEST = 20 };

size_t
report_width(void)
{
#ifdef TIOCGWINSZ
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col >= REPORT_NARROWEST)
		return size.ws_col;
#endif
	return REPORT_WIDTH;
}

int
report_write(struct buf *b, struct err *e)
{
	size_t at = 0;

	while (at < b->n) {
		ssize_t n = write(STDOUT_FILENO, b->p + at, b->n - at);

		if (n < 0) {
			b->n = 0;
			return err_set(e, EX_IOERR,
			    "cannot write to standard output: %s",
			    strerror(errno));
		}
		at += (size_t)n;
	}
	b->n = 0;
	return 0;
}

/* --- JSON ----------------------------------------------------------------- */

static const char *
report_or_null(const char *s)
{
	return s[0] == '\0' ? NULL : s;
}

/* Begins the object, with the members that all have. */
static void
report_open_json(struct buf *out, const struct ua_message *m)
{
	const struct verdict *v = &m->verdict;
	const char *covers = verdict_covers_name(v->covers);

	json_open(out);
	json_time(out, "time", m->time);
	json_member(out, "from", m->from);
	json_member(out, "to", m->to);
	json_member(out, "call_id", m->call_id);
	json_member(out, "content_type", m->content_type);
	json_span(out, "text",
	    (struct span){(const unsigned char *)m->text, m->text_len});
	json_member(out, "transport", verdict_transport_name(m->transport));
	json_member(out, "encryption",
	    m->judged ? verdict_encryption_name(v->encryption) : NULL);
	json_member(
	    out, "cipher", m->judged ? report_or_null(v->cipher) : NULL);
	json_member(out, "signature",
	    m->judged ? verdict_signature_name(v->signature) : NULL);
	json_member(
	    out, "signer", m->judged ? report_or_null(v->signer) : NULL);
	json_member(
	    out, "digest", m->judged ? report_or_null(v->digest) : NULL);
	json_member(out, "covers", m->judged ? report_or_null(covers) : NULL);
	json_member(out, "reason", m->reason);
	if (m->status != 0)
		json_number(out, "status", (uint64_t)m->status);
	else
		json_null(out, "status");
	json_member(out, "signed_to", m->signed_to);
	if (m->signed_at != 0)
		json_time(out, "signed_at", m->signed_at);
	else
		json_null(out, "signed_at");
	json_member(out, "message_id", m->message_id);
}

void
report_message_json(struct buf *out, const struct ua_message *m)
{
	report_open_json(out, m);
	json_close_line(out);
}

/* --- people --------------------------------------------------------------- */

static void
report_add_safe(struct buf *out, const char *wire)
{
	text_escape(out, span_str(wire), false);
}

static void
report_add_verdict(struct buf *out, const struct verdict *v)
{
	buf_addf(out, "signature %s", verdict_signature_name(v->signature));
	if (v->signer[0] != '\0') {
		buf_adds(out, " by ");
		report_add_safe(out, v->signer);
	}
	if (v->digest[0] != '\0')
		buf_addf(out, " (%s)", v->digest);
	if (v->covers == COVERS_CIPHERTEXT)
		buf_adds(out, " over the ciphertext");
	buf_addf(
	    out, ", encryption %s", verdict_encryption_name(v->encryption));
	if (v->cipher[0] != '\0')
		buf_addf(out, " (%s)", v->cipher);
}

void
report_found(struct buf *out, const struct ua_message *m)
{
	report_add_safe(out, m->from);
	buf_adds(out, " to ");
	report_add_safe(out, m->to);
	if (m->transport != TRANSPORT_NONE)
		buf_addf(out, " by %s", verdict_transport_name(m->transport));
	buf_adds(out, ": ");
	if (m->judged)
		report_add_verdict(out, &m->verdict);
	else
		buf_adds(out, "not judged");
	buf_adds(out, "\n");
	if (m->text == NULL)
		buf_addf(out, "refused (%d)", m->status);
	if (m->text == NULL || m->reason[0] != '\0') {
		buf_adds(out,
		    m->verdict.alarm           ? "NOT SIGNED: "
			: m->text != NULL      ? "note: "
			: m->reason[0] != '\0' ? ": "
					       : "");
		report_add_safe(out, m->reason);
		buf_adds(out, "\n");
	}
}

static void
report_time(struct buf *out, time_t t)
{
	char when[TIME_LOCAL];

	time_local(when, TIME_SECOND, t);
	buf_addf(out, "%s ", when);
}

static void
report_text(struct buf *out, const struct ua_message *m, size_t width)
{
	if (m->text != NULL)
		text_rows(out,
		    (struct span){(const unsigned char *)m->text, m->text_len},
		    "| ", width);
}

void
report_message(struct buf *out, const struct ua_message *m, size_t width)
{
	report_time(out, m->time);
	report_found(out, m);
	report_text(out, m, width);
}

/* --- the history ---------------------------------------------------------- */

static const char *
report_or_empty(const char *s)
{
	return s != NULL ? s : "";
}

/* A message of the history as the user agent told it. */
static struct ua_message
report_of_stored(const struct store_message *m)
{
	bool ours = m->direction == STORE_OUT;

	return (struct ua_message){.time = ours ? m->sent : m->arrived,
	    .from = report_or_empty(m->from),
	    .to = report_or_empty(m->to),
	    .call_id = report_or_empty(m->call_id),
	    .content_type = report_or_empty(m->content_type),
	    .text = m->text,
	    .text_len = m->text_len,
	    .transport = m->transport,
	    .judged = m->judged,
	    .verdict = m->verdict,
	    .reason = report_or_empty(m->reason),
	    .status = m->status,
	    .signed_to = m->signed_to,
	    .signed_at = m->signed_at,
	    .message_id = m->message_id};
}

/* Appends what became of one of ours. */
static void
report_sent(struct buf *out, const struct store_message *m)
{
	buf_adds(out, "> ");
	report_add_safe(out, report_or_empty(m->from));
	buf_adds(out, " to ");
	report_add_safe(out, report_or_empty(m->to));
	buf_addf(out, ": %s", store_state_name(m->state));
	if (m->status != 0)
		buf_addf(out, " (%d)", m->status);
	buf_adds(out, m->sign ? ", signed" : "");
	buf_adds(out, m->encrypt ? ", encrypted\n" : "\n");
	if (m->reason != NULL && m->reason[0] != '\0') {
		buf_adds(out, "note: ");
		report_add_safe(out, m->reason);
		buf_adds(out, "\n");
	}
}

void
report_stored(struct buf *out, const struct store_message *m, size_t width)
{
	struct ua_message told = report_of_stored(m);

	report_time(out, told.time);
	if (m->direction == STORE_OUT)
		report_sent(out, m);
	else
		report_found(out, &told);
	report_text(out, &told, width);
}

void
report_stored_json(struct buf *out, const struct store_message *m)
{
	struct ua_message told = report_of_stored(m);

	report_open_json(out, &told);
	json_number(out, "id", m->id);
	json_member(out, "direction", m->direction == STORE_OUT ? "out" : "in");
	json_member(out, "state", store_state_name(m->state));
	json_close_line(out);
}
