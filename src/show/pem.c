#include "src/show/pem.h"

#include <string.h>

static const char pem_begin[] = "-----BEGIN ", pem_end[] = "-----END ";

/* Returns the offset of the first word in s at or after from, or s.n. */
static size_t
pem_find_word(struct span s, const char *word, size_t from)
{
	size_t n = strlen(word);

	for (; from + n <= s.n; from++)
		if (memcmp(s.p + from, word, n) == 0)
			return from;
	return s.n;
}

bool
pem_next(struct span s, size_t *at, struct pem_block *out)
{
	size_t from = pem_find_word(s, pem_begin, *at), label, line, dashes,
	       end;

	while (from > 0 && from < s.n && s.p[from - 1] != '\n')
		from = pem_find_word(s, pem_begin, from + 1);
	if (from == s.n)
		return false;
	label = from + strlen(pem_begin);
	line = span_find(s, '\n', label);
	dashes = pem_find_word(span_cut(s, 0, line), "-----", label);
	end = pem_find_word(s, pem_end, label);
	*at = end;
	*out = (struct pem_block){.label = span_cut(s, label, dashes),
	    .base64 = span_cut(s, line, end),
	    .all = span_cut(s, from, end),
	    .whole = end < s.n && dashes < line};
	return true;
}
