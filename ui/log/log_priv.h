/*
 * What the parts of the log share: log.c keeps its lines, log_rows.c makes
 * rows of them, log_search.c goes to one.
 */
#ifndef SIGNET_UI_LOG_LOG_PRIV_H
#define SIGNET_UI_LOG_LOG_PRIV_H

#include "src/base/text.h"
#include "ui/log/log.h"

enum {
	LOG_WRAPS = 128, /* lines whose rows are known, a power of 2 */
	LOG_STARTS = 4 << 20 /* and how many rows all of them have, unless
	                       * one alone has more */
};

struct log_entry {
	struct log_line line; /* first: a line of ours is its entry */
	int day; /* any number that differs by local day */
	size_t bytes;
};

/* Where the rows of one text begin. */
struct log_starts {
	uint32_t *at;
	size_t n, cap;
};

/* How a line is wrapped. */
struct log_wrap {
	uint64_t number; /* 0: nothing here */
	struct log_starts text, why;
	uint64_t search; /* matches is of that search */
	bool matches;
};

/* A row: of the text from 0 on, then those of why; the day and unread rows
 * above are -1 and -2. */
struct log_at {
	size_t i; /* the line, from the oldest */
	long row;
};

struct log {
	struct log_entry **ring;
	size_t cap, head, count, bytes, most;
	uint64_t last; /* the newest line's number */

	size_t columns;
	struct log_wrap wraps[LOG_WRAPS];
	size_t starts; /* in all of them */

	/* The window's bottom row, when it is not at the end. */
	bool away;
	uint64_t bottom;
	long bottom_row;
	uint64_t seen; /* the newest line that was in the window */
	/* The byte that its bottom row was at before columns changed. */
	bool kept, kept_why;
	size_t kept_byte;

	uint64_t unread; /* the first one, 0: none */
	uint64_t chosen;

	struct buf word; /* that is searched for, when searching */
	bool searching;
	uint64_t search; /* how many words there were */
	uint64_t found; /* the line found last, 0: none */
};

struct log_entry *log_entry(const struct log *l, size_t i);
uint64_t log_oldest(const struct log *l); /* 0: there is none */
size_t log_index(const struct log *l, uint64_t number); /* which is there */
/* The text and the why of a line as they are wrapped. */
struct span log_text(const struct log_line *line);
struct span log_below_text(const struct log_line *line);

struct log_wrap *log_wrap(struct log *l, size_t i);
void log_unwrap(struct log *l, uint64_t number);
void log_unwrap_all(struct log *l);

/* Below, 0 or above: whether a stands above b. */
int log_order(struct log_at a, struct log_at b);
/* Where n rows further up or down is, or the first and last row. */
struct log_at log_down(struct log *l, struct log_at at, size_t n);
/* The bottom row of a window of that height, and its top. The log is not
 * empty. */
struct log_at log_settle(struct log *l, size_t height, struct log_at *top);
/* Puts the window's bottom there. */
void log_put(struct log *l, struct log_at bottom);
/* The row of the text, or of why, that the byte `byte` is in. */
long log_row_of(struct log *l, size_t i, bool why, size_t byte);
/* Whether what is searched for is in line i. */
bool log_matches(struct log *l, size_t i);

#endif
