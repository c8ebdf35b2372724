/*
 * Prints a message that came, or one of the history: as lines for people, or as
 * a JSON object for programs.
 */
#ifndef SIGNET_SRC_SHOW_REPORT_H
#define SIGNET_SRC_SHOW_REPORT_H

#include "src/base/bytes.h"
#include "src/store/store.h"
#include "src/ua/ua.h"

/* Appends time, verdict and text. The lines of the verdict begin in the first
 * column; each row of the text begins with "| " and is wrapped at width
 * columns, so that no text can look like a verdict. */
void report_message(struct buf *out, const struct ua_message *m, size_t width);
/* Appends the verdict without time and text: a line, and a second one with the
 * reason of a refusal, or a note. */
void report_found(struct buf *out, const struct ua_message *m);

/* Appends one line of JSON, with the members common to listen and inspect. */
void report_message_json(struct buf *out, const struct ua_message *m);

/* The same of a message of the history. One of ours has ">" before its sender,
 * and its state in the place of a verdict. The JSON has three members more: id,
 * direction and state. */
void report_stored(
    struct buf *out, const struct store_message *m, size_t width);
void report_stored_json(struct buf *out, const struct store_message *m);

/* Returns the width in columns of the terminal on standard output, else 80. */
size_t report_width(void);

/* Writes b to standard output and empties it. EX_IOERR, also if a signal
 * interrupts a blocking write. */
int report_write(struct buf *b, struct err *e);

#endif
