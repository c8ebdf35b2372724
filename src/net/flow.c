/*
 * A flow's life, its time limits, and sending.
 */
#include "src/net/flow_priv.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FLOW_BATCH = 16384, /* bytes sent at once: a TLS record */
	FLOW_LINGER = 1000 /* ms for a peer to close after our FIN */
};

static void flow_on_deadline(void *arg);

/* --- life ----------------------------------------------------------------- */

/* Gives f a number that is never used twice: the low 20 bits are its place in
 * the table, the bits above count flows. */
static void
flow_take_number(struct flow *f)
{
	struct transport *t = f->t;
	size_t place = 0;

	while (place < t->count && t->flows[place] != NULL)
		place++;
	if (place == t->count) {
		t->flows = vec_grow(
		    t->flows, place, &t->count, sizeof(*t->flows));
		for (size_t i = place; i < t->count; i++)
			t->flows[i] = NULL;
	}
	t->flows[place] = f;
	f->ref.flow = ++t->opened << 20 | place;
}

struct flow *
flow_new(struct transport *t, enum verdict_transport kind, int fd,
    const struct addr *peer, bool ours)
{
	struct flow *f = xcalloc(1, sizeof(*f));

	f->t = t;
	f->ours = ours;
	f->ref.kind = kind;
	if (peer != NULL)
		f->ref.peer = *peer;
	f->io = (struct loop_io){.fd = fd};
	f->timer = (struct loop_timer){.fn = flow_on_deadline, .arg = f};
	f->opened = f->used = loop_now(t->loop);
	f->local.len = sizeof(f->local.sa);
	(void)getsockname(fd, (struct sockaddr *)&f->local.sa, &f->local.len);
	flow_take_number(f);
	if (!ours)
		t->accepted++;
	return f;
}

static void
flow_leave(struct flow *f)
{
	struct transport *t = f->t;

	if (f->state == FLOW_DEAD)
		return;
	f->state = FLOW_DEAD;
	t->flows[f->ref.flow & 0xfffff] = NULL;
	if (!f->ours)
		t->accepted--;
	loop_io_del(t->loop, &f->io);
	loop_timer_del(t->loop, &f->timer);
	loop_timer_del(t->loop, &f->again);
	if (f->tls != NULL)
		tls_closing(f->tls);
	(void)close(f->io.fd);
}

void
flow_free(struct flow *f)
{
	flow_leave(f);
	tls_free(f->tls);
	buf_free(&f->in);
	buf_free(&f->out);
	free(f->host);
	err_kept_free(&f->end);
	free(f);
}

void
flow_end(struct flow *f, const struct err *why)
{
	struct err reason = *why;

	if (f->state == FLOW_DEAD)
		return;
	if (f->tls != NULL && f->state == FLOW_OPEN)
		tls_shutdown(f->tls);
	flow_leave(f);
	f->busy++;
	f->t->handler.lost(f->t->handler.arg, &f->ref, &reason);
	if (--f->busy == 0)
		flow_free(f);
}

/* --- time ----------------------------------------------------------------- */

static uint64_t
flow_sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Returns when the flow is ended for being late, in ms of the loop's clock. */
static uint64_t
flow_deadline(const struct flow *f)
{
	const struct transport_limits *lim = &f->t->limits;
	uint64_t due = f->used + lim->idle_timeout;

	if (f->unconnected)
		return UINT64_MAX;
	if (f->state == FLOW_LINGERING || f->peer_closed)
		return f->used + FLOW_LINGER;
	/* A response to a request of ours may come as late as this. */
	if (f->ours && lim->idle_timeout < lim->answer_timeout)
		due = f->used + lim->answer_timeout;
	if (f->state != FLOW_OPEN)
		return f->opened +
		    (f->ours ? lim->connect_timeout : lim->message_timeout);
	if (!f->ours && !f->got_message)
		due = flow_sooner(due, f->opened + lim->message_timeout);
	if (f->in.n > 0)
		due = flow_sooner(due, f->begun + lim->message_timeout);
	if (f->out.n > 0)
		due = flow_sooner(due, f->stuck + lim->message_timeout);
	return due;
}

void
flow_arm(struct flow *f)
{
	uint64_t due = flow_deadline(f), now = loop_now(f->t->loop);

	if (due == UINT64_MAX || f->state == FLOW_DEAD)
		return;
	if (f->timer.slot == 0 || f->timer.due > due)
		loop_timer_set(
		    f->t->loop, &f->timer, due > now ? due - now : 0);
}

static const char *
flow_lateness(const struct flow *f)
{
	if (f->peer_closed)
		return "the peer closed the connection";
	if (f->state == FLOW_LINGERING)
		return "the peer did not close its side";
	if (f->state == FLOW_CONNECTING)
		return "the connection did not open in time";
	if (f->state == FLOW_HANDSHAKE)
		return "the TLS handshake took too long";
	if (f->in.n > 0)
		return "the rest of a message did not come in time";
	if (f->out.n > 0)
		return "the peer does not read what it is sent";
	if (!f->ours && !f->got_message)
		return "no whole message came in time";
	return "it was idle for too long";
}

static void
flow_on_deadline(void *arg)
{
	struct flow *f = arg;
	struct err e = {0};

	if (f->end.exit != 0)
		err_recall(&f->end, &e);
	else if (flow_deadline(f) > loop_now(f->t->loop)) {
		flow_arm(f);
		return;
	} else
		(void)err_set(&e, EX_UNAVAILABLE, "%s", flow_lateness(f));
	flow_end(f, &e);
}

/* Ends the flow in a round of its own. */
static void
flow_end_later(struct flow *f, const struct err *why)
{
	err_keep(&f->end, why);
	loop_timer_set(f->t->loop, &f->timer, 0);
}

void
flow_watch(struct flow *f)
{
	bool stopped = f->t->stopped && f->state == FLOW_OPEN;
	bool out = f->out.n > 0 || f->want_write;

	loop_io_set(f->t->loop, &f->io,
	    (short)((stopped || f->peer_closed ? 0 : POLLIN) |
		(out ? POLLOUT : 0)));
}

/* --- out ------------------------------------------------------------------ */

static enum tls_result
flow_write_some(struct flow *f, struct span s, size_t *n, struct err *e)
{
	ssize_t rc;

	if (f->tls != NULL)
		return tls_write(f->tls, s, n, e);
	rc = send(f->io.fd, s.p, s.n, MSG_NOSIGNAL);
	if (rc >= 0) {
		*n = (size_t)rc;
		return TLS_OK;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return TLS_WANT_WRITE;
	(void)err_system(e, EX_UNAVAILABLE, errno);
	return TLS_FAILED;
}

void
flow_linger(struct flow *f)
{
	if (f->tls != NULL)
		tls_shutdown(f->tls);
	(void)shutdown(f->io.fd, SHUT_WR);
	if (f->tls != NULL)
		tls_fin(f->tls, true);
	f->state = FLOW_LINGERING;
	f->used = loop_now(f->t->loop);
	loop_io_set(f->t->loop, &f->io, POLLIN);
	flow_arm(f);
}

/* Drops bytes that are sent, so that a slow reader costs only what waits. */
static void
flow_drop_sent(struct flow *f)
{
	if (f->sent > f->out.n / 2) {
		buf_drop(&f->out, f->sent);
		f->sent = 0;
	}
}

int
flow_flush(struct flow *f, struct err *e)
{
	while (f->sent < f->out.n) {
		size_t n = 0;
		enum tls_result r = flow_write_some(
		    f, span_cut(span_buf(&f->out), f->sent, f->out.n), &n, e);

		if (r == TLS_WANT_READ || r == TLS_WANT_WRITE) {
			flow_drop_sent(f);
			flow_watch(f);
			flow_arm(f);
			return 0;
		}
		if (r == TLS_CLOSED)
			(void)err_set(e, EX_UNAVAILABLE,
			    "the peer closed the connection");
		if (r != TLS_OK)
			return -1;
		f->sent += n;
		f->stuck = loop_now(f->t->loop);
	}
	f->sent = f->out.n = 0;
	if (f->out.cap > FLOW_KEEP)
		buf_free(&f->out);
	flow_watch(f);
	if (f->close_after_flush)
		flow_linger(f);
	return 0;
}

static int
flow_send_datagram(
    struct flow *f, const struct flow_ref *to, struct span bytes, struct err *e)
{
	ssize_t rc = f->unconnected
	    ? sendto(f->io.fd, bytes.p, bytes.n, 0,
		  (const struct sockaddr *)&to->peer.sa, to->peer.len)
	    : send(f->io.fd, bytes.p, bytes.n, 0);

	if (rc >= 0)
		return 0;
	return err_system(e, EX_UNAVAILABLE, errno);
}

int
flow_send(
    struct flow *f, const struct flow_ref *to, struct span bytes, struct err *e)
{
	uint64_t now = loop_now(f->t->loop);
	struct err why;

	if (f->state == FLOW_LINGERING || f->close_after_flush ||
	    f->end.exit != 0)
		return err_set(e, EX_UNAVAILABLE, "the connection is closing");
	f->used = now;
	if (f->ref.kind == TRANSPORT_UDP)
		return flow_send_datagram(f, to, bytes, e);
	if (f->out.n - f->sent > f->t->limits.unsent) {
		(void)err_set(e, EX_UNAVAILABLE,
		    "the peer does not read what it is sent");
		flow_end_later(f, e);
		return -1;
	}
	if (f->out.n == 0)
		f->stuck = now;
	buf_addspan(&f->out, bytes);
	if (f->state != FLOW_OPEN || f->sent != 0)
		return 0;
	/* Messages of one round are sent together at its end, up to FLOW_BATCH
	 * bytes. A failure is reported by lost in a round of its own, like
	 * every other end. */
	if (f->out.n < FLOW_BATCH)
		flow_watch(f);
	else if (flow_flush(f, &why) == -1)
		flow_end_later(f, &why);
	return 0;
}
