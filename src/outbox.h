/*
 * The outbox: messages on their way out, one at a time to one URI, each
 * resolved, sealed, and sent to one target after the other.
 */
#ifndef SIGNET_SRC_OUTBOX_H
#define SIGNET_SRC_OUTBOX_H

#include "config.h"
#include "resolve.h"
#include "transaction.h"
#include "ua.h"

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
	/* The end of a message. */
	void (*sent)(void *arg, const struct ua_sent *sent);
	void *arg;
};

struct outbox *outbox_new(const struct outbox_parts *parts);
void outbox_free(struct outbox *o);
uint64_t outbox_add(struct outbox *o, const struct ua_letter *letter);
size_t outbox_waiting(const struct outbox *o);

#endif
