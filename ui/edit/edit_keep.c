/*
 * What all parts of the line editor need: buffers that may hold a secret, and
 * a draft that is no entry of the history.
 */
#include "ui/edit/edit_priv.h"

void
edit_keep(struct buf *b, struct span s)
{
	struct buf larger = {0};
	size_t need = b->n + s.n;

	if (b->p == NULL || b->cap <= need) {
		/* A large piece reserves no more than it needs. */
		buf_reserve(
		    &larger, b->n == 0 || need > 2 * b->n ? need : 2 * b->n);
		buf_addspan(&larger, span_buf(b));
		buf_wipe(b);
		*b = larger;
	}
	buf_addspan(b, s);
}

void
edit_leave_history(struct edit *e)
{
	e->back = 0;
	buf_wipe(&e->draft);
}
