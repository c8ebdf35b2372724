#include "ui/history.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/store/store.h"
#include "ui/lines.h"
#include "ui/notice.h"

enum { HISTORY_LINES = 200 /* that a conversation opens with */ };

/* Messages of a conversation, the newest first, as they are read. */
struct loading {
	struct log_line lines[HISTORY_LINES];
	size_t count;
};

static enum log_state
history_state(enum store_state s)
{
	switch (s) {
	case STORE_WAITING:
		return LOG_WAITING;
	case STORE_SENT:
		return LOG_SENT;
	case STORE_ACCEPTED:
		return LOG_ACCEPTED;
	case STORE_DISPLAYED:
		return LOG_DISPLAYED;
	case STORE_FAILED:
	case STORE_DROPPED:
		return LOG_FAILED;
	default:
		return LOG_DELIVERED;
	}
}

static void
history_mine(const struct store_message *m, struct log_line *line)
{
	struct span text = {(const unsigned char *)m->text, m->text_len};

	line->kind = LOG_MINE;
	line->time = m->sent;
	line->state = history_state(m->state);
	line->sign = m->sign;
	line->encrypt = m->encrypt;
	line->text = lines_escape(text, &line->text_len);
	line->raw = xstrndup(text);
	line->raw_len = text.n;
	if (m->reason != NULL && line->state == LOG_FAILED)
		line->why = lines_why(line, m->reason);
}

static void
history_theirs(const struct store_message *m, struct log_line *line)
{
	struct ua_message told = {.id = m->id,
	    .time = m->arrived,
	    .from = m->from,
	    .to = m->to != NULL ? m->to : "",
	    .call_id = m->call_id,
	    .content_type = m->content_type,
	    .text = m->text,
	    .text_len = m->text_len,
	    .transport = m->transport,
	    .judged = m->judged,
	    .verdict = m->verdict,
	    .reason = m->reason != NULL ? m->reason : "",
	    .status = m->status,
	    .details = "",
	    .fingerprint = m->fingerprint != NULL ? m->fingerprint : "",
	    .signed_to = m->signed_to,
	    .signed_at = m->signed_at,
	    .message_id = m->message_id};

	lines_of_message(&told, line);
}

static bool
history_add(void *arg, const struct store_message *m, bool damaged)
{
	struct loading *l = arg;
	struct log_line *line = &l->lines[l->count];

	*line = (struct log_line){.kind = LOG_LOUD,
	    .time = l->count > 0 ? line[-1].time : time(NULL)};
	if (damaged) {
		line->text = xstrdup("a message of the history is damaged");
		line->text_len = strlen(line->text);
	} else if (m->direction == STORE_OUT && m->text != NULL)
		history_mine(m, line);
	else if (m->direction == STORE_IN)
		history_theirs(m, line);
	else
		return true;
	line->old = true;
	line->row = m->id;
	return ++l->count < HISTORY_LINES;
}

/* Reads a page of what stands before a row; 0: the last one. For free(). */
static struct loading *
history_read(struct client *c, struct conversation *v, uint64_t before)
{
	struct store_query q = {
	    .peer = v->aor.key, .before = before, .backward = true};
	struct loading *l = xcalloc(1, sizeof(*l));
	struct err e = {0};

	if (store_read(c->store, &q, history_add, l, &e) == -1)
		notice_log(c, v, true, e.text);
	return l;
}

static void
history_add_last(struct conversation *v, const struct log_line *line)
{
	bool came = line->kind == LOG_THEIRS || line->kind == LOG_REFUSED;

	if (came && line->row > v->person->read && v->unread++ == 0)
		log_mark_unread(v->log);
	if (came && line->row > v->newest)
		v->newest = line->row;
	(void)log_add(v->log, line);
}

void
history_load(struct client *c, struct conversation *v)
{
	struct loading *l;

	if (c->store == NULL)
		return;
	l = history_read(c, v, c->telling);
	/* Of a person met now, all that is there is read. */
	if (!v->person->known && l->count > 0)
		v->person->read = l->lines[0].row;
	v->person->known = true;
	for (size_t i = l->count; i > 0; i--)
		history_add_last(v, &l->lines[i - 1]);
	v->opened = log_first(v->log);
	if (l->count > 0)
		notice_log(c, v, false, "since last time");
	free(l);
}

/* --- further back --------------------------------------------------------- */

uint64_t
history_oldest(const struct conversation *v)
{
	uint64_t last = log_last(v->log);

	for (uint64_t n = log_first(v->log); n != 0 && n <= last; n++)
		if (log_line(v->log, n)->row != 0)
			return log_line(v->log, n)->row;
	return v->past;
}

bool
history_page(struct client *c, struct conversation *v)
{
	uint64_t before = history_oldest(v);
	struct loading *l;
	bool fits = true;
	size_t i;

	if (c->store == NULL || v->kind != CONVERSATION_PEER || before == 0)
		return false;
	l = history_read(c, v, before);
	/* One that does not fit is freed, and those before it do no harm. */
	for (i = 0; i < l->count && fits; i++)
		fits = log_add_front(v->log, &l->lines[i]) != 0;
	if (!fits)
		notice_bar(c,
		    "there is no room for more lines here; signet log prints "
		    "all");
	fits = fits && i > 0;
	for (; i < l->count; i++)
		lines_free(&l->lines[i]);
	free(l);
	return fits;
}

void
history_trim(struct conversation *v)
{
	log_drop_before(v->log, v->opened);
}
