/*
 * The input line: what was typed and not sent yet, as a pure structure with a
 * list of things that keys do to it. Knows neither curses nor SIP.
 *
 * Text is UTF-8 of any number of lines; the cursor stands between characters,
 * combining marks counted with the one before them.
 */
#ifndef SIGNET_UI_EDIT_EDIT_H
#define SIGNET_UI_EDIT_EDIT_H

#include "src/base/bytes.h"

enum { EDIT_MAX = 1 << 20 }; /* bytes that it takes */

/* What was killed, to be yanked into any line: of the whole client. */
struct edit_kills;
struct edit_kills *edit_kills_new(void);
void edit_kills_free(struct edit_kills *k); /* wipes */

struct edit;

enum edit_act {
	EDIT_LEFT,
	EDIT_RIGHT,
	EDIT_WORD_LEFT,
	EDIT_WORD_RIGHT,
	EDIT_LINE_START, /* ^A: of the line that the cursor is in */
	EDIT_LINE_END,
	EDIT_START, /* of all */
	EDIT_END,
	EDIT_UP, /* a line up or, from the first, back in the history */
	EDIT_DOWN,
	EDIT_OLDER, /* ^P: back in the history, from wherever */
	EDIT_NEWER,
	EDIT_BACKSPACE,
	EDIT_DELETE,
	EDIT_KILL_WORD_LEFT, /* M-Backspace: letters and digits */
	EDIT_KILL_BLANK_LEFT, /* ^W: to the blank before */
	EDIT_KILL_WORD_RIGHT, /* M-d */
	EDIT_KILL_LINE_END, /* ^K; at an end of a line, the line end */
	EDIT_KILL_LINE_START, /* ^U */
	EDIT_YANK, /* ^Y */
	EDIT_YANK_POP, /* M-y after a yank: what was killed before that */
	EDIT_TRANSPOSE,
	EDIT_UPPER, /* M-u, M-l, M-c: of the word at the cursor */
	EDIT_LOWER,
	EDIT_CAPITAL,
	EDIT_UNDO, /* ^_ */
	EDIT_ACTS
};

/* kills is borrowed for its life. For edit_free, which wipes. */
struct edit *edit_new(struct edit_kills *kills);
void edit_free(struct edit *e);

/* Does it. False when there was nothing to do (a bell). */
bool edit_do(struct edit *e, enum edit_act act);
/* Puts text before the cursor: CRLF and CR become LF, controls other than LF
 * and TAB and what is not UTF-8 are left out. False when it does not fit, and
 * then nothing changes. */
bool edit_insert(struct edit *e, struct span text);
/* Replaces the bytes [from, to), which lie on characters' ends, by text, and
 * puts the cursor after it: what a completion does. */
bool edit_replace(struct edit *e, size_t from, size_t to, struct span text);
/* All of it, as if typed: the cursor at its end. */
void edit_set(struct edit *e, struct span text);

/* Borrowed until the next change. Terminated. */
struct span edit_text(const struct edit *e);
size_t edit_cursor(const struct edit *e); /* in bytes */
/* Grows whenever the text or the cursor changed. */
uint64_t edit_changes(const struct edit *e);

/* What was entered goes into the history, unless it is empty or the same as
 * the last, and the line is empty. At most 500 are kept. */
void edit_enter(struct edit *e);
/* Empties it without; what was there can be yanked. */
void edit_clear(struct edit *e);

#endif
