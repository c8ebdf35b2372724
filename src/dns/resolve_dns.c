#include "src/dns/resolve_dns.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>

#include "src/dns/resolve_reply_priv.h"

enum {
	DNS_TIMEOUT = 1500, /* ms for one server to answer once; c-ares waits
	                     * twice as long the next time */
	DNS_TRIES = 2,
	DNS_DATAGRAM = 1232, /* bytes that go unfragmented everywhere */
	DNS_SOCKETS = ARES_GETSOCK_MAXNUM,
	DNS_AT_ONCE = 64, /* open questions; more would overflow the
	                   * socket's buffer, and be lost */
	DNS_CACHE = 512, /* cached answers that nobody uses */
	/* How long answers are cached, in seconds. */
	DNS_LONGEST = 3600,
	DNS_UNTOLD = 60, /* c-ares before 1.28 gives no TTL of NAPTR and SRV:
	                  * with a minute a server may move, and messages
	                  * of a conversation need no new questions */
	DNS_NEGATIVE = 10, /* there is no such record or name */
	DNS_BROKEN = 5, /* the server failed */
	DNS_FILE = 5 /* from /etc/hosts */
};

struct socket {
	struct dns *d;
	struct loop_io io;
};

struct dns_question {
	struct dns *d;
	enum dns_type type;
	char name[DNS_NAME];
	size_t users;
	uint64_t due; /* ms: when its answer expires */
	struct dns_answer answer;
	struct dns_question *next, *later;
};

struct dns {
	struct loop *loop;
	char *servers;
	dns_fn *answered;
	void *arg;
	bool open;
	ares_channel channel;
	struct loop_timer timer, news;
	struct socket sockets[DNS_SOCKETS];
	struct dns_question *questions; /* the newest first */
	/* The queue of those that are not asked yet, the oldest first. */
	struct dns_question *first_later, *last_later;
	size_t under_way;
};

/* --- c-ares in the loop --------------------------------------------------- */

static void
resolve_arm(struct dns *d)
{
	struct timeval tv, *wait = ares_timeout(d->channel, NULL, &tv);
	uint64_t ms;

	loop_timer_del(d->loop, &d->timer);
	if (wait == NULL)
		return;
	/* c-ares rounds down: without + 1 the timer would fire early. */
	ms = (uint64_t)wait->tv_sec * 1000 + (uint64_t)wait->tv_usec / 1000;
	loop_timer_set(d->loop, &d->timer, ms + 1);
}

static void
resolve_on_timer(void *arg)
{
	struct dns *d = arg;

	ares_process_fd(d->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	resolve_arm(d);
}

static void
resolve_on_socket(void *arg, short revents)
{
	struct socket *s = arg;
	struct dns *d = s->d;
	int fd = s->io.fd;
	bool in = (revents & (POLLIN | POLLHUP | POLLERR)) != 0;

	ares_process_fd(d->channel, in ? fd : ARES_SOCKET_BAD,
	    (revents & POLLOUT) != 0 ? fd : ARES_SOCKET_BAD);
	resolve_arm(d);
}

static void
resolve_on_socket_state(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct dns *d = arg;
	struct socket *unused = NULL, *s = NULL;

	for (size_t i = 0; i < DNS_SOCKETS && s == NULL; i++) {
		struct loop_io *io = &d->sockets[i].io;

		if (io->slot != 0 && io->fd == fd)
			s = &d->sockets[i];
		else if (io->slot == 0)
			unused = &d->sockets[i];
	}
	if (!readable && !writable) {
		if (s != NULL)
			loop_io_del(d->loop, &s->io);
		return;
	}
	if (s == NULL && (s = unused) == NULL)
		return; /* c-ares has at most DNS_SOCKETS */
	s->d = d;
	s->io.fd = fd;
	s->io.fn = resolve_on_socket;
	s->io.arg = s;
	loop_io_set(d->loop, &s->io,
	    (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0)));
}

int
dns_open(struct dns *d, struct err *e)
{
	struct ares_options o = {.timeout = DNS_TIMEOUT,
	    .tries = DNS_TRIES,
	    .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_EDNS,
	    .ednspsz = DNS_DATAGRAM,
	    .sock_state_cb = resolve_on_socket_state,
	    .sock_state_cb_data = d};
	int rc;

	if (d->open)
		return 0;
	rc = ares_library_init(ARES_LIB_INIT_ALL);
	if (rc == ARES_SUCCESS)
		rc = ares_init_options(&d->channel, &o,
		    ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_FLAGS |
			ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_STATE_CB);
	if (rc != ARES_SUCCESS)
		return err_set(e, EX_OSERR, "cannot set up the resolver: %s",
		    ares_strerror(rc));
	d->open = true;
	if (d->servers == NULL)
		return 0;
	rc = ares_set_servers_ports_csv(d->channel, d->servers);
	if (rc == ARES_SUCCESS)
		return 0;
	ares_destroy(d->channel);
	d->open = false;
	return err_set(e, EX_CONFIG,
	    "\"%s\" is not a list of name servers: %s; write host:port",
	    d->servers, ares_strerror(rc));
}

/* --- questions ------------------------------------------------------------ */

/* The answer is there: sets when it expires and schedules
 * resolve_on_answers. */
static void
resolve_settle(struct dns_question *q, long ttl)
{
	struct dns *d = q->d;

	if (q->answer.outcome == DNS_FAILED)
		ttl = DNS_BROKEN;
	else if (q->type == DNS_HOSTS)
		ttl = DNS_FILE;
	else if (q->answer.outcome != DNS_FOUND)
		ttl = DNS_NEGATIVE;
	else if (ttl < 0)
		ttl = DNS_UNTOLD;
	else if (ttl > DNS_LONGEST)
		ttl = DNS_LONGEST;
	q->due = loop_now(d->loop) + (uint64_t)ttl * 1000;
	if (d->news.slot == 0)
		loop_timer_set(d->loop, &d->news, 0);
}

#if ARES_VERSION >= 0x011c00
static void
resolve_on_reply(void *arg, ares_status_t status, size_t timeouts,
    const ares_dns_record_t *reply)
{
	struct dns_question *q = arg;
	long ttl;

	(void)timeouts;
	q->d->under_way--;
	reply_read(q->type, (int)status, reply, &q->answer, &ttl);
	resolve_settle(q, ttl);
}

static void
resolve_ask(struct dns *d, struct dns_question *q)
{
	d->under_way++;
	/* Errors come through resolve_on_reply, too. */
	(void)ares_query_dnsrec(d->channel, q->name, ARES_CLASS_IN,
	    (ares_dns_rec_type_t)reply_type(q->type), resolve_on_reply, q,
	    NULL);
}
#else
static void
resolve_on_reply(
    void *arg, int status, int timeouts, unsigned char *reply, int len)
{
	struct dns_question *q = arg;
	long ttl;

	(void)timeouts;
	q->d->under_way--;
	reply_read(q->type, status, reply, len, &q->answer, &ttl);
	resolve_settle(q, ttl);
}

static void
resolve_ask(struct dns *d, struct dns_question *q)
{
	d->under_way++;
	ares_query(
	    d->channel, q->name, 1, reply_type(q->type), resolve_on_reply, q);
}
#endif

/* Asks queued questions, up to DNS_AT_ONCE open ones. One that was dropped
 * meanwhile is not asked. */
static void
resolve_ask_later(struct dns *d)
{
	while (d->first_later != NULL && d->under_way < DNS_AT_ONCE) {
		struct dns_question *q = d->first_later;

		d->first_later = q->later;
		if (q->users > 0)
			resolve_ask(d, q);
		else
			q->answer
			    .outcome = DNS_FAILED; /* due is 0: it expires */
	}
	resolve_arm(d);
}

static void
resolve_on_answers(void *arg)
{
	struct dns *d = arg;

	resolve_ask_later(d);
	d->answered(d->arg);
}

static void
resolve_queue(struct dns *d, struct dns_question *q)
{
	if (d->first_later == NULL)
		d->first_later = q;
	else
		d->last_later->later = q;
	d->last_later = q;
}

static bool
resolve_expired(const struct dns_question *q)
{
	return q->answer.outcome != DNS_WAITING && q->users == 0 &&
	    q->due <= loop_now(q->d->loop);
}

static void
resolve_forget(struct dns_question **at)
{
	struct dns_question *q = *at;

	*at = q->next;
	reply_free(&q->answer);
	free(q);
}

/* Forgets expired answers, and the oldest beyond DNS_CACHE. */
static void
resolve_tidy(struct dns *d)
{
	struct dns_question **at = &d->questions;
	size_t unused = 0;

	while (*at != NULL) {
		struct dns_question *q = *at;

		if (q->users == 0 && q->answer.outcome != DNS_WAITING)
			unused++;
		if (resolve_expired(q) ||
		    (unused > DNS_CACHE && q->users == 0 &&
			q->answer.outcome != DNS_WAITING))
			resolve_forget(at);
		else
			at = &q->next;
	}
}

bool
dns_is(const struct dns_question *q, enum dns_type type, const char *name)
{
	return q->type == type && strcasecmp(q->name, name) == 0;
}

enum dns_type
dns_type(const struct dns_question *q)
{
	return q->type;
}

const char *
dns_name(const struct dns_question *q)
{
	return q->name;
}

struct dns_question *
dns_ask(struct dns *d, enum dns_type type, const char *name)
{
	struct dns_question *q;

	resolve_tidy(d);
	for (q = d->questions; q != NULL; q = q->next)
		if (dns_is(q, type, name) &&
		    (q->answer.outcome == DNS_WAITING ||
			q->due > loop_now(d->loop))) {
			q->users++;
			return q;
		}
	q = xcalloc(1, sizeof(*q));
	q->d = d;
	q->type = type;
	/* Callers have no longer names: URIs and replies are bounded. */
	(void)strncpy(q->name, name, sizeof(q->name) - 1);
	q->users = 1;
	q->next = d->questions;
	d->questions = q;
	if (type == DNS_HOSTS) {
		reply_hosts(d->channel, name, &q->answer);
		resolve_settle(q, 0);
	} else {
		resolve_queue(d, q);
		resolve_ask_later(d);
	}
	return q;
}

void
dns_drop(struct dns_question *q)
{
	q->users--;
}

const struct dns_answer *
dns_answer(const struct dns_question *q)
{
	return &q->answer;
}

/* --- the whole ------------------------------------------------------------ */

struct dns *
dns_new(struct loop *loop, const char *servers, dns_fn *answered, void *arg)
{
	struct dns *d = xcalloc(1, sizeof(*d));

	d->loop = loop;
	d->servers = servers == NULL ? NULL : xstrdup(servers);
	d->answered = answered;
	d->arg = arg;
	d->timer = (struct loop_timer){.fn = resolve_on_timer, .arg = d};
	d->news = (struct loop_timer){.fn = resolve_on_answers, .arg = d};
	return d;
}

void
dns_free(struct dns *d)
{
	if (d == NULL)
		return;
	if (d->open) {
		/* Calls resolve_on_reply for open questions. */
		ares_destroy(d->channel);
		ares_library_cleanup();
	}
	loop_timer_del(d->loop, &d->timer);
	loop_timer_del(d->loop, &d->news);
	while (d->questions != NULL)
		resolve_forget(&d->questions);
	free(d->servers);
	free(d);
}
