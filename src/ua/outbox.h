/*
 * The outbox: messages on their way out, one at a time to one URI, each
 * resolved, sealed, and sent to one target after the other.
 */
#ifndef SIGNET_SRC_UA_OUTBOX_H
#define SIGNET_SRC_UA_OUTBOX_H

#include "src/app/config.h"
#include "src/dns/resolve.h"
#include "src/ua/auth.h"
#include "src/ua/transaction.h"
#include "src/ua/ua.h"

struct outbox;

/* What it works with, all borrowed for its life. */
struct outbox_parts {
	struct loop *loop;
	struct keystore *ks;
	const struct config *config;
	struct transport *transport;
	struct resolver *resolver;
	struct transactions *transactions;
	const struct aor *from; /* NULL: nobody, and nothing can be sent */
	const char *from_uri;
	struct auth *auth; /* from's, or NULL */
	/* What the registrar wants requests routed by now: the value of a
	 * Route field, or NULL (RFC 3608). */
	const char *(*routes)(void *arg);
	/* What becomes of a message: UA_LEFT, UA_WAITS or UA_SENT. */
	void (*tell)(
	    void *arg, enum ua_event_type what, const struct ua_sent *sent);
	void *arg;
};

struct outbox *outbox_new(const struct outbox_parts *parts);
void outbox_free(struct outbox *o);
/* Takes a message; see ua_send. */
uint64_t outbox_add(struct outbox *o, const struct ua_letter *letter);
/* Messages that have not ended. */
size_t outbox_waiting(const struct outbox *o);

/* Reads whom a person writes to: a URI with its scheme, and whose it is. Both
 * are the caller's to free. EX_DATAERR. */
int outbox_address(
    const char *typed, char **uri, struct aor *to, bool *sips, struct err *e);

/* Who is asked first for a request to a URI, by what is set and registered
 * now; its URI is appended. */
enum outbox_by { OUTBOX_STRAIGHT, OUTBOX_PROXY, OUTBOX_REGISTRAR };
enum outbox_by outbox_hop(
    const struct outbox *o, const char *uri, struct buf *hop);

/* user@host whose message a query is resolved for, by resolve_uri's argument;
 * NULL: for no message. */
const char *outbox_resolves(const struct outbox *o, const void *of);

/* A connection of ours has opened: of two that were raced it wins. */
void outbox_opened(struct outbox *o, uint64_t flow);
/* There may be a way again: what waits is tried at once. */
void outbox_kick(struct outbox *o);

#endif
