/*
 * What a conversation holds: its lines, and the part of them that one looks
 * at. A pure structure; what it costs to look does not depend on how much
 * there is.
 */
#ifndef SIGNET_UI_LOG_LOG_H
#define SIGNET_UI_LOG_LOG_H

#include <time.h>

#include "keys/x509/verdict.h"
#include "src/base/bytes.h"

enum {
	LOG_LINES = 200000, /* lines that are kept, the newest */
	LOG_BYTES = 64 << 20 /* and bytes of them */
};

enum log_kind {
	LOG_THEIRS,
	LOG_MINE,
	LOG_REFUSED, /* text is why; never what they wrote */
	LOG_NOTE, /* the client says something */
	LOG_LOUD /* and it matters */
};

enum log_state { LOG_WAITING, LOG_SENT, LOG_DELIVERED, LOG_FAILED };

struct log_line {
	enum log_kind kind;
	time_t time;
	uint64_t number; /* by log_add: grows by one each */
	/* THEIRS, REFUSED */
	enum verdict_signature signature;
	enum verdict_encryption encryption;
	bool judged; /* both of them are set */
	/* MINE */
	enum log_state state;
	bool sign, encrypt;
	char *who; /* NULL, or from whom: harmless, one line */
	char *text; /* harmless, lines with LF between */
	size_t text_len;
	char *why; /* what to know of it, below the text: harmless; or NULL */
	char *details; /* the full verdict, lines; or NULL */
	char *raw; /* MINE: as it was typed, to send again; or NULL */
	size_t raw_len;
};

struct log;
struct log *log_new(void);
void log_free(struct log *l); /* wipes texts */
/* Keeps no more than so many bytes from here on, instead of LOG_BYTES. */
void log_limit(struct log *l, size_t bytes);

/* Bytes that it keeps. */
size_t log_bytes(const struct log *l);

/* Takes over the strings of line (malloc'ed) and returns its number. The
 * oldest go where there is no room. */
uint64_t log_add(struct log *l, const struct log_line *line);
/* By number; NULL when it is gone, until when it stays where it is. What is
 * changed in it (state; log_why for why) is seen at the next log_rows. */
struct log_line *log_line(struct log *l, uint64_t number);
void log_why(struct log *l, uint64_t number, const char *why);
uint64_t log_last(const struct log *l); /* the newest line's number, 0: none */

/* --- looking -------------------------------------------------------------- */

/* One row of the screen. text is borrowed until the log changes. */
struct log_row {
	enum { ROW_DAY, ROW_UNREAD, ROW_TEXT, ROW_WHY } kind;
	const struct log_line *line; /* of a DAY: the first of it */
	bool first; /* of its line: time, verdict and name stand here */
	struct span text;
	bool found; /* the line has what is searched for */
	bool chosen;
};

/* The columns that text has; how it is wrapped changes with it. */
void log_width(struct log *l, size_t columns);
/* Fills rows with what a window of `height` rows shows, the top one first, and
 * returns how many there are (fewer where there is not that much). A day's row
 * stands before the first line of each local day, and an unread row before the
 * first line that was not read. */
size_t log_rows(struct log *l, size_t height, struct log_row *rows);
/* Moves the window by so many rows, up is positive; no further than the top
 * row at its top, and than the end. Returns whether it moved. */
bool log_scroll(struct log *l, long rows, size_t height);
void log_top(struct log *l, size_t height);
void log_end(struct log *l);
/* Whether the window stands at the end, where it stays when lines are added;
 * elsewhere it stays where it is. */
bool log_at_end(const struct log *l);
/* Lines were added below the window since it left the end. */
size_t log_below(const struct log *l);

/* What was not read begins with the next line that is added; log_read: there
 * is nothing unread. */
void log_mark_unread(struct log *l);
void log_read(struct log *l);

/* Searches what is shown (who, text, why) without case, older first (or newer),
 * from the line found before or, with another word, the window's bottom; moves
 * the window so that the place found is in it. An empty word: the one before.
 * False when there is none, and then nothing moves. Until log_search_end, rows
 * of lines that have the word are `found`. */
bool log_search(struct log *l, struct span word, bool older, size_t height);
void log_search_end(struct log *l);

/* The chosen line (whose verdict one asks for): moves to the next older (or
 * newer) message, or chooses the newest in the window where none was, and moves
 * the window so that it is in it. NULL where there is none: then what was
 * chosen stays. log_choose_none: nothing is chosen. */
const struct log_line *log_choose(struct log *l, bool older, size_t height);
const struct log_line *log_chosen(const struct log *l);
void log_choose_row(struct log *l, const struct log_line *line);
void log_choose_none(struct log *l);

#endif
