/*
 * Stored messages: files read, and the messages found in them.
 */
#ifndef SIGNET_SRC_SHOW_STORED_H
#define SIGNET_SRC_SHOW_STORED_H

#include "src/base/err.h"
#include "src/net/stream.h"

/* Appends a whole file; "-" is standard input. EX_NOINPUT. */
int stored_read(const char *path, struct buf *out, struct err *e);

/* The next message at the front of rest: how many bytes it takes, 0 for
 * none. A last one may lack Content-Length, and goes to the end then. */
size_t stored_next(struct span rest, struct stream_frame *frame);

#endif
