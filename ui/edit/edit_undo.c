/*
 * Undoing changes of the input line.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/edit/edit_priv.h"

static void
edit_step_free(struct edit *e, struct edit_step *step)
{
	e->step_bytes -= step->removed.n;
	buf_wipe(&step->removed);
}

void
edit_forget(struct edit *e)
{
	while (e->step_count > 0)
		edit_step_free(e, &e->steps[--e->step_count]);
	free(e->steps);
	e->steps = NULL;
}

static bool
edit_steps_full(const struct edit *e, size_t more)
{
	return e->step_count == EDIT_STEPS ||
	    (e->step_count >= EDIT_STEPS_LEAST &&
		e->step_bytes + more > EDIT_STEPS_BYTES);
}

/* Whether the change belongs to the last one: typing in a row, or going through
 * the history. */
static bool
edit_step_goes_on(struct edit *e, size_t from, size_t to, size_t added)
{
	struct edit_step *step;

	if (e->step_count == 0 || e->last != e->was)
		return false;
	step = &e->steps[e->step_count - 1];
	if (e->last == LAST_TYPED && from == to &&
	    from == step->at + step->added) {
		step->added += added;
		return true;
	}
	if (e->last == LAST_HISTORY && e->back != 0) {
		step->added = added;
		return true;
	}
	return false;
}

void
edit_note(struct edit *e, size_t from, size_t to, size_t added)
{
	struct edit_step *step;

	if (edit_step_goes_on(e, from, to, added))
		return;
	if (e->steps == NULL)
		e->steps = xcalloc(EDIT_STEPS, sizeof(*e->steps));
	while (edit_steps_full(e, to - from)) {
		edit_step_free(e, &e->steps[0]);
		e->step_count--;
		memmove(&e->steps[0], &e->steps[1],
		    e->step_count * sizeof(*e->steps));
	}
	step = &e->steps[e->step_count++];
	*step = (struct edit_step){
	    .at = from, .added = added, .cursor = e->cursor, .back = e->back};
	edit_keep(&step->removed, span_cut(span_buf(&e->text), from, to));
	e->step_bytes += step->removed.n;
}

bool
edit_undo(struct edit *e)
{
	struct edit_step *step;
	struct buf after = {0};
	struct span text = span_buf(&e->text);

	if (e->step_count == 0)
		return false;
	step = &e->steps[--e->step_count];
	edit_keep(&after, span_cut(text, 0, step->at));
	edit_keep(&after, span_buf(&step->removed));
	edit_keep(&after, span_cut(text, step->at + step->added, text.n));
	buf_wipe(&e->text);
	e->text = after;
	e->cursor = step->cursor;
	if (step->back == 0)
		edit_leave_history(e);
	else if (e->back != 0)
		e->back = step->back;
	edit_step_free(e, step);
	return true;
}
