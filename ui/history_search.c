#include "ui/history_search.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/store/store.h"
#include "ui/history.h"
#include "ui/notice.h"
#include "ui/view.h"

enum {
	SEARCH_ROWS = 700, /* of one round: some 1 ms */
	SEARCH_TELL = 100, /* ms between two looks of the bar */
	SEARCH_WAIT = 100, /* ms, while something else has the screen */
	SEARCH_TEXT = 400, /* bytes of a line that are shown */
	SEARCH_MOST = 1000 /* hits */
};

struct history_search {
	struct client *c;
	struct conversation *in; /* above its log; NULL: everywhere */
	size_t height; /* of its window */
	struct buf words;
	uint64_t newest, before; /* the first row that was read, and the last */
	size_t rows; /* of this round */
	uint64_t row; /* in a conversation: where it was found, or 0 */
	struct buf text; /* everywhere: what was found */
	size_t count;
	bool done; /* all was looked at */
	uint64_t told; /* ms, as loop_now counts */
	struct loop_timer timer;
};

static void
search_free(struct history_search *s)
{
	loop_timer_del(s->c->loop, &s->timer);
	buf_wipe(&s->words);
	buf_wipe(&s->text);
	s->c->search = NULL;
	free(s);
}

/* --- what is found -------------------------------------------------------- */

/* Appends the line of a text in which a byte stands, as much of it as fits. */
static void
search_add_around(struct buf *b, struct span text, size_t at)
{
	size_t from = at, to = span_find(text, '\n', at);
	char *line;

	while (
	    from > 0 && at - from < SEARCH_TEXT / 2 && text.p[from - 1] != '\n')
		from--;
	while (from < at && (text.p[from] & 0xc0) == 0x80)
		from++;
	if (to - from > SEARCH_TEXT)
		to = from + SEARCH_TEXT;
	line = text_escape_line(span_cut(text, from, to));
	buf_addf(b, "%s\n", line);
	free(line);
}

static void
search_everywhere(struct history_search *s, const struct store_message *m)
{
	struct span text = {(const unsigned char *)m->text, m->text_len};
	bool out = m->direction == STORE_OUT;
	char *who, when[TIME_LOCAL];
	size_t at;

	if (m->text == NULL)
		return;
	at = text_find(text, span_buf(&s->words), 0);
	if (at >= text.n)
		return;
	who = text_escape_line(span_str(m->peer));
	time_local(when, TIME_MINUTE, out ? m->sent : m->arrived);
	buf_addf(&s->text, "%s  %s%s\n    ", when, out ? "to " : "", who);
	free(who);
	search_add_around(&s->text, text, at);
	s->count++;
}

static void
search_above(struct history_search *s, const struct store_message *m)
{
	struct span text = {(const unsigned char *)m->text, m->text_len};
	struct span why = span_str(m->reason);

	if ((text.p != NULL &&
		text_find(text, span_buf(&s->words), 0) < text.n) ||
	    text_find(why, span_buf(&s->words), 0) < why.n)
		s->row = m->id;
}

static bool
search_on_row(void *arg, const struct store_message *m, bool damaged)
{
	struct history_search *s = arg;

	s->before = m->id;
	if (s->newest == 0)
		s->newest = m->id;
	if (!damaged && s->in != NULL)
		search_above(s, m);
	else if (!damaged)
		search_everywhere(s, m);
	return ++s->rows < SEARCH_ROWS && s->row == 0 && s->count < SEARCH_MOST;
}

/* --- the end -------------------------------------------------------------- */

static void
search_show(struct history_search *s)
{
	struct client *c = s->c;
	struct buf title = {0};
	char *words = text_escape_line(span_buf(&s->words));

	c->notice.n = 0;
	if (s->count == SEARCH_MOST)
		buf_addf(&s->text,
		    "There may be more: signet log --grep finds all.\n");
	buf_addf(&title, "search: %s", words);
	free(words);
	if (s->count > 0)
		notice_page(c, (const char *)title.p, &s->text, NULL, NULL);
	else
		notice_bar(c, "not found in the history");
	buf_free(&title);
	search_free(s);
}

static void
search_end(struct history_search *s)
{
	struct client *c = s->c;

	s->done = true;
	/* A page would take the place of what the person reads or answers. */
	if (s->in == NULL && view_is_covered(c)) {
		loop_timer_set(c->loop, &s->timer, SEARCH_WAIT);
		return;
	}
	if (s->in == NULL) {
		search_show(s);
		return;
	}
	c->notice.n = 0;
	if (s->row == 0 ||
	    !log_search(s->in->log, span_buf(&s->words), true, s->height))
		notice_bar(c, "not found above");
	search_free(s);
	notice_redraw(c);
}

/* --- a round -------------------------------------------------------------- */

static void
search_tell(struct history_search *s)
{
	struct client *c = s->c;

	if (c->notice.n > 0 && loop_now(c->loop) < s->told + SEARCH_TELL)
		return;
	s->told = loop_now(c->loop);
	notice_barf(c, "searching, %" PRIu64 " of %" PRIu64 " (ESC stops)",
	    s->newest - s->before, s->newest);
}

/* Reads some rows; returns whether there may be more. */
static bool
search_read(struct history_search *s)
{
	struct store_query q = {.peer = s->in != NULL ? s->in->aor.key : NULL,
	    .before = s->before,
	    .backward = true};
	struct err e = {0};

	s->rows = 0;
	if (store_read(s->c->store, &q, search_on_row, s, &e) == -1) {
		notice_log(s->c, s->in, true, e.text);
		return false;
	}
	return s->rows == SEARCH_ROWS && s->row == 0 && s->count < SEARCH_MOST;
}

/* Puts one page in front of the log; returns whether more are needed. */
static bool
search_load(struct history_search *s)
{
	return history_oldest(s->in) > s->row && history_page(s->c, s->in) &&
	    history_oldest(s->in) > s->row;
}

static void
search_on_timer(void *arg)
{
	struct history_search *s = arg;
	struct client *c = s->c;

	if (s->in != NULL && c->conversations[c->current] != s->in)
		search_free(s); /* nobody looks there any more */
	else if (s->done)
		search_end(s);
	else if (s->row != 0 ? search_load(s) : search_read(s) || s->row != 0) {
		search_tell(s);
		/* One that is due in this round would run in it again. */
		loop_timer_at(c->loop, &s->timer, loop_now(c->loop) + 1);
	} else
		search_end(s);
}

/* --- for others ----------------------------------------------------------- */

static void
search_begin(struct client *c, struct conversation *in, struct span words,
    uint64_t before, size_t height)
{
	struct history_search *s = xcalloc(1, sizeof(*s));

	(void)history_search_stop(c);
	*s = (struct history_search){
	    .c = c, .in = in, .height = height, .before = before};
	s->newest = before;
	s->timer = (struct loop_timer){.fn = search_on_timer, .arg = s};
	buf_addspan(&s->words, words);
	c->search = s;
	search_on_timer(s);
}

void
history_search_all(struct client *c, struct span words)
{
	search_begin(c, NULL, words, 0, 0);
}

void
history_search_above(
    struct client *c, struct conversation *v, struct span word, size_t height)
{
	uint64_t before = history_oldest(v);

	if (c->store == NULL || v->kind != CONVERSATION_PEER || before == 0 ||
	    word.n == 0)
		notice_bar(c, "not found above");
	else
		search_begin(c, v, word, before, height);
}

bool
history_search_stop(struct client *c)
{
	bool was = c->search != NULL;

	if (was)
		search_free(c->search);
	return was;
}

void
history_search_leave(struct client *c, const struct conversation *v)
{
	if (c->search != NULL && c->search->in == v)
		(void)history_search_stop(c);
}

bool
history_search_escape(struct client *c)
{
	const struct history_search *s = c->search;

	if (s == NULL)
		return false;
	notice_barf(c, "the search was stopped at %" PRIu64 " of %" PRIu64,
	    s->newest - s->before, s->newest);
	return history_search_stop(c);
}
