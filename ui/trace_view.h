/*
 * The records of a trace: what was sent and received, kept as bytes.
 */
#ifndef SIGNET_UI_TRACE_VIEW_H
#define SIGNET_UI_TRACE_VIEW_H

#include "src/ua/ua.h"

struct trace_view;

/* A record, with its own copies of all strings (see struct ua_wire). */
struct trace_record {
	uint64_t number; /* rises through a trace; never 0 */
	enum ua_wire_kind kind;
	uint64_t when, flow;
	bool out;
	char *peer, *with, *call_id, *cseq, *words;
	struct buf head, body;
	size_t size; /* bytes that it takes */
};

/* Keeps the newest records, up to so many bytes. */
struct trace_view *trace_view_new(size_t bytes);
void trace_view_free(struct trace_view *v);
/* Records of a UA_WIRE_TLS are not kept. */
void trace_view_add(struct trace_view *v, const struct ua_wire *record);
/* Moves the records about a peer (user@host) from one to the other, where they
 * get new numbers. */
void trace_view_move(
    struct trace_view *to, struct trace_view *from, const char *with);

/* Returns how many records there are; v may be NULL. */
size_t trace_view_count(const struct trace_view *v);
/* Returns the i-th, the oldest first; borrowed until v changes. */
const struct trace_record *trace_view_at(const struct trace_view *v, size_t i);
/* Returns whether r is a response to request. */
bool trace_record_answers(
    const struct trace_record *r, const struct trace_record *request);
/* Returns the request that the i-th record answers, if it is a response and v
 * has it; or NULL. */
const struct trace_record *trace_view_request(
    const struct trace_view *v, size_t i);
/* Returns the opening of a connection, or NULL; v may be NULL. */
const struct trace_record *trace_view_opened(
    const struct trace_view *v, uint64_t flow);

#endif
