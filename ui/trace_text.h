/*
 * The records of a trace as lines. Those of signet begin in the first column,
 * all that came over the wire in the third, so that none of these can be
 * mistaken for one of those.
 */
#ifndef SIGNET_UI_TRACE_TEXT_H
#define SIGNET_UI_TRACE_TEXT_H

#include "src/show/pretty_message.h"
#include "ui/trace_view.h"

/* Appends the i-th record of v as one line, marked (src/base/paint.h): a
 * message as ladder_line has it. */
void trace_text_line(struct buf *out, const struct trace_view *v, size_t i);
/* Appends the opening of a connection as one line. */
void trace_text_opened(struct buf *out, const struct trace_record *opened);
/* Appends what such a line leaves out, marked: of a message as much as depth
 * says. */
void trace_text_more(
    struct buf *out, const struct trace_record *r, enum pretty_depth depth);

/* Appends all of v, without marks: each request with its answers below. The TLS
 * and certificate of a connection, which are looked up in connections (or
 * NULL), stand before the first message that it carried. call_id: only what has
 * it; NULL: all. */
void trace_text_all(struct buf *out, const struct trace_view *v,
    const struct trace_view *connections, const char *call_id);

#endif
