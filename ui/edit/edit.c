#include <stdlib.h>
#include <string.h>

#include "ui/edit/edit_priv.h"

struct edit *
edit_new(struct edit_kills *kills)
{
	struct edit *e = xcalloc(1, sizeof(*e));

	e->kills = kills;
	edit_keep(&e->text, span_str(""));
	return e;
}

void
edit_free(struct edit *e)
{
	if (e == NULL)
		return;
	edit_forget(e);
	edit_forget_lines(e);
	buf_wipe(&e->text);
	free(e);
}

struct span
edit_text(const struct edit *e)
{
	return span_buf(&e->text);
}

size_t
edit_cursor(const struct edit *e)
{
	return e->cursor;
}

uint64_t
edit_changes(const struct edit *e)
{
	return e->changes;
}

/* --- changes -------------------------------------------------------------- */

/* Appends text as edit_insert cleans it. */
static void
edit_clean(struct buf *out, struct span text)
{
	size_t at, length;
	uint32_t c;

	buf_reserve(out, text.n);
	for (at = 0; at < text.n; at += length) {
		length = text_decode(text, at, &c);
		if (length == 0) {
			length = 1;
		} else if (c == '\r') {
			if (at + 1 == text.n || text.p[at + 1] != '\n')
				buf_add(out, "\n", 1);
		} else if (c == '\n' || c == '\t' ||
		    (c >= ' ' && c != 0x7f && (c < 0x80 || c >= 0xa0))) {
			buf_addspan(out, span_cut(text, at, at + length));
		}
	}
}

/* edit_change with a text that may need cleaning. */
static bool
edit_put(struct edit *e, size_t from, size_t to, struct span text)
{
	struct buf clean = {0};
	bool done = true;

	edit_clean(&clean, text);
	if (clean.n > 0 || from < to)
		done = edit_change(e, from, to, span_buf(&clean));
	buf_wipe(&clean);
	return done;
}

bool
edit_insert(struct edit *e, struct span text)
{
	uint32_t c;
	size_t length = text_decode(text, 0, &c);

	/* A single character was typed; more were pasted. */
	e->was = e->last;
	e->last = length == text.n ? LAST_TYPED : LAST_OTHER;
	return edit_put(e, e->cursor, e->cursor, text);
}

bool
edit_replace(struct edit *e, size_t from, size_t to, struct span text)
{
	if (from > to || to > e->text.n)
		return false;
	e->last = LAST_OTHER;
	return edit_put(e, from, to, text);
}

void
edit_set(struct edit *e, struct span text)
{
	struct buf clean = {0};
	struct span s;

	edit_clean(&clean, text);
	s = span_buf(&clean);
	if (s.n > EDIT_MAX)
		for (s.n = EDIT_MAX; (s.p[s.n] & 0xc0) == 0x80;)
			s.n--;
	e->last = LAST_OTHER;
	edit_change(e, 0, e->text.n, s);
	edit_leave_history(e);
	buf_wipe(&clean);
}

/* --- done with it --------------------------------------------------------- */

void
edit_enter(struct edit *e)
{
	edit_remember(e);
	edit_wipe(e);
}

void
edit_wipe(struct edit *e)
{
	edit_leave_history(e);
	edit_forget(e);
	buf_wipe(&e->text);
	edit_keep(&e->text, span_str(""));
	e->cursor = 0;
	e->changes++;
	e->last = LAST_OTHER;
}

void
edit_clear(struct edit *e)
{
	struct span text = span_buf(&e->text);

	e->last = LAST_OTHER;
	if (text.n > 0) {
		edit_kills_put(e->kills, text, false, false);
		edit_change(e, 0, text.n, span_str(""));
	}
	edit_leave_history(e);
}
