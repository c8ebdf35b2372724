/*
 * Requests of ours: the header fields that all of them have (RFC 3261, 8.1.1).
 */
#ifndef SIGNET_SRC_UA_REQUEST_H
#define SIGNET_SRC_UA_REQUEST_H

#include <time.h>

#include "src/net/transport.h"
#include "src/sip/sip.h"

/* A request to be written; all is borrowed. */
struct request {
	const char *method;
	const char *uri;
	const char *to; /* a sip or sips URI of an AOR */
	const char *from;
	const char *route; /* the value of a Route field, or NULL */
	const char *call_id, *from_tag;
	const char *branch; /* after the magic cookie; new for each target */
	uint32_t cseq;
	struct span credentials; /* Authorization lines, or none */
};

/* Appends the start line and all fields but those that belong to a body, as
 * the request leaves by this transport from this address. Nothing that could
 * end a line gets in: -1 with EX_DATAERR, and out is to be thrown away. */
int request_start(struct buf *out, const struct request *r,
    enum verdict_transport kind, const struct addr *local, struct err *e);

/* "NAME: VALUE", as sip_add has it. */
int request_add(
    struct buf *out, const char *name, const char *value, struct err *e);
int request_addf(struct buf *out, const char *name, struct err *e,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The methods that we take, as an Allow field has them. */
extern const char request_allow[];

/* Accept fields for the types that we accept: the draft's (section 12), and
 * what texts are wrapped in, receipts and typing. */
int request_add_accept(struct buf *out, struct err *e);
/* A Date field (RFC 3261, 20.17); none for a time that has no date. */
int request_add_date(struct buf *out, time_t when, struct err *e);
/* "UDP", "TCP" or "TLS", as a Via has it. */
const char *request_transport(enum verdict_transport kind);

/* The next hop's URI as a Route value: in < >, with lr. */
void request_route(struct buf *out, const char *uri);

#endif
