/*
 * Bytes that are no text, as a person reads them.
 */
#ifndef SIGNET_SRC_BASE_DUMP_H
#define SIGNET_SRC_BASE_DUMP_H

#include "src/base/bytes.h"

/* Appends "<N bytes>" and rows of 16 bytes, in hex and as ASCII, each line led
 * by indent. */
void dump_bytes(struct buf *out, const char *indent, struct span s);

#endif
