/*
 * Bytes: borrowed spans, growing buffers, and the parser of numbers.
 *
 * If memory is exhausted these functions print a line to standard error and end
 * the process with EX_OSERR. Sizes that come from the wire are bounded before.
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

/* Owned bytes. All zero is an empty buffer. If p is not NULL, p[n] is a NUL,
 * which n does not count. */
struct buf {
	unsigned char *p;
	size_t n, cap;
};

void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
/* Returns a NUL-terminated copy of s; NULs inside s are copied too. */
char *xstrndup(struct span s);

/* Returns the array p with room for more than count elements of size bytes
 * each: moves it and doubles *cap if count is *cap. p may be NULL when *cap is
 * 0. */
void *vec_grow(void *p, size_t count, size_t *cap, size_t size);

struct span span_str(const char *s); /* NULL gives an empty span */
struct span span_buf(const struct buf *b);
struct span span_cut(struct span s, size_t from, size_t to); /* [from, to) */
struct span span_trim(struct span s); /* without SP and HTAB at the ends */
bool span_eq(struct span a, struct span b);
bool span_eq_nocase(struct span a, struct span b); /* in ASCII */
bool span_is(struct span s, const char *word); /* exactly */
bool span_is_nocase(struct span s, const char *word);
bool span_starts_nocase(struct span s, const char *word);
/* Returns the index of the first c at or after from, or s.n. */
size_t span_find(struct span s, unsigned char c, size_t from);
/* Takes the first line off *text and returns it without its line end, LF or
 * CRLF. The last line may have none. */
struct span span_line(struct span *text);

/* Reads a number from the wire or a person: one or more decimal digits and
 * nothing else, at most max. Returns false, and leaves *out, otherwise. */
bool number_parse(struct span s, uint64_t max, uint64_t *out);

/* Writes a number as its n lowest bytes (at most 8), the highest first; and reads
 * it again. */
void number_write(unsigned char *p, size_t n, uint64_t number);
uint64_t number_read(const unsigned char *p, size_t n);

/* Writes the first digits hex digits of bytes, in lower case, and a NUL. */
void hex_write(char *out, const unsigned char *bytes, size_t digits);
/* Returns the value of a hex digit in any case, or -1. */
int hex_value(unsigned char c);

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
/* Overwrites the whole allocation, then frees it. A buffer for a secret gets
 * its capacity from buf_reserve before, since growing leaves a copy behind. */
void buf_wipe(struct buf *b);
/* Makes room for cap bytes in all. */
void buf_reserve(struct buf *b, size_t cap);
/* Overwrites n bytes that held a secret; the compiler cannot remove it. */
void wipe(void *p, size_t n);

#endif
