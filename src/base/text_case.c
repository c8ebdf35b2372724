/*
 * Upper and lower case, from a table of our own, since towlower(3) knows
 * nothing under LC_ALL=C.
 */
#include "src/base/text.h"

/* Capitals, and how far their small letters are behind them. With a step of 2
 * the two stand in turn. */
struct case_range {
	uint32_t first, last;
	uint32_t step, to_lower;
};

static const struct case_range cases[] = {
    {0x41, 0x5a, 1, 32},
    {0xc0, 0xd6, 1, 32},
    {0xd8, 0xde, 1, 32},
    {0x100, 0x12e, 2, 1},
    /* U+0130 and U+0131 are i without the other's dot: of no pair. */
    {0x132, 0x136, 2, 1},
    {0x139, 0x147, 2, 1},
    {0x14a, 0x176, 2, 1},
    {0x179, 0x17d, 2, 1},
    {0x1cd, 0x1db, 2, 1},
    {0x1de, 0x1ee, 2, 1},
    {0x1f8, 0x21e, 2, 1},
    {0x222, 0x232, 2, 1},
    {0x386, 0x386, 1, 38},
    {0x388, 0x38a, 1, 37},
    {0x38c, 0x38c, 1, 64},
    {0x38e, 0x38f, 1, 63},
    {0x391, 0x3a1, 1, 32},
    {0x3a3, 0x3ab, 1, 32},
    {0x400, 0x40f, 1, 80},
    {0x410, 0x42f, 1, 32},
    {0x460, 0x480, 2, 1},
    {0x48a, 0x4be, 2, 1},
    {0x4c1, 0x4cd, 2, 1},
    {0x4d0, 0x52e, 2, 1},
    {0x531, 0x556, 1, 48},
    {0x1e00, 0x1e94, 2, 1},
    {0x1ea0, 0x1efe, 2, 1},
    {0xff21, 0xff3a, 1, 32},
};

enum { CASES = sizeof(cases) / sizeof(cases[0]), Y_DIAERESIS = 0x178 };

uint32_t
text_lower(uint32_t c)
{
	size_t i;

	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	if (c == Y_DIAERESIS)
		return 0xff;
	for (i = 0; i < CASES && cases[i].first <= c; i++)
		if (c <= cases[i].last &&
		    (c - cases[i].first) % cases[i].step == 0)
			return c + cases[i].to_lower;
	return c;
}

uint32_t
text_upper(uint32_t c)
{
	uint32_t capital;
	size_t i;

	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? c - 32 : c;
	if (c == 0xff)
		return Y_DIAERESIS;
	if (c == 0x3c2) /* the sigma at a word's end */
		return 0x3a3;
	for (i = 0; i < CASES && cases[i].first <= c; i++) {
		capital = c - cases[i].to_lower;
		if (capital >= cases[i].first && capital <= cases[i].last &&
		    (capital - cases[i].first) % cases[i].step == 0)
			return capital;
	}
	return c;
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
