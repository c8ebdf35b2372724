/*
 * Logs for the tests of ui/log, and a window over one as a string.
 */
#ifndef SIGNET_TESTS_UNIT_UI_LOG_LOG_MAKE_H
#define SIGNET_TESTS_UNIT_UI_LOG_LOG_MAKE_H

#include "tests/unit/src/sip/sip_test.h"

#include <limits.h>
#include <time.h>

#include "ui/log/log.h"

enum { NOON = 1700000000 /* 2023-11-14 22:13:20 UTC */, ROWS = 100 };

static struct log_line
make(enum log_kind kind, time_t when, const char *text)
{
	return (struct log_line){.kind = kind,
	    .time = when,
	    .text = xstrdup(text),
	    .text_len = strlen(text)};
}

static inline uint64_t
add(struct log *l, const char *text)
{
	struct log_line line = make(LOG_THEIRS, NOON, text);

	return log_add(l, &line);
}

static inline uint64_t
add_number(struct log *l, unsigned i)
{
	char text[32];

	snprintf(text, sizeof(text), "line %u", i);
	return add(l, text);
}

static inline struct log *
numbered(unsigned count)
{
	struct log *l = log_new();
	unsigned i;

	log_width(l, 20);
	for (i = 1; i <= count; i++)
		add_number(l, i);
	return l;
}

/* A window in one string, a '/' after each row: a row that is first of its
 * line has '>' before it, one of why '?', found ones '*', chosen ones '!'. */
static inline const char *
window(struct log *l, size_t height)
{
	static char out[65536];
	struct log_row rows[ROWS];
	size_t n = log_rows(l, height, rows), i, at = 0;

	assert_true(n <= height);
	out[0] = '\0';
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, sizeof(out) - at,
		    "%s%s%s%s%.*s/", rows[i].first ? ">" : "",
		    rows[i].found ? "*" : "", rows[i].chosen ? "!" : "",
		    rows[i].kind == ROW_DAY          ? "DAY"
			: rows[i].kind == ROW_UNREAD ? "UNREAD"
			: rows[i].kind == ROW_WHY    ? "?"
						     : "",
		    (int)rows[i].text.n,
		    rows[i].text.n > 0 ? (const char *)rows[i].text.p : "");
	return out;
}

#define assert_window(l, height, want) \
	assert_string_equal(window((l), (height)), (want))

static inline void
zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

/* How many lines the log has kept. */
static inline size_t
kept(struct log *l)
{
	size_t n = 0;

	for (uint64_t i = 1; i <= log_last(l); i++)
		n += log_line(l, i) != NULL;
	return n;
}

#endif
