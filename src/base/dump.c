#include "src/base/dump.h"

enum { DUMP_ROW = 16 };

void
dump_bytes(struct buf *out, const char *indent, struct span s)
{
	buf_addf(out, "%s<%zu bytes>\n", indent, s.n);
	for (size_t at = 0; at < s.n; at += DUMP_ROW) {
		buf_addf(out, "%s%06zx ", indent, at);
		for (size_t i = at; i < at + DUMP_ROW; i++)
			if (i < s.n)
				buf_addf(out, " %02x", s.p[i]);
			else
				buf_adds(out, "   ");
		buf_adds(out, "  ");
		for (size_t i = at; i < at + DUMP_ROW && i < s.n; i++)
			buf_addf(out, "%c",
			    s.p[i] >= 0x20 && s.p[i] < 0x7f ? s.p[i] : '.');
		buf_adds(out, "\n");
	}
}
