/*
 * Prints a message with all its parts, and the ASN.1 of its CMS content, as the
 * draft prints its call flows.
 */
#ifndef SIGNET_SRC_SHOW_PRETTY_MESSAGE_H
#define SIGNET_SRC_SHOW_PRETTY_MESSAGE_H

#include "src/base/bytes.h"

/* How much of a message is printed. */
enum pretty_depth {
	PRETTY_WHOLE,
	PRETTY_HEAD, /* its header fields */
	PRETTY_PARTS /* and its parts, but no ASN.1 */
};

/* Options; all zero prints the message unchanged. */
struct pretty_how {
	enum pretty_depth depth;
	bool marks; /* lines are marked with their kinds (src/base/paint.h) */
	size_t width; /* longer lines of the head are broken within
	               * <allOneLine> (RFC 4475, 2.1); 0: never */
	unsigned blobs; /* the number of the first CMS content; 0: 1 */
	unsigned hide; /* as for asn1_print; if offsets are hidden, sizes are
	                * too */
};

/* Appends lines, escaped for a terminal and not wrapped: the head; each MIME
 * part's fields below their boundary; text as text; CMS content as "* binary
 * blob 1, 342 bytes *" with its ASN.1 below in dumpasn1's layout; other bytes
 * as a hex dump. Malformed parts are printed as bytes after a reason. */
void pretty_message(struct buf *out, struct span head, struct span body);
/* The same with options. */
void pretty_message_as(struct buf *out, struct span head, struct span body,
    const struct pretty_how *how);

/* Calls fn with each CMS content of a message, in the order in which
 * pretty_message prints them. */
typedef void pretty_blob_fn(void *arg, struct span der);
void pretty_blobs(
    struct span head, struct span body, pretty_blob_fn *fn, void *arg);

#endif
