/*
 * How a message is told: as lines for people, as one JSON object for
 * programs.
 */
#ifndef SIGNET_SRC_SHOW_REPORT_H
#define SIGNET_SRC_SHOW_REPORT_H

#include "src/base/bytes.h"
#include "src/ua/ua.h"

/* Lines that say the verdict begin in the first column, and every row of
 * text is led by "| " and wrapped at width columns: no text can look like a
 * verdict. */
void report_message(struct buf *out, const struct ua_message *m, size_t width);
/* What was found in a message, without when it came or what it says: a line,
 * and another with why it was refused, or what to know of it. */
void report_found(struct buf *out, const struct ua_message *m);

/* One line with the members that listen and inspect have in common. */
void report_message_json(struct buf *out, const struct ua_message *m);

/* The width of the terminal that standard output is, else 80. */
size_t report_width(void);

/* Writes b to standard output and empties it. EX_IOERR, also when a signal
 * came while nobody read. */
int report_write(struct buf *b, struct err *e);

#endif
