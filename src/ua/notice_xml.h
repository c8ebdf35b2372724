/*
 * The XML of receipts (message/imdn+xml, RFC 5438) and of typing
 * (application/im-iscomposing+xml, RFC 3994), read with expat and written.
 *
 * A document type and entities of its own are refused, and unknown elements
 * ignored.
 */
#ifndef SIGNET_SRC_UA_NOTICE_XML_H
#define SIGNET_SRC_UA_NOTICE_XML_H

#include <time.h>

#include "src/base/bytes.h"

enum { IMDN_ID_MAX = 128 }; /* bytes of a Message-ID */

enum imdn_status {
	IMDN_DELIVERED,
	IMDN_FAILED, /* or an error on the way */
	IMDN_DISPLAYED,
	IMDN_OTHER /* it says nothing that matters here */
};

/* What a receipt is about. */
struct imdn {
	char message_id[IMDN_ID_MAX + 1];
	enum imdn_status status;
};

/* Read a document. Return false where it is none of its kind, or not whole; out
 * is then to be ignored. refresh is in seconds, at least 60: a typing person is
 * to be taken as idle after it. */
bool imdn_read(struct span xml, struct imdn *out);
struct composing {
	bool active;
	unsigned refresh;
};
bool composing_read(struct span xml, struct composing *out);

/* Append a document. message_id is a token of RFC 3862. */
void imdn_write(
    struct buf *out, const char *message_id, time_t when, bool displayed);
void composing_write(struct buf *out, bool active, unsigned refresh);

#endif
