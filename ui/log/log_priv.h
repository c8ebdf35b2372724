/*
 * Shared by the parts of the log: Each file calls those behind it: log_search.c
 * searches and chooses, log.c keeps the lines, log_rows.c wraps them into rows,
 * log_ring.c finds them.
 */
#ifndef SIGNET_UI_LOG_LOG_PRIV_H
#define SIGNET_UI_LOG_LOG_PRIV_H

#include "src/base/text.h"
#include "ui/log/log.h"

enum {
	LOG_RUN = 300, /* s after which a sender's name is shown again */
	LOG_WRAPS = 128, /* lines whose wrapping is cached, a power of 2 */
	LOG_STARTS = 4 << 20 /* rows of all cached lines, unless one
	                       * line alone has more */
};

struct log_entry {
	struct log_line line; /* first: a pointer to it is one to its entry */
	int day; /* differs for each local day */
	size_t bytes;
};

/* The offsets at which the rows of a text begin. */
struct log_starts {
	uint32_t *at;
	size_t n, cap;
};

/* The cached wrapping of a line. */
struct log_wrap {
	uint64_t number; /* 0: empty */
	struct log_starts text, why;
	uint64_t search; /* the search that matches belongs to */
	bool matches;
};

/* A row of the log: from 0 on those of the text, then those of why; the day and
 * unread rows above are negative. */
struct log_at {
	size_t i; /* the line, counted from the oldest */
	long row;
};

struct log {
	struct log_entry **ring;
	size_t cap, head, count, bytes, most;
	uint64_t last; /* the newest line's number */

	size_t columns;
	struct log_wrap wraps[LOG_WRAPS];
	size_t starts; /* in all of them */

	/* The window's bottom row, when away from the end. */
	bool away;
	uint64_t bottom;
	long bottom_row;
	uint64_t seen; /* the newest line that the window has shown */
	/* The offset of the bottom row before the columns changed. */
	bool kept, kept_why;
	size_t kept_byte;

	uint64_t unread; /* the first unread line, 0: none */
	uint64_t chosen;

	struct buf word; /* searched for */
	bool searching;
	uint64_t search; /* counts the search words */
	uint64_t found; /* the line found last, 0: none */
};

struct log_entry *log_entry(const struct log *l, size_t i);
uint64_t log_oldest(const struct log *l); /* 0: none */
size_t log_index(const struct log *l, uint64_t number); /* which must exist */
/* The text and the why of a line, without a final LF. */
struct span log_text(const struct log_line *line);
struct span log_below_text(const struct log_line *line);

struct log_wrap *log_wrap(struct log *l, size_t i);
void log_unwrap(struct log *l, uint64_t number);
void log_unwrap_all(struct log *l);

/* Negative if a stands above b, 0 if they are the same, else positive. */
int log_order(struct log_at a, struct log_at b);
/* The row n rows further down, or the last row. */
struct log_at log_down(struct log *l, struct log_at at, size_t n);
/* The bottom row of the window for that height, and its top. The log must not
 * be empty. */
struct log_at log_settle(struct log *l, size_t height, struct log_at *top);
/* Moves the window's bottom to a row. */
void log_put(struct log *l, struct log_at bottom);
/* The row with that byte of the text, or of why. */
long log_row_of(struct log *l, size_t i, bool why, size_t byte);
/* Whether a line has a word; where it is: the byte of the text or, with *why,
 * of the why. */
bool log_line_has(
    const struct log_line *line, struct span word, bool *why, size_t *byte);
/* Whether line i has the search word. */
bool log_matches(struct log *l, size_t i);

#endif
