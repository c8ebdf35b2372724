/*
 * Reads a flow, and cuts what comes into messages.
 */
#include "src/net/flow_priv.h"

#include <errno.h>
#include <string.h>

enum {
	FLOW_READ = 16384, /* bytes: a whole TLS record */
	FLOW_ROUNDS = 16, /* datagrams in one round of the loop */
	FLOW_DATAGRAM = 65536, /* bytes: the largest UDP datagram */
	FLOW_LARGE =
	    65536 /* bytes of a partial message; see flow_is_too_much */
};

/* RFC 5626, 4.4.1: the side that opened the connection sends two CRLF (ping),
 * the other answers with one (pong). On a connection of ours two pongs in a row
 * look like a ping, unless both CRLF came together. */
static void
flow_keep_alive(struct flow *f, const struct stream_frame *frame)
{
	bool asks = frame->found == STREAM_PING &&
	    (!f->ours || frame->used == 4);
	struct err e;

	if (asks)
		(void)flow_send(f, &f->ref, span_str("\r\n"), &e);
	else if (f->ours)
		f->t->handler.pong(f->t->handler.arg, f->ref.flow);
}

/* Hands the whole messages at the front of f->in to the handler. */
static void
flow_take_messages(struct flow *f)
{
	struct transport *t = f->t;
	size_t taken = 0;

	while (f->state == FLOW_OPEN && !f->close_after_flush) {
		struct stream_frame frame;

		stream_next(span_cut(span_buf(&f->in), taken, f->in.n),
		    &f->scan, &t->limits.stream, &frame);
		if (frame.found == STREAM_MORE)
			break;
		f->used = f->begun = loop_now(t->loop);
		taken += frame.used;
		if (frame.found == STREAM_PING || frame.found == STREAM_PONG)
			flow_keep_alive(f, &frame);
		if ((frame.found == STREAM_MESSAGE ||
			frame.found == STREAM_BROKEN) &&
		    t->handler.message(t->handler.arg, &f->ref, &frame))
			f->got_message = true;
		if (frame.found == STREAM_BROKEN && f->state == FLOW_OPEN) {
			f->close_after_flush = true;
			if (f->out.n == 0)
				flow_linger(f);
		}
	}
	if (f->state != FLOW_OPEN || f->close_after_flush)
		taken = f->in.n;
	buf_drop(&f->in, taken);
	if (f->in.n == 0 && f->in.cap > FLOW_KEEP)
		buf_free(&f->in);
}

static enum tls_result
flow_read_some(struct flow *f, unsigned char *p, size_t *n, struct err *e)
{
	ssize_t rc;

	if (f->tls != NULL)
		return tls_read(f->tls, p, FLOW_READ, n, e);
	rc = recv(f->io.fd, p, FLOW_READ, 0);
	if (rc > 0) {
		*n = (size_t)rc;
		return TLS_OK;
	}
	if (rc == 0)
		return TLS_CLOSED;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return TLS_WANT_READ;
	(void)err_system(e, EX_UNAVAILABLE, errno);
	return TLS_FAILED;
}

/* Returns whether all connections together hold more bytes than allowed. Only
 * one with at least FLOW_LARGE of them is ended for that. */
static bool
flow_is_too_much(const struct flow *f)
{
	const struct transport *t = f->t;
	size_t sum = 0;

	if (f->in.n < FLOW_LARGE)
		return false;
	for (size_t i = 0; i < t->count; i++)
		if (t->flows[i] != NULL)
			sum += t->flows[i]->in.n + t->flows[i]->out.n;
	return sum > t->limits.buffered;
}

/* The peer sent FIN. Returns whether the flow stays open because responses are
 * still to be sent. */
static bool
flow_keep_for_responses(struct flow *f)
{
	if (f->ours ||
	    (f->out.n == 0 &&
		!f->t->handler.has_pending(f->t->handler.arg, f->ref.flow)))
		return false;
	f->peer_closed = true;
	f->in.n = 0;
	f->used = loop_now(f->t->loop);
	flow_watch(f);
	flow_arm(f);
	return true;
}

/* Only one chunk, so that other flows have their turn and delayed responses are
 * sent in time. */
void
flow_read(struct flow *f)
{
	unsigned char chunk[FLOW_READ];
	struct err e = {0};
	size_t n = 0;
	enum tls_result r = flow_read_some(f, chunk, &n, &e);

	f->want_write = r == TLS_WANT_WRITE;
	if (f->want_write)
		flow_watch(f);
	if (r == TLS_OK) {
		if (f->in.n == 0)
			f->begun = loop_now(f->t->loop);
		buf_add(&f->in, chunk, n);
		flow_take_messages(f);
		if (f->state != FLOW_OPEN || f->t->stopped)
			return;
		/* The responses are sent before more is read. */
		if (f->out.n > 0 && f->sent == 0)
			r = flow_flush(f, &e) == -1 ? TLS_FAILED : TLS_OK;
		if (flow_is_too_much(f)) {
			(void)err_set(&e, EX_UNAVAILABLE,
			    "all connections together hold too many bytes");
			r = TLS_FAILED;
		}
	}
	if (r == TLS_CLOSED && flow_keep_for_responses(f))
		return;
	if (r == TLS_CLOSED)
		(void)err_set(&e, EX_UNAVAILABLE,
		    f->in.n > 0 ? "the peer closed in the middle of a message"
				: "the peer closed the connection");
	if (r == TLS_CLOSED || r == TLS_FAILED) {
		flow_end(f, &e);
		return;
	}
	flow_arm(f);
	/* poll(2) does not report bytes that TLS has read ahead. */
	if (f->tls != NULL && tls_pending(f->tls))
		loop_timer_set(f->t->loop, &f->again, 0);
}

void
flow_read_datagrams(struct flow *f)
{
	static const struct stream_frame nothing;
	unsigned char data[FLOW_DATAGRAM];

	for (int i = 0; i < FLOW_ROUNDS && f->state == FLOW_OPEN; i++) {
		struct flow_ref from = f->ref;
		struct stream_frame frame = nothing;
		struct err e = {0};
		ssize_t n;

		from.peer.len = sizeof(from.peer.sa);
		n = recvfrom(f->io.fd, data, sizeof(data), 0,
		    (struct sockaddr *)&from.peer.sa, &from.peer.len);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0 && f->unconnected)
			continue;
		if (n < 0) {
			(void)err_system(&e, EX_UNAVAILABLE, errno);
			flow_end(f, &e);
			return;
		}
		f->used = loop_now(f->t->loop);
		stream_datagram((struct span){data, (size_t)n},
		    &f->t->limits.stream, &frame);
		if (frame.found == STREAM_MESSAGE ||
		    frame.found == STREAM_BROKEN)
			(void)f->t->handler.message(
			    f->t->handler.arg, &from, &frame);
	}
}

void
flow_read_away(struct flow *f)
{
	unsigned char chunk[FLOW_READ];
	struct err e = {0};
	ssize_t n = recv(f->io.fd, chunk, sizeof(chunk), 0);

	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	if (n == 0 && f->tls != NULL)
		tls_fin(f->tls, false);
	(void)err_set(&e, EX_UNAVAILABLE, "the connection was closed");
	flow_end(f, &e);
}
