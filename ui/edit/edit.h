/*
 * The input line: a pure structure and a list of acts that keys do to it. It
 * knows neither curses nor SIP.
 *
 * The text is UTF-8 of any number of lines. The cursor stands between
 * characters; combining marks belong to the character before them.
 */
#ifndef SIGNET_UI_EDIT_EDIT_H
#define SIGNET_UI_EDIT_EDIT_H

#include "src/base/bytes.h"

enum { EDIT_MAX = 1 << 20 }; /* bytes at most */

/* Killed text, which can be yanked into any line of the client. */
struct edit_kills;
struct edit_kills *edit_kills_new(void);
void edit_kills_free(struct edit_kills *k); /* wipes */

struct edit;

enum edit_act {
	EDIT_LEFT,
	EDIT_RIGHT,
	EDIT_WORD_LEFT,
	EDIT_WORD_RIGHT,
	EDIT_LINE_START, /* ^A: of the line with the cursor */
	EDIT_LINE_END,
	EDIT_START, /* of the whole text */
	EDIT_END,
	EDIT_UP, /* a line up or, from the first, back in the history */
	EDIT_DOWN,
	EDIT_OLDER, /* ^P: back in the history, from any line */
	EDIT_NEWER,
	EDIT_BACKSPACE,
	EDIT_DELETE,
	EDIT_KILL_WORD_LEFT, /* M-Backspace: letters and digits */
	EDIT_KILL_BLANK_LEFT, /* ^W: back to a blank */
	EDIT_KILL_WORD_RIGHT, /* M-d */
	EDIT_KILL_LINE_END, /* ^K; at the end of a line, the line end itself */
	EDIT_KILL_LINE_START, /* ^U */
	EDIT_YANK, /* ^Y */
	EDIT_YANK_POP, /* M-y after a yank: the kill before that one */
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

/* Does an act. False when there was nothing to do (a bell). */
bool edit_do(struct edit *e, enum edit_act act);
/* Inserts text before the cursor. CRLF and CR become LF; controls other than LF
 * and TAB, and bytes that are not UTF-8, are left out. False, with nothing
 * changed, when it does not fit. */
bool edit_insert(struct edit *e, struct span text);
/* Replaces the bytes [from, to), whole characters, by text, and puts the cursor
 * after it. False when it does not fit. */
bool edit_replace(struct edit *e, size_t from, size_t to, struct span text);
/* Replaces all of it, with the cursor at the end. */
void edit_set(struct edit *e, struct span text);

/* Borrowed until the next change. NUL-terminated. */
struct span edit_text(const struct edit *e);
size_t edit_cursor(const struct edit *e); /* in bytes */
/* Grows whenever the text or the cursor changed. */
uint64_t edit_changes(const struct edit *e);

/* Makes what is in the line a draft, to which edit_recall_end comes back, also
 * where it is an entry of the history that was changed. */
void edit_recall_begin(struct edit *e);
/* Shows the newest entry of the history that has word, compared without case: at
 * or before the one that is shown or, with older, before it. False, with
 * nothing changed, where there is none. */
bool edit_recall(struct edit *e, struct span word, bool older);
/* Shows the draft. */
void edit_recall_end(struct edit *e);

/* Adds the text to the history, unless it is empty or the same as the last
 * entry, and empties the line. At most 500 entries are kept. */
void edit_enter(struct edit *e);
/* Adds a line to the history in the same way; the text stays. */
void edit_remember_line(struct edit *e, struct span line);
/* Forgets all entries. */
void edit_forget_lines(struct edit *e);
/* Empties the line, and keeps its text nowhere: for a secret that was typed by
 * mistake. */
void edit_wipe(struct edit *e);
/* Empties the line without; the text can be yanked. */
void edit_clear(struct edit *e);

#endif
