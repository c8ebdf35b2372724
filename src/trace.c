#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "text.h"

enum { TRACE_ROW = 16 }; /* bytes in a row of a dump */

struct trace {
	FILE *f;
	const char *path;
	trace_fn *failed;
	void *arg;
	bool ended; /* it could not be written, and that was told */
};

int
trace_open(const char *path, trace_fn *failed, void *arg, struct trace **out,
    struct err *e)
{
	struct trace *t;
	FILE *f = stderr;

	if (strcmp(path, "-") != 0) {
		int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		    0600);

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
	t->path = strcmp(path, "-") == 0 ? "standard error" : path;
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
	if (t->f != stderr)
		(void)fclose(t->f);
	free(t);
}

/* A trace with a hole in it would be read as if there were none: the first
 * write that fails is its end. */
static void
trace_write(struct trace *t, struct span s)
{
	struct err e = {0};

	if (fwrite(s.p, 1, s.n, t->f) == s.n && fflush(t->f) == 0)
		return;
	t->ended = true;
	(void)err_set(&e, EX_IOERR,
	    "the trace cannot be written to %s: %s; it ends here", t->path,
	    strerror(errno));
	t->failed(t->arg, &e);
}

static void
head_line(struct buf *b, const char *arrow, const struct route *route)
{
	char peer[ADDR_TEXT], when[32] = "";
	struct timespec now;
	struct tm tm;

	addr_text(&route->peer, peer);
	if (clock_gettime(CLOCK_REALTIME, &now) == 0 &&
	    localtime_r(&now.tv_sec, &tm) != NULL)
		(void)strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	buf_addf(b, "%s.%03ld %s %s %s", when, now.tv_nsec / 1000000, arrow,
	    verdict_transport_name(route->kind), peer);
}

static void
add_lines(struct buf *b, struct span s)
{
	struct buf safe = {0};

	text_harmless(&safe, s, true);
	for (size_t at = 0; at < safe.n;) {
		size_t end = span_find(span_buf(&safe), '\n', at);

		buf_adds(b, "  ");
		buf_add(b, safe.p + at, end - at);
		buf_adds(b, "\n");
		at = end + 1;
	}
	buf_free(&safe);
}

/* Whether a line has bytes that no text has. */
static bool
is_binary(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 && strchr("\t\r\n", s.p[i]) == NULL)
			return true;
		else if (s.p[i] == 0)
			return true;
	return false;
}

static void
add_dump(struct buf *b, struct span s)
{
	buf_addf(b, "  <%zu bytes>\n", s.n);
	for (size_t at = 0; at < s.n; at += TRACE_ROW) {
		buf_addf(b, "  %06zx ", at);
		for (size_t i = at; i < at + TRACE_ROW; i++)
			if (i < s.n)
				buf_addf(b, " %02x", s.p[i]);
			else
				buf_adds(b, "   ");
		buf_adds(b, "  ");
		for (size_t i = at; i < at + TRACE_ROW && i < s.n; i++)
			buf_addf(b, "%c",
			    s.p[i] >= 0x20 && s.p[i] < 0x7f ? s.p[i] : '.');
		buf_adds(b, "\n");
	}
}

/* Lines of text as they are, runs of other lines as one dump. */
static void
add_body(struct buf *b, struct span s)
{
	size_t binary = 0; /* where an unfinished run of them began */
	size_t at = 0;

	while (at < s.n) {
		size_t end = span_find(s, '\n', at);
		struct span line;

		end = end < s.n ? end + 1 : end;
		line = span_cut(s, at, end);
		/* A short line amid DER is no text. */
		if (is_binary(line) ||
		    (binary < at && !span_starts_nocase(line, "--"))) {
			at = end;
			continue;
		}
		if (binary < at)
			add_dump(b, span_cut(s, binary, at));
		add_lines(b, line);
		at = binary = end;
	}
	if (binary < at)
		add_dump(b, span_cut(s, binary, at));
}

/* Where the digest of an Authorization line begins, or its end. */
static size_t
find_digest(struct span line)
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

/* A head without digests: with one whoever is shown the trace could try
 * passwords. */
static void
add_head(struct buf *b, struct span s)
{
	struct buf copy = {0};

	for (size_t at = 0, end; at < s.n; at = end) {
		struct span line;
		size_t digest;

		end = span_find(s, '\n', at);
		end = end < s.n ? end + 1 : end;
		line = span_cut(s, at, end);
		digest = find_digest(line);
		buf_addspan(&copy, span_cut(line, 0, digest));
		if (digest < line.n)
			buf_adds(&copy, "...");
		buf_addspan(&copy, span_cut(line,
		    span_find(line, '"', digest), line.n));
	}
	add_lines(b, span_buf(&copy));
	buf_free(&copy);
}

void
trace_message(struct trace *t, bool out, const struct route *route,
    struct span head, struct span body)
{
	struct buf b = {0};

	if (t == NULL || t->ended)
		return;
	head_line(&b, out ? ">" : "<", route);
	buf_adds(&b, "\n");
	add_head(&b, head);
	add_body(&b, body);
	buf_adds(&b, "\n");
	trace_write(t, span_buf(&b));
	buf_free(&b);
}

void
trace_note(struct trace *t, const struct route *route, const char *words)
{
	struct buf b = {0};
	char *safe;

	if (t == NULL || t->ended)
		return;
	safe = text_line(span_str(words));
	head_line(&b, "=", route);
	buf_addf(&b, " %s\n\n", safe);
	trace_write(t, span_buf(&b));
	free(safe);
	buf_free(&b);
}
