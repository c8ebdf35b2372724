#include "src/net/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/net/flow_priv.h"

enum {
	TRANSPORT_BACKLOG = 511,
	TRANSPORT_ACCEPTS = 64, /* in one round of the loop */
	TRANSPORT_PAUSE = 200 /* ms without accept(2) if there is no free
	                       * descriptor */
};

struct listener {
	struct transport *t;
	enum verdict_transport kind;
	char *shown; /* the host whose certificate is the default */
	struct loop_io io;
	struct loop_timer pause;
	struct listener *next;
};

struct transport *
transport_new(struct loop *loop, struct tls_context *tls,
    const struct transport_limits *limits,
    const struct transport_handler *handler)
{
	struct transport *t = xcalloc(1, sizeof(*t));

	t->loop = loop;
	t->tls = tls;
	t->limits = *limits;
	t->handler = *handler;
	return t;
}

void
transport_free(struct transport *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++) {
		struct flow *f = t->flows[i];

		if (f == NULL)
			continue;
		if (f->tls != NULL && f->state == FLOW_OPEN)
			tls_shutdown(f->tls);
		flow_free(f);
	}
	while (t->listeners != NULL) {
		struct listener *li = t->listeners;

		t->listeners = li->next;
		loop_io_del(t->loop, &li->io);
		loop_timer_del(t->loop, &li->pause);
		(void)close(li->io.fd);
		free(li->shown);
		free(li);
	}
	free(t->flows);
	free(t);
}

static struct flow *
transport_find_flow(const struct transport *t, uint64_t number)
{
	size_t place = (size_t)(number & 0xfffff);

	if (place >= t->count || t->flows[place] == NULL ||
	    t->flows[place]->ref.flow != number)
		return NULL;
	return t->flows[place];
}

/* --- sockets -------------------------------------------------------------- */

static void
transport_set_up(int fd, enum verdict_transport kind)
{
	int on = 1;

	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	if (kind != TRANSPORT_UDP)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* Has the kernel end a connection whose peer acknowledges nothing for so many
 * ms. Keep-alives without an answer tell this only where the peer answers them
 * (RFC 5626, 4.4.1). */
static void
transport_set_user_timeout(int fd, enum verdict_transport kind, uint64_t ms)
{
#ifdef TCP_USER_TIMEOUT
	unsigned timeout = (unsigned)ms;

	if (kind != TRANSPORT_UDP)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout,
		    sizeof(timeout));
#else
	(void)fd;
	(void)kind;
	(void)ms;
#endif
}

static int
transport_open_socket(enum verdict_transport kind, int family, struct err *e)
{
	int fd = socket(
	    family, kind == TRANSPORT_UDP ? SOCK_DGRAM : SOCK_STREAM, 0);

	if (fd == -1)
		return err_set(
		    e, EX_OSERR, "cannot open a socket: %s", strerror(errno));
	transport_set_up(fd, kind);
	return fd;
}

/* --- listening ------------------------------------------------------------ */

/* Returns whether a is closed before b: first connections without a sound
 * message, the oldest first, then those idle for longest. */
static bool
transport_goes_first(const struct flow *a, const struct flow *b)
{
	if (a->got_message != b->got_message)
		return !a->got_message;
	return a->got_message ? a->used < b->used : a->ref.flow < b->ref.flow;
}

/* Closes an accepted connection to make room. Returns false if there is
 * none. */
static bool
transport_evict(struct transport *t)
{
	struct flow *oldest = NULL;
	struct err e;

	for (size_t i = 0; i < t->count; i++) {
		struct flow *f = t->flows[i];

		if (f == NULL || f->ours || f->busy > 0)
			continue;
		if (oldest == NULL || transport_goes_first(f, oldest))
			oldest = f;
	}
	if (oldest == NULL)
		return false;
	(void)err_set(&e, EX_UNAVAILABLE,
	    "it was idle, and there are too many connections");
	flow_end(oldest, &e);
	return true;
}

static void
transport_listener_resume(void *arg)
{
	struct listener *li = arg;

	loop_io_set(li->t->loop, &li->io, POLLIN);
}

static void
transport_take_connection(struct listener *li, int fd, const struct addr *peer)
{
	struct transport *t = li->t;
	struct flow *f;

	if (t->accepted >= t->limits.connections && !transport_evict(t)) {
		(void)close(fd);
		return;
	}
	transport_set_up(fd, li->kind);
	/* Requests of ours may go there too. */
	transport_set_user_timeout(fd, li->kind, t->limits.answer_timeout);
	f = flow_new(t, li->kind, fd, peer, false);
	f->host = xstrdup(li->shown);
	flow_start(f, false);
}

static void
transport_listener_ready(void *arg, short revents)
{
	struct listener *li = arg;

	(void)revents;
	for (int i = 0; i < TRANSPORT_ACCEPTS; i++) {
		struct addr peer = {.len = sizeof(peer.sa)};
		int fd = accept(
		    li->io.fd, (struct sockaddr *)&peer.sa, &peer.len);

		if (fd >= 0) {
			transport_take_connection(li, fd, &peer);
			continue;
		}
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return;
		/* Out of descriptors: the waiting connection keeps the listener
		 * ready, so that polling it again at once would spin. */
		if ((errno != EMFILE && errno != ENFILE) ||
		    !transport_evict(li->t)) {
			loop_io_set(li->t->loop, &li->io, 0);
			loop_timer_set(
			    li->t->loop, &li->pause, TRANSPORT_PAUSE);
		}
		return;
	}
}

static int
transport_bind_socket(
    int fd, enum verdict_transport kind, struct addr *addr, struct err *e)
{
	struct sockaddr *sa = (struct sockaddr *)&addr->sa;
	char text[ADDR_TEXT];
	int on = 1;

	addr_text(addr, text);
	if (addr->sa.ss_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (kind != TRANSPORT_UDP)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, sa, addr->len) == -1 ||
	    (kind != TRANSPORT_UDP && listen(fd, TRANSPORT_BACKLOG) == -1))
		return err_set(e, errno == EACCES ? EX_NOPERM : EX_UNAVAILABLE,
		    "cannot listen on %s:%s: %s", verdict_transport_name(kind),
		    text, strerror(errno));
	addr->len = sizeof(addr->sa);
	(void)getsockname(fd, sa, &addr->len);
	return 0;
}

int
transport_listen(struct transport *t, enum verdict_transport kind,
    struct addr *addr, const char *shown, struct err *e)
{
	int fd = transport_open_socket(kind, addr->sa.ss_family, e);
	struct listener *li;
	struct flow *f;

	if (fd == -1)
		return -1;
	if (transport_bind_socket(fd, kind, addr, e) == -1) {
		(void)close(fd);
		return -1;
	}
	if (kind == TRANSPORT_UDP) {
		f = flow_new(t, kind, fd, NULL, true);
		f->unconnected = true;
		flow_start(f, false);
		return 0;
	}
	li = xcalloc(1, sizeof(*li));
	li->t = t;
	li->kind = kind;
	li->shown = xstrdup(shown);
	li->io = (struct loop_io){
	    .fd = fd, .fn = transport_listener_ready, .arg = li};
	li->pause = (struct loop_timer){
	    .fn = transport_listener_resume, .arg = li};
	li->next = t->listeners;
	t->listeners = li;
	loop_io_set(t->loop, &li->io, POLLIN);
	return 0;
}

/* --- connecting ----------------------------------------------------------- */

static struct flow *
transport_find_reaching(const struct transport *t, const struct target *target)
{
	for (size_t i = 0; i < t->count; i++) {
		struct flow *f = t->flows[i];

		if (f != NULL && f->ours && !f->unconnected &&
		    !f->close_after_flush && f->state != FLOW_LINGERING &&
		    f->end.exit == 0 && f->ref.kind == target->kind &&
		    addr_equal(&f->ref.peer, &target->addr) &&
		    strcmp(f->host, target->host) == 0)
			return f;
	}
	return NULL;
}

static struct flow *
transport_open_flow(
    struct transport *t, const struct target *target, struct err *e)
{
	int fd = transport_open_socket(
	    target->kind, target->addr.sa.ss_family, e);
	bool connecting = false;
	struct flow *f;

	if (fd == -1)
		return NULL;
	transport_set_user_timeout(fd, target->kind, t->limits.answer_timeout);
	if (connect(fd, (const struct sockaddr *)&target->addr.sa,
		target->addr.len) == -1) {
		if (errno != EINPROGRESS) {
			(void)err_system(e, EX_UNAVAILABLE, errno);
			(void)close(fd);
			return NULL;
		}
		connecting = true;
	}
	f = flow_new(t, target->kind, fd, &target->addr, true);
	f->host = xstrdup(target->host);
	/* A connection that is open at once continues in the next round, too,
	 * so that the handler is never called from here. */
	flow_start(f, connecting || target->kind != TRANSPORT_UDP);
	return f;
}

int
transport_reach(struct transport *t, const struct target *target,
    struct flow_ref *ref, struct addr *local, struct err *e)
{
	struct flow *f = transport_find_reaching(t, target);

	if (f == NULL)
		f = transport_open_flow(t, target, e);
	if (f == NULL)
		return -1;
	*ref = f->ref;
	*local = f->local;
	return 0;
}

int
transport_send(struct transport *t, const struct flow_ref *ref,
    struct span bytes, struct err *e)
{
	struct flow *f = transport_find_flow(t, ref->flow);

	if (f == NULL)
		return err_set(e, EX_UNAVAILABLE, "the connection has ended");
	return flow_send(f, ref, bytes, e);
}

bool
transport_opening(const struct transport *t, const struct flow_ref *ref)
{
	const struct flow *f = transport_find_flow(t, ref->flow);

	return f != NULL && f->ours && f->state != FLOW_OPEN;
}

bool
transport_accepted(
    const struct transport *t, const struct flow_ref *ref, struct addr *local)
{
	const struct flow *f = transport_find_flow(t, ref->flow);

	if (f == NULL || f->ours || f->state != FLOW_OPEN || f->peer_closed ||
	    f->close_after_flush || f->end.exit != 0)
		return false;
	*local = f->local;
	return true;
}

bool
transport_client_names(
    const struct transport *t, const struct flow_ref *ref, struct span host)
{
	const struct flow *f = transport_find_flow(t, ref->flow);

	return f != NULL && f->tls != NULL && tls_client_names(f->tls, host);
}

void
transport_close(
    struct transport *t, const struct flow_ref *ref, const struct err *why)
{
	struct flow *f = transport_find_flow(t, ref->flow);

	if (f != NULL)
		flow_end(f, why);
}

void
transport_close_all(struct transport *t, const struct err *why)
{
	uint64_t last = t->opened;

	/* The handler may open new connections from its lost: those stay. */
	for (size_t i = 0; i < t->count; i++) {
		struct flow *f = t->flows[i];

		if (f != NULL && f->ref.kind != TRANSPORT_UDP &&
		    f->ref.flow >> 20 <= last)
			flow_end(f, why);
	}
}

void
transport_stop_accepting(struct transport *t)
{
	t->stopped = true;
	for (struct listener *li = t->listeners; li != NULL; li = li->next) {
		loop_io_del(t->loop, &li->io);
		loop_timer_del(t->loop, &li->pause);
	}
	for (size_t i = 0; i < t->count; i++)
		if (t->flows[i] != NULL && t->flows[i]->state == FLOW_OPEN)
			flow_watch(t->flows[i]);
}

bool
transport_unsent(const struct transport *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->flows[i] != NULL && t->flows[i]->out.n > 0)
			return true;
	return false;
}
