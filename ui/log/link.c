#include "ui/log/link.h"

#include <string.h>

#include "src/base/text.h"

static const char *const schemes[] = {
    "https://", "http://", "sips:", "sip:", "mailto:"};

/* What a URI has (RFC 3986, 2). */
static bool
link_is_char(unsigned char c)
{
	return c > ' ' && c < 127 && strchr("\"<>\\^`{|}", c) == NULL;
}

static bool
link_is_word(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

/* The length of the scheme at from, or 0. */
static size_t
link_scheme(struct span text, size_t from)
{
	struct span rest = span_cut(text, from, text.n);

	if (from > 0 && link_is_word(text.p[from - 1]))
		return 0;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (span_starts_nocase(rest, schemes[i]))
			return strlen(schemes[i]);
	return 0;
}

/* Whether the closing bracket that ends the link was opened in it. */
static bool
link_closes(struct span link, char open, char close)
{
	size_t opened = 0, closed = 0;

	for (size_t i = 0; i < link.n; i++) {
		opened += link.p[i] == (unsigned char)open;
		closed += link.p[i] == (unsigned char)close;
	}
	return opened >= closed;
}

/* The length of link without what only stands behind it. */
static size_t
link_trim(struct span link)
{
	while (link.n > 0) {
		unsigned char last = link.p[link.n - 1];

		if (strchr(".,;:!?'*", last) == NULL &&
		    (last != ')' || link_closes(link, '(', ')')) &&
		    (last != ']' || link_closes(link, '[', ']')))
			break;
		link.n--;
	}
	return link.n;
}

/* Whether a link begins at from; *to is its end, or where the next one can
 * begin. */
static bool
link_at(struct span text, size_t from, size_t *to)
{
	size_t scheme = link_scheme(text, from), end = from + scheme;

	*to = from + 1;
	if (scheme == 0)
		return false;
	while (end < text.n && link_is_char(text.p[end]))
		end++;
	if (end - from > LINK_MAX) {
		*to = end;
		return false;
	}
	/* A combining mark would change the last character. */
	if (end < text.n && text.p[end] >= 0x80 &&
	    text_next(text, end - 1) != end)
		end--;
	end = from + link_trim(span_cut(text, from, end));
	if (end <= from + scheme)
		return false;
	*to = end;
	return true;
}

bool
link_find(struct span text, size_t at, size_t *from, size_t *to)
{
	size_t i = at;

	/* One that at is within has no blank before at. */
	while (i > 0 && at - i < LINK_MAX && link_is_char(text.p[i - 1]))
		i--;
	for (; i < text.n; i = *to)
		if (link_at(text, i, to) && *to > at) {
			*from = i;
			return true;
		}
	return false;
}
