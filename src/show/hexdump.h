/*
 * Bytes that a person pastes as hex: what hexdump -C, xxd, od -t x1, tcpdump,
 * OpenSSL and our own dumps print, read back.
 */
#ifndef SIGNET_SRC_SHOW_HEXDUMP_H
#define SIGNET_SRC_SHOW_HEXDUMP_H

#include "src/base/bytes.h"
#include "src/base/err.h"

enum hexdump_found {
	HEXDUMP_NONE, /* this is something else */
	HEXDUMP_BROKEN, /* it begins as one; EX_DATAERR and why in e */
	HEXDUMP_WHOLE
};

/* Appends the bytes of text: lines of hex digits in pairs or groups of pairs,
 * with or without offsets before and the same as ASCII behind. Offsets, which
 * need not begin at 0, have to agree with the bytes that came. */
enum hexdump_found hexdump_read(
    struct span text, struct buf *out, struct err *e);

#endif
