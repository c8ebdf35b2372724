/*
 * Our binding at a registrar: the Contact that a REGISTER asks for, and the one
 * that its response grants (RFC 3261, 10; RFC 5626).
 */
#ifndef SIGNET_SRC_UA_BINDING_H
#define SIGNET_SRC_UA_BINDING_H

#include "keys/x509/verdict.h"
#include "src/net/addr.h"
#include "src/sip/sip.h"

enum { BINDING_INSTANCE = 46 }; /* bytes of a URN with its NUL */

struct binding {
	const struct aor *who; /* borrowed */
	bool sips;
	char instance[BINDING_INSTANCE];
};

/* Makes the instance's URN: the same for this address, machine and key store
 * each time (RFC 5626, 4.1), a UUID of version 8 (RFC 9562) made of a
 * digest. */
void binding_instance(
    const char *keys, const struct aor *who, char out[BINDING_INSTANCE]);

/* Appends our own URI as others are to use it: at local, by kind. */
void binding_uri(const struct binding *b, enum verdict_transport kind,
    const struct addr *local, struct buf *out);

/* Returns what a response grants to our binding, in seconds: its own expires,
 * else that of the response, else what was asked for. The binding is found by
 * its URI, in whatever spelling (RFC 3261, 19.1.4), by our instance and reg-id,
 * or because it is the only one. */
uint64_t binding_granted(const struct binding *b, enum verdict_transport kind,
    const struct addr *local, const struct sip_msg *response, uint64_t asked);

#endif
