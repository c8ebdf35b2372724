#include "src/base/der.h"

/* Reads the rest of a long tag number at *at; *tag has the five bits of the
 * header's first byte. Returns NULL or the fault. */
static const char *
der_read_tag(struct span s, size_t *at, size_t limit, unsigned long *tag)
{
	unsigned char c;

	if (*tag != 0x1f)
		return NULL;
	*tag = 0;
	do {
		if (*at == limit)
			return "the tag is cut off";
		c = s.p[(*at)++];
		if (*tag > 0xffffff)
			return "the tag is too large";
		*tag = *tag << 7 | (c & 0x7fU);
	} while ((c & 0x80) != 0);
	return NULL;
}

/* Reads the length at *at; *indefinite gets whether it is indefinite. Returns
 * NULL or the fault. */
static const char *
der_read_length(
    struct span s, size_t *at, size_t limit, size_t *length, bool *indefinite)
{
	unsigned char c;
	size_t n;

	*length = 0;
	if (*at == limit)
		return "the length is cut off";
	c = s.p[(*at)++];
	*indefinite = c == 0x80;
	if ((c & 0x80) == 0)
		*length = c;
	n = (c & 0x80) != 0 ? c & 0x7fU : 0;
	if (n > limit - *at)
		return "the length is cut off";
	for (; n > 0; n--) {
		if (*length > SIZE_MAX >> 9)
			return "the length is too large";
		*length = *length << 8 | s.p[(*at)++];
	}
	return NULL;
}

const char *
der_head(struct span s, size_t at, size_t limit, struct der_head *out)
{
	size_t length;
	const char *why;
	unsigned char c = s.p[at];

	*out = (struct der_head){.class = (enum der_class)(c >> 6),
	    .tag = c & 0x1fU,
	    .constructed = (c & 0x20) != 0,
	    .at = at++};
	why = der_read_tag(s, &at, limit, &out->tag);
	if (why == NULL)
		why = der_read_length(s, &at, limit, &length, &out->indefinite);
	if (why != NULL)
		return why;
	if (out->indefinite && !out->constructed)
		return "a primitive value has no length";
	if (length > SIZE_MAX / 2 - at)
		return "the length is too large";
	out->body = at;
	out->end = out->indefinite ? limit : at + length;
	return NULL;
}

bool
der_is_end(struct span s, size_t at, size_t limit)
{
	return limit - at >= 2 && s.p[at] == 0 && s.p[at + 1] == 0;
}

/* Finds the end-of-contents bytes of a value of indefinite length whose content
 * begins at at. False if it has none. */
static bool
der_find_end(struct span s, size_t at, size_t *end, int depth)
{
	struct der_head head;

	while (s.n - at >= 2 && !der_is_end(s, at, s.n)) {
		if (depth == DER_DEPTH_MAX ||
		    der_head(s, at, s.n, &head) != NULL || head.end > s.n)
			return false;
		at = head.end;
		if (!head.indefinite)
			continue;
		if (!der_find_end(s, head.body, &at, depth + 1))
			return false;
		at += 2;
	}
	*end = at;
	return s.n - at >= 2;
}

bool
der_next(struct span *s, struct der *out)
{
	struct der_head head;
	size_t end;

	if (s->n == 0 || der_head(*s, 0, s->n, &head) != NULL ||
	    head.end > s->n)
		return false;
	end = head.end;
	if (head.indefinite && !der_find_end(*s, head.body, &end, 0))
		return false;
	out->class = head.class;
	out->tag = head.tag;
	out->constructed = head.constructed;
	out->body = span_cut(*s, head.body, end);
	*s = span_cut(*s, head.indefinite ? end + 2 : end, s->n);
	return true;
}

bool
der_take(struct span *s, enum der_tag tag, struct der *out)
{
	return der_next(s, out) && out->class == DER_UNIVERSAL &&
	    out->tag == (unsigned long)tag;
}

bool
der_take_context(struct span *s, unsigned long tag, struct der *out)
{
	struct span rest = *s;

	if (!der_next(&rest, out) || out->class != DER_CONTEXT ||
	    out->tag != tag)
		return false;
	*s = rest;
	return true;
}
