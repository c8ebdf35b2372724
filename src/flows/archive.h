/*
 * Writes files as a gzipped tar (POSIX ustar, RFC 1952) in base64.
 */
#ifndef SIGNET_SRC_FLOWS_ARCHIVE_H
#define SIGNET_SRC_FLOWS_ARCHIVE_H

#include <time.h>

#include "src/base/bytes.h"
#include "src/base/err.h"

struct archive {
	struct buf tar;
	time_t at; /* modification time of all files */
};

/* Adds a file. EX_SOFTWARE if its name is too long for the format: 100 bytes,
 * and 155 before a '/'. */
int archive_add(struct archive *a, const char *name, struct span data,
    unsigned mode, struct err *e);
/* Ends the tar and appends it gzipped, in base64 lines of 64. EX_SOFTWARE. */
int archive_base64(struct archive *a, struct buf *out, struct err *e);
void archive_free(struct archive *a);

#endif
