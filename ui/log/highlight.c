#include "ui/log/highlight.h"

#include <wctype.h>

#include "src/base/text.h"

/* Whether the word from..to is one of its own, and none of its characters is
 * joined with what is beside it. */
static bool
highlight_is_word(struct span text, size_t from, size_t to)
{
	uint32_t before = 0, after = 0;

	if (from > 0)
		(void)text_decode(text, text_back(text, from), &before);
	(void)text_decode(text, to, &after);
	return to <= text.n && !iswalnum((wint_t)before) &&
	    !iswalnum((wint_t)after) &&
	    text_next(text, text_back(text, to)) == to;
}

bool
highlight_find(
    struct span words, struct span text, size_t at, struct span *found)
{
	size_t best = text.n, length = 0;

	for (size_t i = 0, end; i < words.n; i = end + 1) {
		struct span word;
		size_t from = at;

		end = span_find(words, ',', i);
		word = span_trim(span_cut(words, i, end));
		if (word.n == 0)
			continue;
		while ((from = text_find(text, word, from)) < text.n &&
		    !highlight_is_word(text, from, from + word.n))
			from = text_next(text, from);
		if (from < best) {
			best = from;
			length = word.n;
		}
	}
	*found = span_cut(text, best, best + length);
	return length > 0;
}
