#include "ui/wire.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/text.h"
#include "src/show/pretty_message.h"

enum {
	WIRES_COUNT = 4096, /* records at most */
	WIRES_FLOWS = 64 /* connections that are told apart in one text */
};

/* A record, its strings in one block. */
struct wire {
	enum ua_wire_kind kind;
	uint64_t when, flow;
	bool out;
	char *peer, *with, *call_id, *cseq, *words;
	struct buf head, body;
	size_t size;
};

struct wires {
	struct wire *ring; /* grows to WIRES_COUNT */
	size_t first, count, room, bytes, most;
};

struct wires *
wires_new(size_t bytes)
{
	struct wires *w = xcalloc(1, sizeof(*w));

	w->most = bytes;
	return w;
}

static struct wire *
wire_at(const struct wires *w, size_t i)
{
	return &w->ring[(w->first + i) % w->room];
}

static void
wire_free(struct wire *r)
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
drop_first(struct wires *w)
{
	struct wire *r = wire_at(w, 0);

	w->bytes -= r->size;
	wire_free(r);
	w->first = (w->first + 1) % w->room;
	w->count--;
}

void
wires_free(struct wires *w)
{
	if (w == NULL)
		return;
	while (w->count > 0)
		drop_first(w);
	free(w->ring);
	free(w);
}

/* Makes room for one more: the ring is as large as it has to be. */
static void
grow(struct wires *w)
{
	size_t room = w->room == 0 ? 16 : w->room * 2;
	struct wire *ring;

	if (w->count < w->room)
		return;
	if (w->count >= WIRES_COUNT) {
		drop_first(w);
		return;
	}
	ring = xcalloc(room, sizeof(*ring));
	for (size_t i = 0; i < w->count; i++)
		ring[i] = *wire_at(w, i);
	free(w->ring);
	w->ring = ring;
	w->room = room;
	w->first = 0;
}

/* Takes over r. */
static void
put(struct wires *w, const struct wire *r)
{
	grow(w);
	*wire_at(w, w->count++) = *r;
	w->bytes += r->size;
	while (w->bytes > w->most && w->count > 1)
		drop_first(w);
}

void
wires_add(struct wires *w, const struct ua_wire *record)
{
	struct wire r;

	/* Of a handshake what came of it is enough. */
	if (record->kind == UA_WIRE_TLS)
		return;
	r = (struct wire){.kind = record->kind,
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
	put(w, &r);
}

void
wires_take(struct wires *to, struct wires *from, const char *with)
{
	size_t count = from->count;

	for (size_t i = 0; i < count; i++) {
		struct wire r = *wire_at(from, 0);

		from->first = (from->first + 1) % from->room;
		from->count--;
		from->bytes -= r.size;
		put(strcmp(r.with, with) == 0 ? to : from, &r);
	}
}

bool
wires_empty(const struct wires *w)
{
	return w == NULL || w->count == 0;
}

/* --- writing -------------------------------------------------------------------- */

static void
add_time(struct buf *out, uint64_t when)
{
	time_t seconds = (time_t)(when / 1000);
	char text[16] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%H:%M:%S", &tm);
	buf_addf(out, "%s.%03u", text, (unsigned)(when % 1000));
}

static void
add_safe(struct buf *out, const char *text, bool lines)
{
	text_harmless(out, span_str(text), lines);
}

/* What went over the wire begins in the third column: none of its lines can
 * pass for one of ours. */
static void
add_indented(struct buf *out, struct span lines)
{
	for (size_t at = 0, end; at < lines.n; at = end + 1) {
		end = span_find(lines, '\n', at);
		buf_adds(out, end > at ? "  " : "");
		text_harmless(out, span_cut(lines, at, end), false);
		buf_adds(out, "\n");
	}
}

/* What the connection of r is, unless it was said before. */
static void
add_flow(struct buf *out, const struct wires *connections, const struct wire *r,
    uint64_t said[WIRES_FLOWS], size_t *count)
{
	if (r->flow == 0 || connections == NULL)
		return;
	for (size_t i = 0; i < *count; i++)
		if (said[i] == r->flow)
			return;
	if (*count < WIRES_FLOWS)
		said[(*count)++] = r->flow;
	for (size_t i = 0; i < connections->count; i++) {
		const struct wire *c = wire_at(connections, i);

		if (c->flow != r->flow || c->kind != UA_WIRE_OPENED)
			continue;
		buf_adds(out, "== ");
		add_time(out, c->when);
		buf_adds(out, "  connection with ");
		add_safe(out, c->peer, false);
		buf_adds(out, "\n");
		add_indented(out, span_str(c->words));
		buf_adds(out, "\n");
	}
}

static void
add_message(struct buf *out, const struct wire *r, const char *arrow,
    const struct wire *request)
{
	struct buf lines = {0};

	buf_addf(out, "%s ", arrow);
	add_time(out, r->when);
	buf_addf(out, "  %s ", r->out ? "to" : "from");
	add_safe(out, r->peer, false);
	if (request != NULL && r->when >= request->when)
		buf_addf(out, ", %llu ms after its request",
		    (unsigned long long)(r->when - request->when));
	buf_adds(out, "\n");
	pretty_message(&lines, span_buf(&r->head), span_buf(&r->body));
	add_indented(out, span_buf(&lines));
	buf_adds(out, "\n");
	buf_free(&lines);
}

static bool
is_answer(const struct wire *r, const struct wire *request)
{
	return r->kind == UA_WIRE_RESPONSE && r->out != request->out &&
	    strcmp(r->call_id, request->call_id) == 0 &&
	    strcmp(r->cseq, request->cseq) == 0;
}

static void
add_words(struct buf *out, const struct wire *r)
{
	buf_adds(out, "== ");
	add_time(out, r->when);
	if (r->peer[0] != '\0') {
		buf_adds(out, "  ");
		add_safe(out, r->peer, false);
	}
	buf_adds(out, r->kind == UA_WIRE_STEP ? "  DNS\n" : "\n");
	add_indented(out, span_str(r->words));
	buf_adds(out, "\n");
}

/* Whether the request of an answer is in w before it. */
static bool
is_told(const struct wires *w, size_t answer)
{
	for (size_t i = 0; i < answer; i++)
		if (wire_at(w, i)->kind == UA_WIRE_REQUEST &&
		    is_answer(wire_at(w, answer), wire_at(w, i)))
			return true;
	return false;
}

size_t
wires_text(
    const struct wires *w, const struct wires *connections, struct buf *out)
{
	uint64_t said[WIRES_FLOWS];
	size_t count = 0, newest = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct wire *r = wire_at(w, i);

		if (r->kind == UA_WIRE_RESPONSE && is_told(w, i))
			continue;
		if (r->kind != UA_WIRE_REQUEST && r->kind != UA_WIRE_RESPONSE) {
			add_words(out, r);
			continue;
		}
		if (r->kind == UA_WIRE_REQUEST)
			newest = out->n;
		add_flow(out, connections, r, said, &count);
		add_message(out, r, r->out ? "->" : "<-", NULL);
		/* Its answers, up to the same request again. */
		for (size_t k = i + 1;
		     r->kind == UA_WIRE_REQUEST && k < w->count; k++)
			if (is_answer(wire_at(w, k), r))
				add_message(out, wire_at(w, k),
				    r->out ? "<-" : "->", r);
	}
	return newest;
}
