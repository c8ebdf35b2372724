#include "src/base/deflate.h"

#define ZLIB_CONST /* next_in is not written to */
#include <zlib.h>

enum { GZIP_BITS = 31 }; /* zlib's windowBits for gzip, the largest window */

int
deflate_gzip(struct span data, struct buf *out, struct err *e)
{
	z_stream z = {0};
	size_t before = out->n;
	int rc;

	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_BITS, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(e, EX_SOFTWARE, "gzip cannot be set up");
	buf_reserve(out, before + deflateBound(&z, (uLong)data.n));
	z.next_in = data.p;
	z.avail_in = (uInt)data.n;
	z.next_out = out->p + before;
	z.avail_out = (uInt)(out->cap - before);
	rc = deflate(&z, Z_FINISH);
	out->n = before + z.total_out;
	(void)deflateEnd(&z);
	return rc == Z_STREAM_END
	    ? 0
	    : err_set(e, EX_SOFTWARE, "it cannot be gzipped");
}

enum inflate_result
inflate_zlib(struct span data, size_t max, struct buf *out)
{
	z_stream z = {.next_in = data.p, .avail_in = (uInt)data.n};
	int rc;

	if (data.n > UINT32_MAX || inflateInit(&z) != Z_OK)
		return INFLATE_BROKEN;
	/* One byte more tells that there is more. */
	buf_reserve(out, max + 1);
	z.next_out = out->p;
	z.avail_out = (uInt)(max + 1);
	rc = inflate(&z, Z_FINISH);
	out->n = z.total_out;
	(void)inflateEnd(&z);
	if (out->n <= max && rc == Z_STREAM_END && z.avail_in == 0) {
		out->p[out->n] = '\0';
		return INFLATE_OK;
	}
	rc = out->n > max ? INFLATE_LARGE : INFLATE_BROKEN;
	out->n = 0;
	return (enum inflate_result)rc;
}
