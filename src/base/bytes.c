#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <openssl/crypto.h>

#include "src/base/bytes.h"

static void
bytes_exhausted(void)
{
	fputs("signet: out of memory\n", stderr);
	exit(EX_OSERR);
}

void *
xmalloc(size_t n)
{
	void *p = malloc(n != 0 ? n : 1);

	if (p == NULL)
		bytes_exhausted();
	return p;
}

void *
xcalloc(size_t count, size_t size)
{
	void *p = calloc(count != 0 ? count : 1, size != 0 ? size : 1);

	if (p == NULL)
		bytes_exhausted();
	return p;
}

void *
xrealloc(void *p, size_t n)
{
	p = realloc(p, n != 0 ? n : 1);
	if (p == NULL)
		bytes_exhausted();
	return p;
}

char *
xstrdup(const char *s)
{
	return xstrndup(span_str(s));
}

char *
xstrndup(struct span s)
{
	char *p = xmalloc(s.n + 1);

	if (s.n != 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

void *
vec_grow(void *p, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return p;
	if (*cap > SIZE_MAX / 2 / size)
		bytes_exhausted();
	*cap = *cap == 0 ? 16 : *cap * 2;
	return xrealloc(p, *cap * size);
}

struct span
span_str(const char *s)
{
	if (s == NULL)
		return (struct span){NULL, 0};
	return (struct span){(const unsigned char *)s, strlen(s)};
}

struct span
span_buf(const struct buf *b)
{
	return (struct span){b->p, b->n};
}

struct span
span_cut(struct span s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return (struct span){s.p != NULL ? s.p + from : NULL, to - from};
}

struct span
span_trim(struct span s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = span_cut(s, 1, s.n);
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

/* Returns the lower case of c in ASCII, in any locale. */
static unsigned char
bytes_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
span_eq_nocase(struct span a, struct span b)
{
	size_t i;

	if (a.n != b.n)
		return false;
	for (i = 0; i < a.n; i++)
		if (bytes_lower(a.p[i]) != bytes_lower(b.p[i]))
			return false;
	return true;
}

bool
span_is(struct span s, const char *word)
{
	return span_eq(s, span_str(word));
}

bool
span_is_nocase(struct span s, const char *word)
{
	return span_eq_nocase(s, span_str(word));
}

bool
span_starts_nocase(struct span s, const char *word)
{
	struct span w = span_str(word);

	return s.n >= w.n && span_eq_nocase(span_cut(s, 0, w.n), w);
}

size_t
span_find(struct span s, unsigned char c, size_t from)
{
	const unsigned char *at;

	if (from >= s.n)
		return s.n;
	at = memchr(s.p + from, c, s.n - from);
	return at != NULL ? (size_t)(at - s.p) : s.n;
}

struct span
span_line(struct span *text)
{
	size_t end = span_find(*text, '\n', 0);
	struct span line = span_cut(*text, 0, end);

	*text = span_cut(*text, end < text->n ? end + 1 : end, text->n);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

bool
number_parse(struct span s, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;
	size_t i;

	if (s.n == 0)
		return false;
	for (i = 0; i < s.n; i++) {
		unsigned digit;

		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		digit = s.p[i] - (unsigned)'0';
		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (value > max)
		return false;
	*out = value;
	return true;
}

void
number_write(unsigned char *p, size_t n, uint64_t number)
{
	for (; n > 0; number >>= 8)
		p[--n] = (unsigned char)number;
}

uint64_t
number_read(const unsigned char *p, size_t n)
{
	uint64_t number = 0;

	for (size_t i = 0; i < n; i++)
		number = number << 8 | p[i];
	return number;
}

void
hex_write(char *out, const unsigned char *bytes, size_t digits)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < digits; i++) {
		unsigned char byte = bytes[i / 2];

		out[i] = hex[i % 2 == 0 ? byte >> 4 : byte & 15];
	}
	out[digits] = '\0';
}

int
hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = bytes_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void
buf_reserve(struct buf *b, size_t cap)
{
	if (cap == SIZE_MAX)
		bytes_exhausted();
	if (b->p != NULL && b->cap > cap)
		return;
	b->p = xrealloc(b->p, cap + 1);
	b->cap = cap + 1;
	b->p[b->n] = '\0';
}

/* Makes room for n more bytes. At least doubles the capacity, so that many
 * small additions stay cheap. */
static void
bytes_buf_grow(struct buf *b, size_t n)
{
	size_t cap = b->cap;

	if (n >= SIZE_MAX - b->n)
		bytes_exhausted();
	if (b->p != NULL && b->n + n < cap)
		return;
	cap = cap < SIZE_MAX / 2 ? cap * 2 : cap;
	if (cap < b->n + n)
		cap = b->n + n;
	buf_reserve(b, cap < 64 ? 64 : cap);
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	bytes_buf_grow(b, n);
	if (n != 0)
		memmove(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_addspan(struct buf *b, struct span s)
{
	buf_add(b, s.p, s.n);
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_addspan(b, span_str(s));
}

void
buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	size_t room;
	int n;

	/* Most text fits into this: then it is formatted only once. */
	bytes_buf_grow(b, 64);
	room = b->cap - b->n;
	va_copy(again, ap);
	n = vsnprintf((char *)b->p + b->n, room, fmt, again);
	va_end(again);
	if (n >= 0 && (size_t)n >= room) {
		bytes_buf_grow(b, (size_t)n + 1);
		n = vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
	}
	if (n > 0)
		b->n += (size_t)n;
	b->p[b->n] = '\0';
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void
buf_drop(struct buf *b, size_t n)
{
	if (b->p == NULL)
		return;
	if (n > b->n)
		n = b->n;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
	b->p[b->n] = '\0';
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){NULL, 0, 0};
}

void
buf_wipe(struct buf *b)
{
	if (b->p != NULL)
		OPENSSL_cleanse(b->p, b->cap);
	buf_free(b);
}

void
wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}
