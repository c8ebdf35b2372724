#include "src/flows/archive.h"

#include <string.h>

#include "keys/smime/mime.h"
#include "src/base/deflate.h"

enum {
	TAR_BLOCK = 512,
	TAR_NAME = 100,
	TAR_PREFIX = 155, /* the folder part of a long name, without its '/' */
	TAR_PREFIX_AT = 345,
	TAR_SUM = 148 /* offset of the checksum, 8 bytes */
};

static void
archive_put(unsigned char *block, size_t at, const char *text)
{
	memcpy(block + at, text, strlen(text));
}

static void
archive_put_octal(unsigned char *block, size_t at, size_t digits, uint64_t n)
{
	while (digits-- > 0) {
		block[at + digits] = (unsigned char)('0' + (n & 7));
		n >>= 3;
	}
}

/* Writes a name; a long one is split at a '/' into prefix and name. Returns
 * false if it does not fit. */
static bool
archive_put_name(unsigned char *block, const char *name)
{
	const char *slash = NULL;
	size_t n = strlen(name);

	if (n <= TAR_NAME) {
		archive_put(block, 0, name);
		return true;
	}
	for (size_t i = 1; i <= TAR_PREFIX && i + 1 < n && slash == NULL; i++)
		if (name[i] == '/' && n - i - 1 <= TAR_NAME)
			slash = name + i;
	if (slash == NULL)
		return false;
	memcpy(block + TAR_PREFIX_AT, name, (size_t)(slash - name));
	archive_put(block, 0, slash + 1);
	return true;
}

int
archive_add(struct archive *a, const char *name, struct span data,
    unsigned mode, struct err *e)
{
	static const unsigned char zeros[TAR_BLOCK];
	unsigned char head[TAR_BLOCK] = {0};
	unsigned sum = 0;

	if (!archive_put_name(head, name))
		return err_set(
		    e, EX_SOFTWARE, "%s: the name is too long for a tar", name);
	archive_put_octal(head, 100, 7, mode);
	archive_put_octal(head, 108, 7, 0);
	archive_put_octal(head, 116, 7, 0);
	archive_put_octal(head, 124, 11, data.n);
	archive_put_octal(head, 136, 11, (uint64_t)a->at);
	archive_put(head, TAR_SUM, "        ");
	archive_put(head, 156, "0");
	archive_put(head, 257, "ustar");
	archive_put(head, 263, "00");
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += head[i];
	archive_put_octal(head, TAR_SUM, 6, sum);
	head[TAR_SUM + 6] = '\0';
	buf_add(&a->tar, head, sizeof(head));
	buf_addspan(&a->tar, data);
	buf_add(&a->tar, zeros, (TAR_BLOCK - data.n % TAR_BLOCK) % TAR_BLOCK);
	return 0;
}

int
archive_base64(struct archive *a, struct buf *out, struct err *e)
{
	static const unsigned char end[2 * TAR_BLOCK];
	struct buf gz = {0};
	int rc;

	buf_add(&a->tar, end, sizeof(end));
	rc = deflate_gzip(span_buf(&a->tar), &gz, e);
	if (rc == 0)
		mime_encode_base64(out, span_buf(&gz));
	buf_wipe(&gz);
	return rc;
}

void
archive_free(struct archive *a)
{
	buf_wipe(&a->tar);
}
