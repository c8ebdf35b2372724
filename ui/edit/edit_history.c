/*
 * Entered lines, which can be recalled.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/edit/edit_priv.h"

/* Recalls the entry `back` before the draft. */
static bool
edit_history_show(struct edit *e, size_t back)
{
	struct span s = back == 0
	    ? span_buf(&e->draft)
	    : span_buf(&e->history[e->history_count - back]);

	e->last = LAST_HISTORY;
	edit_change(e, 0, e->text.n, s);
	e->back = back;
	if (back == 0)
		buf_wipe(&e->draft);
	return true;
}

/* Shows an entry, and keeps what was in the line before the first one. */
static bool
edit_history_go_back(struct edit *e, size_t back)
{
	if (e->back == 0) {
		buf_wipe(&e->draft);
		edit_keep(&e->draft, span_buf(&e->text));
	}
	return edit_history_show(e, back);
}

bool
edit_older(struct edit *e)
{
	return e->back < e->history_count &&
	    edit_history_go_back(e, e->back + 1);
}

void
edit_recall_begin(struct edit *e)
{
	edit_leave_history(e);
}

bool
edit_recall(struct edit *e, struct span word, bool older)
{
	size_t back = e->back + (older || e->back == 0);

	for (; back <= e->history_count; back++) {
		struct span entry = span_buf(
		    &e->history[e->history_count - back]);

		if (text_find(entry, word, 0) < entry.n) {
			e->changes++;
			return edit_history_go_back(e, back);
		}
	}
	return false;
}

void
edit_recall_end(struct edit *e)
{
	e->changes++;
	if (e->back > 0)
		(void)edit_history_show(e, 0);
}

bool
edit_newer(struct edit *e)
{
	return e->back > 0 && edit_history_show(e, e->back - 1);
}

static void
edit_history_drop(struct edit *e)
{
	e->history_bytes -= e->history[0].n;
	buf_wipe(&e->history[0]);
	e->history_count--;
	memmove(&e->history[0], &e->history[1],
	    e->history_count * sizeof(*e->history));
}

void
edit_remember(struct edit *e)
{
	edit_remember_line(e, span_buf(&e->text));
}

void
edit_remember_line(struct edit *e, struct span text)
{
	struct buf *entry;

	if (text.n == 0 ||
	    (e->history_count > 0 &&
		span_eq(text, span_buf(&e->history[e->history_count - 1]))))
		return;
	if (e->history == NULL)
		e->history = xcalloc(EDIT_HISTORY, sizeof(*e->history));
	while (e->history_count == EDIT_HISTORY ||
	    (e->history_count > 0 &&
		e->history_bytes + text.n > EDIT_HISTORY_BYTES))
		edit_history_drop(e);
	entry = &e->history[e->history_count++];
	*entry = (struct buf){0};
	edit_keep(entry, text);
	e->history_bytes += text.n;
}

void
edit_forget_lines(struct edit *e)
{
	while (e->history_count > 0)
		edit_history_drop(e);
	free(e->history);
	e->history = NULL;
	edit_leave_history(e);
}
