/*
 * The log's rows: lines wrapped, and the window over them. A row is its line
 * and its number within the line, so nothing is ever counted from the top.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/log/log_priv.h"

/* --- wrapping ------------------------------------------------------------- */

static void
log_starts_add(struct log_starts *s, size_t at)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 4 : s->cap * 2;
		s->at = xrealloc(s->at, s->cap * sizeof(*s->at));
	}
	s->at[s->n++] = (uint32_t)at;
}

/* An empty text has one row. */
static void
log_starts_find(struct log_starts *s, struct span text, size_t columns)
{
	size_t from, to, row, next;
	struct span line;

	for (from = 0; from <= text.n; from = to + 1) {
		to = span_find(text, '\n', from);
		line = span_cut(text, 0, to);
		row = from;
		do {
			log_starts_add(s, row);
			text_row(line, row, columns, &next);
			row = next;
		} while (row < to);
	}
}

static struct log_wrap *
log_wrap_slot(struct log *l, uint64_t number)
{
	return &l->wraps[number % LOG_WRAPS];
}

static void
log_wrap_clear(struct log *l, struct log_wrap *w)
{
	l->starts -= w->text.n + w->why.n;
	free(w->text.at);
	free(w->why.at);
	*w = (struct log_wrap){0};
}

void
log_unwrap(struct log *l, uint64_t number)
{
	struct log_wrap *w = log_wrap_slot(l, number);

	if (w->number == number)
		log_wrap_clear(l, w);
}

void
log_unwrap_all(struct log *l)
{
	size_t i;

	for (i = 0; i < LOG_WRAPS; i++)
		log_wrap_clear(l, &l->wraps[i]);
}

struct log_wrap *
log_wrap(struct log *l, size_t i)
{
	const struct log_line *line = &log_entry(l, i)->line;
	struct log_wrap *w = log_wrap_slot(l, line->number);
	struct span why = log_below_text(line);

	if (w->number == line->number)
		return w;
	/* The cache is small, but the lines of one window fit. */
	if (l->starts > LOG_STARTS)
		log_unwrap_all(l);
	log_wrap_clear(l, w);
	w->number = line->number;
	log_starts_find(&w->text, log_text(line), l->columns);
	if (why.n > 0)
		log_starts_find(&w->why, why, l->columns);
	l->starts += w->text.n + w->why.n;
	return w;
}

/* The text of row k. Only the bytes up to the next row are looked at, however
 * long the line is. */
static struct span
log_starts_row(
    const struct log_starts *s, struct span text, size_t k, size_t columns)
{
	size_t from = s->at[k], next;

	if (k + 1 < s->n && text.p[s->at[k + 1] - 1] == '\n')
		text.n = s->at[k + 1] - 1;
	return span_cut(text, from, text_row(text, from, columns, &next));
}

/* The last row that begins at or before the byte. */
static size_t
log_starts_at(const struct log_starts *s, size_t byte)
{
	size_t low = 0, high = s->n, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (s->at[middle] <= byte)
			low = middle;
		else
			high = middle;
	}
	return low;
}

long
log_row_of(struct log *l, size_t i, bool why, size_t byte)
{
	struct log_wrap *w = log_wrap(l, i);

	return why && w->why.n > 0
	    ? (long)(w->text.n + log_starts_at(&w->why, byte))
	    : (long)log_starts_at(&w->text, byte);
}

/* --- going from row to row ------------------------------------------------ */

static bool
log_has_day(const struct log *l, size_t i)
{
	return i == 0 || log_entry(l, i)->day != log_entry(l, i - 1)->day;
}

static bool
log_has_unread(const struct log *l, size_t i)
{
	uint64_t oldest = log_oldest(l);

	return l->unread != 0 &&
	    oldest + i == (l->unread > oldest ? l->unread : oldest);
}

static long
log_first_row(const struct log *l, size_t i)
{
	return -(long)log_has_day(l, i) - (long)log_has_unread(l, i);
}

static long
log_last_row(struct log *l, size_t i)
{
	struct log_wrap *w = log_wrap(l, i);

	return (long)(w->text.n + w->why.n) - 1;
}

int
log_order(struct log_at a, struct log_at b)
{
	if (a.i != b.i)
		return a.i < b.i ? -1 : 1;
	return a.row < b.row ? -1 : a.row > b.row;
}

static struct log_at
log_up(struct log *l, struct log_at at, size_t n)
{
	size_t above;

	for (;;) {
		above = (size_t)(at.row - log_first_row(l, at.i));
		if (n <= above) {
			at.row -= (long)n;
			return at;
		}
		if (at.i == 0) {
			at.row = log_first_row(l, 0);
			return at;
		}
		n -= above + 1;
		at.i--;
		at.row = log_last_row(l, at.i);
	}
}

struct log_at
log_down(struct log *l, struct log_at at, size_t n)
{
	size_t below;

	for (;;) {
		below = (size_t)(log_last_row(l, at.i) - at.row);
		if (n <= below) {
			at.row += (long)n;
			return at;
		}
		if (at.i + 1 == l->count) {
			at.row += (long)below;
			return at;
		}
		n -= below + 1;
		at.i++;
		at.row = log_first_row(l, at.i);
	}
}

/* How many rows there are from top to bottom, at most `most`. */
static size_t
log_rows_between(
    struct log *l, struct log_at top, struct log_at bottom, size_t most)
{
	size_t n = 1;

	for (; n < most && log_order(top, bottom) < 0; n++)
		top = log_down(l, top, 1);
	return n;
}

/* --- the window ----------------------------------------------------------- */

static struct log_at
log_newest(struct log *l)
{
	return (struct log_at){l->count - 1, log_last_row(l, l->count - 1)};
}

static struct log_at
log_top_row(const struct log *l)
{
	return (struct log_at){0, log_first_row(l, 0)};
}

void
log_put(struct log *l, struct log_at bottom)
{
	uint64_t number = log_oldest(l) + bottom.i;

	l->away = log_order(bottom, log_newest(l)) < 0;
	if (!l->away || number > l->seen)
		l->seen = l->away ? number : l->last;
	if (number != l->bottom || bottom.row != l->bottom_row)
		l->kept = false;
	l->bottom = number;
	l->bottom_row = bottom.row;
}

/* The bottom row, or the nearest one if it is gone. */
static struct log_at
log_bottom(struct log *l)
{
	struct log_at at;

	if (!l->away)
		return log_newest(l);
	if (l->bottom < log_oldest(l))
		return log_top_row(l);
	at.i = log_index(l, l->bottom);
	at.row = l->bottom_row;
	if (at.row < log_first_row(l, at.i))
		at.row = log_first_row(l, at.i);
	if (at.row > log_last_row(l, at.i))
		at.row = log_last_row(l, at.i);
	return at;
}

struct log_at
log_settle(struct log *l, size_t height, struct log_at *top)
{
	struct log_at bottom = log_bottom(l), first = log_top_row(l);
	size_t rows;

	*top = log_up(l, bottom, height - 1);
	if (log_order(*top, first) == 0) {
		/* The window cannot begin higher, so it ends lower. */
		rows = log_rows_between(l, *top, bottom, height);
		bottom = log_down(l, bottom, height - rows);
	}
	log_put(l, bottom);
	return bottom;
}

void
log_width(struct log *l, size_t columns)
{
	struct log_at at;
	struct log_wrap *w;
	long texts;

	if (columns < TEXT_ROOM)
		columns = TEXT_ROOM;
	if (columns == l->columns)
		return;
	if (!l->away || l->count == 0) {
		log_unwrap_all(l);
		l->columns = columns;
		return;
	}
	at = log_bottom(l);
	w = log_wrap(l, at.i);
	texts = (long)w->text.n;
	if (!l->kept && at.row >= 0) {
		/* Kept until the window moves, so that going back to the old
		 * width shows the same rows. */
		l->kept = true;
		l->kept_why = at.row >= texts;
		l->kept_byte = l->kept_why ? w->why.at[at.row - texts]
					   : w->text.at[at.row];
	}
	log_unwrap_all(l);
	l->columns = columns;
	l->bottom = log_oldest(l) + at.i;
	l->bottom_row = l->kept ? log_row_of(l, at.i, l->kept_why, l->kept_byte)
				: at.row;
}

/* Whether the line has the word; *byte is its offset in the text or, with *why,
 * in the why. */
bool
log_line_has(
    const struct log_line *line, struct span word, bool *why, size_t *byte)
{
	struct span text = log_text(line), below = log_below_text(line);
	struct span who = span_str(line->who);

	*why = false;
	*byte = text_find(text, word, 0);
	if (*byte < text.n)
		return true;
	*byte = text_find(below, word, 0);
	*why = *byte < below.n;
	if (!*why)
		*byte = 0;
	return *why || text_find(who, word, 0) < who.n;
}

bool
log_matches(struct log *l, size_t i)
{
	struct log_wrap *w;
	size_t byte;
	bool why;

	if (!l->searching)
		return false;
	w = log_wrap(l, i);
	if (w->search != l->search) {
		w->search = l->search;
		w->matches = log_line_has(
		    &log_entry(l, i)->line, span_buf(&l->word), &why, &byte);
	}
	return w->matches;
}

static bool
log_same_sender(const struct log_line *a, const struct log_line *b)
{
	if (a->who == NULL || b->who == NULL)
		return a->who == b->who;
	return strcmp(a->who, b->who) == 0;
}

/* Whether line i continues the one before; a rule between the two ends that. */
static bool
log_continues(const struct log *l, size_t i)
{
	const struct log_line *a, *b;

	if (i == 0 || log_first_row(l, i) < 0)
		return false;
	a = &log_entry(l, i - 1)->line;
	b = &log_entry(l, i)->line;
	if (a->kind != b->kind || b->time < a->time ||
	    b->time - a->time > LOG_RUN)
		return false;
	if (b->kind == LOG_MINE)
		return a->sign == b->sign && a->encrypt == b->encrypt;
	return (b->kind == LOG_THEIRS || b->kind == LOG_REFUSED) &&
	    log_same_sender(a, b) && a->judged == b->judged &&
	    a->alarm == b->alarm && a->signature == b->signature &&
	    a->encryption == b->encryption && strcmp(a->signer, b->signer) == 0;
}

static void
log_fill(struct log *l, struct log_at at, struct log_row *row)
{
	const struct log_line *line = &log_entry(l, at.i)->line;
	struct log_wrap *w = log_wrap(l, at.i);
	size_t k = (size_t)at.row;

	*row = (struct log_row){.line = line};
	if (at.row < 0) {
		/* The DAY row stands above the UNREAD row. */
		row->kind = log_has_day(l, at.i) &&
			at.row == log_first_row(l, at.i)
		    ? ROW_DAY
		    : ROW_UNREAD;
		return;
	}
	row->chosen = line->number == l->chosen;
	row->found = log_matches(l, at.i);
	row->first = at.row == 0;
	row->continues = row->first && log_continues(l, at.i);
	if (k < w->text.n) {
		row->kind = ROW_TEXT;
		row->text = log_starts_row(
		    &w->text, log_text(line), k, l->columns);
	} else {
		row->kind = ROW_WHY;
		row->text = log_starts_row(
		    &w->why, log_below_text(line), k - w->text.n, l->columns);
	}
}

size_t
log_rows(struct log *l, size_t height, struct log_row *rows)
{
	struct log_at at, bottom;
	size_t n = 0;

	if (l->count == 0 || height == 0)
		return 0;
	bottom = log_settle(l, height, &at);
	for (;;) {
		log_fill(l, at, &rows[n++]);
		if (n == height || log_order(at, bottom) == 0)
			return n;
		at = log_down(l, at, 1);
	}
}

bool
log_scroll(struct log *l, long rows, size_t height)
{
	struct log_at top, bottom, to;

	if (l->count == 0 || rows == 0)
		return false;
	if (height == 0)
		height = 1;
	bottom = log_settle(l, height, &top);
	if (rows > 0) {
		/* The window moves as far up as its top can. */
		top = log_up(l, top, (size_t)rows);
		to = log_down(l, top, height - 1);
		if (log_order(to, bottom) > 0)
			to = bottom;
	} else {
		to = log_down(l, bottom, (size_t) - (rows + 1) + 1);
	}
	log_put(l, to);
	return log_order(to, bottom) != 0;
}

void
log_top(struct log *l, size_t height)
{
	if (l->count > 0)
		log_put(l,
		    log_down(l, log_top_row(l), height > 0 ? height - 1 : 0));
}

void
log_end(struct log *l)
{
	l->away = false;
	l->kept = false;
	l->seen = l->last;
}

bool
log_at_end(const struct log *l)
{
	return !l->away;
}

size_t
log_below(const struct log *l)
{
	return l->away ? (size_t)(l->last - l->seen) : 0;
}

size_t
log_lines_below(const struct log *l)
{
	return l->away ? (size_t)(l->last - l->bottom) : 0;
}
