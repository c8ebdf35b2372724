/*
 * One flow: a connection, or a UDP socket, from its opening to its end.
 * Private to src/net/transport.c and src/net/flow*.c.
 *
 * Calls go down this list: transport.c; flow_events.c; flow_read.c; flow.c.
 */
#ifndef SIGNET_SRC_NET_FLOW_PRIV_H
#define SIGNET_SRC_NET_FLOW_PRIV_H

#include "src/net/transport.h"

/* An empty buffer larger than this is freed. */
enum { FLOW_KEEP = 65536 };

enum flow_state {
	FLOW_CONNECTING,
	FLOW_HANDSHAKE,
	FLOW_OPEN,
	FLOW_LINGERING, /* we sent FIN and wait for the peer's */
	FLOW_DEAD
};

struct flow {
	struct transport *t;
	struct flow_ref ref;
	enum flow_state state;
	bool ours; /* we opened it */
	bool unconnected; /* a UDP socket that listens, without a peer */
	bool got_message; /* a sound message has come */
	bool close_after_flush; /* close when out is sent */
	bool peer_closed; /* the peer sent FIN; responses are still to go */
	bool want_write; /* TLS must write before it can read */
	unsigned busy; /* its functions on the stack: not to be freed */
	struct addr local;
	char *host; /* the name that the certificate of the server we connect
	             * to must bear; of an accepted connection, the host
	             * whose certificate we show by default */
	struct tls *tls;
	struct loop_io io;
	struct loop_timer timer;
	struct loop_timer again; /* to read what TLS holds already */
	/* ms: when it opened, was last used, the message in `in` began, and
	 * bytes last left `out`. */
	uint64_t opened, used, begun, stuck;
	struct buf in, out;
	size_t sent; /* bytes of out that are sent */
	struct stream_scan scan;
	struct err_kept end; /* it ends with this in a round of its own */
};

struct transport {
	struct loop *loop;
	struct tls_context *tls;
	struct transport_limits limits;
	struct transport_handler handler;
	struct flow **flows; /* indexed by the low bits of their numbers */
	size_t count; /* entries of flows, used or not */
	size_t accepted; /* connections that peers opened */
	uint64_t opened; /* flows so far: the high bits of a number */
	bool stopped; /* see transport_stop_accepting */
	struct listener *listeners;
};

/* Makes a flow, which owns fd: connected, connecting (ours) or accepted. peer
 * is NULL for a UDP socket that listens. flow_start begins it. */
struct flow *flow_new(struct transport *t, enum verdict_transport kind, int fd,
    const struct addr *peer, bool ours);
/* Opens it: waits for the connection, does the handshake, then reads. */
void flow_start(struct flow *f, bool connecting);
/* Ends it now and calls the handler's lost; frees f unless it is busy. */
void flow_end(struct flow *f, const struct err *why);
/* Closes and frees it without a call of the handler. */
void flow_free(struct flow *f);
/* Sets the events that its socket waits for. */
void flow_watch(struct flow *f);
/* Arms its timer if the deadline came closer. A timer that fires early is armed
 * again then: cheaper than arming it for each message. */
void flow_arm(struct flow *f);

/* Sends bytes now, at the end of the round, or when the flow has opened. */
int flow_send(struct flow *f, const struct flow_ref *to, struct span bytes,
    struct err *e);
/* Writes what is queued, as far as the socket takes it. */
int flow_flush(struct flow *f, struct err *e);
/* Sends FIN and gives the peer a second to close: closing a socket with unread
 * bytes resets the connection, and the peer may lose what we sent. */
void flow_linger(struct flow *f);

/* Reads one chunk and hands over the whole messages. */
void flow_read(struct flow *f);
/* Reads datagrams, each of which is a message. */
void flow_read_datagrams(struct flow *f);
/* Reads and drops what comes after our FIN, until the peer's. */
void flow_read_away(struct flow *f);

#endif
