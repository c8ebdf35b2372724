/*
 * The outbox: messages on their way out, one at a time to one URI, each
 * resolved, sealed, and sent to one target after the other.
 */
#ifndef SIGNET_SRC_OUTBOX_H
#define SIGNET_SRC_OUTBOX_H

#include "auth.h"
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
	struct auth *auth;      /* from's, or NULL */
	/* What the registrar wants requests routed by now: the value of a
	 * Route field, or NULL (RFC 3608). */
	const char *(*routes)(void *arg);
	/* The end of a message. */
	void (*sent)(void *arg, const struct ua_sent *sent);
	/* A line that a person may want to know. */
	void (*note)(void *arg, const struct err *words);
	void *arg;
};

struct outbox *outbox_new(const struct outbox_parts *parts);
void outbox_free(struct outbox *o);
/* Takes a message; see ua_send. */
uint64_t outbox_add(struct outbox *o, const struct ua_letter *letter);
/* Messages that have not ended. */
size_t outbox_waiting(const struct outbox *o);

/* A connection of ours has opened: of two that were raced it wins. */
void outbox_opened(struct outbox *o, uint64_t flow);
/* There may be a way again: what waits is tried at once. */
void outbox_kick(struct outbox *o);

#endif
