#include "ui/trace_text.h"

#include <string.h>
#include <time.h>

#include "src/base/paint.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/show/ladder.h"

enum { TRACE_FLOWS = 64 }; /* connections whose TLS is printed only once */

static const char trace_indent[] = "  ";

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
		buf_adds(out, end > at ? trace_indent : "");
		text_escape(out, span_cut(lines, at, end), false);
		buf_adds(out, "\n");
	}
}

/* Appends the connection of r, unless it was printed before. */
static void
trace_add_flow(struct buf *out, const struct trace_view *connections,
    const struct trace_record *r, uint64_t said[TRACE_FLOWS], size_t *count)
{
	const struct trace_record *opened = trace_view_opened(
	    connections, r->flow);

	if (opened == NULL)
		return;
	for (size_t i = 0; i < *count; i++)
		if (said[i] == r->flow)
			return;
	if (*count < TRACE_FLOWS)
		said[(*count)++] = r->flow;
	buf_adds(out, "== ");
	trace_add_time(out, opened->when);
	buf_adds(out, "  connection with ");
	trace_add_escaped(out, opened->peer, false);
	buf_adds(out, "\n");
	trace_add_indented(out, span_str(opened->words));
	buf_adds(out, "\n");
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

void
trace_text_all(struct buf *out, const struct trace_view *v,
    const struct trace_view *connections, const char *call_id)
{
	uint64_t said[TRACE_FLOWS];
	size_t count = 0, n = trace_view_count(v);

	for (size_t i = 0; i < n; i++) {
		const struct trace_record *r = trace_view_at(v, i);

		if (call_id != NULL && strcmp(r->call_id, call_id) != 0)
			continue;
		if (r->kind == UA_WIRE_RESPONSE &&
		    trace_view_request(v, i) != NULL)
			continue;
		if (r->kind != UA_WIRE_REQUEST && r->kind != UA_WIRE_RESPONSE) {
			trace_add_step(out, r);
			continue;
		}
		trace_add_flow(out, connections, r, said, &count);
		trace_add_message(out, r, r->out ? "->" : "<-", NULL);
		/* Its responses. */
		for (size_t k = i + 1; r->kind == UA_WIRE_REQUEST && k < n; k++)
			if (trace_record_answers(trace_view_at(v, k), r))
				trace_add_message(out, trace_view_at(v, k),
				    r->out ? "<-" : "->", r);
	}
}

/* --- a record ------------------------------------------------------------- */

/* Appends a line of what is no message: the first of its words. */
static void
trace_line_of_words(
    struct buf *out, const struct trace_record *r, const char *what)
{
	struct span words = span_str(r->words);

	paint_mark(out, PAINT_NOTE);
	trace_add_time(out, r->when);
	buf_addf(out, " == %s", what);
	trace_add_escaped(out, r->peer, false);
	buf_adds(out, "  ");
	text_escape(out, span_line(&words), false);
	buf_adds(out, "\n");
}

void
trace_text_opened(struct buf *out, const struct trace_record *opened)
{
	trace_line_of_words(out, opened, "connection with ");
}

void
trace_text_line(struct buf *out, const struct trace_view *v, size_t i)
{
	const struct trace_record *r = trace_view_at(v, i), *request;
	struct ladder_step step = {.when = r->when,
	    .head = span_buf(&r->head),
	    .body = span_buf(&r->body)};

	switch (r->kind) {
	case UA_WIRE_REQUEST:
	case UA_WIRE_RESPONSE:
		request = trace_view_request(v, i);
		step.has_request = request != NULL;
		step.requested = request != NULL ? request->when : 0;
		ladder_line(out, &step);
		break;
	case UA_WIRE_OPENED:
		trace_text_opened(out, r);
		break;
	case UA_WIRE_LOST:
		trace_line_of_words(out, r, "end of ");
		break;
	case UA_WIRE_STEP:
	case UA_WIRE_TLS: /* is not kept */
		trace_line_of_words(out, r, "DNS");
		break;
	}
}

void
trace_text_more(
    struct buf *out, const struct trace_record *r, enum pretty_depth depth)
{
	struct pretty_how how = {.depth = depth, .marks = true};
	struct buf lines = {0};

	if (r->kind != UA_WIRE_REQUEST && r->kind != UA_WIRE_RESPONSE) {
		trace_add_indented(out, span_str(r->words));
		return;
	}
	paint_mark(out, PAINT_NOTE);
	buf_adds(out, r->out ? "== sent to " : "== came from ");
	trace_add_escaped(out, r->peer, false);
	buf_adds(out, "\n");
	trace_add_indented(out, span_str(r->words));
	pretty_message_as(&lines, span_buf(&r->head), span_buf(&r->body), &how);
	paint_indent(out, span_buf(&lines), trace_indent);
	buf_free(&lines);
}
