#include "ua.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../keys/keystore.h"
#include "answered.h"
#include "config.h"
#include "endpoint.h"
#include "message.h"
#include "outbox.h"
#include "trace.h"

enum {
	UA_HOLD = 11, /* ms: at least 10 whole ones, on a clock that rounds
	               * down (JUDGING: the answer is no oracle) */
	UA_LOOK = 10, /* ms between two looks for changes in the key store */
	UA_HOLD_BYTES = 131072, /* opened in one hold; more takes more */
	UA_UNANSWERED = 4096 /* requests at once; more are sent away */
};

/* An answer that leaves later. */
struct held {
	struct ua *ua;
	struct server_transaction *st;
	struct answered_entry entry; /* what the answer is */
	struct route from;
	uint64_t came;
	struct buf answer;
	struct loop_timer timer;
	struct held *prev, *next;
};

struct ua {
	struct loop *loop;
	struct keystore *ks;
	const struct config *config;
	ua_fn *fn;
	void *arg;
	struct aor *aors;
	size_t aor_count;
	char *from_uri;
	struct config_list here; /* hosts and addresses listened on */
	bool everywhere;         /* a wildcard address among them */
	struct trace *trace;
	struct tls_context *tls;
	struct transport *transport;
	struct resolver *resolver;
	struct transactions *transactions;
	struct outbox *outbox;
	struct answered *answered;
	struct held *held;
	uint64_t held_until; /* ms: the last of them leaves */
	uint64_t later;      /* the last id that ua_later gave */
	bool may_wait;       /* the owner is being told of one that may */
	bool waits;          /* and it does */
	unsigned char secret[DIGEST_SIZE]; /* of the To tags */
};

/* --- telling the owner ----------------------------------------------------- */

static bool
tell(struct ua *ua, const struct ua_event *event)
{
	return ua->fn(ua->arg, event);
}

static void
note(struct ua *ua, enum ua_event_type type, const struct err *why)
{
	struct ua_event ev = {.type = type, .words = why->text};

	(void)tell(ua, &ev);
}

static void
message_sent(void *arg, const struct ua_sent *sent)
{
	struct ua_event ev = {.type = UA_SENT, .sent = sent};

	(void)tell(arg, &ev);
}

static bool
tell_message(void *arg, const struct ua_message *m)
{
	struct ua_event ev = {.type = UA_MESSAGE, .message = m};

	return tell(arg, &ev);
}

/* How a message came, as its verdict says it. */
static enum verdict_transport
came_by(const struct route *from)
{
	return from->mutual ? TRANSPORT_TLS_MUTUAL : from->kind;
}

static void
tls_note(void *arg, bool problem, const char *words)
{
	struct ua_event ev = {
	    .type = problem ? UA_PROBLEM : UA_NOTE, .words = words};

	(void)tell(arg, &ev);
}

/* --- answers ------------------------------------------------------------------ */

/* A To tag that is the same for the same message however often and by
 * whatever way it comes (RFC 3261, 8.2.6.2 and 8.2.7). */
static void
make_tag(const struct ua *ua, const struct sip_msg *request, char tag[17])
{
	uint32_t cseq = sip_cseq(request);
	struct span parts[] = {{ua->secret, sizeof(ua->secret)},
	    sip_call_id(request), sip_from_tag(request),
	    {(const unsigned char *)&cseq, sizeof(cseq)}};
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[DIGEST_SIZE];

	digest_spans(parts, sizeof(parts) / sizeof(parts[0]), digest);
	for (size_t i = 0; i < 16; i++)
		tag[i] = hex[digest[i] & 15];
	tag[16] = '\0';
}

/* RFC 3261, 18.2.2 and RFC 3581: over UDP to where the request came from,
 * but to the port of its Via when that did not ask for ours. */
static struct route
answer_route(const struct route *from, const struct sip_msg *request)
{
	struct route to = *from;
	unsigned port = sip_via_port(request);

	if (to.kind == TRANSPORT_UDP && !sip_via_rport(request))
		addr_set_port(&to.peer, port != 0 ? port : 5060);
	return to;
}

static void
trace_answer(struct ua *ua, const struct route *to, struct span bytes)
{
	trace_message(ua->trace, true, to, bytes, (struct span){NULL, 0});
}

/* Answers what no transaction is made for. */
static void
answer_stateless(struct ua *ua, const struct route *from,
    const struct sip_msg *request, int status, const char *warning)
{
	struct route to = answer_route(from, request);
	struct buf b = {0};
	struct err e;
	char tag[17];

	make_tag(ua, request, tag);
	if (message_answer(&b, request, status, warning, tag, &from->peer) ==
	    0) {
		trace_answer(ua, &to, span_buf(&b));
		(void)transport_send(ua->transport, &to, span_buf(&b), &e);
	}
	buf_free(&b);
}

static void
held_free(struct held *h)
{
	loop_timer_del(h->ua->loop, &h->timer);
	if (h->prev != NULL)
		h->prev->next = h->next;
	else
		h->ua->held = h->next;
	if (h->next != NULL)
		h->next->prev = h->prev;
	buf_free(&h->answer);
	free(h);
}

static void
held_leaves(void *arg)
{
	struct held *h = arg;

	trace_answer(h->ua, transaction_route(h->st), span_buf(&h->answer));
	transaction_answer(h->st, h->entry.status, span_buf(&h->answer));
	held_free(h);
}

static uint64_t
later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* What is to be answered is known. */
static void
held_ready(struct held *h)
{
	struct ua *ua = h->ua;
	const struct sip_msg *request = transaction_asked(h->st);
	char tag[17];

	make_tag(ua, request, tag);
	(void)message_answer(&h->answer, request, h->entry.status,
	    h->entry.warning, tag, &h->from.peer);
	if (h->entry.held)
		ua->held_until = later(ua->held_until,
		    h->came + UA_HOLD *
			(1 + sip_body(request).n / UA_HOLD_BYTES));
	/* An answer that overtook a held one would tell when the work on that
	 * was done. */
	if (ua->held_until > loop_now(ua->loop))
		loop_timer_at(ua->loop, &h->timer, ua->held_until);
	else
		held_leaves(h);
}

static void
answer(struct ua *ua, struct server_transaction *st,
    const struct answered_entry *a, uint64_t came,
    const struct route *from)
{
	struct held *h = xcalloc(1, sizeof(*h));

	h->ua = ua;
	h->st = st;
	h->entry = *a;
	h->from = *from;
	h->came = came;
	h->next = ua->held;
	if (h->next != NULL)
		h->next->prev = h;
	ua->held = h;
	h->timer = (struct loop_timer){.fn = held_leaves, .arg = h};
	if (a->waits == 0)
		held_ready(h);
}

uint64_t
ua_later(struct ua *ua)
{

	if (!ua->may_wait)
		return 0;
	ua->waits = true;
	return ++ua->later;
}

void
ua_given(struct ua *ua, uint64_t id, bool given)
{
	struct held *h = ua->held, *next;

	for (; id != 0 && h != NULL; h = next) {
		next = h->next;
		if (h->entry.waits != id)
			continue;
		h->entry.waits = 0;
		if (!given)
			h->entry.status = 480;
		answered_settle(ua->answered, h->entry.key, h->entry.status);
		held_ready(h);
	}
}

/* --- requests ------------------------------------------------------------------ */

static bool
is_here(void *arg, struct span host)
{
	const struct ua *ua = arg;
	enum uri_host_kind kind;

	if (ua->everywhere && uri_host_kind(host, &kind) &&
	    kind != HOST_NAME)
		return true;
	for (size_t i = 0; i < ua->here.count; i++)
		if (host_equal(host, span_str(ua->here.items[i])))
			return true;
	return false;
}

/* Judges a request that has not been answered before, tells the owner of a
 * message, and notes what it is answered. */
static void
decide(struct ua *ua, const struct route *from, const struct sip_msg *request,
    struct answered_entry *a)
{
	struct message_self self = {.ks = ua->ks,
	    .policy = &ua->config->policy,
	    .aors = ua->aors,
	    .aor_count = ua->aor_count,
	    .is_here = is_here,
	    .arg = ua};
	struct message_in in;
	bool message = span_is(sip_method(request), "MESSAGE");

	message_receive(&self, request, &in);
	ua->may_wait = message && in.status < 300;
	ua->waits = false;
	if (message &&
	    !message_tell(request, &in, came_by(from), time(NULL),
		tell_message, ua) &&
	    in.status < 300)
		in.status = 480;
	ua->may_wait = false;
	a->waits = ua->waits && in.status < 300 ? ua->later : 0;
	a->at = loop_now(ua->loop);
	a->status = (uint16_t)in.status;
	a->warning = in.warning;
	a->held = in.judged && in.opened.held;
	if (message)
		answered_add(ua->answered, a);
	message_in_free(&in);
}

static void
receive_sound(struct ua *ua, const struct route *from, struct sip_msg *m)
{
	struct route to = answer_route(from, m);
	const struct answered_entry *before;
	struct answered_entry a = {0};
	struct server_transaction *st;
	uint64_t came = loop_now(ua->loop);

	if (span_is(sip_method(m), "ACK")) {
		sip_free(m);
		return;
	}
	/* An INVITE is refused without a transaction (8.2.7): osip's would
	 * wait for an ACK that we have no use for. */
	if (span_is(sip_method(m), "INVITE")) {
		answer_stateless(ua, from, m, 405, NULL);
		sip_free(m);
		return;
	}
	if (transactions_unanswered(ua->transactions) >= UA_UNANSWERED) {
		answer_stateless(ua, from, m, 503, "too many at once");
		sip_free(m);
		return;
	}
	st = transaction_accept(ua->transactions, &to, m);
	if (st == NULL)
		return;
	answered_key(m, a.key);
	before = span_is(sip_method(m), "MESSAGE")
	    ? answered_find(ua->answered, a.key, came)
	    : NULL;
	if (before != NULL)
		a = *before;
	else
		decide(ua, from, m, &a);
	answer(ua, st, &a, came, from);
}

/* A request that is refused for its form. */
static void
receive_faulty(struct ua *ua, const struct route *from,
    const struct sip_msg *m, int status, const char *why)
{
	struct message_in in = {.status = status, .why = why};

	if (!sip_is_request(m) || status < 0 ||
	    span_is(sip_method(m), "ACK"))
		return;
	if (span_is(sip_method(m), "MESSAGE"))
		(void)message_tell(m, &in, came_by(from), time(NULL),
		    tell_message, ua);
	answer_stateless(ua, from, m, status, why);
}

/* What comes over a connection of ours and is no SIP breaks all that goes
 * over it; a whole response that is not sound, its own request alone. */
static void
peer_broke(struct ua *ua, const struct route *from, const struct sip_msg *m,
    bool framed, const char *why)
{
	struct err e;

	(void)err_set(&e, EX_PROTOCOL, "what came back is no SIP: %s", why);
	if (framed)
		transaction_broken(ua->transactions, m, &e);
	else
		transactions_lost(ua->transactions, from->flow, &e);
}

static bool
received(void *arg, const struct route *from, const struct stream_frame *f)
{
	struct ua *ua = arg;
	struct sip_msg *m = sip_parse(f->head, f->body,
	    from->kind != TRANSPORT_UDP && f->found == STREAM_MESSAGE);
	const char *why = "";
	int fault = sip_fault(m, &why);

	trace_message(ua->trace, false, from, f->head, f->body);
	if (f->found == STREAM_BROKEN && fault >= 0) {
		fault = f->status;
		why = f->why;
	}
	if (fault == 0 && sip_is_request(m))
		receive_sound(ua, from, m);
	else if (fault == 0)
		(void)transaction_response(ua->transactions, m);
	else {
		receive_faulty(ua, from, m, fault, why);
		if (from->kind != TRANSPORT_UDP &&
		    (f->found == STREAM_BROKEN || !sip_is_request(m)))
			peer_broke(ua, from, m, f->found == STREAM_MESSAGE,
			    why);
		sip_free(m);
	}
	return fault == 0;
}

static bool
owed(void *arg, uint64_t flow)
{
	const struct ua *ua = arg;

	return transactions_owed(ua->transactions, flow);
}

/* --- connections -------------------------------------------------------------- */

static void
opened(void *arg, const struct route *to, const char *tls)
{
	struct ua *ua = arg;

	if (tls != NULL)
		trace_note(ua->trace, to, tls);
}

static void
lost(void *arg, const struct route *route, const struct err *why)
{
	struct ua *ua = arg;
	char peer[ADDR_TEXT];
	struct err e = *why;

	addr_text(&route->peer, peer);
	trace_note(ua->trace, route, why->text);
	(void)err_in(&e, "%s:%s", verdict_transport_name(route->kind), peer);
	transactions_lost(ua->transactions, route->flow, why);
	note(ua, UA_NOTE, &e);
}

static void
trace_failed(void *arg, const struct err *why)
{

	note(arg, UA_PROBLEM, why);
}

/* --- life -------------------------------------------------------------------------- */

static int
read_aors(struct ua *ua, struct err *e)
{
	const struct config_list *list = &ua->config->aors;

	ua->aors = xcalloc(list->count + 1, sizeof(*ua->aors));
	for (size_t i = 0; i < list->count; i++) {
		if (aor_parse(span_str(list->items[i]), &ua->aors[i], e) ==
		    -1) {
			e->exit = EX_CONFIG;
			return err_in(e, "aor %s", list->items[i]);
		}
		ua->aor_count++;
	}
	if (list->count > 0) {
		struct buf b = {0};

		buf_addf(&b, "%s:%s",
		    span_starts_nocase(span_str(list->items[0]), "sip:")
			? "sip"
			: "sips",
		    ua->aors[0].text);
		ua->from_uri = (char *)b.p;
	}
	return 0;
}

/* A proxy that is none is a fault of the settings, not of a message. */
static int
check_proxy(const struct config *c, struct err *e)
{
	struct uri uri;

	if (c->proxy == NULL || uri_parse(span_str(c->proxy), &uri, e) == 0)
		return 0;
	e->exit = EX_CONFIG;
	return err_in(e, "proxy %s", c->proxy);
}

/* TLS, and whom we show who we are: our proxy and our registrars. */
static int
open_tls(struct ua *ua, struct err *e)
{
	const struct config *c = ua->config;
	struct tls_settings settings = {.ks = ua->ks,
	    .policy = &c->policy,
	    .client_certs = (enum tls_client_certs)c->client_certs,
	    .note = tls_note,
	    .arg = ua};
	struct uri proxy;

	if (tls_context_new(&settings, &ua->tls, e) == -1)
		return -1;
	for (size_t i = 0; i < ua->aor_count; i++)
		tls_home(ua->tls, span_str(ua->aors[i].host),
		    ua->aors[i].host);
	if (ua->aor_count > 0 && c->proxy != NULL &&
	    uri_parse(span_str(c->proxy), &proxy, e) == 0)
		tls_home(ua->tls, proxy.host, ua->aors[0].host);
	return 0;
}

static void
open_parts(struct ua *ua)
{
	const struct config *c = ua->config;
	struct transport_limits limits = {
	    .stream = {.head = c->max_header,
		.headers = c->max_headers,
		.body = c->max_body},
	    .connections = c->max_connections,
	    .message_timeout = c->message_timeout * 1000,
	    .idle_timeout = c->idle_timeout * 1000,
	    .connect_timeout = c->connect_timeout * 1000,
	    .unsent = c->max_unsent,
	    .buffered = c->max_buffered};
	struct transport_owner owner = {.arg = ua,
	    .message = received,
	    .owed = owed,
	    .opened = opened,
	    .lost = lost};
	struct buf servers = {0};

	for (size_t i = 0; i < c->dns.count; i++)
		buf_addf(&servers, "%s%s", i > 0 ? "," : "",
		    c->dns.items[i]);
	ua->transport = transport_new(ua->loop, ua->tls, &limits, &owner);
	ua->resolver = resolver_new(ua->loop, (const char *)servers.p);
	buf_free(&servers);
	random_bytes(ua->secret, sizeof(ua->secret));
	keystore_patience(ua->ks, UA_LOOK);
	ua->answered = answered_new(c->max_answered);
}

int
ua_new(struct loop *loop, struct keystore *ks, const struct config *config,
    ua_fn *fn, void *arg, struct ua **out, struct err *e)
{
	struct ua *ua = xcalloc(1, sizeof(*ua));
	struct outbox_parts parts;

	ua->loop = loop;
	ua->ks = ks;
	ua->config = config;
	ua->fn = fn;
	ua->arg = arg;
	if (read_aors(ua, e) == -1 || check_proxy(config, e) == -1 ||
	    (config->trace != NULL &&
		trace_open(config->trace, trace_failed, ua, &ua->trace, e) ==
		    -1) ||
	    open_tls(ua, e) == -1) {
		ua_free(ua);
		return -1;
	}
	open_parts(ua);
	if (transactions_new(loop, ua->transport, ua->trace,
		&ua->transactions, e) == -1) {
		ua_free(ua);
		return -1;
	}
	parts = (struct outbox_parts){.loop = loop,
	    .ks = ks,
	    .config = config,
	    .transport = ua->transport,
	    .resolver = ua->resolver,
	    .transactions = ua->transactions,
	    .from = ua->aor_count > 0 ? &ua->aors[0] : NULL,
	    .from_uri = ua->from_uri,
	    .sent = message_sent,
	    .arg = ua};
	ua->outbox = outbox_new(&parts);
	*out = ua;
	return 0;
}

void
ua_free(struct ua *ua)
{
	if (ua == NULL)
		return;
	while (ua->held != NULL)
		held_free(ua->held);
	outbox_free(ua->outbox);
	transactions_free(ua->transactions);
	resolver_free(ua->resolver);
	transport_free(ua->transport);
	tls_context_free(ua->tls);
	trace_close(ua->trace);
	answered_free(ua->answered);
	for (size_t i = 0; i < ua->here.count; i++)
		free(ua->here.items[i]);
	free(ua->here.items);
	for (size_t i = 0; i < ua->aor_count; i++)
		aor_free(&ua->aors[i]);
	free(ua->aors);
	free(ua->from_uri);
	free(ua);
}

/* --- listening ------------------------------------------------------------------ */

static void
add_here(struct ua *ua, const char *host)
{
	ua->here.items = xrealloc(ua->here.items,
	    (ua->here.count + 1) * sizeof(*ua->here.items));
	ua->here.items[ua->here.count++] = xstrdup(host);
	if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0)
		ua->everywhere = true;
}

/* The certificate for those who ask for no name: of our own domain, else of
 * the host that we listen on. */
static int
serve_tls(struct ua *ua, const struct endpoint *ep, char shown[256],
    struct err *e)
{
	const char *hosts[3] = {NULL, NULL, NULL}, *host;
	size_t n = 0;

	if (ua->aor_count > 0)
		hosts[n++] = ua->aors[0].host;
	hosts[n] = ep->host;
	if (tls_serve(ua->tls, hosts, &host, e) == 0) {
		(void)snprintf(shown, 256, "%s", host);
		return 0;
	}
	return err_in(e, "cannot listen on tls:%s:%u", ep->host, ep->port);
}

static int
listen_at(struct ua *ua, const char *text, struct err *e)
{
	struct endpoint ep;
	char shown[256] = ""; /* no host's name is longer */
	size_t listening = 0;

	if (endpoint_parse(text, &ep, e) == -1)
		return -1;
	if (ep.kind == TRANSPORT_TLS && serve_tls(ua, &ep, shown, e) == -1)
		return -1;
	for (size_t i = 0; i < ep.count; i++) {
		struct target at = {.kind = ep.kind, .addr = ep.addrs[i]};
		char words[TARGET_TEXT], host[ADDR_TEXT];
		struct ua_event ev = {.type = UA_LISTENING, .words = words};

		/* Of a name's addresses one is enough: machines without
		 * IPv6 have ::1 for localhost all the same. */
		if (transport_listen(ua->transport, at.kind, &at.addr, shown,
			e) == -1)
			continue;
		listening++;
		addr_host(&at.addr, host);
		add_here(ua, host);
		target_text(&at, words);
		(void)tell(ua, &ev);
	}
	add_here(ua, ep.host);
	return listening > 0 ? 0 : -1;
}

int
ua_listen(struct ua *ua, struct err *e)
{
	const struct config_list *list = &ua->config->listens;
	size_t listening = 0;

	if (list->count <= 1)
		return listen_at(ua,
		    list->count == 0 ? "tls:localhost:5061" : list->items[0],
		    e);
	for (size_t i = 0; i < list->count; i++)
		if (listen_at(ua, list->items[i], e) == 0)
			listening++;
		else
			note(ua, UA_PROBLEM, e);
	return listening > 0
	    ? 0
	    : err_set(e, e->exit, "nothing is left to listen on");
}

uint64_t
ua_send(struct ua *ua, const struct ua_letter *letter)
{
	return outbox_add(ua->outbox, letter);
}

size_t
ua_waiting(const struct ua *ua)
{
	return outbox_waiting(ua->outbox);
}

void
ua_deafen(struct ua *ua)
{
	transport_deafen(ua->transport);
}

bool
ua_busy(const struct ua *ua)
{
	return ua->held != NULL || transport_unsent(ua->transport);
}
