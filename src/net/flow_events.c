/*
 * Opens a flow, and does what its socket is ready for.
 */
#include "src/net/flow_priv.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* --- opening -------------------------------------------------------------- */

/* The flow is open: calls the handler, and sends what is queued. */
static void
flow_set_open(struct flow *f)
{
	struct err e = {0};

	f->state = FLOW_OPEN;
	f->used = loop_now(f->t->loop);
	f->ref.mutual = f->tls != NULL && tls_mutual(f->tls);
	f->t->handler.opened(f->t->handler.arg, &f->ref, f->ours, f->tls);
	flow_watch(f);
	if (flow_flush(f, &e) == -1)
		flow_end(f, &e);
	else if (f->state == FLOW_OPEN) {
		/* The timer was for the opening. */
		loop_timer_del(f->t->loop, &f->timer);
		flow_arm(f);
	}
}

static void
flow_continue_handshake(struct flow *f)
{
	struct err e = {0};

	switch (tls_handshake(f->tls, &e)) {
	case TLS_OK:
		flow_set_open(f);
		/* OpenSSL may hold bytes that came with the last message. */
		if (f->state == FLOW_OPEN)
			flow_read(f);
		return;
	case TLS_WANT_READ:
		loop_io_set(f->t->loop, &f->io, POLLIN);
		return;
	case TLS_WANT_WRITE:
		loop_io_set(f->t->loop, &f->io, POLLOUT);
		return;
	case TLS_CLOSED:
		(void)err_set(&e, EX_UNAVAILABLE,
		    "the peer closed the connection in the handshake");
		break;
	case TLS_FAILED:
		break;
	}
	flow_end(f, &e);
}

static void
flow_begin_tls(struct flow *f)
{
	struct err e = {0};
	int rc;

	if (f->ref.kind != TRANSPORT_TLS) {
		flow_set_open(f);
		return;
	}
	rc = f->ours
	    ? tls_client(f->t->tls, f->io.fd, f->ref.flow, f->host, &f->tls, &e)
	    : tls_server(
		  f->t->tls, f->io.fd, f->ref.flow, f->host, &f->tls, &e);
	if (rc == -1) {
		flow_end(f, &e);
		return;
	}
	f->state = FLOW_HANDSHAKE;
	flow_continue_handshake(f);
}

static void
flow_on_connected(struct flow *f)
{
	struct err e = {0};
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(f->io.fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		error = errno;
	if (error != 0) {
		(void)err_system(&e, EX_UNAVAILABLE, error);
		flow_end(f, &e);
		return;
	}
	flow_begin_tls(f);
}

static void
flow_on_ready(void *arg, short revents)
{
	struct flow *f = arg;
	struct err e = {0};

	f->busy++;
	switch (f->state) {
	case FLOW_CONNECTING:
		flow_on_connected(f);
		break;
	case FLOW_HANDSHAKE:
		flow_continue_handshake(f);
		break;
	case FLOW_OPEN:
		if (f->ref.kind == TRANSPORT_UDP) {
			flow_read_datagrams(f);
			break;
		}
		/* TLS may have had to read before it could write: flush
		 * whatever the socket is ready for. */
		if (f->out.n > 0 && flow_flush(f, &e) == -1) {
			flow_end(f, &e);
			break;
		}
		if (f->peer_closed && (revents & (POLLHUP | POLLERR)) != 0) {
			(void)err_set(&e, EX_UNAVAILABLE,
			    "the peer closed the connection");
			flow_end(f, &e);
			break;
		}
		if (f->state == FLOW_OPEN && !f->peer_closed &&
		    !f->t->stopped &&
		    (f->want_write ||
			(revents & (POLLIN | POLLHUP | POLLERR)) != 0))
			flow_read(f);
		break;
	case FLOW_LINGERING:
		flow_read_away(f);
		break;
	case FLOW_DEAD:
		break;
	}
	if (--f->busy == 0 && f->state == FLOW_DEAD)
		flow_free(f);
}

static void
flow_on_again(void *arg)
{
	struct flow *f = arg;

	flow_on_ready(f, POLLIN);
}

void
flow_start(struct flow *f, bool connecting)
{
	f->io.fn = flow_on_ready;
	f->io.arg = f;
	f->again = (struct loop_timer){.fn = flow_on_again, .arg = f};
	if (f->ref.kind == TRANSPORT_UDP) {
		f->state = FLOW_OPEN;
		loop_io_set(f->t->loop, &f->io, POLLIN);
	} else {
		f->state = FLOW_CONNECTING;
		loop_io_set(f->t->loop, &f->io, connecting ? POLLOUT : POLLIN);
		if (!connecting) {
			f->busy++;
			flow_begin_tls(f);
			f->busy--;
			if (f->state == FLOW_DEAD) {
				flow_free(f);
				return;
			}
		}
	}
	flow_arm(f);
}
