/*
 * Framing: where one SIP message ends on a stream, or in a datagram, and the
 * next begins (RFC 3261, 18.3; keep-alives of RFC 5626, 3.5.1). No I/O.
 */
#ifndef SIGNET_SRC_STREAM_H
#define SIGNET_SRC_STREAM_H

#include "../keys/bytes.h"

struct stream_limits {
	size_t head;    /* bytes of start line and header fields */
	size_t headers; /* header fields */
	size_t body;    /* bytes */
};

enum stream_found {
	STREAM_MORE,    /* nothing whole yet */
	STREAM_MESSAGE, /* head (with its empty line) and body */
	STREAM_PING,    /* CRLF CRLF: to be answered with one CRLF */
	STREAM_PONG,    /* a lone CRLF, skipped */
	STREAM_BROKEN   /* cannot be framed: head as far as there is one;
	                 * answer status, close */
};

struct stream_frame {
	enum stream_found found;
	struct span head, body; /* borrowed from the input */
	size_t used;            /* bytes of input to drop afterwards */
	int status;             /* STREAM_BROKEN: 400 or 513; 413 for a body */
	const char *why;        /* STREAM_BROKEN: static words */
};

/* Where a scan that gave STREAM_MORE goes on, so that a byte a second costs
 * no more than its bytes. All zero at the start and after every frame. */
struct stream_scan {
	size_t seen;     /* input already looked at for the head's end */
	size_t head;     /* length of the whole head once known */
	size_t body;     /* length of the body once the head is known */
};

/* Looks at the front of input. */
void stream_next(struct span input, struct stream_scan *scan,
    const struct stream_limits *limits, struct stream_frame *out);

/* A datagram holds one message: a missing Content-Length means to its end,
 * what is beyond Content-Length is dropped, less is STREAM_BROKEN. A file's
 * message may lack Content-Length as well: whole says that input is all. */
void stream_datagram(struct span input, const struct stream_limits *limits,
    struct stream_frame *out);

#endif
