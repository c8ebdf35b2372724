/*
 * Reads files, and finds the messages in them.
 */
#ifndef SIGNET_SRC_SHOW_STORED_H
#define SIGNET_SRC_SHOW_STORED_H

#include "src/base/err.h"
#include "src/net/stream.h"

/* Appends a whole file to out; path "-" is standard input. EX_NOINPUT. */
int stored_read(const char *path, struct buf *out, struct err *e);

/* Frames the message at the front of rest. Returns how many bytes it takes; 0
 * if there is none, with why in frame. The last message may lack
 * Content-Length; its body goes to the end then. */
size_t stored_next(struct span rest, struct stream_frame *frame);

#endif
