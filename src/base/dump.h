/*
 * Hex dumps, for people.
 */
#ifndef SIGNET_SRC_BASE_DUMP_H
#define SIGNET_SRC_BASE_DUMP_H

#include "src/base/bytes.h"

/* Appends "<N bytes>" and rows of 16 bytes, in hex and as ASCII. Each line
 * begins with indent. */
void dump_bytes(struct buf *out, const char *indent, struct span s);

#endif
