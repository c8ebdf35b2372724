/*
 * Framing: where one SIP message ends on a stream, or in a datagram, and the
 * next begins (RFC 3261, 18.3; keep-alives of RFC 5626, 3.5.1). No I/O.
 *
 * Lines end with CRLF; LF or CR alone breaks the stream, since two programs
 * that disagree on line ends disagree on where a message ends.
 */
#ifndef SIGNET_SRC_NET_STREAM_H
#define SIGNET_SRC_NET_STREAM_H

#include "src/base/bytes.h"

struct stream_limits {
	size_t head; /* bytes of start line, header fields, empty line */
	size_t headers; /* header fields */
	size_t body; /* bytes */
};

enum stream_found {
	STREAM_MORE, /* nothing whole yet */
	STREAM_MESSAGE, /* head (with its empty line) and body */
	STREAM_PING, /* CRLF CRLF: to be answered with one CRLF */
	STREAM_PONG, /* a lone CRLF, skipped */
	STREAM_BROKEN /* cannot be framed: head as far as there is one;
	                 * answer status, close */
};

struct stream_frame {
	enum stream_found found;
	struct span head, body; /* borrowed from the input */
	size_t used; /* bytes of input to drop afterwards */
	int status; /* STREAM_BROKEN: 400 or 513; 413 for a body */
	const char *why; /* STREAM_BROKEN: static words */
};

/* Where a scan that gave STREAM_MORE goes on, so that a byte a second costs
 * no more than its bytes. All zero at the start; stream_next zeroes it after
 * every frame but for half. */
struct stream_scan {
	size_t seen; /* input already looked at for the head's end */
	size_t line; /* where the line that has not ended begins */
	size_t fields; /* header fields so far */
	size_t head; /* length of the whole head once known */
	size_t body; /* length of the body once the head is known */
	bool half; /* the frame before was a lone CRLF: another one right
	                * behind it makes both a ping */
};

/* Looks at the front of input. A Content-Length that is missing, given twice,
 * no number or (413) beyond limits is STREAM_BROKEN as soon as the head is
 * whole. */
void stream_next(struct span input, struct stream_scan *scan,
    const struct stream_limits *limits, struct stream_frame *out);

/* A datagram holds one message: a missing Content-Length means to its end,
 * what is beyond Content-Length is dropped, less is STREAM_BROKEN; so is what
 * never ends its head. Never STREAM_MORE, and all of input is used. The last
 * message of a file can be read so too. */
void stream_datagram(struct span input, const struct stream_limits *limits,
    struct stream_frame *out);

#endif
