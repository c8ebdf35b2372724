#include "ui/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "ui/marks.h"

char *
lines_escape(struct span s, size_t *n)
{
	struct buf b = {0};

	text_escape(&b, s, true);
	buf_add(&b, "", 1);
	*n = b.n - 1;
	return (char *)b.p;
}

static void
lines_add_fact(struct buf *b, const char *name, const char *value)
{
	char *line;

	if (value == NULL || value[0] == '\0')
		return;
	line = text_escape_line(span_str(value));
	buf_addf(b, "%-12s %s\n", name, line);
	free(line);
}

static void
lines_add_time(struct buf *b, const char *name, time_t t)
{
	char when[TIME_LOCAL] = "";

	if (t != 0)
		time_local(when, TIME_ZONE, t);
	lines_add_fact(b, name, when);
}

/* Everything that is known about a message, for the pager. For free(). */
static char *
lines_details(const struct ua_message *m)
{
	const struct verdict *v = &m->verdict;
	struct buf b = {0};

	lines_add_time(&b, "received", m->time);
	lines_add_fact(&b, "from", m->from);
	lines_add_fact(&b, "to", m->to);
	lines_add_fact(&b, "transport", verdict_transport_name(m->transport));
	if (m->judged) {
		lines_add_fact(
		    &b, "signature", verdict_signature_name(v->signature));
		lines_add_fact(&b, "signer", v->signer);
		lines_add_fact(&b, "digest", v->digest);
		lines_add_fact(&b, "covers", verdict_covers_name(v->covers));
		lines_add_fact(&b, "signed for", m->signed_to);
		lines_add_time(&b, "signed at", m->signed_at);
		lines_add_fact(&b, "Message-ID", m->message_id);
		lines_add_fact(&b, "certificate", m->fingerprint);
		if (m->pinned)
			lines_add_fact(&b, "", "pinned");
		lines_add_fact(
		    &b, "encryption", verdict_encryption_name(v->encryption));
		lines_add_fact(&b, "cipher", v->cipher);
	} else
		lines_add_fact(&b, "signature", "not judged");
	lines_add_fact(&b, "reason", m->reason);
	buf_addf(&b, "%-12s %d\n", "answer", m->status);
	lines_add_fact(&b, "type", m->content_type);
	lines_add_fact(&b, "Call-ID", m->call_id);
	if (m->details != NULL && m->details[0] != '\0') {
		buf_adds(&b, "\n");
		text_escape(&b, span_str(m->details), true);
	}
	buf_add(&b, "", 1);
	return (char *)b.p;
}

char *
lines_why(const struct log_line *line, const char *reason)
{
	const char *word = marks_of(line).word;
	struct buf why = {0};
	char *escaped;

	if (reason == NULL)
		reason = "";
	if (marks_alarm(line))
		buf_adds(&why, word);
	/* Some reasons begin with the word. */
	if (why.n > 0 && strncmp(reason, word, why.n) == 0)
		why.n = 0;
	if (why.n > 0 && reason[0] != '\0')
		buf_adds(&why, ": ");
	buf_adds(&why, reason);
	escaped = why.n > 0 ? text_escape_line(span_buf(&why)) : NULL;
	buf_free(&why);
	return escaped;
}

/* The line of a refused message: "refused (437): tampered: .." */
static void
lines_refusal(const struct ua_message *m, struct log_line *line)
{
	char *why = lines_why(line, m->reason);
	struct buf text = {0};

	buf_addf(&text, "refused (%d)", m->status);
	/* The word may be "refused" itself. */
	if (span_starts_nocase(span_str(why), "refused"))
		buf_adds(&text, why + strlen("refused"));
	else
		buf_addf(&text, ": %s", why);
	line->text_len = text.n;
	line->text = xstrndup(span_buf(&text));
	free(why);
	buf_free(&text);
}

void
lines_of_message(const struct ua_message *m, struct log_line *line)
{
	*line = (struct log_line){
	    .kind = m->text != NULL ? LOG_THEIRS : LOG_REFUSED,
	    .time = m->time,
	    .row = m->id,
	    .judged = m->judged,
	    .signature = m->verdict.signature,
	    .encryption = m->verdict.encryption,
	    .alarm = m->verdict.alarm};
	if (m->fingerprint != NULL)
		(void)snprintf(
		    line->signer, sizeof(line->signer), "%s", m->fingerprint);
	if (m->text != NULL) {
		line->text = lines_escape(
		    (struct span){(const unsigned char *)m->text, m->text_len},
		    &line->text_len);
		line->why = lines_why(line, m->reason);
	} else
		lines_refusal(m, line);
	line->details = lines_details(m);
}

static void
lines_wipe(char *s, size_t n)
{
	if (s != NULL)
		wipe(s, n);
	free(s);
}

void
lines_free(struct log_line *line)
{
	lines_wipe(line->who, span_str(line->who).n);
	lines_wipe(line->text, line->text_len);
	lines_wipe(line->why, span_str(line->why).n);
	lines_wipe(line->details, span_str(line->details).n);
	lines_wipe(line->how, span_str(line->how).n);
	lines_wipe(line->raw, line->raw_len);
}
