/*
 * Messages as lines of a log.
 */
#ifndef SIGNET_UI_LINES_H
#define SIGNET_UI_LINES_H

#include "src/ua/event.h"
#include "ui/log/log.h"

/* Returns text as escaped lines, for free, and its length. */
char *lines_escape(struct span s, size_t *n);
/* Wipes and frees the strings of a line that no log took. */
void lines_free(struct log_line *line);
/* What stands under a message, escaped: the word of its verdict or state where
 * that alarms, and the reason, which may be NULL. NULL: nothing; for free. */
char *lines_why(const struct log_line *line, const char *reason);
/* Fills in the line of a message; its strings are for log_add. */
void lines_of_message(const struct ua_message *m, struct log_line *line);

#endif
