/*
 * The log of a conversation: its lines, and the window over them. A pure
 * structure; drawing the window costs the same however long the log is.
 */
#ifndef SIGNET_UI_LOG_LOG_H
#define SIGNET_UI_LOG_LOG_H

#include <time.h>

#include "keys/x509/verdict.h"
#include "src/base/bytes.h"

enum {
	LOG_LINES = 200000, /* newest lines that are kept */
	LOG_BYTES = 64 << 20 /* and bytes of all */
};

enum log_kind {
	LOG_THEIRS,
	LOG_MINE,
	LOG_REFUSED, /* text is the reason, never what they wrote */
	LOG_NOTE, /* a line of the client */
	LOG_LOUD /* one that matters */
};

enum log_state {
	LOG_WAITING,
	LOG_SENT,
	LOG_ACCEPTED, /* a server keeps it for them */
	LOG_DELIVERED,
	LOG_DISPLAYED,
	LOG_FAILED
};

struct log_line {
	enum log_kind kind;
	time_t time;
	uint64_t number; /* set by log_add: each one more than the last */
	uint64_t row; /* in the history; 0: in none, or not known */
	bool old; /* it was said in an earlier run */
	/* THEIRS, REFUSED */
	enum verdict_signature signature;
	enum verdict_encryption encryption;
	bool judged; /* both are set */
	bool alarm; /* THEIRS: not signed, though they sign otherwise */
	char signer[9]; /* begins their certificate's fingerprint; "": none */
	/* MINE */
	enum log_state state;
	uint64_t sent; /* as ua_send gave it; 0: in an earlier run */
	bool sign, encrypt;
	char *who; /* the sender, escaped, one line; or NULL */
	char *text; /* escaped lines, LF between them */
	size_t text_len;
	char *why; /* the reason shown below the text, as text is; or NULL */
	char *details; /* the full verdict, escaped lines; or NULL */
	char *how; /* NOTE, LOUD: what to do about it, escaped lines; or NULL */
	char *raw; /* MINE: as typed, to send again; or NULL */
	size_t raw_len;
};

struct log;
struct log *log_new(void);
void log_free(struct log *l); /* wipes texts */
/* Keeps so many bytes at most from now on, instead of LOG_BYTES. */
void log_limit(struct log *l, size_t bytes);

/* Before the first line: leaves room for so many numbers, and so lines, in
 * front of it. */
void log_leave_front(struct log *l, uint64_t room);

/* Bytes kept now. */
size_t log_bytes(const struct log *l);

/* Takes over the (malloc'ed) strings of line and returns its number. Drops the
 * oldest lines where there is no room. */
uint64_t log_add(struct log *l, const struct log_line *line);
/* The same for a line that was said before all others. 0, with its strings
 * freed, where there is no room: nothing is dropped for it. */
uint64_t log_add_front(struct log *l, const struct log_line *line);
/* Drops the lines before that number; all lines. */
void log_drop_before(struct log *l, uint64_t number);
void log_clear(struct log *l);
/* The line with that number, or NULL when it was dropped; until then the
 * pointer stays valid. Its state may be changed; for why there is log_why. */
struct log_line *log_line(struct log *l, uint64_t number);
void log_why(struct log *l, uint64_t number, const char *why);
uint64_t log_first(
    const struct log *l); /* number of the oldest line, 0: none */
uint64_t log_last(const struct log *l); /* and of the newest */

/* --- looking -------------------------------------------------------------- */

/* One row of the screen. text is borrowed until the log changes. */
struct log_row {
	enum { ROW_DAY, ROW_UNREAD, ROW_TEXT, ROW_WHY } kind;
	const struct log_line *line; /* of a DAY: its first line */
	bool first; /* first row of its line, with time, verdict and name */
	/* First, and the line before is a message of the same sender, not long
	 * ago, with the same verdict, signer and encryption. */
	bool continues;
	struct span text;
	bool found; /* the line has the search word */
	bool chosen;
};

/* Sets the columns for text, and so how it is wrapped. */
void log_width(struct log *l, size_t columns);
/* Fills in the rows of a window of `height` rows, top first, and returns how
 * many there are. A DAY row stands before the first line of each local day, an
 * UNREAD row before the first unread line. */
size_t log_rows(struct log *l, size_t height, struct log_row *rows);
/* Moves the window by so many rows (positive: up), within the log. Returns
 * whether it moved. */
bool log_scroll(struct log *l, long rows, size_t height);
void log_top(struct log *l, size_t height);
void log_end(struct log *l);
/* Whether the window is at the end. There it follows new lines; elsewhere it
 * stays in place. */
bool log_at_end(const struct log *l);
/* How many lines were added below the window since it left the end. */
size_t log_below(const struct log *l);
/* How many lines there are below the one at the window's bottom. */
size_t log_lines_below(const struct log *l);

/* Unread lines begin with the next one added; log_read: nothing is unread. */
void log_mark_unread(struct log *l);
void log_read(struct log *l);

/* Searches who, text and why without case, towards older (or newer) lines,
 * from the line found before or, with a new word, from the window's bottom.
 * Moves the window to the place found. An empty word repeats the last one.
 * False, with nothing moved, when there is no match. Until log_search_end, the
 * rows of matching lines are `found`. */
bool log_search(struct log *l, struct span word, bool older, size_t height);
void log_search_end(struct log *l);

/* Chooses the next older (or newer) message or, where none is chosen, the
 * newest in the window, and moves the window to it. NULL, with the choice
 * unchanged, where there is none. */
const struct log_line *log_choose(struct log *l, bool older, size_t height);
const struct log_line *log_chosen(const struct log *l);
void log_choose_row(struct log *l, const struct log_line *line);
void log_choose_none(struct log *l);

#endif
