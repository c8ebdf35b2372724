#include "src/show/stored.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* No limits: the file is in memory already. */
static const struct stream_limits stored_limits = {
    .head = SIZE_MAX / 2, .headers = SIZE_MAX / 2, .body = SIZE_MAX / 2};

int
stored_read(const char *path, struct buf *out, struct err *e)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	unsigned char chunk[16384];
	size_t n;

	if (f == NULL)
		return err_set(e, EX_NOINPUT, "%s: %s", path, strerror(errno));
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	if (ferror(f)) {
		(void)err_set(e, EX_NOINPUT, "%s: %s", path, strerror(errno));
		if (f != stdin)
			(void)fclose(f);
		return -1;
	}
	if (f != stdin)
		(void)fclose(f);
	return 0;
}

size_t
stored_next(struct span rest, struct stream_frame *frame)
{
	struct stream_scan scan = {0};

	stream_next(rest, &scan, &stored_limits, frame);
	if (frame->found == STREAM_BROKEN) {
		struct stream_frame whole;

		stream_datagram(rest, &stored_limits, &whole);
		if (whole.found == STREAM_MESSAGE && whole.used == rest.n)
			*frame = whole;
	}
	if (frame->found == STREAM_MORE) {
		frame->found = STREAM_BROKEN;
		frame->why = "it is cut short";
	}
	return frame->found == STREAM_BROKEN ? 0 : frame->used;
}
