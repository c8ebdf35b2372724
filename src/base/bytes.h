/*
 * Bytes: spans that are borrowed, buffers that grow, numbers that are checked.
 *
 * When memory is exhausted the process says so on standard error and ends
 * with EX_OSERR: every size that the wire can ask for is bounded before.
 */
#ifndef SIGNET_SRC_BASE_BYTES_H
#define SIGNET_SRC_BASE_BYTES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes, any value, not terminated. p may be NULL when n is 0. */
struct span {
	const unsigned char *p;
	size_t n;
};

/* Owned bytes. All zero is an empty one. p[n] is always a NUL when p is set,
 * which is not counted in n. */
struct buf {
	unsigned char *p;
	size_t n, cap;
};

void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
/* A NUL-terminated copy of s; a NUL inside s stays inside. */
char *xstrndup(struct span s);

struct span span_str(const char *s); /* without the NUL; NULL is empty */
struct span span_buf(const struct buf *b);
struct span span_cut(struct span s, size_t from, size_t to); /* clamped */
struct span span_trim(struct span s); /* without SP, HTAB at both ends */
bool span_eq(struct span a, struct span b);
bool span_eq_nocase(struct span a, struct span b); /* ASCII alone */
bool span_is(struct span s, const char *word); /* exactly */
bool span_is_nocase(struct span s, const char *word);
bool span_starts_nocase(struct span s, const char *word);
/* Index of the first byte c at or after from, or s.n. */
size_t span_find(struct span s, unsigned char c, size_t from);

/* The one helper for numbers from the wire and from people: one or more
 * decimal digits and nothing else, at most max. False leaves *out alone. */
bool number_parse(struct span s, uint64_t max, uint64_t *out);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_addspan(struct buf *b, struct span s);
void buf_adds(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
/* Drops n bytes from the front. */
void buf_drop(struct buf *b, size_t n);
void buf_free(struct buf *b);
/* Overwrites the whole allocation before freeing it: for secrets. A buf that
 * holds a secret is given its capacity by buf_reserve first, since growing
 * leaves a copy behind. */
void buf_wipe(struct buf *b);
void buf_reserve(struct buf *b, size_t cap);
/* Overwrites n bytes that held a secret, in a way that stays. */
void wipe(void *p, size_t n);

#endif
