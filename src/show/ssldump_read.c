/*
 * Reads TLS messages within bounds, and writes lines about them.
 */
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/show/ssldump_priv.h"

enum {
	ROW = 16, /* bytes of hex in a row */
	WIDTH = 72 /* columns of a line of words */
};

/* --- reading -------------------------------------------------------------- */

/* A field is cut off: keeps the first such field only, and skips the rest. */
static void
ssldump_breaks_off(struct ssldump_reader *r, const char *what)
{
	if (r->m->broken == NULL)
		r->m->broken = what;
	r->left = span_cut(r->left, r->left.n, r->left.n);
}

bool
ssldump_number(struct ssldump_reader *r, unsigned width, const char *what,
    unsigned long *out)
{
	unsigned long v = 0;

	if (r->left.n < width) {
		ssldump_breaks_off(r, what);
		return false;
	}
	for (unsigned i = 0; i < width; i++)
		v = v << 8 | r->left.p[i];
	r->left = span_cut(r->left, width, r->left.n);
	*out = v;
	return true;
}

struct span
ssldump_bytes(struct ssldump_reader *r, size_t n, const char *what)
{
	struct span s = span_cut(r->left, 0, n);

	if (s.n < n)
		ssldump_breaks_off(r, what);
	else
		r->left = span_cut(r->left, n, r->left.n);
	return s;
}

struct ssldump_reader
ssldump_vector(struct ssldump_reader *r, unsigned width, const char *what)
{
	struct ssldump_reader inner = {.m = r->m};
	unsigned long n;

	if (ssldump_number(r, width, what, &n))
		inner.left = ssldump_bytes(r, n, what);
	return inner;
}

/* --- writing -------------------------------------------------------------- */

void
ssldump_line(struct ssldump_message *m, int column, const char *fmt, ...)
{
	va_list ap;

	ssldump_end(m);
	buf_addf(m->out, "%*s", column, "");
	va_start(ap, fmt);
	buf_vaddf(m->out, fmt, ap);
	va_end(ap);
}

void
ssldump_end(struct ssldump_message *m)
{
	if (m->out->n > 0 && m->out->p[m->out->n - 1] != '\n')
		buf_adds(m->out, "\n");
}

void
ssldump_length(struct ssldump_message *m, size_t n, bool fixed)
{
	if (!fixed)
		m->varies = true;
	if (m->hide && !fixed)
		buf_adds(m->out, "[<random>]");
	else
		buf_addf(m->out, "[%zu]", n);
}

void
ssldump_random(struct ssldump_message *m, int column, const char *name,
    struct span s, bool fixed)
{
	ssldump_line(m, column, "%s", name);
	ssldump_length(m, s.n, fixed);
	buf_adds(m->out, "=\n");
	if (m->hide)
		ssldump_line(m, column + 2, "<random>\n");
	for (size_t i = 0; !m->hide && i < s.n; i++)
		if (i % ROW == 0)
			ssldump_line(m, column + 2, "%02x", s.p[i]);
		else
			buf_addf(m->out, " %02x", s.p[i]);
	ssldump_end(m);
}

static size_t
ssldump_columns(const struct buf *b)
{
	size_t at = b->n;

	while (at > 0 && b->p[at - 1] != '\n')
		at--;
	return text_width(span_cut(span_buf(b), at, b->n));
}

void
ssldump_word(struct ssldump_message *m, const char *word)
{
	size_t at = ssldump_columns(m->out);

	if (at > SSLDUMP_DETAIL && at + 1 + text_width(span_str(word)) > WIDTH)
		ssldump_end(m);
	if (m->out->n == 0 || m->out->p[m->out->n - 1] == '\n')
		buf_addf(m->out, "%*s%s", SSLDUMP_DETAIL, "", word);
	else
		buf_addf(m->out, " %s", word);
}

void
ssldump_text(struct ssldump_message *m, struct span s)
{
	char *line = text_escape_line(s);

	ssldump_word(m, line);
	free(line);
}

void
ssldump_name_word(
    struct ssldump_message *m, enum ssldump_table table, unsigned long number)
{
	struct buf b = {0};

	ssldump_name(&b, table, (unsigned)number);
	ssldump_word(m, (const char *)b.p);
	buf_free(&b);
}
