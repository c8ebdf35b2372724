/*
 * One flow: a connection, or a UDP socket, from its opening to its end.
 * Private to src/transport.c and src/flow*.c.
 */
#ifndef SIGNET_SRC_NET_FLOW_H
#define SIGNET_SRC_NET_FLOW_H

#include "src/net/transport.h"

/* An empty buffer larger than this is freed. */
enum { FLOW_KEEP = 65536 };

enum flow_state {
	FLOW_CONNECTING,
	FLOW_HANDSHAKE,
	FLOW_OPEN,
	FLOW_LINGERING, /* ours is said, the peer's end is awaited */
	FLOW_DEAD
};

struct flow {
	struct transport *t;
	struct flow_ref ref; /* its number, kind and peer */
	enum flow_state state;
	bool ours; /* we opened it */
	bool unconnected; /* a UDP socket that listens: no peer of its own */
	bool got_message; /* a whole message has come */
	bool close_after_flush; /* to be closed when out has left */
	bool peer_closed; /* the peer has closed its side; we owe answers */
	bool want_write; /* TLS must write before it can read on */
	unsigned busy; /* handlers of its own that are running */
	struct addr local;
	char *host; /* the name that the certificate of the server we connect
	             * to must bear; of an accepted connection, the host
	             * whose certificate we show by default */
	struct tls *tls;
	struct loop_io io;
	struct loop_timer timer;
	struct loop_timer again; /* reads on what TLS holds already */
	uint64_t opened, used, begun, stuck; /* ms; see flow_deadline */
	struct buf in, out;
	size_t sent; /* bytes of out that have left */
	struct stream_scan scan;
	int end_exit; /* of an end that is still to be told, else 0 */
	char *end_reason; /* why it ends */
};

struct transport {
	struct loop *loop;
	struct tls_context *tls;
	struct transport_limits limits;
	struct transport_handler handler;
	struct flow **flows; /* by the low bits of their numbers */
	size_t count; /* entries of flows, used or not */
	size_t accepted; /* connections that others opened */
	uint64_t opened; /* flows ever: the high bits of a number */
	bool stopped; /* see transport_stop_accepting */
	struct listener *listeners;
};

/* Takes over fd, which is connected, connecting (ours) or accepted. */
struct flow *flow_new(struct transport *t, enum verdict_transport kind, int fd,
    const struct addr *peer, bool ours);
/* Begins: handshake, then reading. */
void flow_start(struct flow *f, bool connecting);
/* Ends it now and tells the owner; f is gone unless it is busy. */
void flow_end(struct flow *f, const struct err *why);
/* Frees without telling. */
void flow_free(struct flow *f);
/* Waits for what the flow can do next. */
void flow_watch(struct flow *f);
/* Arms its timer if it would come too late; one that comes too early finds
 * that out by itself, which is cheaper than arming it for each message. */
void flow_arm(struct flow *f);

/* Sends, now or at the end of the round, or when it has opened. */
int flow_send(struct flow *f, const struct flow_ref *to, struct span bytes,
    struct err *e);
/* Writes what is to be sent, as far as the peer takes it. */
int flow_flush(struct flow *f, struct err *e);
/* Says our goodbye and leaves the peer a moment to read what came before:
 * closing while its bytes are unread would make the kernel throw ours away. */
void flow_linger(struct flow *f);

/* Reads what has come and hands over the whole messages (flow_read.c). */
void flow_read(struct flow *f);
void flow_read_datagrams(struct flow *f);
/* What comes after our last words is read and thrown away. */
void flow_read_away(struct flow *f);

#endif
