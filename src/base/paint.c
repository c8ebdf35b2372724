#include "src/base/paint.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAINT_MARK = 0x10 }; /* the mark of a kind is this and its number */
_Static_assert(PAINT_MARK + PAINTS <= 0x1b, "no mark is ESC or a line end");

/* Parameters of SGR (ECMA-48, 8.3.117). The colours are those that eight colours
 * have, which everyone can set for their terminal. */
static const char *const paint_table[PAINTS] = {
    [PAINT_TEXT] = NULL,
    [PAINT_REQUEST] = "1",
    [PAINT_PROVISIONAL] = "33",
    [PAINT_SUCCESS] = "32",
    [PAINT_REDIRECTION] = "1;33",
    [PAINT_FAILURE] = "1;31",
    [PAINT_FIELD] = "36",
    [PAINT_NOTE] = "34",
    [PAINT_BOUNDARY] = "35",
    [PAINT_ASN1] = "2",
    [PAINT_DUMP] = "2",
};

void
paint_mark(struct buf *out, enum paint kind)
{
	unsigned char mark = (unsigned char)(PAINT_MARK + (int)kind);

	if (kind != PAINT_TEXT)
		buf_add(out, &mark, 1);
}

void
paint_mark_lines(struct buf *out, struct span lines, enum paint kind)
{
	while (lines.n > 0) {
		size_t end = span_find(lines, '\n', 0);

		paint_mark(out, end > 0 ? kind : PAINT_TEXT);
		buf_addspan(out, span_cut(lines, 0, end));
		buf_adds(out, "\n");
		lines = span_cut(lines, end + 1, lines.n);
	}
}

enum paint
paint_take(struct span *line)
{
	int kind = line->n > 0 ? line->p[0] - PAINT_MARK : 0;

	if (kind <= PAINT_TEXT || kind >= PAINTS)
		return PAINT_TEXT;
	*line = span_cut(*line, 1, line->n);
	return (enum paint)kind;
}

size_t
paint_extent(enum paint kind, struct span line)
{
	size_t colon;

	if (kind != PAINT_FIELD)
		return line.n;
	colon = span_find(line, ':', 0);
	return colon < line.n ? colon + 1 : 0;
}

void
paint_indent(struct buf *out, struct span lines, const char *indent)
{
	while (lines.n > 0) {
		size_t end = span_find(lines, '\n', 0);
		struct span line = span_cut(lines, 0, end);

		paint_mark(out, paint_take(&line));
		buf_adds(out, line.n > 0 ? indent : "");
		buf_addspan(out, line);
		buf_adds(out, "\n");
		lines = span_cut(lines, end + 1, lines.n);
	}
}

bool
paint_wanted(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && (no == NULL || no[0] == '\0') && term != NULL &&
	    term[0] != '\0' && strcmp(term, "dumb") != 0;
}

static void
paint_line(struct buf *out, struct span line, bool colours)
{
	enum paint kind = paint_take(&line);
	size_t extent = paint_extent(kind, line);

	if (!colours || paint_table[kind] == NULL || extent == 0) {
		buf_addspan(out, line);
		return;
	}
	buf_addf(out, "\033[%sm", paint_table[kind]);
	buf_addspan(out, span_cut(line, 0, extent));
	buf_adds(out, "\033[0m");
	buf_addspan(out, span_cut(line, extent, line.n));
}

void
paint_lines(struct buf *out, struct span lines, bool colours)
{
	while (lines.n > 0) {
		size_t end = span_find(lines, '\n', 0);

		paint_line(out, span_cut(lines, 0, end), colours);
		if (end < lines.n)
			buf_adds(out, "\n");
		lines = span_cut(lines, end + 1, lines.n);
	}
}
