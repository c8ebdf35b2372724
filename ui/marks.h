/*
 * The marks of messages: one cell for the verdict of what came, or for how far
 * one of mine got, and one for encryption. A word says the same, under a message
 * where it alarms and in its full verdict.
 */
#ifndef SIGNET_UI_MARKS_H
#define SIGNET_UI_MARKS_H

#include "ui/log/log.h"
#include "ui/screen/screen.h"

enum mark {
	MARK_BLANK, /* of the client's own lines */
	MARK_GOOD,
	MARK_ALARM, /* a refused message, one not signed unlike before, .. */
	MARK_UNKNOWN,
	MARK_NONE, /* not signed */
	/* of mine */
	MARK_WAITING,
	MARK_SENT,
	MARK_ACCEPTED,
	MARK_DELIVERED,
	MARK_DISPLAYED,
	MARK_FAILED,
	MARK_ENCRYPTED,
	MARKS
};

/* The verdict or state of a line: its word, such as "good" or "delivered", its
 * mark, and the style of both. */
struct mark_of {
	const char *word;
	enum mark mark;
	enum style style;
};
struct mark_of marks_of(const struct log_line *line);
/* Whether the word stands under the message. */
bool marks_alarm(const struct log_line *line);
/* Whether it was encrypted, as far as that is known. */
bool marks_encrypted(const struct log_line *line);
/* The mark, of one column; ASCII where the terminal draws no other ones. */
const char *marks_sign(enum mark mark);
/* Appends the marks and what they mean, in rows. */
void marks_help(struct buf *out);

#endif
