/*
 * Transports: send and receive whole SIP messages over UDP sockets, and TCP
 * and TLS connections (RFC 3261, 18; keep-alives of RFC 5626, 3.5.1).
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

/* A flow (RFC 5626) and the peer at its end: where a message came from and its
 * response goes to. flow is a number that is never used twice, so that the
 * reference of a flow that has ended finds nothing. */
struct flow_ref {
	uint64_t flow;
	enum verdict_transport kind;
	struct addr peer;
	bool mutual; /* TLS with a client certificate that is good */
};

struct transport_limits {
	struct stream_limits stream;
	size_t connections; /* accepted connections at a time */
	uint64_t message_timeout; /* ms for the first message to come, for
	                           * the rest of one that has begun, and
	                           * for a peer to read what we send */
	uint64_t idle_timeout; /* ms that an unused connection is kept */
	uint64_t answer_timeout; /* ms that a response to us may take */
	uint64_t connect_timeout; /* ms for a connection of ours to open */
	size_t unsent; /* bytes queued on one connection */
	size_t buffered; /* bytes that all connections together hold */
};

/* Functions that the transport calls, with arg. */
struct transport_handler {
	void *arg;
	/* A message came; or (STREAM_BROKEN) bytes that cannot be framed, after
	 * which the connection closes. Returns whether it was sound SIP: if
	 * there are too many connections, those without a sound message are
	 * closed first. */
	bool (*message)(void *arg, const struct flow_ref *from,
	    const struct stream_frame *frame);
	/* The answer to a keep-alive of ours came (RFC 5626, 4.4.1). */
	void (*pong)(void *arg, uint64_t flow);
	/* Returns whether a request from this flow is still unanswered. */
	bool (*has_pending)(void *arg, uint64_t flow);
	/* A connection has opened, by us (ours) or by the peer. tls is NULL
	 * for TCP. */
	void (*opened)(void *arg, const struct flow_ref *to, bool ours,
	    const struct tls *tls);
	/* A connection has ended; why says how. */
	void (*lost)(
	    void *arg, const struct flow_ref *ref, const struct err *why);
};

/* Makes a transport, for transport_free. loop and tls are borrowed for its
 * life, limits and handler are copied. */
struct transport *transport_new(struct loop *loop, struct tls_context *tls,
    const struct transport_limits *limits,
    const struct transport_handler *handler);
/* Closes all flows without calling the handler. */
void transport_free(struct transport *t);

/* Listens on addr. If its port is 0 the system chooses one, and writes it to
 * addr. shown is the host from tls_choose_default, "" without TLS; it is
 * copied. EX_NOPERM or EX_UNAVAILABLE. */
int transport_listen(struct transport *t, enum verdict_transport kind,
    struct addr *addr, const char *shown, struct err *e);

/* Gets the flow to target: a connection of ours that is open or opening, else
 * a new one. *local gets our address on it. EX_UNAVAILABLE or EX_OSERR. */
int transport_reach(struct transport *t, const struct target *target,
    struct flow_ref *ref, struct addr *local, struct err *e);

/* Sends bytes, or queues them until the connection is open and the peer reads.
 * EX_UNAVAILABLE if the flow has ended or its queue is full. */
int transport_send(struct transport *t, const struct flow_ref *ref,
    struct span bytes, struct err *e);

/* Returns whether the flow is a connection of ours that is not open yet. */
bool transport_opening(const struct transport *t, const struct flow_ref *ref);

/* Returns whether the flow is a connection that its peer opened and that takes
 * requests of ours: open, and closed by neither side. *local gets our address
 * on it. */
bool transport_accepted(
    const struct transport *t, const struct flow_ref *ref, struct addr *local);
/* Returns whether its peer is a TLS client whose good certificate names host
 * (RFC 5923). */
bool transport_client_names(
    const struct transport *t, const struct flow_ref *ref, struct span host);

/* Closes a flow and calls the handler's lost with why. */
void transport_close(
    struct transport *t, const struct flow_ref *ref, const struct err *why);

/* Closes all connections in the same way, but no UDP socket. */
void transport_close_all(struct transport *t, const struct err *why);

/* Accepts no more connections and reads no more messages; what is queued is
 * still sent. */
void transport_stop_accepting(struct transport *t);

/* Returns whether queued bytes are still to be sent. */
bool transport_unsent(const struct transport *t);

#endif
