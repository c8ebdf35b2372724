/* CMS written by hand, for the tests of judging. */
#ifndef SIGNET_TESTS_UNIT_KEYS_SMIME_JUDGING_DER_H
#define SIGNET_TESTS_UNIT_KEYS_SMIME_JUDGING_DER_H

#include "tests/unit/keys/keys_make.h"

static inline void
put_tlv(struct buf *out, int tag, struct span body)
{
	unsigned char head[6] = {(unsigned char)tag};
	size_t n = 2;

	if (body.n < 128) {
		head[1] = (unsigned char)body.n;
	} else if (body.n < 256) {
		head[1] = 0x81;
		head[2] = (unsigned char)body.n;
		n = 3;
	} else {
		head[1] = 0x82;
		head[2] = (unsigned char)(body.n >> 8);
		head[3] = (unsigned char)body.n;
		n = 4;
	}
	buf_add(out, head, n);
	buf_addspan(out, body);
}

/* Wraps what b holds into a value of that tag. */
static inline void
wrap(struct buf *b, int tag)
{
	struct buf out = {0};

	put_tlv(&out, tag, span_buf(b));
	buf_free(b);
	*b = out;
}

#endif
