/*
 * A gzipped tar (POSIX ustar, RFC 1952), and its base64: files handed on in
 * one piece of text.
 */
#ifndef SIGNET_SRC_FLOWS_ARCHIVE_H
#define SIGNET_SRC_FLOWS_ARCHIVE_H

#include <time.h>

#include "src/base/bytes.h"
#include "src/base/err.h"

struct archive {
	struct buf tar;
	time_t at; /* the time of what is in it */
};

/* Adds a file. EX_SOFTWARE when its name is longer than the format has room
 * for: 100 bytes, and 155 before a '/'. */
int archive_add(struct archive *a, const char *name, struct span data,
    unsigned mode, struct err *e);
/* Appends the base64, in lines of 64, of the gzipped whole. EX_SOFTWARE. */
int archive_base64(struct archive *a, struct buf *out, struct err *e);
void archive_free(struct archive *a);

#endif
