/*
 * A wire view's state. Private to ui/wire_items.c and ui/wire_view.c.
 */
#ifndef SIGNET_UI_WIRE_PRIV_H
#define SIGNET_UI_WIRE_PRIV_H

#include "ui/screen/pager.h"
#include "ui/wire_view.h"

/* One line, and what is unfolded below it. */
struct wire_item {
	uint64_t number; /* of its record */
	bool opened; /* it is the connection that the record was the first on */
	uint64_t flow;
	enum wire_fold fold;
	char *call_id; /* of the message; "" */
	struct buf line, more; /* marked lines; more: what is unfolded */
	size_t at, end; /* its bytes in the text */
	bool shown; /* the filter lets it through */
};

struct wire_view {
	struct pager *pager;
	char *title;
	struct wire_item *items; /* by number */
	size_t count, room;
	size_t chosen; /* an index; count where there is none */
	char *call_id; /* NULL: all are shown */
	int columns; /* that lines are cut to; 0: not known yet */
	/* The trace at the last update. */
	size_t seen_count;
	uint64_t seen_first, seen_last;
	struct wire_source source; /* during a key */
};

void wire_item_free(struct wire_item *item);
/* Returns the first item that is shown from i on, in steps of 1 or -1; count:
 * there is none. */
size_t wire_shown_from(const struct wire_view *w, size_t i, int step);
size_t wire_last_shown(const struct wire_view *w);
/* Shows only what has this Call-ID; NULL: all. The text is as it was. */
void wire_show(struct wire_view *w, const char *call_id);
/* Returns the item at the top of the window; *behind gets how many of its bytes
 * are above. */
size_t wire_top(const struct wire_view *w, size_t *behind);
/* Makes the text anew; the window begins where it did. */
void wire_recompose(struct wire_view *w);
/* Chooses an item, and brings it into the window. */
void wire_choose(struct wire_view *w, size_t i);

#endif
