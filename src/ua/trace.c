#include "src/ua/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "src/base/dump.h"
#include "src/base/paint.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/net/tls_event.h"
#include "src/sip/sip.h"
#include "src/sip/sip_kinds.h"

enum { TRACE_PEER = ADDR_TEXT + 16 /* "tls:" and an address */ };

struct trace {
	FILE *f; /* NULL: there is no file */
	const char *path;
	bool colours;
	trace_fn *failed;
	void *arg;
	bool ended; /* it could not be written, and that was told */
	trace_tap_fn *tap;
	void *tap_arg;
};

int
trace_open(const char *path, trace_fn *failed, void *arg, struct trace **out,
    struct err *e)
{
	struct trace *t;
	FILE *f = stderr;

	if (path == NULL) {
		f = NULL;
	} else if (strcmp(path, "-") != 0) {
		int fd = open(
		    path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

		if (fd == -1 || (f = fdopen(fd, "a")) == NULL) {
			(void)err_set(e, EX_CANTCREAT,
			    "the trace cannot be written to %s: %s", path,
			    strerror(errno));
			if (fd != -1)
				(void)close(fd);
			return -1;
		}
	}
	t = xcalloc(1, sizeof(*t));
	t->f = f;
	t->path = f == stderr ? "standard error" : path;
	t->colours = f == stderr && paint_wanted(STDERR_FILENO);
	t->failed = failed;
	t->arg = arg;
	*out = t;
	return 0;
}

void
trace_close(struct trace *t)
{
	if (t == NULL)
		return;
	if (t->f != NULL && t->f != stderr)
		(void)fclose(t->f);
	free(t);
}

void
trace_tap(struct trace *t, trace_tap_fn *fn, void *arg)
{
	t->tap = fn;
	t->tap_arg = arg;
}

static bool
trace_has_file(const struct trace *t)
{
	return t->f != NULL && !t->ended;
}

bool
trace_on(const struct trace *t)
{
	return trace_has_file(t) || t->tap != NULL;
}

/* --- the file ------------------------------------------------------------- */

/* Writes marked lines. A trace with a hole in it would be read as if there were
 * none: the first write that fails is its end. */
static void
trace_write(struct trace *t, struct span lines)
{
	struct buf b = {0};
	struct err e = {0};
	bool written;

	paint_lines(&b, lines, t->colours);
	written = fwrite(b.p, 1, b.n, t->f) == b.n && fflush(t->f) == 0;
	buf_free(&b);
	if (written)
		return;
	t->ended = true;
	(void)err_set(&e, EX_IOERR,
	    "the trace cannot be written to %s: %s; it ends here", t->path,
	    strerror(errno));
	t->failed(t->arg, &e);
}

static void
trace_peer_text(const struct flow_ref *route, char out[TRACE_PEER])
{
	char addr[ADDR_TEXT];

	addr_text(&route->peer, addr);
	(void)snprintf(out, TRACE_PEER, "%s:%s",
	    verdict_transport_name(route->kind), addr);
}

static void
trace_head_line(struct buf *b, const char *arrow, const struct flow_ref *route)
{
	char peer[ADDR_TEXT], when[TIME_LOCAL];
	struct timespec now = {0, 0};

	addr_text(&route->peer, peer);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	time_local(when, TIME_SECOND, now.tv_sec);
	paint_mark(b, PAINT_NOTE);
	buf_addf(b, "%s.%03ld %s %s %s", when, now.tv_nsec / 1000000, arrow,
	    verdict_transport_name(route->kind), peer);
}

/* Takes marked lines. Those from the wire begin in the third column, empty ones
 * too. */
static void
trace_add_marked(struct buf *b, struct buf *lines)
{
	for (size_t at = 0, end; at < lines->n; at = end + 1) {
		struct span line;

		end = span_find(span_buf(lines), '\n', at);
		line = span_cut(span_buf(lines), at, end);
		paint_mark(b, paint_take(&line));
		buf_adds(b, "  ");
		buf_addspan(b, line);
		buf_adds(b, "\n");
	}
	buf_free(lines);
}

static void
trace_add_lines(struct buf *b, struct span s, enum paint kind)
{
	struct buf safe = {0}, lines = {0};

	text_escape(&safe, s, true);
	paint_mark_lines(&lines, span_buf(&safe), kind);
	trace_add_marked(b, &lines);
	buf_free(&safe);
}

static void
trace_add_head(struct buf *b, struct span s)
{
	struct buf safe = {0}, lines = {0};

	text_escape(&safe, s, true);
	sip_mark_head(&lines, span_buf(&safe), true);
	trace_add_marked(b, &lines);
	buf_free(&safe);
}

/* Returns whether a line has control bytes, so that it is no text. */
static bool
trace_is_binary(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 && strchr("\t\r\n", s.p[i]) == NULL)
			return true;
		else if (s.p[i] == 0)
			return true;
	return false;
}

static void
trace_add_dump(struct buf *b, struct span s)
{
	struct buf dump = {0};

	dump_bytes(&dump, "  ", s);
	paint_mark_lines(b, span_buf(&dump), PAINT_DUMP);
	buf_free(&dump);
}

/* Lines of text as they are, runs of other lines as one dump. */
static void
trace_add_body(struct buf *b, struct span s)
{
	size_t binary = 0; /* where an unfinished run of them began */
	size_t at = 0;

	while (at < s.n) {
		size_t end = span_find(s, '\n', at);
		struct span line;

		end = end < s.n ? end + 1 : end;
		line = span_cut(s, at, end);
		/* A short line amid DER is no text. */
		if (trace_is_binary(line) ||
		    (binary < at && !span_starts_nocase(line, "--"))) {
			at = end;
			continue;
		}
		if (binary < at)
			trace_add_dump(b, span_cut(s, binary, at));
		trace_add_lines(b, line,
		    span_starts_nocase(line, "--") ? PAINT_BOUNDARY
						   : PAINT_TEXT);
		at = binary = end;
	}
	if (binary < at)
		trace_add_dump(b, span_cut(s, binary, at));
}

/* Returns where the digest of an Authorization line begins, or line.n. */
static size_t
trace_find_digest(struct span line)
{
	static const char before[] = "response=\"";
	size_t n = sizeof(before) - 1;

	if (span_starts_nocase(line, "Authorization:") ||
	    span_starts_nocase(line, "Proxy-Authorization:"))
		for (size_t i = 0; i + n < line.n; i++)
			if (span_is_nocase(span_cut(line, i, i + n), before))
				return i + n;
	return line.n;
}

/* A head without digests: with one whoever is shown it could try
 * passwords. */
static void
trace_add_undigested(struct buf *b, struct span s)
{
	for (size_t at = 0, end; at < s.n; at = end) {
		struct span line;
		size_t digest;

		end = span_find(s, '\n', at);
		end = end < s.n ? end + 1 : end;
		line = span_cut(s, at, end);
		digest = trace_find_digest(line);
		buf_addspan(b, span_cut(line, 0, digest));
		if (digest < line.n)
			buf_adds(b, "...");
		buf_addspan(
		    b, span_cut(line, span_find(line, '"', digest), line.n));
	}
}

static void
trace_write_message(struct trace *t, bool out, const struct flow_ref *route,
    struct span head, struct span body, const char *note)
{
	struct buf b = {0};

	trace_head_line(&b, out ? ">" : "<", route);
	buf_adds(&b, "\n");
	if (note[0] != '\0') {
		paint_mark(&b, PAINT_NOTE);
		buf_adds(&b, "  ");
		text_escape(&b, span_str(note), false);
		buf_adds(&b, "\n");
	}
	trace_add_head(&b, head);
	trace_add_body(&b, body);
	buf_adds(&b, "\n");
	trace_write(t, span_buf(&b));
	buf_free(&b);
}

/* The first line beside what it is about, others below. */
static void
trace_write_note(
    struct trace *t, const struct flow_ref *route, const char *words)
{
	struct span s = span_str(words);
	size_t end = span_find(s, '\n', 0);
	struct buf b = {0};

	trace_head_line(&b, "=", route);
	buf_adds(&b, " ");
	text_escape(&b, span_cut(s, 0, end), false);
	buf_adds(&b, "\n");
	trace_add_lines(&b, span_cut(s, end + 1, s.n), PAINT_NOTE);
	buf_adds(&b, "\n");
	trace_write(t, span_buf(&b));
	buf_free(&b);
}

/* --- the tap -------------------------------------------------------------- */

static uint64_t
trace_now_ms(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return 0;
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* user@host of the other side; "" where the message is about nobody. */
static char *
trace_other_side(const struct sip_msg *m, bool out)
{
	struct span method = sip_method(m);
	struct aor aor;
	struct err e;
	char *text;

	if (span_is(method, "REGISTER") || span_is(method, "OPTIONS") ||
	    aor_parse_uri(
		out == sip_is_request(m) ? sip_to_uri(m) : sip_from_uri(m),
		&aor, &e) == -1)
		return xstrdup("");
	text = xstrdup(aor.text);
	aor_free(&aor);
	return text;
}

static void
trace_tap_message(struct trace *t, bool out, const struct flow_ref *route,
    const struct sip_msg *m, struct span head, struct span body,
    const char *note)
{
	char *call_id = xstrndup(sip_call_id(m));
	char *cseq = xstrndup(sip_header(m, "CSeq", 0));
	char *with = trace_other_side(m, out), peer[TRACE_PEER];
	struct ua_wire wire = {
	    .kind = sip_is_request(m) ? UA_WIRE_REQUEST : UA_WIRE_RESPONSE,
	    .when = trace_now_ms(),
	    .out = out,
	    .peer = peer,
	    .flow = route->flow,
	    .with = with,
	    .call_id = call_id,
	    .cseq = cseq,
	    .head = head,
	    .body = body,
	    .words = note};

	trace_peer_text(route, peer);
	t->tap(t->tap_arg, &wire);
	free(call_id);
	free(cseq);
	free(with);
}

static void
trace_tap_note(struct trace *t, enum ua_wire_kind kind, bool out,
    const struct flow_ref *route, const char *words)
{
	char peer[TRACE_PEER];
	struct ua_wire wire = {.kind = kind,
	    .when = trace_now_ms(),
	    .out = out,
	    .peer = peer,
	    .flow = route->flow,
	    .with = "",
	    .call_id = "",
	    .cseq = "",
	    .words = words};

	trace_peer_text(route, peer);
	t->tap(t->tap_arg, &wire);
}

/* --- what there is to see ------------------------------------------------- */

void
trace_message(struct trace *t, bool out, const struct flow_ref *route,
    struct span head, struct span body)
{
	struct buf copy = {0}, note = {0};
	struct sip_msg *m;
	struct span name;
	const char *why;

	if (!trace_on(t))
		return;
	trace_add_undigested(&copy, head);
	m = sip_parse(span_buf(&copy), body, false);
	buf_adds(&note, "");
	if (sip_odd(m, &name, &why))
		buf_addf(&note, "ignored, since it is malformed: %.*s (%s)",
		    (int)name.n, (const char *)name.p, why);
	if (trace_has_file(t))
		trace_write_message(
		    t, out, route, span_buf(&copy), body, (const char *)note.p);
	if (t->tap != NULL)
		trace_tap_message(t, out, route, m, span_buf(&copy), body,
		    (const char *)note.p);
	sip_free(m);
	buf_free(&note);
	buf_free(&copy);
}

void
trace_opened(
    struct trace *t, bool out, const struct flow_ref *route, const char *words)
{
	/* Without TLS there is nothing to say of it. */
	if (trace_has_file(t) && route->kind == TRANSPORT_TLS)
		trace_write_note(t, route, words);
	if (t->tap != NULL)
		trace_tap_note(t, UA_WIRE_OPENED, out, route, words);
}

void
trace_lost(struct trace *t, const struct flow_ref *route, const char *words)
{
	if (trace_has_file(t))
		trace_write_note(t, route, words);
	if (t->tap != NULL)
		trace_tap_note(t, UA_WIRE_LOST, false, route, words);
}

void
trace_tls(struct trace *t, const struct tls_event *event)
{
	struct ua_wire wire = {.kind = UA_WIRE_TLS,
	    .when = trace_now_ms(),
	    .out = event->out,
	    .peer = event->peer,
	    .flow = event->flow,
	    .with = "",
	    .call_id = "",
	    .cseq = "",
	    .words = "",
	    .tls = event};

	if (t->tap != NULL)
		t->tap(t->tap_arg, &wire);
}

void
trace_step(struct trace *t, const char *with, const char *words)
{
	struct ua_wire wire = {.kind = UA_WIRE_STEP,
	    .when = trace_now_ms(),
	    .out = true,
	    .peer = "",
	    .with = with,
	    .call_id = "",
	    .cseq = "",
	    .words = words};

	if (t->tap != NULL)
		t->tap(t->tap_arg, &wire);
}
