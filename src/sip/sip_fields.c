/*
 * Splits a message's head into header fields, and finds them by name.
 */
#include <stdlib.h>
#include <string.h>

#include "src/sip/sip_msg_priv.h"

/* The compact forms of RFC 3261, 7.3.3, and those registered since. */
static const char *const compact[26] = {
    ['a' - 'a'] = "Accept-Contact",
    ['b' - 'a'] = "Referred-By",
    ['c' - 'a'] = "Content-Type",
    ['d' - 'a'] = "Request-Disposition",
    ['e' - 'a'] = "Content-Encoding",
    ['f' - 'a'] = "From",
    ['i' - 'a'] = "Call-ID",
    ['j' - 'a'] = "Reject-Contact",
    ['k' - 'a'] = "Supported",
    ['l' - 'a'] = "Content-Length",
    ['m' - 'a'] = "Contact",
    ['n' - 'a'] = "Identity-Info",
    ['o' - 'a'] = "Event",
    ['r' - 'a'] = "Refer-To",
    ['s' - 'a'] = "Subject",
    ['t' - 'a'] = "To",
    ['u' - 'a'] = "Allow-Events",
    ['v' - 'a'] = "Via",
    ['x' - 'a'] = "Session-Expires",
    ['y' - 'a'] = "Identity",
};

struct span
sip_long_name(struct span name)
{
	unsigned char c;

	if (name.n != 1)
		return name;
	c = name.p[0] >= 'A' && name.p[0] <= 'Z'
	    ? (unsigned char)(name.p[0] + 32)
	    : name.p[0];
	if (c < 'a' || c > 'z' || compact[c - 'a'] == NULL)
		return name;
	return span_str(compact[c - 'a']);
}

static bool
sip_is_fold(struct span s, size_t at)
{
	return at < s.n && (s.p[at] == ' ' || s.p[at] == '\t');
}

/* Returns the length of the line at at, without its CRLF. The last line may
 * lack one. */
static size_t
sip_line(struct span head, size_t at)
{
	size_t cr = at;

	while ((cr = span_find(head, '\r', cr)) < head.n) {
		if (cr + 1 < head.n && head.p[cr + 1] == '\n')
			return cr - at;
		cr++;
	}
	return head.n - at;
}

/* Returns the value that begins at at, with each fold replaced by one space;
 * *next gets the offset of the line after it. */
static struct span
sip_unfold(struct sip_msg *m, struct span head, size_t at, size_t *next)
{
	size_t from = m->unfolded.n, length = sip_line(head, at);

	*next = at + length + 2;
	if (!sip_is_fold(head, *next))
		return span_trim(span_cut(head, at, at + length));
	/* The values together are no longer than the head: with that room the
	 * buffer never moves, and spans of it stay valid. */
	buf_reserve(&m->unfolded, head.n);
	for (;;) {
		buf_addspan(
		    &m->unfolded, span_trim(span_cut(head, at, at + length)));
		at = *next;
		if (!sip_is_fold(head, at))
			break;
		buf_add(&m->unfolded, " ", 1);
		length = sip_line(head, at);
		*next = at + length + 2;
	}
	return span_trim(span_cut(span_buf(&m->unfolded), from, m->unfolded.n));
}

static const char *
sip_field_read(struct sip_msg *m, struct span head, size_t *at)
{
	struct sip_field *f = &m->fields[m->count];
	size_t end = *at + sip_line(head, *at);
	size_t colon = span_find(span_cut(head, 0, end), ':', *at);

	f->name = span_trim(span_cut(head, *at, colon));
	f->value = sip_unfold(m, head, colon < end ? colon + 1 : end, at);
	if (colon == end)
		return "a header line has no colon";
	if (!sip_is_token(f->name))
		return "a header field name is not a token";
	f->name = sip_long_name(f->name);
	m->count++;
	return NULL;
}

static int
sip_name_order(struct span a, struct span b)
{
	size_t i;

	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	for (i = 0; i < a.n; i++) {
		int x = a.p[i] >= 'A' && a.p[i] <= 'Z' ? a.p[i] + 32 : a.p[i];
		int y = b.p[i] >= 'A' && b.p[i] <= 'Z' ? b.p[i] + 32 : b.p[i];

		if (x != y)
			return x - y;
	}
	return 0;
}

/* Merges the two sorted halves of from into to. */
static void
sip_merge(const struct sip_field *fields, const size_t *from, size_t *to,
    size_t middle, size_t end)
{
	size_t a = 0, b = middle, i;

	for (i = 0; i < end; i++)
		if (b == end ||
		    (a < middle &&
			sip_name_order(
			    fields[from[a]].name, fields[from[b]].name) <= 0))
			to[i] = from[a++];
		else
			to[i] = from[b++];
}

/* Sorts count indices in place, stably (merge sort); spare has as much room. */
static void
sip_sort(
    const struct sip_field *fields, size_t *index, size_t *spare, size_t count)
{
	size_t middle = count / 2;

	if (count < 2)
		return;
	sip_sort(fields, index, spare, middle);
	sip_sort(fields, index + middle, spare, count - middle);
	sip_merge(fields, index, spare, middle, count);
	memcpy(index, spare, count * sizeof(*index));
}

/* Returns an upper bound of the number of fields. */
static size_t
sip_count_lines(struct span head)
{
	size_t at, count = 1;

	for (at = span_find(head, '\n', 0); at < head.n;
	     at = span_find(head, '\n', at + 1))
		count++;
	return count;
}

const char *
sip_fields_read(struct sip_msg *m)
{
	struct span head = span_buf(&m->head);
	size_t lines = sip_count_lines(head), length = sip_line(head, 0), at, i;
	const char *why = NULL, *first = NULL;

	m->fields = xcalloc(lines, sizeof(*m->fields));
	m->sorted = xcalloc(2 * lines, sizeof(*m->sorted));
	m->start = span_cut(head, 0, length);
	at = length + 2;
	if (sip_is_fold(head, at)) {
		first = "the start line is folded";
		(void)sip_unfold(m, head, 0, &at);
	}
	while (at < head.n && (length = sip_line(head, at)) > 0) {
		why = sip_field_read(m, head, &at);
		if (first == NULL)
			first = why;
	}
	for (i = 0; i < m->count; i++)
		m->sorted[i] = i;
	sip_sort(m->fields, m->sorted, m->sorted + lines, m->count);
	return first;
}

size_t
sip_fields_find(const struct sip_msg *m, struct span name, size_t *count)
{
	size_t low = 0, high = m->count, middle, end;

	name = sip_long_name(name);
	while (low < high) {
		middle = low + (high - low) / 2;
		if (sip_name_order(m->fields[m->sorted[middle]].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low, high = m->count; end < high;) {
		middle = end + (high - end) / 2;
		if (sip_name_order(m->fields[m->sorted[middle]].name, name) <=
		    0)
			end = middle + 1;
		else
			high = middle;
	}
	*count = end - low;
	return low;
}

struct span
sip_header(const struct sip_msg *m, const char *name, size_t index)
{
	size_t count, at = sip_fields_find(m, span_str(name), &count);

	if (index >= count)
		return (struct span){NULL, 0};
	return m->fields[m->sorted[at + index]].value;
}

size_t
sip_header_count(const struct sip_msg *m, const char *name)
{
	size_t count;

	(void)sip_fields_find(m, span_str(name), &count);
	return count;
}
