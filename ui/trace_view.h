/*
 * The wire of a conversation: what went and came, kept as it was and written
 * out for a person, requests paired with their answers.
 */
#ifndef SIGNET_UI_TRACE_VIEW_H
#define SIGNET_UI_TRACE_VIEW_H

#include "src/ua/ua.h"

struct trace_view;

/* Keeps the newest records, up to so many bytes of them. */
struct trace_view *trace_view_new(size_t bytes);
void trace_view_free(struct trace_view *v);
/* Records of a UA_WIRE_TLS are not kept. */
void trace_view_add(struct trace_view *v, const struct ua_wire *record);
/* Moves what is about somebody (user@host) from one to the other. */
void trace_view_move(
    struct trace_view *to, struct trace_view *from, const char *with);
bool trace_view_empty(const struct trace_view *v);

/* Appends all of v as lines, harmless to a terminal: each request with its
 * answers below, each connection's TLS and certificate, which are looked up in
 * connections (or NULL), before the first message that it carried. Returns
 * where in out the newest request begins. */
size_t trace_view_text(const struct trace_view *v,
    const struct trace_view *connections, struct buf *out);

#endif
