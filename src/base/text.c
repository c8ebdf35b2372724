#include "src/base/text.h"

#include <unictype.h>
#include <uniwidth.h>

enum {
	MARKS_MAX = 8, /* on one character; more cover the rows around it */
	ZWNJ = 0x200c,
	ZWJ = 0x200d
};

/* Printable ASCII, most of all text. */
static bool
text_plain(uint32_t c)
{
	return c >= 0x20 && c < 0x7f;
}

size_t
text_decode(struct span s, size_t at, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char lead;
	uint32_t value;
	size_t length, i;

	if (at >= s.n)
		return 0;
	lead = s.p[at];
	if (lead < 0x80) {
		*c = lead;
		return 1;
	}
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (s.n - at < length)
		return 0;
	value = lead & (0x7fu >> length);
	for (i = 1; i < length; i++) {
		if ((s.p[at + i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (s.p[at + i] & 0x3fu);
	}
	if (value < least[length] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*c = value;
	return length;
}

bool
text_is_utf8(struct span s)
{
	uint32_t c;
	size_t at = 0, length;

	for (; at < s.n; at += length) {
		length = text_decode(s, at, &c);
		if (length == 0)
			return false;
	}
	return true;
}

/* Whether c takes no column because it is drawn on the character before it: a
 * combining mark, or a Hangul vowel or final that joins its syllable. */
static bool
text_is_mark(uint32_t c)
{
	if (c < 0x300)
		return false;
	return uc_is_general_category_withtable(
		   c, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me) ||
	    (c >= 0x1160 && c <= 0x11ff) || (c >= 0xd7b0 && c <= 0xd7fb);
}

size_t
text_columns(uint32_t c)
{
	if (text_plain(c))
		return 1;
	if (text_is_mark(c) || text_hidden(c))
		return 0;
	return uc_width(c, "UTF-8") == 2 ? 2 : 1;
}

size_t
text_width(struct span s)
{
	size_t at = 0, length, columns = 0;
	uint32_t c;

	while (at < s.n) {
		if (text_plain(s.p[at])) {
			at++;
			columns++;
			continue;
		}
		length = text_decode(s, at, &c);
		columns += length == 0 ? 1 : text_columns(c);
		at += length == 0 ? 1 : length;
	}
	return columns;
}

size_t
text_next(struct span s, size_t at)
{
	size_t length;
	uint32_t c;

	length = text_decode(s, at, &c);
	if (length == 0)
		return at < s.n ? at + 1 : s.n;
	if (text_hidden(c))
		return at + length;
	do
		at += length;
	while ((length = text_decode(s, at, &c)) != 0 && text_is_mark(c) &&
	    !text_hidden(c));
	return at;
}

size_t
text_back(struct span s, size_t at)
{
	size_t from = at, last;
	uint32_t c;

	while (from > 0) {
		last = from--;
		while (from > 0 && (s.p[from] & 0xc0) == 0x80)
			from--;
		if (text_decode(s, from, &c) == 0 || text_hidden(c))
			/* Nothing that a mark is drawn on. */
			return last == at ? from : last;
		if (!text_is_mark(c))
			break;
	}
	return from;
}

/* The filter's memory of what it let through on this line. */
struct filter {
	struct buf *out;
	bool lines;
	uint32_t before; /* the character that marks are drawn on; 0: none */
	unsigned marks; /* on it so far */
	bool joined; /* a ZWNJ or ZWJ was the last to pass */
};

static bool
text_joiner(uint32_t c)
{
	return c == ZWNJ || c == ZWJ;
}

static bool
text_passes(const struct filter *f, uint32_t c)
{
	if (text_hidden(c))
		return false;
	return !text_is_mark(c) || (f->before != 0 && f->marks < MARKS_MAX);
}

/* Whether the joiner that ends at next stands between two characters that
 * are not ASCII and are shown. */
static bool
text_joins(const struct filter *f, struct span s, size_t next)
{
	uint32_t c;

	return f->lines && f->before >= 0x80 && !f->joined &&
	    text_decode(s, next, &c) != 0 && c >= 0x80 && text_passes(f, c);
}

static void
text_visible(struct filter *f, bool byte, unsigned value)
{
	if (byte)
		buf_addf(f->out, "\\x%02X", value);
	else
		buf_addf(f->out, "\\u{%X}", value);
	f->before = 0;
	f->joined = false;
}

/* One character that is neither a line end nor a run of plain ASCII. */
static void
text_filter(
    struct filter *f, struct span s, size_t at, size_t length, uint32_t c)
{
	bool joiner = text_joiner(c) && text_joins(f, s, at + length);

	if (c == '\t') {
		buf_adds(f->out, "    ");
		f->before = ' ';
		f->marks = 0;
		f->joined = false;
		return;
	}
	if (!joiner && !text_passes(f, c)) {
		text_visible(f, false, (unsigned)c);
		return;
	}
	buf_addspan(f->out, span_cut(s, at, at + length));
	f->joined = joiner;
	if (joiner)
		return;
	if (text_is_mark(c)) {
		f->marks++;
		return;
	}
	f->before = c;
	f->marks = 0;
}

/* Bytes at the front of s that end a line: CRLF or LF. */
static size_t
text_line_end(struct span s, size_t at)
{
	if (s.p[at] == '\n')
		return 1;
	return s.p[at] == '\r' && at + 1 < s.n && s.p[at + 1] == '\n' ? 2 : 0;
}

void
text_escape(struct buf *out, struct span s, bool lines)
{
	struct filter f = {out, lines, 0, 0, false};
	size_t at = 0, length, end;
	uint32_t c;

	while (at < s.n) {
		for (end = at; end < s.n && text_plain(s.p[end]); end++)
			;
		if (end > at) {
			buf_addspan(out, span_cut(s, at, end));
			f.before = s.p[end - 1];
			f.marks = 0;
			f.joined = false;
			at = end;
			continue;
		}
		if (lines && (length = text_line_end(s, at)) != 0) {
			buf_add(out, "\n", 1);
			f.before = 0;
			f.joined = false;
		} else if ((length = text_decode(s, at, &c)) == 0) {
			text_visible(&f, true, s.p[at]);
			length = 1;
		} else {
			text_filter(&f, s, at, length, c);
		}
		at += length;
	}
}

char *
text_escape_line(struct span s)
{
	struct buf out = {0};

	text_escape(&out, s, false);
	buf_add(&out, "", 1);
	return (char *)out.p;
}

size_t
text_row(struct span line, size_t from, size_t room, size_t *next)
{
	size_t at, length, columns = 0, space = from;
	uint32_t c = 0;

	if (room < TEXT_ROOM)
		room = TEXT_ROOM;
	for (at = from; at < line.n; at += length) {
		length = text_decode(line, at, &c);
		if (length == 0)
			length = 1;
		columns += text_columns(c);
		if (columns > room)
			break;
		if (c == ' ' && at > from)
			space = at;
	}
	if (at == line.n) {
		*next = at;
	} else if (c == ' ') {
		*next = at + 1;
	} else if (space > from) {
		at = space;
		*next = space + 1;
	} else {
		*next = at;
	}
	return at;
}

void
text_rows(struct buf *out, struct span s, const char *prefix, size_t width)
{
	struct buf escaped = {0};
	struct span all, line;
	size_t taken = text_width(span_str(prefix)), from, to, row, end, next;
	size_t room = width > taken ? width - taken : 0;

	text_escape(&escaped, s, true);
	all = span_buf(&escaped);
	/* The last line end ends the last line and begins no other. */
	if (all.n > 0 && all.p[all.n - 1] == '\n')
		all.n--;
	for (from = 0; from <= all.n; from = to + 1) {
		to = span_find(all, '\n', from);
		line = span_cut(all, from, to);
		row = 0;
		do {
			end = text_row(line, row, room, &next);
			buf_adds(out, prefix);
			buf_addspan(out, span_cut(line, row, end));
			buf_add(out, "\n", 1);
			row = next;
		} while (row < line.n);
	}
	buf_free(&escaped);
}

static void
text_json_escape(struct buf *out, uint32_t c)
{
	if (c > 0xffff) {
		c -= 0x10000;
		buf_addf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + (c >> 10)),
		    (unsigned)(0xdc00 + (c & 0x3ff)));
	} else {
		buf_addf(out, "\\u%04x", (unsigned)c);
	}
}

void
text_json(struct buf *out, struct span s)
{
	size_t at, from = 0, length;
	uint32_t c;

	buf_add(out, "\"", 1);
	for (at = 0; at < s.n; at += length) {
		length = text_decode(s, at, &c);
		if (length != 0 && c != '"' && c != '\\' && !text_hidden(c))
			continue;
		buf_addspan(out, span_cut(s, from, at));
		if (length == 0)
			buf_adds(out, "\xef\xbf\xbd");
		else if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", (int)c);
		else
			text_json_escape(out, c);
		if (length == 0)
			length = 1;
		from = at + length;
	}
	buf_addspan(out, span_cut(s, from, s.n));
	buf_add(out, "\"", 1);
}
