/*
 * Compressed bytes (RFC 1950, RFC 1952).
 */
#ifndef SIGNET_SRC_BASE_DEFLATE_H
#define SIGNET_SRC_BASE_DEFLATE_H

#include "src/base/bytes.h"
#include "src/base/err.h"

/* Appends the gzip form of data. EX_SOFTWARE. */
int deflate_gzip(struct span data, struct buf *out, struct err *e);

enum inflate_result {
	INFLATE_OK,
	INFLATE_BROKEN, /* it is no zlib stream, or other bytes follow it */
	INFLATE_LARGE /* there is more than max */
};
/* Inflates a zlib stream ("deflate" in Content-Encoding) to at most max bytes;
 * out is empty before, and holds nothing on failure. */
enum inflate_result inflate_zlib(struct span data, size_t max, struct buf *out);

#endif
