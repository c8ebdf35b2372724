/*
 * Header fields that are lists of addresses: Contact, and the routes.
 */
#ifndef SIGNET_SRC_SIP_SIP_LISTS_H
#define SIGNET_SRC_SIP_SIP_LISTS_H

#include "src/sip/sip.h"

/* Where a walk through the Contact fields of a message is; all zero begins
 * one. */
struct sip_contacts {
	size_t field, at;
};

struct sip_contact {
	struct span uri; /* borrowed from the message, as are the others */
	struct span instance; /* +sip.instance's URN, without quotes and < > */
	struct span reg_id; /* RFC 5626 */
	bool has_expires;
	uint64_t expires; /* s, as it came; above 2^32-1 is that (20.10) */
	unsigned q; /* thousandths; 1000 where it is not said */
};

/* The next contact. False at the end; "*" and what is not well formed are
 * passed over: bindings of other people's programs are in the same field. */
bool sip_contact_next(const struct sip_msg *m, struct sip_contacts *walk,
    struct sip_contact *out);

/* Appends the routes of all fields of this name (Service-Route: RFC 3608) as
 * one Route value. False, and nothing, where one is not well formed, or has no
 * lr, or there are more than 16. */
bool sip_routes(const struct sip_msg *m, const char *name, struct buf *out);

/* Returns whether a Require field names an option. */
bool sip_requires(const struct sip_msg *m, const char *option);

/* The URI of the first of a Route value's. */
struct span sip_route_first(struct span routes);

#endif
