/*
 * Shared by the parts of the input line: edit.c changes the text, edit_undo.c
 * undoes changes, edit_history.c keeps entered lines, edit_kills.c killed text,
 * and edit_do.c has the acts.
 */
#ifndef SIGNET_UI_EDIT_EDIT_PRIV_H
#define SIGNET_UI_EDIT_EDIT_PRIV_H

#include "src/base/text.h"
#include "ui/edit/edit.h"

enum {
	EDIT_HISTORY = 500, /* entries */
	EDIT_HISTORY_BYTES = 16 << 20, /* bytes of all entries */
	EDIT_STEPS = 1000, /* changes that can be undone */
	EDIT_STEPS_LEAST = 100, /* so many are kept however large they are */
	EDIT_STEPS_BYTES = 16 << 20
};

/* A change that can be undone: `added` bytes at `at` replaced `removed`. */
struct edit_step {
	size_t at, added;
	struct buf removed;
	size_t cursor; /* before the change */
	size_t back; /* and the history position */
};

/* The last act, as far as the next one may continue it. */
enum edit_last {
	LAST_OTHER,
	LAST_TYPED,
	LAST_KILL,
	LAST_YANK,
	LAST_UPDOWN,
	LAST_HISTORY
};

struct edit {
	struct edit_kills *kills;
	struct buf text;
	size_t cursor;
	uint64_t changes;
	enum edit_last last, was; /* was: last, before the current act */
	uint64_t killed; /* edit_kills_count after our last kill */
	size_t yank_from, yank_back;
	size_t goal; /* the column that EDIT_UP and EDIT_DOWN aim at */

	struct edit_step *steps;
	size_t step_count, step_bytes;

	struct buf *history; /* oldest first */
	size_t history_count, history_bytes;
	size_t back; /* 0: the draft; 1: the newest entry of the history */
	struct buf draft;
};

/* Each file calls those behind it: edit_do.c, edit.c, edit_history.c,
 * edit_change.c, edit_undo.c, edit_kills.c, edit_keep.c. */

/* --- edit_keep.c ---------------------------------------------------------- */

/* Appends to a buf that may hold a secret: growing leaves no copy in freed
 * memory. */
void edit_keep(struct buf *b, struct span s);
/* The text is a new draft, no longer an entry of the history. */
void edit_leave_history(struct edit *e);

/* --- edit_change.c -------------------------------------------------------- */

/* Replaces [from, to) by text, which is clean and not part of e, as a change
 * that can be undone, and puts the cursor after it. False: too long. */
bool edit_change(struct edit *e, size_t from, size_t to, struct span text);

/* --- edit_undo.c ---------------------------------------------------------- */

/* Call it before [from, to) is replaced by `added` bytes. */
void edit_note(struct edit *e, size_t from, size_t to, size_t added);
bool edit_undo(struct edit *e);
void edit_forget(struct edit *e); /* drops all changes */

/* --- edit_history.c ------------------------------------------------------- */

bool edit_older(struct edit *e);
bool edit_newer(struct edit *e);
void edit_remember(struct edit *e); /* adds the text as an entry */

/* --- edit_kills.c --------------------------------------------------------- */

/* Adds s to the ring or, with join, puts it before (left) or after the newest
 * text. */
void edit_kills_put(struct edit_kills *k, struct span s, bool join, bool left);
uint64_t edit_kills_count(const struct edit_kills *k); /* ever put */
size_t edit_kills_held(const struct edit_kills *k);
/* The text `back` kills before the newest, round and round. There must be
 * some. */
struct span edit_kills_get(const struct edit_kills *k, size_t back);

#endif
