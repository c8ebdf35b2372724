#include "src/base/der_write.h"

#include <string.h>

/* Writes the octets of a length, most significant first. Returns their
 * number. */
static size_t
der_length(size_t n, unsigned char out[1 + sizeof(size_t)])
{
	size_t octets = 0, rest;

	if (n < 0x80) {
		out[0] = (unsigned char)n;
		return 1;
	}
	for (rest = n; rest > 0; rest >>= 8)
		octets++;
	out[0] = (unsigned char)(0x80 | octets);
	for (size_t i = octets; i > 0; i--, n >>= 8)
		out[i] = (unsigned char)(n & 0xff);
	return 1 + octets;
}

size_t
der_begin(struct buf *b, unsigned id)
{
	unsigned char head[2] = {(unsigned char)id, 0};

	buf_add(b, head, 2);
	return b->n;
}

void
der_end(struct buf *b, size_t place)
{
	unsigned char octets[1 + sizeof(size_t)];
	size_t n = b->n - place, more = der_length(n, octets) - 1;

	/* der_begin left room for one octet. */
	if (more > 0) {
		buf_add(b, octets, more);
		memmove(b->p + place + more, b->p + place, n);
	}
	memcpy(b->p + place - 1, octets, more + 1);
}

void
der_add(struct buf *b, unsigned id, struct span content)
{
	unsigned char head[2 + sizeof(size_t)] = {(unsigned char)id};
	size_t n = der_length(content.n, head + 1);

	buf_add(b, head, 1 + n);
	buf_addspan(b, content);
}

void
der_add_small(struct buf *b, unsigned n)
{
	unsigned char value = (unsigned char)(n & 0x7f);

	der_add(b, DER_ID_INTEGER, (struct span){&value, 1});
}

int
der_order(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

	/* The shorter one counts as padded with zeros: it is not behind. */
	if (order != 0 || a.n == b.n)
		return order;
	return a.n < b.n ? -1 : 1;
}
