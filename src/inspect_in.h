/*
 * What the two forms of inspect share: files read, and messages found in
 * them.
 */
#ifndef SIGNET_SRC_INSPECT_IN_H
#define SIGNET_SRC_INSPECT_IN_H

#include "../keys/err.h"
#include "stream.h"

/* Appends a whole file; "-" is standard input. EX_NOINPUT. */
int inspect_read(const char *path, struct buf *out, struct err *e);

/* The next message at the front of rest: how many bytes it takes, 0 for
 * none. A last one may lack Content-Length, and goes to the end then. */
size_t inspect_next(struct span rest, struct stream_frame *frame);

#endif
