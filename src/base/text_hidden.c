/*
 * The characters that are never shown as they are.
 */
#include "src/base/text.h"

struct range {
	uint32_t first, last;
};

/* Written by hand, since this is a policy and no property of Unicode: general
 * categories Cc, Cf, Zl and Zp, but not those of Cf that draw a sign
 * (U+0600..0605 and others); blank letters (Hangul fillers); all variation
 * selectors but the two that choose text or emoji form, since the others can
 * carry a hidden message; noncharacters. */
static const struct range hidden[] = {
    {0x0, 0x1f},
    {0x7f, 0x9f},
    {0xad, 0xad},
    {0x34f, 0x34f},
    {0x61c, 0x61c},
    {0x115f, 0x1160},
    {0x17b4, 0x17b5},
    {0x180b, 0x180f},
    {0x200b, 0x200f},
    {0x2028, 0x202e},
    {0x2060, 0x206f},
    {0x3164, 0x3164},
    {0xfdd0, 0xfdef},
    {0xfe00, 0xfe0d},
    {0xfeff, 0xfeff},
    {0xffa0, 0xffa0},
    {0xfff0, 0xfffb},
    {0xfffe, 0xffff},
    {0x13430, 0x1343f},
    {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff},
};

enum { HIDDEN = sizeof(hidden) / sizeof(hidden[0]) };

bool
text_hidden(uint32_t c)
{
	size_t low = 0, high = HIDDEN, middle;

	if (c >= 0x20 && c < 0x7f)
		return false;
	/* The last two of every plane are no characters. */
	if ((c & 0xfffe) == 0xfffe)
		return true;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (c < hidden[middle].first)
			high = middle;
		else if (c > hidden[middle].last)
			low = middle + 1;
		else
			return true;
	}
	return false;
}
