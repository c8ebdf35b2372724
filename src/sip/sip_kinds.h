/*
 * The kind of each line of a message's head, for its colour.
 */
#ifndef SIGNET_SRC_SIP_SIP_KINDS_H
#define SIGNET_SRC_SIP_SIP_KINDS_H

#include "src/base/paint.h"

/* Returns the kind of a start line, whole or without its version: a request
 * line, or a status line by the class of its status. */
enum paint sip_start_kind(struct span line);

/* Appends the escaped lines of a head, or of a MIME part's fields, marked. start:
 * the first one is a start line. The last one gets a line end. */
void sip_mark_head(struct buf *out, struct span lines, bool start);

#endif
