/*
 * Reads DER, and BER with indefinite lengths (X.690), value by value.
 */
#ifndef SIGNET_SRC_BASE_DER_H
#define SIGNET_SRC_BASE_DER_H

#include "src/base/bytes.h"

enum der_class { DER_UNIVERSAL, DER_APPLICATION, DER_CONTEXT, DER_PRIVATE };

enum der_tag { /* of the universal class */
	DER_BOOLEAN = 1,
	DER_INTEGER = 2,
	DER_BIT_STRING = 3,
	DER_OCTET_STRING = 4,
	DER_OID = 6,
	DER_ENUMERATED = 10,
	DER_UTF8 = 12,
	DER_SEQUENCE = 16,
	DER_SET = 17,
	DER_UTC_TIME = 23,
	DER_GENERALIZED_TIME = 24,
	DER_BMP = 30
};

enum { DER_DEPTH_MAX = 32 }; /* nested values of indefinite length */

/* The header of a value, with offsets in the bytes that it was read from. */
struct der_head {
	enum der_class class;
	unsigned long tag;
	bool constructed, indefinite;
	size_t at, body; /* of the header, and of the content */
	size_t end; /* of the content; where it is indefinite, the limit */
};
/* Reads the header at offset at of s; nothing at or beyond limit is read, and
 * at must be below it. Returns NULL, or why the header is malformed. out->end
 * may be beyond limit. */
const char *der_head(
    struct span s, size_t at, size_t limit, struct der_head *out);
/* Returns whether the end-of-contents bytes stand at at. */
bool der_is_end(struct span s, size_t at, size_t limit);

/* A value. */
struct der {
	enum der_class class;
	unsigned long tag;
	bool constructed;
	struct span body; /* without end-of-contents bytes */
};
/* Takes the next value off *s. False if there is none or it is malformed. */
bool der_next(struct span *s, struct der *out);
/* Takes the next value, which must have this universal tag. On failure *s may
 * have moved. */
bool der_take(struct span *s, enum der_tag tag, struct der *out);
/* Takes the next value if it has this tag of the context class. */
bool der_take_context(struct span *s, unsigned long tag, struct der *out);

#endif
