#include "ui/wire_view.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/paint.h"
#include "ui/trace_text.h"
#include "ui/wire_priv.h"

static const char keys_line[] =
    "Enter unfold  ^H fold  n p step  f Call-ID  / search  s save  y copy  "
    "q back";

/* What is saved: the whole trace, or all of one call. */
static void
wire_saves(void *arg, struct buf *out)
{
	const struct wire_view *w = arg;

	trace_text_all(out, w->source.trace, w->source.connections, w->call_id);
}

struct wire_view *
wire_view_new(const char *title)
{
	struct wire_view *w = xcalloc(1, sizeof(*w));
	struct buf none = {0};

	w->title = xstrdup(title);
	w->seen_count = SIZE_MAX; /* no trace was seen */
	w->pager = pager_new("", &none, NULL, NULL, NULL);
	pager_saves(w->pager, wire_saves, w);
	return w;
}

void
wire_view_free(struct wire_view *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->count; i++)
		wire_item_free(&w->items[i]);
	free(w->items);
	pager_free(w->pager);
	free(w->call_id);
	free(w->title);
	free(w);
}

/* --- keys ----------------------------------------------------------------- */

/* Returns the record of an item, or NULL: the trace has dropped it. */
static const struct trace_record *
wire_record(const struct wire_view *w, const struct wire_item *item)
{
	const struct trace_view *trace = w->source.trace;

	for (size_t i = 0; i < trace_view_count(trace); i++)
		if (trace_view_at(trace, i)->number == item->number)
			return trace_view_at(trace, i);
	return NULL;
}

/* Moves an item to another fold. */
static void
wire_set_fold(
    struct wire_item *item, const struct trace_record *r, enum wire_fold fold)
{
	static const enum pretty_depth depths[] = {[FOLD_LINE] = PRETTY_HEAD,
	    [FOLD_HEADERS] = PRETTY_HEAD,
	    [FOLD_MIME] = PRETTY_PARTS,
	    [FOLD_ASN1] = PRETTY_WHOLE};

	item->fold = fold;
	/* The words of a connection are there already. */
	if (item->opened)
		return;
	buf_wipe(&item->more);
	if (fold != FOLD_LINE)
		trace_text_more(&item->more, r, depths[fold]);
}

static void
wire_on_blob(void *arg, struct span der)
{
	bool *any = arg;

	(void)der;
	*any = true;
}

/* Returns the last fold in which there is something new to see. */
static enum wire_fold
wire_most(const struct trace_record *r)
{
	bool asn1 = false;

	if ((r->kind != UA_WIRE_REQUEST && r->kind != UA_WIRE_RESPONSE) ||
	    r->body.n == 0)
		return FOLD_HEADERS;
	pretty_blobs(
	    span_buf(&r->head), span_buf(&r->body), wire_on_blob, &asn1);
	return asn1 ? FOLD_ASN1 : FOLD_MIME;
}

/* Unfolds the chosen message one step more, or folds it where there is no more
 * to see; back: folds it one step. */
static void
wire_unfold(struct wire_view *w, bool back)
{
	struct wire_item *item = &w->items[w->chosen];
	const struct trace_record *r = wire_record(w, item);

	if (r == NULL || (back && item->fold == FOLD_LINE))
		return;
	wire_set_fold(item, r,
	    back ? item->fold - 1
		: item->fold < (item->opened ? FOLD_HEADERS : wire_most(r))
		? item->fold + 1
		: FOLD_LINE);
	wire_recompose(w);
	wire_choose(w, w->chosen);
}

/* Shows only what has the Call-ID of the chosen message, or all again. */
static void
wire_filter(struct wire_view *w)
{
	const struct wire_item *chosen = &w->items[w->chosen];

	if (w->call_id == NULL && chosen->call_id[0] == '\0') {
		pager_note(w->pager, "this is no message");
		return;
	}
	wire_show(w, w->call_id == NULL ? chosen->call_id : NULL);
	wire_recompose(w);
	wire_choose(w, w->chosen);
}

static void
wire_step(struct wire_view *w, int step)
{
	size_t next = wire_shown_from(w, w->chosen + (size_t)step, step);

	if (next < w->count)
		wire_choose(w, next);
	else
		pager_note(w->pager,
		    step > 0 ? "this is the last message"
			     : "this is the first message");
}

/* Returns where a key moves that does not scroll the window: 1 is down, -1 up, 0
 * nowhere. */
static int
wire_way_of(int code)
{
	switch (code) {
	case SCREEN_DOWN:
	case SCREEN_WHEEL_DOWN:
	case SCREEN_CTRL('n'):
	case 'j':
		return 1;
	case SCREEN_UP:
	case SCREEN_WHEEL_UP:
	case SCREEN_CTRL('p'):
	case 'k':
		return -1;
	default:
		return 0;
	}
}

/* Returns the item that is chosen by a key after which the window, which began
 * at the byte before, is from..to: a step's where the window did not scroll,
 * else the one that was, or the next one in the window. */
static size_t
wire_moved_to(
    const struct wire_view *w, int code, size_t before, size_t from, size_t to)
{
	size_t i = w->chosen, above;
	int way = from == before ? wire_way_of(code) : 0;

	if (code == SCREEN_HOME || code == 'g' ||
	    (from == before && code == SCREEN_PAGE_UP))
		return wire_shown_from(w, 0, 1);
	if (code == SCREEN_END || code == 'G' ||
	    (from == before && code == SCREEN_PAGE_DOWN))
		return wire_last_shown(w);
	if (way != 0)
		return wire_shown_from(w, i + (size_t)way, way);
	while (i < w->count && w->items[i].end <= from)
		i = wire_shown_from(w, i + 1, 1);
	while (i < w->count && w->items[i].at >= to &&
	    (above = wire_shown_from(w, i - 1, -1)) < w->count)
		i = above;
	return i;
}

static void
wire_follow_window(struct wire_view *w, size_t before, int code)
{
	size_t to, from = pager_window(w->pager, &to);
	size_t i = wire_moved_to(w, code, before, from, to);

	if (i >= w->count)
		return;
	w->chosen = i;
	pager_choose(w->pager, w->items[i].at);
}

/* What was searched for is in the first row of the window. */
static void
wire_choose_found(struct wire_view *w)
{
	size_t behind;

	w->chosen = wire_shown_from(w, wire_top(w, &behind), 1);
	if (w->chosen < w->count)
		pager_choose(w->pager, w->items[w->chosen].at);
}

/* Handles the keys that a page of lines does not know. */
static enum wire_does
wire_own_key(struct wire_view *w, int code)
{
	switch (code) {
	case '\r':
	case '\n':
	case SCREEN_ENTER:
		wire_unfold(w, false);
		return WIRE_REDRAWS;
	case SCREEN_BACKSPACE:
	case 127:
	case SCREEN_CTRL('h'):
		wire_unfold(w, true);
		return WIRE_REDRAWS;
	case 'n':
		wire_step(w, 1);
		return WIRE_REDRAWS;
	case 'p':
		wire_step(w, -1);
		return WIRE_REDRAWS;
	case 'f':
		wire_filter(w);
		return WIRE_REDRAWS;
	case 'y':
		return WIRE_COPIES;
	default:
		return WIRE_STAYS;
	}
}

static enum wire_does
wire_pager_key(struct wire_view *w, const struct screen_key *key)
{
	bool typed = pager_types(w->pager);
	size_t end, before = pager_window(w->pager, &end);
	enum pager_does does = pager_key(w->pager, key);

	if (does == PAGER_CLOSES)
		return WIRE_CLOSES;
	if (w->chosen >= w->count || does != PAGER_REDRAWS)
		return does == PAGER_REDRAWS ? WIRE_REDRAWS : WIRE_STAYS;
	if (!typed)
		wire_follow_window(w, before, key->code);
	else if (pager_window(w->pager, &end) != before)
		wire_choose_found(w);
	return WIRE_REDRAWS;
}

enum wire_does
wire_view_key(struct wire_view *w, const struct wire_source *source,
    const struct screen_key *key)
{
	enum wire_does does = WIRE_STAYS;

	wire_view_update(w, source);
	w->source = *source;
	if (!pager_types(w->pager)) {
		pager_note(w->pager, "");
		if (key->code == '?' || key->code == 'h') {
			pager_note(w->pager, keys_line);
			does = WIRE_REDRAWS;
		} else if (w->chosen < w->count)
			does = wire_own_key(w, key->code);
	}
	if (does == WIRE_STAYS)
		does = wire_pager_key(w, key);
	w->source = (struct wire_source){NULL, NULL};
	return does;
}

void
wire_view_chosen_text(const struct wire_view *w, struct buf *out)
{
	const struct wire_item *item;

	if (w->chosen >= w->count)
		return;
	item = &w->items[w->chosen];
	paint_lines(out, span_buf(&item->line), false);
	if (item->fold != FOLD_LINE)
		paint_lines(out, span_buf(&item->more), false);
}

void
wire_view_note(struct wire_view *w, const char *line)
{
	pager_note(w->pager, line);
}

/* --- drawing -------------------------------------------------------------- */

size_t
wire_view_place(const struct wire_view *w, size_t *count)
{
	size_t place = 0;

	*count = 0;
	for (size_t i = 0; i < w->count; i++) {
		*count += w->items[i].shown;
		if (i == w->chosen)
			place = *count;
	}
	return place;
}

enum wire_fold
wire_view_fold(const struct wire_view *w)
{
	return w->chosen < w->count ? w->items[w->chosen].fold : FOLD_LINE;
}

struct span
wire_view_text(const struct wire_view *w)
{
	return pager_text(w->pager);
}

void
wire_view_draw(struct wire_view *w, const struct wire_source *source,
    struct screen *s, int y, int height)
{
	struct buf foot = {0};
	size_t count, place;

	wire_view_update(w, source);
	if (w->columns != screen_columns(s)) {
		w->columns = screen_columns(s);
		wire_recompose(w);
		wire_choose(w, w->chosen);
	}
	place = wire_view_place(w, &count);
	buf_addf(&foot, "%s  %zu/%zu%s  Enter unfolds  n p  ? keys  q back",
	    w->title, place, count,
	    w->call_id != NULL ? "  one Call-ID (f: all)" : "");
	pager_foot(w->pager, (const char *)foot.p);
	pager_draw(w->pager, s, y, height);
	buf_free(&foot);
}
