/*
 * Transports: UDP sockets, and TCP and TLS connections that whole SIP
 * messages come from and go to (RFC 3261, 18; RFC 5626, 3.5.1).
 */
#ifndef SIGNET_SRC_NET_TRANSPORT_H
#define SIGNET_SRC_NET_TRANSPORT_H

#include "keys/x509/verdict.h"
#include "src/base/loop.h"
#include "src/net/addr.h"
#include "src/net/stream.h"
#include "src/net/target.h"
#include "src/net/tls.h"

struct transport;

/* A way that a message came by, and that its answer takes. The flow is a
 * number that is never used twice: one that has ended is simply not found. */
struct flow_ref {
	uint64_t flow;
	enum verdict_transport kind;
	struct addr peer;
	bool mutual; /* TLS, and the peer's client certificate is good */
};

struct transport_limits {
	struct stream_limits stream;
	size_t connections; /* accepted ones */
	uint64_t message_timeout; /* ms for the first message to come, and
	                           * for the rest of one that has begun */
	uint64_t idle_timeout; /* ms that a used one is kept unused */
	uint64_t answer_timeout; /* ms that an answer to us may take */
	uint64_t connect_timeout; /* ms for a connection of ours to open */
	size_t unsent; /* bytes that may wait for a slow reader */
	size_t buffered; /* bytes that all connections may hold */
};

struct transport_handler {
	void *arg;
	/* A framed message, or (STREAM_BROKEN) what is left of one that
	 * cannot be framed; after that the connection closes. True when it
	 * was sound SIP: who brings none is the first to go. */
	bool (*message)(void *arg, const struct flow_ref *from,
	    const struct stream_frame *frame);
	/* The answer to a keep-alive came (RFC 5626, 4.4.1). */
	void (*pong)(void *arg, uint64_t flow);
	/* Whether a request that came by this flow is still unanswered. */
	bool (*has_pending)(void *arg, uint64_t flow);
	/* A connection has opened, which was ours to open or came; tls is
	 * NULL where it is in clear. */
	void (*opened)(void *arg, const struct flow_ref *to, bool ours,
	    const struct tls *tls);
	/* A connection, whichever side opened it, is no more. */
	void (*lost)(
	    void *arg, const struct flow_ref *ref, const struct err *why);
};

/* All but owner's functions' arguments are borrowed for its life. */
struct transport *transport_new(struct loop *loop, struct tls_context *tls,
    const struct transport_limits *limits,
    const struct transport_handler *handler);
void transport_free(struct transport *t);

/* Listens on addr; a port of 0 becomes the one that was given, in addr. shown
 * is what tls_choose_default chose, "" where it is not TLS. */
int transport_listen(struct transport *t, enum verdict_transport kind,
    struct addr *addr, const char *shown, struct err *e);

/* The flow to target: a connection that is open or opening already, or a new
 * one; for UDP a socket of its family. local is our address on it. */
int transport_reach(struct transport *t, const struct target *target,
    struct flow_ref *ref, struct addr *local, struct err *e);

/* Sends, or queues until the connection is open and the peer reads. */
int transport_send(struct transport *t, const struct flow_ref *ref,
    struct span bytes, struct err *e);

/* Whether a connection of ours has yet to open. */
bool transport_opening(const struct transport *t, const struct flow_ref *ref);

/* Ends a connection, and has the owner told of it as of any other end. */
void transport_close(
    struct transport *t, const struct flow_ref *ref, const struct err *why);

/* The same for all connections that there are now. */
void transport_close_all(struct transport *t, const struct err *why);

/* Takes in nothing more, neither connections nor messages: the end is near,
 * and what is queued may still leave. */
void transport_stop_accepting(struct transport *t);

/* Whether anything queued has not left yet. */
bool transport_unsent(const struct transport *t);

#endif
