#include "resolve.h"

#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <ares.h>

enum {
	RESOLVE_DATAGRAM = 1300, /* RFC 3261, 18.1.1 */
	RESOLVE_TIMEOUT = 2000,  /* ms for one server to answer once */
	RESOLVE_TRIES = 2,
	RESOLVE_TARGETS = 16, /* no host has more that matter */
	RESOLVE_SOCKETS = ARES_GETSOCK_MAXNUM
};

struct socket {
	struct resolver *r;
	struct loop_io io;
};

struct resolver {
	struct loop *loop;
	char *servers;
	bool open;
	ares_channel channel;
	struct loop_timer timer;
	struct socket sockets[RESOLVE_SOCKETS];
};

struct resolve_query {
	struct resolver *r;
	struct target target; /* what all of them have in common */
	unsigned port;
	bool returned; /* from resolve_uri, to which it is known */
	bool done;
	resolve_fn *fn; /* NULL: cancelled */
	void *arg;
};

/* --- c-ares in the loop ----------------------------------------------------- */

static void
arm(struct resolver *r)
{
	struct timeval tv, *wait = ares_timeout(r->channel, NULL, &tv);
	uint64_t ms;

	loop_timer_del(r->loop, &r->timer);
	if (wait == NULL)
		return;
	/* c-ares rounds down, and would be asked again at once. */
	ms = (uint64_t)wait->tv_sec * 1000 + (uint64_t)wait->tv_usec / 1000;
	loop_timer_set(r->loop, &r->timer, ms + 1);
}

static void
timer_fired(void *arg)
{
	struct resolver *r = arg;

	ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(r);
}

static void
socket_ready(void *arg, short revents)
{
	struct socket *s = arg;
	struct resolver *r = s->r;
	int fd = s->io.fd;
	bool in = (revents & (POLLIN | POLLHUP | POLLERR)) != 0;

	ares_process_fd(r->channel, in ? fd : ARES_SOCKET_BAD,
	    (revents & POLLOUT) != 0 ? fd : ARES_SOCKET_BAD);
	arm(r);
}

static void
socket_state(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct resolver *r = arg;
	struct socket *unused = NULL, *s = NULL;

	for (size_t i = 0; i < RESOLVE_SOCKETS && s == NULL; i++) {
		struct loop_io *io = &r->sockets[i].io;

		if (io->slot != 0 && io->fd == fd)
			s = &r->sockets[i];
		else if (io->slot == 0)
			unused = &r->sockets[i];
	}
	if (!readable && !writable) {
		if (s != NULL)
			loop_io_del(r->loop, &s->io);
		return;
	}
	if (s == NULL && (s = unused) == NULL)
		return; /* c-ares has no more sockets than this */
	s->r = r;
	s->io.fd = fd;
	s->io.fn = socket_ready;
	s->io.arg = s;
	loop_io_set(r->loop, &s->io,
	    (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0)));
}

static int
open_channel(struct resolver *r, struct err *e)
{
	struct ares_options o = {.timeout = RESOLVE_TIMEOUT,
	    .tries = RESOLVE_TRIES,
	    .flags = ARES_FLAG_NOSEARCH,
	    .sock_state_cb = socket_state,
	    .sock_state_cb_data = r};
	int rc = ares_library_init(ARES_LIB_INIT_ALL);

	if (rc == ARES_SUCCESS)
		rc = ares_init_options(&r->channel, &o,
		    ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_FLAGS |
			ARES_OPT_SOCK_STATE_CB);
	if (rc != ARES_SUCCESS)
		return err_set(e, EX_OSERR, "no resolver can be set up: %s",
		    ares_strerror(rc));
	r->open = true;
	if (r->servers == NULL)
		return 0;
	rc = ares_set_servers_ports_csv(r->channel, r->servers);
	if (rc == ARES_SUCCESS)
		return 0;
	ares_destroy(r->channel);
	r->open = false;
	return err_set(e, EX_CONFIG,
	    "\"%s\" are no name servers: %s; write host:port", r->servers,
	    ares_strerror(rc));
}

struct resolver *
resolver_new(struct loop *loop, const char *servers)
{
	struct resolver *r = xcalloc(1, sizeof(*r));

	r->loop = loop;
	r->servers = servers == NULL ? NULL : xstrdup(servers);
	r->timer = (struct loop_timer){.fn = timer_fired, .arg = r};
	return r;
}

void
resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	if (r->open) {
		ares_destroy(r->channel);
		ares_library_cleanup();
	}
	loop_timer_del(r->loop, &r->timer);
	free(r->servers);
	free(r);
}

/* --- a URI's transport and port ---------------------------------------------- */

static int
choose_transport(const struct uri *u, size_t size,
    enum verdict_transport *kind, struct err *e)
{
	struct span want = {NULL, 0};

	(void)uri_param(u, "transport", &want);
	if (u->sips && want.n > 0 && !span_is_nocase(want, "tls") &&
	    !span_is_nocase(want, "tcp"))
		return err_set(e, EX_UNAVAILABLE,
		    "a sips URI is never sent by %.*s", (int)want.n,
		    (const char *)want.p);
	if (u->sips || span_is_nocase(want, "tls"))
		*kind = TRANSPORT_TLS;
	else if (span_is_nocase(want, "tcp"))
		*kind = TRANSPORT_TCP;
	else if (want.n == 0 || span_is_nocase(want, "udp"))
		*kind = size > RESOLVE_DATAGRAM ? TRANSPORT_TCP
						: TRANSPORT_UDP;
	else
		return err_set(e, EX_UNAVAILABLE,
		    "there is no transport %.*s here", (int)want.n,
		    (const char *)want.p);
	return 0;
}

/* RFC 3261, 19.1.2 */
static unsigned
default_port(enum verdict_transport kind)
{
	return kind == TRANSPORT_TLS ? 5061 : 5060;
}

static int
common_target(const struct uri *u, size_t size, struct target *t,
    unsigned *port, struct err *e)
{
	if (u->host.n >= sizeof(t->host))
		return err_set(e, EX_NOHOST, "the host's name is too long");
	*t = (struct target){0};
	memcpy(t->host, u->host.p, u->host.n);
	if (choose_transport(u, size, &t->kind, e) == -1)
		return -1;
	*port = u->port != 0 ? u->port : default_port(t->kind);
	return 0;
}

/* --- queries -------------------------------------------------------------------- */

static void
finish(struct resolve_query *q, const struct target *targets, size_t count,
    const struct err *why)
{
	if (q->fn != NULL)
		q->fn(q->arg, targets, count, why);
	q->done = true;
	if (q->returned)
		free(q);
}

static void
found_addresses(void *arg, int status, int timeouts,
    struct ares_addrinfo *info)
{
	struct resolve_query *q = arg;
	struct target targets[RESOLVE_TARGETS];
	struct ares_addrinfo_node *node = info == NULL ? NULL : info->nodes;
	size_t count = 0;
	struct err e = {0};

	(void)timeouts;
	for (; node != NULL && count < RESOLVE_TARGETS; node = node->ai_next) {
		struct target *t = &targets[count];

		if (node->ai_addrlen > sizeof(t->addr.sa))
			continue;
		*t = q->target;
		memcpy(&t->addr.sa, node->ai_addr, node->ai_addrlen);
		t->addr.len = node->ai_addrlen;
		addr_set_port(&t->addr, q->port);
		count++;
	}
	ares_freeaddrinfo(info);
	if (count == 0)
		(void)err_set(&e, EX_NOHOST, "%s does not resolve: %s",
		    q->target.host,
		    status == ARES_SUCCESS ? "it has no address"
					   : ares_strerror(status));
	finish(q, targets, count, &e);
}

struct resolve_query *
resolve_uri(struct resolver *r, const struct uri *uri, size_t size,
    resolve_fn *fn, void *arg)
{
	struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC};
	struct resolve_query *q;
	struct target t;
	struct err e = {0};
	unsigned port = 0;

	if (common_target(uri, size, &t, &port, &e) == -1) {
		fn(arg, NULL, 0, &e);
		return NULL;
	}
	if (uri->host_kind != HOST_NAME) {
		if (addr_numeric(uri->host, port, &t.addr))
			fn(arg, &t, 1, &e);
		else {
			(void)err_set(&e, EX_NOHOST, "%s is no address",
			    t.host);
			fn(arg, NULL, 0, &e);
		}
		return NULL;
	}
	if (!r->open && open_channel(r, &e) == -1) {
		fn(arg, NULL, 0, &e);
		return NULL;
	}
	q = xcalloc(1, sizeof(*q));
	*q = (struct resolve_query){
	    .r = r, .target = t, .port = port, .fn = fn, .arg = arg};
	ares_getaddrinfo(r->channel, t.host, NULL, &hints, found_addresses,
	    q);
	if (q->done) {
		free(q);
		return NULL;
	}
	q->returned = true;
	arm(r);
	return q;
}

void
resolve_cancel(struct resolve_query *q)
{
	/* c-ares cannot forget one query alone; its answer falls flat. */
	if (q != NULL)
		q->fn = NULL;
}
