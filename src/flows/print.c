/*
 * Prints a flow in the draft's form: an arrow diagram, the handshake as SSLDump
 * prints it, and the messages.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "keys/asn1/asn1_print.h"
#include "src/base/paint.h"
#include "src/base/text.h"
#include "src/flows/flows_priv.h"
#include "src/show/ladder.h"
#include "src/show/pretty_message.h"
#include "src/sip/sip.h"

enum {
	PRINT_WIDTH = 72, /* of a page of the draft, with its margin */
	PRINT_MARGIN = 3,
	PRINT_LEFT = 8, /* the column of the sender's line */
	PRINT_ARROW = 43 /* columns between the two lines */
};

static const char margin[] = "   ";

/* --- text that is the same in two runs ------------------------------------ */

/* Returns whether word stands right before the byte at of s. */
static bool
print_behind(struct span s, size_t at, const char *word)
{
	size_t n = strlen(word);

	return at >= n && memcmp(s.p + at - n, word, n) == 0;
}

/* Appends s with each port replaced by <port>: the system chooses another one
 * in each run. */
static void
print_add_portless(struct buf *out, struct span s)
{
	for (size_t at = 0; at < s.n;) {
		size_t end = at;

		if (print_behind(s, at, "127.0.0.1:") ||
		    print_behind(s, at, "rport="))
			while (end < s.n && isdigit(s.p[end]))
				end++;
		if (end > at) {
			buf_adds(out, "<port>");
			at = end;
		} else
			buf_add(out, &s.p[at++], 1);
	}
}

static bool
print_hides_ports(const struct flows *f, const struct flows_run *r)
{
	return f->seed != NULL && r->draft == NULL;
}

/* Appends our own text, wrapped. */
static void
print_add_text(const struct flows *f, struct buf *out, const char *text)
{
	struct buf b = {0};

	if (f->seed != NULL)
		print_add_portless(&b, span_str(text));
	else
		buf_adds(&b, text);
	text_rows(out, span_buf(&b), margin, PRINT_WIDTH);
	buf_free(&b);
}

/* --- the diagram ---------------------------------------------------------- */

static void
print_add_arrow(struct buf *out, const char *label, char from, char to)
{
	buf_addf(out, "%s     |  %-*s|\n", margin, PRINT_ARROW - 2, label);
	buf_addf(out, "%s     |%c", margin, from);
	for (int i = 0; i < PRINT_ARROW - 2; i++)
		buf_adds(out, "-");
	buf_addf(out, "%c|\n", to);
}

/* Labels the arrow "F1 MESSAGE" or "F2 200 OK": the start line without URI and
 * version. */
static void
print_add_message_arrow(
    struct buf *out, const struct flows_event *ev, unsigned number)
{
	struct sip_msg *m = sip_parse(
	    span_buf(&ev->head), span_buf(&ev->body), false);
	struct buf label = {0};

	buf_addf(&label, "F%u ", number);
	if (sip_is_request(m))
		text_escape(&label, sip_method(m), false);
	else {
		buf_addf(&label, "%d ", sip_status(m));
		text_escape(&label,
		    span_cut(sip_reason(m), 0, PRINT_ARROW - 12), false);
	}
	print_add_arrow(out, (const char *)label.p, ev->out ? '-' : '<',
	    ev->out ? '>' : '-');
	buf_free(&label);
	sip_free(m);
}

/* Returns whether a message follows the event i. */
static bool
print_goes_on(const struct flows_run *r, size_t i)
{
	for (i++; i < r->count; i++)
		if (r->events[i].kind == FLOWS_REQUEST ||
		    r->events[i].kind == FLOWS_RESPONSE)
			return true;
	return false;
}

static const char *
print_peer_name(const struct flows *f)
{
	return f->peer != NULL ? f->them.key : "kumiko";
}

/* Appends two names, each centred above its line. */
static void
print_add_names(struct buf *out, const char *left, const char *right)
{
	size_t from = out->n;
	const char *names[] = {left, right};
	size_t lines[] = {PRINT_LEFT, PRINT_LEFT + PRINT_ARROW + 1};

	for (size_t i = 0; i < 2; i++) {
		size_t half = strlen(names[i]) / 2;

		do
			buf_adds(out, " ");
		while (out->n - from + half < lines[i]);
		buf_adds(out, names[i]);
	}
	buf_adds(out, "\n");
}

static void
print_add_diagram(
    const struct flows *f, const struct flows_run *r, struct buf *out)
{
	unsigned number = 0;

	print_add_names(out, "fluffy", print_peer_name(f));
	print_add_names(out, f->us.host, f->them.host);
	buf_addf(out, "%s     |%*s|\n", margin, PRINT_ARROW, "");
	for (size_t i = 0; i < r->count; i++) {
		const struct flows_event *ev = &r->events[i];

		if (ev->kind == FLOWS_REQUEST || ev->kind == FLOWS_RESPONSE)
			print_add_message_arrow(out, ev, ++number);
		if (ev->kind == FLOWS_TLS && ev->begins)
			print_add_arrow(out,
			    print_goes_on(r, i) ? "TLS handshake"
						: "TLS handshake, refused",
			    '<', print_goes_on(r, i) ? '>' : 'x');
	}
	if (r->end.status == 0 && (number > 0 || r->count == 0))
		buf_addf(out, "%s     |%*s|\n", margin, -PRINT_ARROW,
		    number > 0 ? "  no answer" : "  nothing is sent");
	buf_addf(out, "%s     |%*s|\n\n", margin, PRINT_ARROW, "");
}

/* --- the handshake, and messages ------------------------------------------ */

static void
print_add_handshake(const struct flows_run *r, struct buf *out)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->events[i].kind == FLOWS_TLS)
			paint_indent(out, span_buf(&r->events[i].text), margin);
	buf_adds(out, "\n");
}

unsigned
flows_first_blob(const struct flows_plan *p)
{
	/* The draft counts through its section 6. */
	return strcmp(p->name, "6.2") == 0 ? 2
	    : strcmp(p->name, "6.3") == 0  ? 3
					   : 1;
}

/* Returns what asn1_print hides. The draft's signatures by its own keys are the
 * same in each run, and are shown. */
static unsigned
print_hidden(const struct flows *f, const struct flows_run *r)
{
	if (f->seed == NULL ||
	    (r->draft != NULL && f->config->keys != NULL && !r->plan->encrypt))
		return 0;
	return ASN1_HIDE_RANDOM |
	    (flows_is_ec(r->plan) ? ASN1_HIDE_OFFSETS : 0U);
}

static void
print_add_message(const struct flows *f, const struct flows_run *r,
    const struct flows_event *ev, unsigned number, struct buf *out)
{
	struct pretty_how how = {.marks = true,
	    .width = PRINT_WIDTH - PRINT_MARGIN,
	    .blobs = flows_first_blob(r->plan),
	    .hide = print_hidden(f, r)};
	struct buf text = {0}, head = {0};

	if (print_hides_ports(f, r))
		print_add_portless(&head, span_buf(&ev->head));
	else
		buf_addspan(&head, span_buf(&ev->head));
	paint_mark(out, PAINT_NOTE);
	buf_addf(out, "%sF%u %s -> %s\n\n", margin, number,
	    ev->out ? "fluffy" : print_peer_name(f),
	    ev->out ? print_peer_name(f) : "fluffy");
	pretty_message_as(&text, span_buf(&head), span_buf(&ev->body), &how);
	paint_indent(out, span_buf(&text), margin);
	if (out->n > 1 && out->p[out->n - 2] != '\n')
		buf_adds(out, "\n");
	buf_free(&text);
	buf_free(&head);
}

/* Appends how it ended, on both sides. */
static void
print_add_end(const struct flows *f, const struct flows_run *r, struct buf *out)
{
	struct buf b = {0};

	if (r->found.n > 0) {
		buf_addf(&b, "%s finds: %s", print_peer_name(f),
		    (const char *)r->found.p);
		print_add_text(f, out, (const char *)b.p);
		b.n = 0;
	} else if (r->end.exit != 0 && r->trouble != NULL) {
		buf_addf(&b, "%s says: %s", print_peer_name(f), r->trouble);
		print_add_text(f, out, (const char *)b.p);
		b.n = 0;
	}
	if (r->end.exit != 0) {
		buf_addf(&b, "fluffy is told: %s (send ends with %d)",
		    r->why != NULL ? r->why : "", r->end.exit);
		print_add_text(f, out, (const char *)b.p);
	}
	buf_free(&b);
	buf_adds(out, "\n\n");
}

void
flows_print(const struct flows *f, const struct flows_run *r, struct buf *out)
{
	const struct flows_plan *p = r->plan;
	unsigned number = 0;

	paint_mark(out, PAINT_NOTE);
	buf_addf(out, "%s.  %s\n\n", p->name, p->title);
	if (p->about != NULL) {
		print_add_text(f, out, p->about);
		buf_adds(out, "\n");
	}
	print_add_diagram(f, r, out);
	if (p->handshake)
		print_add_handshake(r, out);
	for (size_t i = 0; !p->handshake && i < r->count; i++) {
		const struct flows_event *ev = &r->events[i];

		if (ev->kind == FLOWS_REQUEST || ev->kind == FLOWS_RESPONSE)
			print_add_message(f, r, ev, ++number, out);
	}
	print_add_end(f, r, out);
}

void
flows_print_ladder(
    const struct flows *f, const struct flows_run *r, struct buf *out)
{
	const struct flows_event *request = NULL;

	paint_mark(out, PAINT_NOTE);
	buf_addf(out, "%s.  %s\n", r->plan->name, r->plan->title);
	for (size_t i = 0; i < r->count; i++) {
		const struct flows_event *ev = &r->events[i];
		struct ladder_step step = {.head = span_buf(&ev->head),
		    .body = span_buf(&ev->body),
		    .hides_size = (print_hidden(f, r) & ASN1_HIDE_OFFSETS) !=
			0};

		if (ev->kind == FLOWS_TLS)
			continue;
		if (f->seed == NULL) {
			step.when = ev->when;
			step.has_request = ev->kind == FLOWS_RESPONSE &&
			    request != NULL && request->out != ev->out;
			step.requested = step.has_request ? request->when : 0;
		}
		if (ev->kind == FLOWS_REQUEST)
			request = ev;
		ladder_line(out, &step);
	}
	buf_adds(out, "\n");
}
