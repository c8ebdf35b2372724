/*
 * Writes DER (X.690) at the end of a buffer, value by value.
 */
#ifndef SIGNET_SRC_BASE_DER_WRITE_H
#define SIGNET_SRC_BASE_DER_WRITE_H

#include "src/base/bytes.h"

/* Identifier octets. */
enum {
	DER_ID_INTEGER = 0x02,
	DER_ID_BIT_STRING = 0x03,
	DER_ID_OCTET_STRING = 0x04,
	DER_ID_NULL = 0x05,
	DER_ID_OID = 0x06,
	DER_ID_UTC_TIME = 0x17,
	DER_ID_GENERALIZED_TIME = 0x18,
	DER_ID_SEQUENCE = 0x30,
	DER_ID_SET = 0x31,
	DER_ID_CONTEXT = 0x80, /* | number: primitive */
	DER_ID_CONTEXT_OF = 0xa0 /* | number: constructed */
};

/* Begins a value whose content is what is appended until der_end. Returns its
 * place, for der_end. id is below 256. */
size_t der_begin(struct buf *b, unsigned id);
/* Ends the value: writes its length. Values end in the reverse order of their
 * beginning. */
void der_end(struct buf *b, size_t place);

/* Appends a whole value. */
void der_add(struct buf *b, unsigned id, struct span content);
/* Appends an INTEGER of 0 to 127. */
void der_add_small(struct buf *b, unsigned n);

/* Compares two encodings as DER orders the elements of a SET OF (11.6): below
 * 0, 0 or above 0. */
int der_order(struct span a, struct span b);

#endif
