/*
 * Text compared without case, the same in every locale.
 */
#include <unicase.h>

#include "src/base/text.h"

enum { I_DOTTED = 0x130, I_DOTLESS = 0x131 };

uint32_t
text_lower(uint32_t c)
{
	uint32_t lower;

	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	lower = (uint32_t)uc_tolower(c);
	/* Kelvin's sign is no capital k: what does not come back stays. */
	return text_upper(lower) == c ? lower : c;
}

uint32_t
text_upper(uint32_t c)
{
	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? c - 32 : c;
	/* Their other case depends on the language. */
	if (c == I_DOTTED || c == I_DOTLESS)
		return c;
	return (uint32_t)uc_toupper(c);
}

/* The character at *at for comparing, which is stepped over; a byte that is
 * none is like no character. */
static uint32_t
text_folded(struct span s, size_t *at)
{
	size_t length;
	uint32_t c;

	if (s.p[*at] < 0x80)
		return text_lower(s.p[(*at)++]);
	length = text_decode(s, *at, &c);
	if (length == 0)
		return 0x110000u + s.p[(*at)++];
	*at += length;
	return text_lower(text_upper(c));
}

/* Whether word stands at the byte at. */
static bool
text_stands(struct span s, size_t at, struct span word)
{
	size_t i = 0;

	while (i < word.n)
		if (at >= s.n || text_folded(s, &at) != text_folded(word, &i))
			return false;
	return true;
}

bool
text_begins(struct span s, struct span word)
{
	return text_stands(s, 0, word);
}

size_t
text_find(struct span s, struct span word, size_t from)
{
	size_t at = from, next, first = 0;
	uint32_t c;

	if (word.n == 0 || from >= s.n)
		return from < s.n ? from : s.n;
	c = text_folded(word, &first);
	word = span_cut(word, first, word.n);
	for (; at < s.n; at = next) {
		next = at;
		if (text_folded(s, &next) == c && text_stands(s, next, word))
			return at;
	}
	return s.n;
}

int
text_order(struct span a, struct span b)
{
	size_t i = 0, j = 0;
	uint32_t c, d;

	while (i < a.n && j < b.n) {
		c = text_folded(a, &i);
		d = text_folded(b, &j);
		if (c != d)
			return c < d ? -1 : 1;
	}
	return i < a.n ? 1 : j < b.n ? -1 : 0;
}

void
text_encode(struct buf *out, uint32_t c)
{
	unsigned char p[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

	for (i = n - 1; i > 0; i--, c >>= 6)
		p[i] = (unsigned char)(0x80 | (c & 0x3f));
	p[0] = (unsigned char)(n == 1 ? c : (0xf00u >> n & 0xf0u) | c);
	buf_add(out, p, n);
}
