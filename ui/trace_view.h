/*
 * The trace of a conversation: the SIP messages that were sent and received,
 * kept as bytes and printed with their structure, requests with their answers.
 */
#ifndef SIGNET_UI_TRACE_VIEW_H
#define SIGNET_UI_TRACE_VIEW_H

#include "src/ua/ua.h"

struct trace_view;

/* Keeps the newest records, up to so many bytes. */
struct trace_view *trace_view_new(size_t bytes);
void trace_view_free(struct trace_view *v);
/* Records of a UA_WIRE_TLS are not kept. */
void trace_view_add(struct trace_view *v, const struct ua_wire *record);
/* Moves the records about a peer (user@host) from one to the other. */
void trace_view_move(
    struct trace_view *to, struct trace_view *from, const char *with);
bool trace_view_empty(const struct trace_view *v);

/* Appends all of v as escaped lines: each request with its answers below. The
 * TLS and certificate of a connection, which are looked up in connections (or
 * NULL), stand before the first message that it carried. Returns the offset in
 * out of the newest request. */
size_t trace_view_text(const struct trace_view *v,
    const struct trace_view *connections, struct buf *out);

#endif
