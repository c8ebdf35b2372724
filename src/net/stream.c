#include <string.h>

#include "src/net/stream.h"

enum {
	STATUS_BAD = 400,
	STATUS_BODY = 413, /* Request Entity Too Large */
	STATUS_MESSAGE = 513 /* Message Too Large */
};

/* Fills out with STREAM_BROKEN. Its head is the first head bytes of input: the
 * lines before the fault, which may be enough to write a response. */
static void
stream_break(struct stream_frame *out, struct span input, size_t head,
    int status, const char *why)
{
	out->found = STREAM_BROKEN;
	out->head = span_cut(input, 0, head);
	out->body = span_cut(input, 0, 0);
	out->used = input.n;
	out->status = status;
	out->why = why;
}

static bool
stream_crlf(struct span s, size_t at)
{
	return s.n - at >= 2 && s.p[at] == '\r' && s.p[at + 1] == '\n';
}

/* Handles a CR or LF at the front of input. Returns false if there is none. */
static bool
stream_keepalive(
    struct span input, struct stream_scan *scan, struct stream_frame *out)
{
	if (input.p[0] != '\r' && input.p[0] != '\n')
		return false;
	if (input.n == 1 && input.p[0] == '\r')
		return true;
	if (!stream_crlf(input, 0)) {
		stream_break(
		    out, input, 0, STATUS_BAD, "a line does not end with CRLF");
	} else if (scan->half || (input.n >= 4 && stream_crlf(input, 2))) {
		out->found = STREAM_PING;
		out->used = scan->half ? 2 : 4;
		scan->half = false;
	} else {
		out->found = STREAM_PONG;
		out->used = 2;
		scan->half = true;
	}
	return true;
}

/* Checks the line whose LF is at lf. Returns the fault, with its *status, or
 * NULL. */
static const char *
stream_line_fault(struct span input, struct stream_scan *scan, size_t lf,
    const struct stream_limits *limits, int *status)
{
	const unsigned char *line = input.p + scan->line;

	*status = STATUS_BAD;
	if (lf == scan->line || input.p[lf - 1] != '\r' ||
	    memchr(line, '\r', lf - 1 - scan->line) != NULL)
		return "a line does not end with CRLF";
	*status = STATUS_MESSAGE;
	if (lf + 1 > limits->head)
		return "the header fields are too long";
	/* The start line, the empty line and folds are no new field. */
	if (scan->line != 0 && lf - 1 != scan->line && *line != ' ' &&
	    *line != '\t' && ++scan->fields > limits->headers)
		return "there are too many header fields";
	return NULL;
}

/* Continues the search for the empty line; sets scan->head if it is found.
 * Returns false if it is not there yet, or a fault is in out. */
static bool
stream_head(struct span input, struct stream_scan *scan,
    const struct stream_limits *limits, struct stream_frame *out)
{
	const unsigned char *found;
	const char *why;
	int status;
	size_t lf;

	while (scan->seen < input.n &&
	    (found = memchr(
		 input.p + scan->seen, '\n', input.n - scan->seen)) != NULL) {
		lf = (size_t)(found - input.p);
		why = stream_line_fault(input, scan, lf, limits, &status);
		if (why != NULL) {
			stream_break(out, input, scan->line, status, why);
			return false;
		}
		scan->seen = lf + 1;
		if (lf - 1 == scan->line) {
			scan->head = lf + 1;
			return true;
		}
		scan->line = lf + 1;
	}
	scan->seen = input.n;
	if (input.n > limits->head)
		stream_break(out, input, scan->line, STATUS_MESSAGE,
		    "the header fields are too long");
	return false;
}

/* Returns whether name is Content-Length, in its long or compact form. */
static bool
stream_is_length(struct span name)
{
	name = span_trim(name);
	return span_is_nocase(name, "content-length") ||
	    span_is_nocase(name, "l");
}

/* Removes white space and line ends at both ends: a value may be folded before
 * its first digit. */
static struct span
stream_trim(struct span s)
{
	while (s.n > 0 && strchr(" \t\r\n", s.p[0]) != NULL && s.p[0] != '\0')
		s = span_cut(s, 1, s.n);
	while (s.n > 0 && s.p[s.n - 1] != '\0' &&
	    strchr(" \t\r\n", s.p[s.n - 1]) != NULL)
		s.n--;
	return s;
}

/* Returns the field, with its folds, that begins at *at, and moves *at to the
 * next one. The empty line gives an empty field. */
static struct span
stream_field(struct span head, size_t *at)
{
	size_t from = *at;

	do {
		*at = span_find(head, '\n', *at) + 1;
	} while (*at < head.n && (head.p[*at] == ' ' || head.p[*at] == '\t'));
	return stream_trim(span_cut(head, from, *at));
}

/* Returns how many Content-Length fields a whole head has; *value gets the
 * value of the first. */
static size_t
stream_lengths(struct span head, struct span *value)
{
	size_t at = 0, count = 0;

	stream_field(head, &at);
	while (at < head.n) {
		struct span field = stream_field(head, &at);
		size_t colon = span_find(field, ':', 0);

		if (colon < field.n &&
		    stream_is_length(span_cut(field, 0, colon)) && count++ == 0)
			*value = stream_trim(
			    span_cut(field, colon + 1, field.n));
	}
	return count;
}

static bool
stream_digits(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* Sets scan->body from the Content-Length of a whole head; *missing tells that
 * there is none. Returns false if a fault is in out. */
static bool
stream_body(struct span input, struct stream_scan *scan,
    const struct stream_limits *limits, struct stream_frame *out, bool *missing)
{
	struct span value = {NULL, 0};
	size_t count = stream_lengths(span_cut(input, 0, scan->head), &value);
	uint64_t length;

	*missing = count == 0;
	if (count == 0)
		return true;
	if (count > 1 || !stream_digits(value)) {
		stream_break(out, input, scan->head, STATUS_BAD,
		    count > 1 ? "Content-Length is given twice"
			      : "Content-Length is not a number");
		return false;
	}
	if (!number_parse(value, limits->body, &length)) {
		stream_break(out, input, scan->head, STATUS_BODY,
		    "the body is too long");
		return false;
	}
	scan->body = (size_t)length;
	return true;
}

static void
stream_message(
    struct span input, const struct stream_scan *scan, struct stream_frame *out)
{
	out->found = STREAM_MESSAGE;
	out->head = span_cut(input, 0, scan->head);
	out->used = scan->head + scan->body;
	out->body = span_cut(input, scan->head, out->used);
}

/* The work of stream_next, without resetting scan after a frame. */
static void
stream_look(struct span input, struct stream_scan *scan,
    const struct stream_limits *limits, struct stream_frame *out)
{
	bool missing;

	if (scan->seen == 0 && stream_keepalive(input, scan, out))
		return;
	scan->half = false;
	if (scan->head == 0) {
		if (!stream_head(input, scan, limits, out) ||
		    !stream_body(input, scan, limits, out, &missing))
			return;
		if (missing) {
			stream_break(out, input, scan->head, STATUS_BAD,
			    "Content-Length is missing");
			return;
		}
	}
	if (input.n - scan->head >= scan->body)
		stream_message(input, scan, out);
}

void
stream_next(struct span input, struct stream_scan *scan,
    const struct stream_limits *limits, struct stream_frame *out)
{
	*out = (struct stream_frame){.found = STREAM_MORE};
	if (input.n == 0)
		return;
	stream_look(input, scan, limits, out);
	if (out->found != STREAM_MORE)
		*scan = (struct stream_scan){.half = scan->half};
}

void
stream_datagram(struct span input, const struct stream_limits *limits,
    struct stream_frame *out)
{
	struct stream_scan scan = {0};
	size_t skip = 0;
	bool missing;

	*out = (struct stream_frame){.found = STREAM_PONG, .used = input.n};
	while (stream_crlf(input, skip))
		skip += 2;
	if (skip == input.n) {
		if (skip == 4)
			out->found = STREAM_PING;
		return;
	}
	input = span_cut(input, skip, input.n);
	if (!stream_head(input, &scan, limits, out)) {
		if (out->found != STREAM_BROKEN)
			stream_break(out, input, scan.line, STATUS_BAD,
			    "no empty line ends the header fields");
	} else if (stream_body(input, &scan, limits, out, &missing)) {
		if (missing)
			scan.body = input.n - scan.head;
		if (scan.body > input.n - scan.head)
			stream_break(out, input, scan.head, STATUS_BAD,
			    "the body is shorter than its Content-Length");
		else if (scan.body > limits->body)
			stream_break(out, input, scan.head, STATUS_BODY,
			    "the body is too long");
		else
			stream_message(input, &scan, out);
	}
	out->used = skip + input.n;
}
