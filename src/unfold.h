/*
 * A message of the wire unfolded: its fields, the parts of its body, and the
 * structure of what is signed or sealed, as the draft shows its flows.
 */
#ifndef SIGNET_SRC_UNFOLD_H
#define SIGNET_SRC_UNFOLD_H

#include "../keys/bytes.h"

/* Appends lines, harmless to a terminal and not wrapped: the head as it is;
 * each MIME part's fields below their boundary; text as text; CMS content
 * named ("* binary blob 1, 342 bytes *") with its ASN.1 below in dumpasn1's
 * layout; other bytes as a dump. Bad input is shown as bytes, with words. */
void unfold_message(struct buf *out, struct span head, struct span body);

#endif
