/*
 * Framing: finds the end of a SIP message in a stream or a datagram (RFC 3261,
 * 18.3), and the keep-alives between messages (RFC 5626, 3.5.1). Does no I/O.
 *
 * Lines end with CRLF. A lone CR or LF makes the stream broken: two programs
 * that disagree on line ends disagree on where a message ends.
 */
#ifndef SIGNET_SRC_NET_STREAM_H
#define SIGNET_SRC_NET_STREAM_H

#include "src/base/bytes.h"

struct stream_limits {
	size_t head; /* bytes of start line, header fields and empty line */
	size_t headers; /* number of header fields */
	size_t body; /* bytes of the body */
};

enum stream_found {
	STREAM_MORE, /* more input is needed */
	STREAM_MESSAGE, /* a whole one: head with its empty line, body */
	STREAM_PING, /* CRLF CRLF: answer with one CRLF */
	STREAM_PONG, /* one CRLF */
	STREAM_BROKEN /* the input cannot be framed: answer status, close; head
	                 * has the header fields before the fault */
};

struct stream_frame {
	enum stream_found found;
	struct span head, body; /* borrowed from input */
	size_t used; /* bytes of input to drop after use */
	int status; /* STREAM_BROKEN: 400, 413 (body) or 513 (head) */
	const char *why; /* STREAM_BROKEN: the reason; static */
};

/* The state of a scan, so that no byte is looked at twice however slowly a
 * message comes. All zero at the start; stream_next zeroes all but half after
 * each frame. */
struct stream_scan {
	size_t seen; /* bytes already searched for the end of the head */
	size_t line; /* offset of the line that has not ended yet */
	size_t fields; /* header fields so far */
	size_t head; /* bytes of the head; 0 until its end is found */
	size_t body; /* bytes of the body, once head is known */
	bool half; /* the last frame was one CRLF: a second one directly
	            * after it makes both a ping */
};

/* Finds the first frame of input, which must hold the same bytes as in the last
 * call, and more, until a frame was found. A Content-Length that is missing,
 * given twice, no number or above limits->body (413) is STREAM_BROKEN as soon
 * as the head is whole. */
void stream_next(struct span input, struct stream_scan *scan,
    const struct stream_limits *limits, struct stream_frame *out);

/* Reads input as one datagram, or as the last message of a file. Without a
 * Content-Length the body goes to the end; bytes beyond Content-Length are
 * dropped. STREAM_BROKEN if the body is shorter than that or the head does not
 * end. Never gives STREAM_MORE; out->used is all of input. */
void stream_datagram(struct span input, const struct stream_limits *limits,
    struct stream_frame *out);

#endif
