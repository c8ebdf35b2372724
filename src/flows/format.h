/*
 * How the agents of a flow write messages: with names from a seed if there is
 * one, and in SIPimp's layout if the flow reproduces a message of
 * draft-ietf-sip-sec-flows-01.
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
	const char *contact; /* user and address of its Contact */
	const char *answer_contact; /* the same of the response */
	const char *received; /* the end of the Via in the response */
};

struct flows_format {
	time_t at; /* Date, and the time of signatures; 0: now */
	const char *seed; /* names are digests of it; NULL: random names */
	const struct flows_draft *draft; /* NULL: signet's own layout */
	bool opaque; /* the signed entity lies inside its SignedData */
	char boundary[33];
	struct smime_form body;
	struct ua_format table; /* for ua_new_formatted */
};

/* Fills in f->table from its other members. f must not move: the table points
 * to it. seed may change between messages. */
void flows_format_init(struct flows_format *f, unsigned tls_max);

#endif
