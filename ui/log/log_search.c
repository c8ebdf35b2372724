/*
 * Moving the window to a line: one with the search word, or the chosen one.
 */
#include "ui/log/log_priv.h"

/* Moves the window as little as needed to show a row; with `middle`, a row that
 * was outside comes to its middle. */
static void
log_show(struct log *l, struct log_at at, size_t height, bool middle)
{
	struct log_at top, bottom = log_settle(l, height, &top);
	size_t half = (height - 1) / 2;

	if (log_order(at, top) < 0)
		log_put(l, log_down(l, at, middle ? half : height - 1));
	else if (log_order(at, bottom) > 0)
		log_put(l, middle ? log_down(l, at, half) : at);
}

/* --- search --------------------------------------------------------------- */

/* The first line to search. False: there is none. */
static bool
log_search_from(struct log *l, bool older, size_t height, size_t *i)
{
	struct log_at top;

	if (l->found != 0) {
		*i = log_index(l, l->found);
		if (older ? *i == 0 : *i + 1 == l->count)
			return false;
		*i = older ? *i - 1 : *i + 1;
		return true;
	}
	*i = log_settle(l, height, &top).i;
	if (older)
		return true;
	return ++*i < l->count;
}

bool
log_search(struct log *l, struct span word, bool older, size_t height)
{
	struct log_at at;
	size_t i, byte;
	bool why;

	if (height == 0)
		height = 1;
	if (word.n > 0 &&
	    (!l->searching || !span_eq(word, span_buf(&l->word)))) {
		struct buf copy = {0};

		buf_addspan(&copy, word);
		buf_wipe(&l->word);
		l->word = copy;
		l->search++;
		l->found = 0;
	}
	if (l->word.n == 0)
		return false;
	l->searching = true;
	if (l->count == 0 || !log_search_from(l, older, height, &i))
		return false;
	for (;; i = older ? i - 1 : i + 1) {
		if (log_line_has(&log_entry(l, i)->line, span_buf(&l->word),
			&why, &byte))
			break;
		if (older ? i == 0 : i + 1 == l->count)
			return false;
	}
	l->found = log_oldest(l) + i;
	at.i = i;
	at.row = log_row_of(l, i, why, byte);
	log_show(l, at, height, true);
	return true;
}

void
log_search_end(struct log *l)
{
	l->searching = false;
	l->found = 0;
}

/* --- the chosen line ------------------------------------------------------ */

static bool
log_is_message(const struct log_line *line)
{
	return line->kind == LOG_THEIRS || line->kind == LOG_MINE ||
	    line->kind == LOG_REFUSED;
}

const struct log_line *
log_choose(struct log *l, bool older, size_t height)
{
	struct log_at at, top;
	size_t i;

	if (l->count == 0)
		return NULL;
	if (height == 0)
		height = 1;
	if (l->chosen != 0) {
		i = log_index(l, l->chosen);
		if (older ? i == 0 : i + 1 == l->count)
			return NULL;
		i = older ? i - 1 : i + 1;
	} else {
		/* The newest message in the window, whatever the direction. */
		i = log_settle(l, height, &top).i;
		older = true;
	}
	while (!log_is_message(&log_entry(l, i)->line)) {
		if (older ? i == 0 : i + 1 == l->count)
			return NULL;
		i = older ? i - 1 : i + 1;
	}
	l->chosen = log_oldest(l) + i;
	/* Shows all of it, or its beginning. */
	at.i = i;
	at.row = log_row_of(l, i, true, SIZE_MAX);
	log_show(l, at, height, false);
	at.row = 0;
	log_show(l, at, height, false);
	return log_chosen(l);
}

const struct log_line *
log_chosen(const struct log *l)
{
	return l->chosen != 0 ? &log_entry(l, log_index(l, l->chosen))->line
			      : NULL;
}

void
log_choose_row(struct log *l, const struct log_line *line)
{
	l->chosen = line != NULL ? line->number : 0;
}

void
log_choose_none(struct log *l)
{
	l->chosen = 0;
}
