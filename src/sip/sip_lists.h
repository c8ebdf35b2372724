/*
 * Header fields that are lists of addresses: Contact, Route and its like.
 */
#ifndef SIGNET_SRC_SIP_SIP_LISTS_H
#define SIGNET_SRC_SIP_SIP_LISTS_H

#include "src/sip/sip.h"

/* The position in the Contact fields of a message; all zero at the start. */
struct sip_contacts {
	size_t field, at;
};

struct sip_contact {
	struct span uri; /* borrowed from the message, as are the others */
	struct span instance; /* +sip.instance's URN, without quotes and < > */
	struct span reg_id; /* RFC 5626 */
	bool has_expires;
	uint64_t expires; /* s; 2^32-1 if it is larger (20.10) */
	unsigned q; /* thousandths; 1000 by default */
};

/* Gets the next contact. Returns false at the end. Skips "*" and malformed
 * ones: other programs' bindings are in the same field. */
bool sip_contact_next(const struct sip_msg *m, struct sip_contacts *walk,
    struct sip_contact *out);

/* Appends the routes of all fields of this name (Service-Route: RFC 3608) as
 * one Route value. Returns false, and appends nothing, if one is malformed or
 * has no lr parameter, or there are more than 16. */
bool sip_routes(const struct sip_msg *m, const char *name, struct buf *out);

/* Returns how many Via values a message has, in all its fields. */
size_t sip_via_count(const struct sip_msg *m);

/* Returns whether a Require field names an option. */
bool sip_requires(const struct sip_msg *m, const char *option);

/* Returns the URI of the first route in a Route value, or an empty span. */
struct span sip_route_first(struct span routes);

#endif
