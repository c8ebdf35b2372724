/*
 * The wire view: the messages of a trace, a line each, which unfold step by
 * step. It lives: what comes while it is open appears at the next frame.
 */
#ifndef SIGNET_UI_WIRE_VIEW_H
#define SIGNET_UI_WIRE_VIEW_H

#include "ui/screen/screen.h"
#include "ui/trace_view.h"

/* How much of a message is shown. */
enum wire_fold {
	FOLD_LINE,
	FOLD_HEADERS, /* what is no message has all its words then */
	FOLD_MIME,
	FOLD_ASN1
};

/* What is shown: a trace, and where the openings of its connections are (the
 * same, or NULL). Both are borrowed for a call. */
struct wire_source {
	const struct trace_view *trace, *connections;
};

struct wire_view;

/* title is copied. Nothing is shown before wire_view_update. */
struct wire_view *wire_view_new(const char *title);
void wire_view_free(struct wire_view *w);

/* Takes what has come since, and drops what the trace has dropped. If the last
 * message is chosen and folded, the newest one is afterwards. */
void wire_view_update(struct wire_view *w, const struct wire_source *source);

enum wire_does {
	WIRE_STAYS,
	WIRE_REDRAWS,
	WIRE_COPIES, /* wire_view_chosen_text is to be copied */
	WIRE_CLOSES
};
/* Handles a key. */
enum wire_does wire_view_key(struct wire_view *w,
    const struct wire_source *source, const struct screen_key *key);
/* Appends what is shown of the chosen message, whole lines without marks. */
void wire_view_chosen_text(const struct wire_view *w, struct buf *out);
/* Shows a line at the foot until the next key. */
void wire_view_note(struct wire_view *w, const char *line);

/* Updates it and draws it into rows [y, y + height). */
void wire_view_draw(struct wire_view *w, const struct wire_source *source,
    struct screen *s, int y, int height);

/* --- for tests ------------------------------------------------------------ */

/* Returns which of the lines that are shown is chosen, from 1; 0: none. *count
 * gets how many there are. */
size_t wire_view_place(const struct wire_view *w, size_t *count);
enum wire_fold wire_view_fold(
    const struct wire_view *w); /* of the chosen one */
/* Returns all that is shown, marked; borrowed. */
struct span wire_view_text(const struct wire_view *w);

#endif
