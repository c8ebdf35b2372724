/*
 * Reads hex dumps that a person pastes: those of hexdump -C, xxd, od -t x1,
 * tcpdump, OpenSSL and our own.
 */
#ifndef SIGNET_SRC_SHOW_HEXDUMP_H
#define SIGNET_SRC_SHOW_HEXDUMP_H

#include "src/base/bytes.h"
#include "src/base/err.h"

enum hexdump_found {
	HEXDUMP_NONE, /* the text is no hex dump */
	HEXDUMP_BROKEN, /* it begins as one; EX_DATAERR in e */
	HEXDUMP_WHOLE /* all of it was read */
};

/* Appends the bytes of text: lines of hex digits in pairs or groups of pairs,
 * which may have an offset before and the bytes as ASCII after them. Offsets
 * need not begin at 0, but must match the bytes before them. */
enum hexdump_found hexdump_read(
    struct span text, struct buf *out, struct err *e);

#endif
