/*
 * How the agents of a flow write: the same each time where a seed names them,
 * and as SIPimp wrote the messages of draft-ietf-sip-sec-flows-01 where a flow
 * reproduces one of those.
 */
#ifndef SIGNET_SRC_FLOWS_FORMAT_H
#define SIGNET_SRC_FLOWS_FORMAT_H

#include "src/ua/format.h"

/* The names in a message of the Internet-Draft and in the response to it. */
struct flows_draft {
	const char *sent_by; /* of the Via: the draft's address and port */
	const char *branch; /* after the magic cookie */
	const char *call_id, *from_tag, *to_tag;
	const char *boundary; /* of its multipart/signed, or NULL */
	const char *contact; /* its user and address */
	const char *answer_contact; /* the same, of the response */
	const char *received; /* the end of the Via in the response */
};

struct flows_format {
	time_t at; /* Date, and the time of signatures; 0: now */
	const char *seed; /* names are digests of it; NULL: they are random */
	const struct flows_draft *draft; /* NULL: signet's own layout */
	bool opaque; /* the signed entity lies inside its SignedData */
	char boundary[33];
	struct smime_form body;
	struct ua_format table; /* for ua_new_formatted */
};

/* Makes f's table from its other members. f stays where it is: the table
 * points to it. seed may change between two messages. */
void flows_format_init(struct flows_format *f, unsigned tls_max);

#endif
