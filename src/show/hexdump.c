#include "src/show/hexdump.h"

#include <string.h>

enum {
	OFFSET_DIGITS = 4, /* at least */
	OD_DIGITS = 7, /* of an octal offset of od */
	HALF_ROW = 8, /* bytes after which hexdump -C leaves a gap */
	REPEAT_MAX = 16 << 20 /* bytes that the last "*" may lead to */
};

struct hexdump {
	struct buf *out;
	size_t begin; /* offset in out of our first byte */
	size_t rows; /* read so far */
	size_t row; /* offset in out of the last row */
	bool offsets; /* the rows have offsets */
	bool octal; /* offsets are octal */
	bool repeat; /* a "*": repeat the last row up to the next offset */
	uint64_t base; /* the first offset */
	const char *why;
};

/* The offset in front of a row. */
struct offset {
	bool there;
	size_t digits;
	uint64_t hex, octal; /* octal: UINT64_MAX if it is not octal */
};

/* Counts the hex digits from at on. */
static size_t
hexdump_digits(struct span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && hex_value(s.p[at + n]) >= 0)
		n++;
	return n;
}

static bool
hexdump_is_blank(unsigned char c)
{
	return c == ' ' || c == '\t';
}

/* Returns whether exactly two hex digits stand at at. */
static bool
hexdump_is_pair(struct span s, size_t at)
{
	return hexdump_digits(s, at) == 2 &&
	    (at + 2 == s.n || hexdump_is_blank(s.p[at + 2]) ||
		s.p[at + 2] == '-');
}

/* Takes an offset off the front of a line. Nothing is left of the last line, if
 * it is only an offset. */
static struct offset
hexdump_take_offset(const struct hexdump *h, struct span *line)
{
	struct offset o = {.there = false};
	size_t from = span_starts_nocase(*line, "0x") ? 2 : 0;
	size_t n = hexdump_digits(*line, from), next = from + n;

	if (n < OFFSET_DIGITS || n > 15)
		return o;
	if (next < line->n && line->p[next] == ':') {
		/* A dump that begins with "3082:0152" is read wrongly, but no
		 * program prints that. */
		next++;
	} else {
		while (next < line->n && hexdump_is_blank(line->p[next]))
			next++;
		if (next + 1 < line->n && line->p[next] == '-' &&
		    hexdump_is_blank(line->p[next + 1]))
			next += 2;
		else if (next == line->n ? !h->offsets
					 : (h->rows > 0 && !h->offsets) ||
			    !hexdump_is_pair(*line, next))
			return o;
	}
	o.there = true;
	o.digits = n;
	for (size_t i = from; i < from + n; i++) {
		o.hex = o.hex * 16 + (uint64_t)hex_value(line->p[i]);
		o.octal = hex_value(line->p[i]) > 7 || o.octal == UINT64_MAX
		    ? UINT64_MAX
		    : o.octal * 8 + (uint64_t)hex_value(line->p[i]);
	}
	*line = span_cut(*line, next, line->n);
	return o;
}

/* Appends the rows that a "*" stands for: repeats the last one until there are
 * `to` bytes. */
static bool
hexdump_repeat_row(struct hexdump *h, uint64_t to)
{
	size_t have = h->out->n - h->begin, row = h->out->n - h->row;
	struct buf copy = {0};

	h->repeat = false;
	if (row == 0 || to <= have || to > REPEAT_MAX ||
	    (to - have) % row != 0) {
		h->why = "the offset after \"*\" does not match";
		return false;
	}
	buf_add(&copy, h->out->p + h->row, row);
	while (h->out->n - h->begin < to)
		buf_addspan(h->out, span_buf(&copy));
	buf_free(&copy);
	return true;
}

static bool
hexdump_check_offset(struct hexdump *h, const struct offset *o)
{
	uint64_t have = h->out->n - h->begin;

	if (h->rows == 0) {
		h->offsets = true;
		h->base = o->hex;
		h->octal = o->digits == OD_DIGITS && o->hex == 0;
		return true;
	}
	if (!h->offsets) {
		h->why = "it has an offset, but the lines before have none";
		return false;
	}
	if (!h->repeat && h->base == 0 && o->octal != o->hex)
		h->octal = o->octal == have;
	if (h->repeat)
		return hexdump_repeat_row(
		    h, (h->octal ? o->octal : o->hex) - h->base);
	if ((h->octal ? o->octal : o->hex) - h->base == have)
		return true;
	h->why = "its offset does not match the bytes before it";
	return false;
}

/* Returns whether s may be the ASCII column of so many bytes. */
static bool
hexdump_is_column(struct span s, size_t bytes)
{
	if (s.n > 0 && s.p[0] == '|') {
		s = span_cut(s, 1, s.n);
		if (s.n > 0 && s.p[s.n - 1] == '|')
			s.n--;
	}
	return s.n <= bytes;
}

/* Appends the bytes of a line without its offset. */
static bool
hexdump_read_bytes(struct hexdump *h, struct span line)
{
	size_t from = h->out->n, at = 0;

	while (at < line.n) {
		size_t gap = 0, n;

		for (; at < line.n && hexdump_is_blank(line.p[at]); at++)
			gap += line.p[at] == '\t' ? 2 : 1;
		if (h->out->n > from && at < line.n &&
		    (line.p[at] == '|' ||
			(gap >= 2 &&
			    !(gap == 2 && h->out->n - from == HALF_ROW &&
				hexdump_is_pair(line, at)))))
			break;
		n = hexdump_digits(line, at);
		if (n == 0 || n % 2 != 0) {
			h->why =
			    "there is something other than pairs of hex digits";
			return false;
		}
		for (; n > 0; n -= 2, at += 2) {
			unsigned char c = (unsigned char)(hex_value(
							      line.p[at]) *
				16 +
			    hex_value(line.p[at + 1]));

			buf_add(h->out, &c, 1);
		}
		if (at < line.n && (line.p[at] == '-' || line.p[at] == ':'))
			at++;
	}
	h->why = "the text after the bytes is longer than they are";
	return h->out->n > from &&
	    hexdump_is_column(span_cut(line, at, line.n), h->out->n - from);
}

static bool
hexdump_read_line(struct hexdump *h, struct span line)
{
	struct offset o;

	if (span_is(line, "*") && h->offsets) {
		h->repeat = true;
		return true;
	}
	o = hexdump_take_offset(h, &line);
	if (o.there ? !hexdump_check_offset(h, &o) : h->offsets) {
		if (!o.there)
			h->why =
			    "it has no offset, but the lines before have one";
		return false;
	}
	if (o.there && span_trim(line).n == 0 && h->rows > 0)
		return true;
	h->row = h->out->n;
	if (!hexdump_read_bytes(h, line))
		return false;
	h->rows++;
	return true;
}

enum hexdump_found
hexdump_read(struct span text, struct buf *out, struct err *e)
{
	struct hexdump h = {.out = out, .begin = out->n};
	size_t number = 0;

	while (text.n > 0) {
		struct span line = span_trim(span_line(&text));

		number++;
		/* Our own dumps begin with "<N bytes>". */
		if (line.n == 0 ||
		    (h.rows == 0 && line.p[0] == '<' &&
			line.p[line.n - 1] == '>'))
			continue;
		if (hexdump_read_line(&h, line))
			continue;
		if (h.rows == 0)
			return HEXDUMP_NONE;
		(void)err_set(
		    e, EX_DATAERR, "line %zu of a hex dump: %s", number, h.why);
		return HEXDUMP_BROKEN;
	}
	return h.rows > 0 ? HEXDUMP_WHOLE : HEXDUMP_NONE;
}
