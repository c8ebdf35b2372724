#include "src/sip/sip_kinds.h"

enum paint
sip_start_kind(struct span line)
{
	if (!span_starts_nocase(line, "SIP/"))
		return PAINT_REQUEST;
	line = span_cut(line, span_find(line, ' ', 0) + 1, line.n);
	if (line.n == 0)
		return PAINT_FAILURE;
	switch (line.p[0]) {
	case '1':
		return PAINT_PROVISIONAL;
	case '2':
		return PAINT_SUCCESS;
	case '3':
		return PAINT_REDIRECTION;
	default:
		return PAINT_FAILURE;
	}
}

/* A line that begins with a blank goes on with the field before. */
static enum paint
sip_field_kind(struct span line)
{
	return line.n > 0 && line.p[0] != ' ' && line.p[0] != '\t' ? PAINT_FIELD
								   : PAINT_TEXT;
}

void
sip_mark_head(struct buf *out, struct span lines, bool start)
{
	for (; lines.n > 0; start = false) {
		struct span line = span_line(&lines);

		paint_mark(
		    out, start ? sip_start_kind(line) : sip_field_kind(line));
		buf_addspan(out, line);
		buf_adds(out, "\n");
	}
}
