/*
 * What the parts of the input line share: edit.c changes the text,
 * edit_undo.c takes changes back, edit_history.c knows what was entered,
 * edit_kills.c what was killed, and edit_do.c is what keys do.
 */
#ifndef SIGNET_UI_EDIT_EDIT_PRIV_H
#define SIGNET_UI_EDIT_EDIT_PRIV_H

#include "src/base/text.h"
#include "ui/edit/edit.h"

enum {
	EDIT_HISTORY = 500, /* lines entered that are kept */
	EDIT_HISTORY_BYTES = 16 << 20, /* and bytes of them */
	EDIT_STEPS = 1000, /* changes that can be taken back */
	EDIT_STEPS_LEAST = 100, /* that many, however large they are */
	EDIT_STEPS_BYTES = 16 << 20
};

/* A change that can be taken back: added bytes at `at` were `removed`. */
struct edit_step {
	size_t at, added;
	struct buf removed;
	size_t cursor; /* before it */
	size_t back; /* and the place in the history */
};

/* What the last act was, where the next one goes on with it. */
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
	enum edit_last last, was; /* was: before the act that is done now */
	uint64_t killed; /* the kills' count after our last one */
	size_t yank_from, yank_back;
	size_t goal; /* the column that EDIT_UP and EDIT_DOWN keep to */

	struct edit_step *steps;
	size_t step_count, step_bytes;

	struct buf *history; /* the oldest first */
	size_t history_count, history_bytes;
	size_t back; /* 0: at the draft; 1: at the newest of the history */
	struct buf draft;
};

/* Appends to a buf that may hold a secret: it grows without leaving a copy
 * behind. */
void edit_keep(struct buf *b, struct span s);

/* --- edit.c --------------------------------------------------------------- */

/* Replaces [from, to) by text, which is clean and none of e's own, as a step
 * that can be taken back, and puts the cursor after it. False: too long. */
bool edit_change(struct edit *e, size_t from, size_t to, struct span text);

/* --- edit_undo.c ---------------------------------------------------------- */

/* Before [from, to) is replaced by `added` bytes. */
void edit_note(struct edit *e, size_t from, size_t to, size_t added);
bool edit_undo(struct edit *e);
void edit_forget(struct edit *e); /* all of it */

/* --- edit_history.c ------------------------------------------------------- */

bool edit_older(struct edit *e);
bool edit_newer(struct edit *e);
/* What is edited is no longer what was recalled. */
void edit_leave_history(struct edit *e);
void edit_remember(struct edit *e); /* the text, as entered */
void edit_forget_history(struct edit *e);

/* --- edit_kills.c --------------------------------------------------------- */

/* Puts s into the ring or, with join, before (left) or after the newest. */
void edit_kills_put(struct edit_kills *k, struct span s, bool join, bool left);
uint64_t edit_kills_count(const struct edit_kills *k); /* ever put */
size_t edit_kills_held(const struct edit_kills *k);
/* What was killed `back` kills before the newest, round and round. Some are
 * held. */
struct span edit_kills_get(const struct edit_kills *k, size_t back);

#endif
