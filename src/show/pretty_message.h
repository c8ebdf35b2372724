/*
 * A message of the wire unfolded: its fields, the parts of its body, and the
 * structure of what is signed or sealed, as the draft shows its flows.
 */
#ifndef SIGNET_SRC_SHOW_PRETTY_MESSAGE_H
#define SIGNET_SRC_SHOW_PRETTY_MESSAGE_H

#include "src/base/bytes.h"

/* How it is shown; all zero is as it is. */
struct pretty_how {
	size_t width; /* longer lines of a head are broken within
	                 * <allOneLine> (RFC 4475, 2.1); 0: none is */
	unsigned blobs; /* the number of the first CMS content; 0: 1 */
	unsigned hide; /* as asn1_print has it; where offsets are hidden,
	                 * so are sizes */
};

/* Appends lines, harmless to a terminal and not wrapped: the head as it is;
 * each MIME part's fields below their boundary; text as text; CMS content
 * named ("* binary blob 1, 342 bytes *") with its ASN.1 below in dumpasn1's
 * layout; other bytes as a dump. Bad input is shown as bytes, with words. */
void pretty_message(struct buf *out, struct span head, struct span body);
/* The same in another way. */
void pretty_message_as(struct buf *out, struct span head, struct span body,
    const struct pretty_how *how);

/* Calls fn with each CMS content of a message, in the order that
 * pretty_message has. */
typedef void pretty_blob_fn(void *arg, struct span der);
void pretty_blobs(
    struct span head, struct span body, pretty_blob_fn *fn, void *arg);

#endif
