/*
 * The lines of a wire view: those of a trace's records, brought up to date, and
 * the text that they make.
 */
#include "ui/wire_priv.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/paint.h"
#include "src/base/text.h"
#include "ui/trace_text.h"

void
wire_item_free(struct wire_item *item)
{
	free(item->call_id);
	buf_wipe(&item->line);
	buf_wipe(&item->more);
}

/* --- the items ------------------------------------------------------------ */

size_t
wire_shown_from(const struct wire_view *w, size_t i, int step)
{
	while (i < w->count && !w->items[i].shown)
		i += (size_t)step;
	return i < w->count ? i : w->count;
}

size_t
wire_last_shown(const struct wire_view *w)
{
	return wire_shown_from(w, w->count - 1, -1);
}

static bool
wire_lets_through(const struct wire_view *w, const struct wire_item *item)
{
	return w->call_id == NULL || strcmp(item->call_id, w->call_id) == 0;
}

void
wire_show(struct wire_view *w, const char *call_id)
{
	char *only = call_id == NULL ? NULL : xstrdup(call_id);

	free(w->call_id);
	w->call_id = only;
	for (size_t i = 0; i < w->count; i++)
		w->items[i].shown = wire_lets_through(w, &w->items[i]);
}

static struct wire_item *
wire_item_add(struct wire_view *w, const struct trace_record *r)
{
	struct wire_item *item;

	w->items = vec_grow(w->items, w->count, &w->room, sizeof(*w->items));
	item = &w->items[w->count++];
	*item = (struct wire_item){.number = r->number,
	    .flow = r->flow,
	    .call_id = xstrdup(r->call_id)};
	item->shown = wire_lets_through(w, item);
	return item;
}

/* Whether an item is a connection of this number. */
static bool
wire_has_opened(const struct wire_view *w, uint64_t flow)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->items[i].opened && w->items[i].flow == flow)
			return true;
	return false;
}

/* Adds the connection of a message that is the first on it. */
static void
wire_add_opened(struct wire_view *w, const struct wire_source *source,
    const struct trace_record *r)
{
	const struct trace_record *opened = source->connections != source->trace
	    ? trace_view_opened(source->connections, r->flow)
	    : NULL;
	struct wire_item *item;

	if (opened == NULL || wire_has_opened(w, r->flow))
		return;
	item = wire_item_add(w, r);
	item->opened = true;
	trace_text_opened(&item->line, opened);
	/* Its record may be dropped before the message's is. */
	trace_text_more(&item->more, opened, PRETTY_WHOLE);
}

/* Adds the i-th record of the trace. */
static void
wire_add(struct wire_view *w, const struct wire_source *source, size_t i)
{
	const struct trace_record *r = trace_view_at(source->trace, i);
	struct wire_item *item;

	wire_add_opened(w, source, r);
	item = wire_item_add(w, r);
	trace_text_line(&item->line, source->trace, i);
}

/* --- the text ------------------------------------------------------------- */

/* Appends the line of an item, cut to the columns: one row for each. */
static void
wire_compose_line(
    const struct wire_view *w, struct buf *out, const struct wire_item *item)
{
	struct span line = span_buf(&item->line);
	size_t next;

	line.n -= line.n > 0 ? 1 : 0;
	paint_mark(out, paint_take(&line));
	if (w->columns > 0)
		line.n = text_row(line, 0, (size_t)w->columns, &next);
	buf_addspan(out, line);
	buf_adds(out, "\n");
}

/* Makes the text anew. The window begins where it did: as many bytes behind the
 * line of the item top, or of the next one that is shown. */
static void
wire_compose(struct wire_view *w, size_t top, size_t behind)
{
	struct buf text = {0};
	size_t at = 0;

	if (w->count == 0)
		buf_adds(
		    &text, "Nothing has been sent or received here yet.\n");
	for (size_t i = 0; i < w->count; i++) {
		struct wire_item *item = &w->items[i];

		item->at = text.n;
		if (!item->shown) {
			item->end = text.n;
			continue;
		}
		wire_compose_line(w, &text, item);
		if (item->fold != FOLD_LINE)
			buf_addspan(&text, span_buf(&item->more));
		item->end = text.n;
	}
	if (top < w->count) {
		at = w->items[top].at + behind;
		if (at > w->items[top].end)
			at = w->items[top].end;
	}
	pager_set_text(w->pager, &text, at);
	pager_choose(
	    w->pager, w->chosen < w->count ? w->items[w->chosen].at : SIZE_MAX);
}

size_t
wire_top(const struct wire_view *w, size_t *behind)
{
	size_t end, at = pager_window(w->pager, &end), i = 0;

	while (i + 1 < w->count && w->items[i].end <= at)
		i++;
	*behind = i < w->count && at > w->items[i].at ? at - w->items[i].at : 0;
	return i;
}

void
wire_recompose(struct wire_view *w)
{
	size_t behind, top = wire_top(w, &behind);

	wire_compose(w, top, behind);
}

void
wire_choose(struct wire_view *w, size_t i)
{
	if (i >= w->count)
		return;
	w->chosen = i;
	pager_choose(w->pager, w->items[i].at);
	pager_reveal(w->pager, w->items[i].at, w->items[i].end);
}

/* --- what comes ----------------------------------------------------------- */

static bool
wire_is_current(const struct wire_view *w, const struct trace_view *trace)
{
	size_t n = trace_view_count(trace);

	return n == w->seen_count &&
	    (n == 0 ||
		(trace_view_at(trace, 0)->number == w->seen_first &&
		    trace_view_at(trace, n - 1)->number == w->seen_last));
}

static void
wire_note_seen(struct wire_view *w, const struct trace_view *trace)
{
	size_t n = trace_view_count(trace);

	w->seen_count = n;
	w->seen_first = n > 0 ? trace_view_at(trace, 0)->number : 0;
	w->seen_last = n > 0 ? trace_view_at(trace, n - 1)->number : 0;
}

/* Moves the items of a record from old, at *at, to w, and frees those of records
 * before it, which the trace has no more. */
static bool
wire_take_over(struct wire_view *w, struct wire_item *old, size_t count,
    size_t *at, uint64_t number)
{
	bool found = false;

	while (*at < count && old[*at].number < number)
		wire_item_free(&old[(*at)++]);
	for (; *at < count && old[*at].number == number; ++*at, found = true) {
		w->items = vec_grow(
		    w->items, w->count, &w->room, sizeof(*w->items));
		w->items[w->count++] = old[*at];
	}
	return found;
}

/* Returns the item of this record, or the next one. */
static size_t
wire_find(const struct wire_view *w, uint64_t number, bool opened)
{
	size_t i = 0;

	while (i < w->count &&
	    (w->items[i].number < number ||
		(w->items[i].number == number && w->items[i].opened &&
		    !opened)))
		i++;
	return i;
}

/* Makes the items those of the trace's records. */
static void
wire_merge(struct wire_view *w, const struct wire_source *source)
{
	struct wire_item *old = w->items;
	size_t count = w->count, at = 0;

	w->items = NULL;
	w->count = w->room = 0;
	for (size_t i = 0; i < trace_view_count(source->trace); i++)
		if (!wire_take_over(w, old, count, &at,
			trace_view_at(source->trace, i)->number))
			wire_add(w, source, i);
	while (at < count)
		wire_item_free(&old[at++]);
	free(old);
	wire_note_seen(w, source->trace);
}

/* Shows all again where the trace has dropped the call that was shown. */
static void
wire_check_filter(struct wire_view *w)
{
	if (w->call_id != NULL && wire_last_shown(w) == w->count)
		wire_show(w, NULL);
}

void
wire_view_update(struct wire_view *w, const struct wire_source *source)
{
	size_t behind, end, top = wire_top(w, &behind);
	bool had = w->chosen < w->count;
	struct wire_item top_was = {0}, was = {0};
	bool last = !had || w->chosen == wire_last_shown(w), at_end, follows;

	if (wire_is_current(w, source->trace))
		return;
	(void)pager_window(w->pager, &end);
	at_end = end == pager_text(w->pager).n;
	if (had)
		was = w->items[w->chosen];
	if (top < w->count)
		top_was = w->items[top];
	follows = last && was.fold == FOLD_LINE;
	wire_merge(w, source);
	wire_check_filter(w);
	w->chosen = wire_shown_from(w, wire_find(w, was.number, was.opened), 1);
	if (w->chosen == w->count || follows)
		w->chosen = wire_last_shown(w);
	top = wire_find(w, top_was.number, top_was.opened);
	if (top < w->count && w->items[top].number != top_was.number)
		behind = 0;
	wire_compose(w, top, behind);
	if (follows)
		wire_choose(w, w->chosen);
	else if (last && at_end)
		pager_reveal(w->pager, pager_text(w->pager).n - 1,
		    pager_text(w->pager).n);
}
