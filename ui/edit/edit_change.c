/*
 * The one function that changes the text.
 */
#include "ui/edit/edit_priv.h"

#include <string.h>

bool
edit_change(struct edit *e, size_t from, size_t to, struct span text)
{
	struct buf *b = &e->text;
	size_t old = b->n, end;

	if (old - (to - from) + text.n > EDIT_MAX)
		return false;
	edit_note(e, from, to, text.n);
	e->changes++;
	if (text.n > to - from)
		/* Only makes room: the appended bytes are overwritten below. */
		edit_keep(b, span_cut(text, 0, text.n - (to - from)));
	memmove(b->p + from + text.n, b->p + to, old - to);
	if (text.n > 0)
		memcpy(b->p + from, text.p, text.n);
	b->n = old - (to - from) + text.n;
	if (b->n < old)
		wipe(b->p + b->n, old - b->n);
	b->p[b->n] = '\0';
	e->cursor = from + text.n;
	/* A combining mark may follow, which now belongs to the last character
	 * of the text: the cursor goes behind it. */
	if (e->cursor > 0) {
		end = text_next(span_buf(b), text_back(span_buf(b), e->cursor));
		if (end > e->cursor)
			e->cursor = end;
	}
	return true;
}
