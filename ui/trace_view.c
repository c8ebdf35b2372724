#include "ui/trace_view.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/show/pretty_message.h"

enum {
	TRACE_RECORDS = 4096, /* records at most */
	TRACE_FLOWS = 64 /* connections whose TLS is printed only once */
};

/* A record, with its own copies of all strings. */
struct trace_record {
	enum ua_wire_kind kind;
	uint64_t when, flow;
	bool out;
	char *peer, *with, *call_id, *cseq, *words;
	struct buf head, body;
	size_t size;
};

struct trace_view {
	struct trace_record *ring; /* grows to WIRES_COUNT */
	size_t first, count, room, bytes, most;
};

struct trace_view *
trace_view_new(size_t bytes)
{
	struct trace_view *v = xcalloc(1, sizeof(*v));

	v->most = bytes;
	return v;
}

static struct trace_record *
trace_record_at(const struct trace_view *v, size_t i)
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
	struct trace_record *r = trace_record_at(v, 0);

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
		ring[i] = *trace_record_at(v, i);
	free(v->ring);
	v->ring = ring;
	v->room = room;
	v->first = 0;
}

/* Takes over r. */
static void
trace_append(struct trace_view *v, const struct trace_record *r)
{
	trace_make_room(v);
	*trace_record_at(v, v->count++) = *r;
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
		struct trace_record r = *trace_record_at(from, 0);

		from->first = (from->first + 1) % from->room;
		from->count--;
		from->bytes -= r.size;
		trace_append(strcmp(r.with, with) == 0 ? to : from, &r);
	}
}

bool
trace_view_empty(const struct trace_view *v)
{
	return v == NULL || v->count == 0;
}

/* --- printing ------------------------------------------------------------- */

static void
trace_add_time(struct buf *out, uint64_t when)
{
	char text[TIME_LOCAL];

	time_local(text, TIME_CLOCK_SECOND, (time_t)(when / 1000));
	buf_addf(out, "%s.%03u", text, (unsigned)(when % 1000));
}

static void
trace_add_escaped(struct buf *out, const char *text, bool lines)
{
	text_escape(out, span_str(text), lines);
}

/* Lines from the wire begin in the third column, so that none can be mistaken
 * for one of ours. */
static void
trace_add_indented(struct buf *out, struct span lines)
{
	for (size_t at = 0, end; at < lines.n; at = end + 1) {
		end = span_find(lines, '\n', at);
		buf_adds(out, end > at ? "  " : "");
		text_escape(out, span_cut(lines, at, end), false);
		buf_adds(out, "\n");
	}
}

/* Appends the connection of r, unless it was printed before. */
static void
trace_add_flow(struct buf *out, const struct trace_view *connections,
    const struct trace_record *r, uint64_t said[TRACE_FLOWS], size_t *count)
{
	if (r->flow == 0 || connections == NULL)
		return;
	for (size_t i = 0; i < *count; i++)
		if (said[i] == r->flow)
			return;
	if (*count < TRACE_FLOWS)
		said[(*count)++] = r->flow;
	for (size_t i = 0; i < connections->count; i++) {
		const struct trace_record *c = trace_record_at(connections, i);

		if (c->flow != r->flow || c->kind != UA_WIRE_OPENED)
			continue;
		buf_adds(out, "== ");
		trace_add_time(out, c->when);
		buf_adds(out, "  connection with ");
		trace_add_escaped(out, c->peer, false);
		buf_adds(out, "\n");
		trace_add_indented(out, span_str(c->words));
		buf_adds(out, "\n");
	}
}

static void
trace_add_message(struct buf *out, const struct trace_record *r,
    const char *arrow, const struct trace_record *request)
{
	struct buf lines = {0};

	buf_addf(out, "%s ", arrow);
	trace_add_time(out, r->when);
	buf_addf(out, "  %s ", r->out ? "to" : "from");
	trace_add_escaped(out, r->peer, false);
	if (request != NULL && r->when >= request->when)
		buf_addf(out, ", %llu ms after its request",
		    (unsigned long long)(r->when - request->when));
	buf_adds(out, "\n");
	if (r->words[0] != '\0')
		trace_add_indented(out, span_str(r->words));
	pretty_message(&lines, span_buf(&r->head), span_buf(&r->body));
	trace_add_indented(out, span_buf(&lines));
	buf_adds(out, "\n");
	buf_free(&lines);
}

static bool
trace_is_answer(
    const struct trace_record *r, const struct trace_record *request)
{
	return r->kind == UA_WIRE_RESPONSE && r->out != request->out &&
	    strcmp(r->call_id, request->call_id) == 0 &&
	    strcmp(r->cseq, request->cseq) == 0;
}

static void
trace_add_step(struct buf *out, const struct trace_record *r)
{
	buf_adds(out, "== ");
	trace_add_time(out, r->when);
	if (r->peer[0] != '\0') {
		buf_adds(out, "  ");
		trace_add_escaped(out, r->peer, false);
	}
	buf_adds(out, r->kind == UA_WIRE_STEP ? "  DNS\n" : "\n");
	trace_add_indented(out, span_str(r->words));
	buf_adds(out, "\n");
}

/* Whether the request of a response stands before it in v. */
static bool
trace_has_request(const struct trace_view *v, size_t answer)
{
	for (size_t i = 0; i < answer; i++)
		if (trace_record_at(v, i)->kind == UA_WIRE_REQUEST &&
		    trace_is_answer(
			trace_record_at(v, answer), trace_record_at(v, i)))
			return true;
	return false;
}

size_t
trace_view_text(const struct trace_view *v,
    const struct trace_view *connections, struct buf *out)
{
	uint64_t said[TRACE_FLOWS];
	size_t count = 0, newest = 0;

	for (size_t i = 0; i < v->count; i++) {
		const struct trace_record *r = trace_record_at(v, i);

		if (r->kind == UA_WIRE_RESPONSE && trace_has_request(v, i))
			continue;
		if (r->kind != UA_WIRE_REQUEST && r->kind != UA_WIRE_RESPONSE) {
			trace_add_step(out, r);
			continue;
		}
		if (r->kind == UA_WIRE_REQUEST)
			newest = out->n;
		trace_add_flow(out, connections, r, said, &count);
		trace_add_message(out, r, r->out ? "->" : "<-", NULL);
		/* Its responses. */
		for (size_t k = i + 1;
		     r->kind == UA_WIRE_REQUEST && k < v->count; k++)
			if (trace_is_answer(trace_record_at(v, k), r))
				trace_add_message(out, trace_record_at(v, k),
				    r->out ? "<-" : "->", r);
	}
	return newest;
}
