#include "ui/trace_view.h"

#include <stdlib.h>
#include <string.h>

enum { TRACE_RECORDS = 4096 }; /* records at most */

struct trace_view {
	struct trace_record *ring; /* grows to TRACE_RECORDS */
	size_t first, count, room, bytes, most;
	uint64_t last; /* the number of the newest record */
};

struct trace_view *
trace_view_new(size_t bytes)
{
	struct trace_view *v = xcalloc(1, sizeof(*v));

	v->most = bytes;
	return v;
}

static struct trace_record *
trace_ring_at(const struct trace_view *v, size_t i)
{
	return &v->ring[(v->first + i) % v->room];
}

static void
trace_record_free(struct trace_record *r)
{
	free(r->peer);
	free(r->with);
	free(r->call_id);
	free(r->cseq);
	free(r->words);
	buf_free(&r->head);
	buf_free(&r->body);
}

static void
trace_drop_first(struct trace_view *v)
{
	struct trace_record *r = trace_ring_at(v, 0);

	v->bytes -= r->size;
	trace_record_free(r);
	v->first = (v->first + 1) % v->room;
	v->count--;
}

void
trace_view_free(struct trace_view *v)
{
	if (v == NULL)
		return;
	while (v->count > 0)
		trace_drop_first(v);
	free(v->ring);
	free(v);
}

/* Makes room for one more record. */
static void
trace_make_room(struct trace_view *v)
{
	size_t room = v->room == 0 ? 16 : v->room * 2;
	struct trace_record *ring;

	if (v->count < v->room)
		return;
	if (v->count >= TRACE_RECORDS) {
		trace_drop_first(v);
		return;
	}
	ring = xcalloc(room, sizeof(*ring));
	for (size_t i = 0; i < v->count; i++)
		ring[i] = *trace_ring_at(v, i);
	free(v->ring);
	v->ring = ring;
	v->room = room;
	v->first = 0;
}

/* Takes over r, which gets a number unless it has one of v. */
static void
trace_append(struct trace_view *v, struct trace_record *r)
{
	if (r->number == 0)
		r->number = ++v->last;
	trace_make_room(v);
	*trace_ring_at(v, v->count++) = *r;
	v->bytes += r->size;
	while (v->bytes > v->most && v->count > 1)
		trace_drop_first(v);
}

void
trace_view_add(struct trace_view *v, const struct ua_wire *record)
{
	struct trace_record r;

	/* Handshake records are left out; OPENED tells the result. */
	if (record->kind == UA_WIRE_TLS)
		return;
	r = (struct trace_record){.kind = record->kind,
	    .when = record->when,
	    .flow = record->flow,
	    .out = record->out,
	    .peer = xstrdup(record->peer),
	    .with = xstrdup(record->with),
	    .call_id = xstrdup(record->call_id),
	    .cseq = xstrdup(record->cseq),
	    .words = xstrdup(record->words == NULL ? "" : record->words)};
	buf_addspan(&r.head, record->head);
	buf_addspan(&r.body, record->body);
	r.size = sizeof(r) + r.head.n + r.body.n + strlen(r.words) +
	    strlen(r.call_id);
	trace_append(v, &r);
}

void
trace_view_move(
    struct trace_view *to, struct trace_view *from, const char *with)
{
	size_t count = from->count;

	for (size_t i = 0; i < count; i++) {
		struct trace_record r = *trace_ring_at(from, 0);

		from->first = (from->first + 1) % from->room;
		from->count--;
		from->bytes -= r.size;
		if (strcmp(r.with, with) == 0) {
			r.number = 0;
			trace_append(to, &r);
		} else
			trace_append(from, &r);
	}
}

size_t
trace_view_count(const struct trace_view *v)
{
	return v == NULL ? 0 : v->count;
}

const struct trace_record *
trace_view_at(const struct trace_view *v, size_t i)
{
	return trace_ring_at(v, i);
}

bool
trace_record_answers(
    const struct trace_record *r, const struct trace_record *request)
{
	return r->kind == UA_WIRE_RESPONSE &&
	    request->kind == UA_WIRE_REQUEST && r->out != request->out &&
	    strcmp(r->call_id, request->call_id) == 0 &&
	    strcmp(r->cseq, request->cseq) == 0;
}

const struct trace_record *
trace_view_request(const struct trace_view *v, size_t answer)
{
	const struct trace_record *r = trace_ring_at(v, answer);

	for (size_t i = answer; i-- > 0;)
		if (trace_record_answers(r, trace_ring_at(v, i)))
			return trace_ring_at(v, i);
	return NULL;
}

const struct trace_record *
trace_view_opened(const struct trace_view *v, uint64_t flow)
{
	for (size_t i = 0; flow != 0 && i < trace_view_count(v); i++) {
		const struct trace_record *r = trace_ring_at(v, i);

		if (r->flow == flow && r->kind == UA_WIRE_OPENED)
			return r;
	}
	return NULL;
}
