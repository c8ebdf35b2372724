#include "src/ua/transaction.h"

#include <stdlib.h>
#include <string.h>

#include "src/ua/transaction_priv.h"

_Static_assert(
    DEFAULT_T1 == SIP_T1 && DEFAULT_T2 == SIP_T2 && DEFAULT_T4 == SIP_T4,
    "libosip2 runs by other timers");

struct client_transaction {
	struct transactions *ts;
	osip_transaction_t *osip; /* NULL over a stream */
	uint64_t due; /* over a stream: its Timer F, ms of loop_now */
	struct flow_ref route;
	struct buf request; /* what is sent again, by UDP */
	struct span bytes; /* what is sent, and where its body begins */
	size_t body;
	struct buf ids; /* that the spans below are of */
	struct span branch, call_id, from_tag, method;
	transaction_fn *fn; /* NULL: answered, or nobody waits any more */
	void *arg;
	bool sending; /* an error is told by return, not by fn */
	bool killed; /* it is over */
	struct err_kept why; /* set: it has failed, which is to be told */
	struct client_transaction *next;
};

struct server_transaction {
	struct transactions *ts;
	struct flow_ref route;
	struct sip_msg *request;
	struct server_transaction *next;
};

struct transactions {
	osip_t *osip;
	struct loop *loop;
	struct transport *transport;
	struct trace *trace;
	struct loop_timer timer;
	struct client_transaction *clients;
	struct server_transaction *servers;
	size_t unanswered;
	bool telling; /* clients are being gone through */
};

/* --- what becomes of a client's request ----------------------------------- */

static int
transaction_send(struct client_transaction *ct)
{
	struct err e;

	trace_message(ct->ts->trace, true, &ct->route,
	    span_cut(ct->bytes, 0, ct->body),
	    span_cut(ct->bytes, ct->body, ct->bytes.n));
	if (transport_send(ct->ts->transport, &ct->route, ct->bytes, &e) == 0)
		return 0;
	if (ct->why.exit == 0)
		err_keep(&ct->why, &e);
	return -1;
}

/* Timer F. */
static void
transaction_late(struct client_transaction *ct)
{
	struct err e;

	(void)err_set(&e, EX_TEMPFAIL, "no answer came within %d seconds",
	    SIP_TIMER_F / 1000);
	if (ct->why.exit == 0)
		err_keep(&ct->why, &e);
}

/* --- osip's callbacks ----------------------------------------------------- */

/* osip sends through this; what it has for bytes and places is not used. */
static int
transaction_send_message(osip_transaction_t *tr, osip_message_t *sip,
    char *host, int port, int out_socket)
{
	(void)sip;
	(void)host;
	(void)port;
	(void)out_socket;
	return transaction_send(osip_transaction_get_your_instance(tr));
}

static void
transaction_client_timeout(
    int type, osip_transaction_t *tr, osip_message_t *sip)
{
	(void)type;
	(void)sip;
	transaction_late(osip_transaction_get_your_instance(tr));
}

/* transaction_send has noted why. */
static void
transaction_transport_failed(int type, osip_transaction_t *tr, int error)
{
	(void)type;
	(void)tr;
	(void)error;
}

/* A transaction cannot be freed in here; it is swept up afterwards. */
static void
transaction_client_killed(int type, osip_transaction_t *tr)
{
	struct client_transaction *ct = osip_transaction_get_your_instance(tr);

	(void)type;
	ct->killed = true;
}

static void transaction_timer_fired(void *arg);

int
transactions_new(struct loop *loop, struct transport *transport,
    struct trace *trace, struct transactions **out, struct err *e)
{
	struct transactions *ts = xcalloc(1, sizeof(*ts));

	transaction_osip_quiet();
	if (osip_init(&ts->osip) != 0) {
		free(ts);
		return err_set(e, EX_SOFTWARE, "libosip2 cannot be set up");
	}
	ts->loop = loop;
	ts->transport = transport;
	ts->trace = trace;
	ts->timer = (struct loop_timer){
	    .fn = transaction_timer_fired, .arg = ts};
	osip_set_cb_send_message(ts->osip, transaction_send_message);
	(void)osip_set_message_callback(
	    ts->osip, OSIP_NICT_STATUS_TIMEOUT, transaction_client_timeout);
	(void)osip_set_transport_error_callback(
	    ts->osip, OSIP_NICT_TRANSPORT_ERROR, transaction_transport_failed);
	(void)osip_set_kill_transaction_callback(
	    ts->osip, OSIP_NICT_KILL_TRANSACTION, transaction_client_killed);
	*out = ts;
	return 0;
}

/* Hands osip one event, which it frees; the message in it becomes the
 * transaction's. */
static int
transaction_execute(osip_transaction_t *tr, type_t type, osip_message_t *sip)
{
	osip_event_t *ev = osip_malloc(sizeof(*ev));

	if (ev == NULL) {
		osip_message_free(sip);
		return -1;
	}
	*ev = (osip_event_t){.type = type, .sip = sip};
	return osip_transaction_execute(tr, ev);
}

/* Hands osip a response: it wants to know the kind and to see a Via, and the
 * bytes are ours. */
static void
transaction_execute_response(osip_transaction_t *tr, int status)
{
	osip_message_t *sip;
	osip_via_t *via;

	if (osip_message_init(&sip) != 0)
		return;
	osip_message_set_status_code(sip, status);
	if (osip_via_clone(tr->topvia, &via) == 0)
		(void)osip_list_add(&sip->vias, via, -1);
	(void)transaction_execute(tr,
	    status < 200       ? RCV_STATUS_1XX
		: status < 300 ? RCV_STATUS_2XX
			       : RCV_STATUS_3456XX,
	    sip);
}

/* --- clients -------------------------------------------------------------- */

static void
transaction_client_free(struct client_transaction *ct)
{
	if (ct->osip != NULL) {
		(void)osip_remove_transaction(ct->ts->osip, ct->osip);
		(void)osip_transaction_free2(ct->osip);
	}
	buf_free(&ct->ids);
	buf_free(&ct->request);
	err_kept_free(&ct->why);
	free(ct);
}

static void
transaction_client_unlink(struct client_transaction *ct)
{
	struct client_transaction **p = &ct->ts->clients;

	while (*p != ct)
		p = &(*p)->next;
	*p = ct->next;
}

/* Tells those that have failed, and frees those that osip has done with.
 * What fn does may add transactions in front and fail others behind. */
static void
transaction_sweep(struct transactions *ts)
{
	struct client_transaction *ct, *next;
	struct err why;

	if (ts->telling)
		return;
	ts->telling = true;
	for (ct = ts->clients; ct != NULL; ct = next) {
		transaction_fn *fn = ct->fn;

		next = ct->next;
		if (ct->sending || (ct->why.exit == 0 && !ct->killed))
			continue;
		transaction_client_unlink(ct);
		ct->fn = NULL;
		if (fn != NULL) {
			err_recall(&ct->why, &why);
			fn(ct->arg, NULL, &why);
			next = ts->clients;
		}
		transaction_client_free(ct);
	}
	ts->telling = false;
}

/* Wakes up when osip, or the Timer F of one over a stream, next has something
 * to do. */
static void
transaction_arm(struct transactions *ts)
{
	const struct client_transaction *ct = ts->clients;
	struct timeval tv;
	long ms;

	loop_timer_del(ts->loop, &ts->timer);
	if (ct == NULL)
		return;
	osip_timers_gettimeout(ts->osip, &tv);
	ms = tv.tv_sec * 1000L + tv.tv_usec / 1000L;
	/* Rounded down it would come too early, again and again. */
	loop_timer_set(ts->loop, &ts->timer, ms < 0 ? 1 : (uint64_t)ms + 1);
	for (; ct != NULL; ct = ct->next)
		if (ct->osip == NULL && ct->due < ts->timer.due)
			loop_timer_at(ts->loop, &ts->timer, ct->due);
}

static void
transaction_timer_fired(void *arg)
{
	struct transactions *ts = arg;
	struct client_transaction *ct = ts->clients;

	for (; ct != NULL; ct = ct->next)
		if (ct->osip == NULL && ct->due <= loop_now(ts->loop))
			transaction_late(ct);
	osip_timers_nict_execute(ts->osip);
	(void)osip_nict_execute(ts->osip);
	transaction_sweep(ts);
	transaction_arm(ts);
}

/* Appends an identifier, for which there is room, and returns the copy. */
static struct span
transaction_keep_id(struct client_transaction *ct, struct span id)
{
	size_t from = ct->ids.n;

	buf_addspan(&ct->ids, id);
	return span_cut(span_buf(&ct->ids), from, ct->ids.n);
}

static struct client_transaction *
transaction_client_new(struct transactions *ts, const struct flow_ref *route,
    struct span request, struct err *e)
{
	struct client_transaction *ct;
	struct sip_ids ids;

	if (!sip_own_ids(request, &ids)) {
		(void)err_set(e, EX_SOFTWARE,
		    "the request lacks its method, Via, Call-ID or From tag");
		return NULL;
	}
	ct = xcalloc(1, sizeof(*ct));
	ct->ts = ts;
	ct->route = *route;
	buf_reserve(&ct->ids,
	    ids.branch.n + ids.call_id.n + ids.from_tag.n + ids.method.n);
	ct->branch = transaction_keep_id(ct, ids.branch);
	ct->call_id = transaction_keep_id(ct, ids.call_id);
	ct->from_tag = transaction_keep_id(ct, ids.from_tag);
	ct->method = transaction_keep_id(ct, ids.method);
	ct->body = ids.body;
	ct->bytes = request;
	/* Over a stream it is sent once, before who asks for it goes on. */
	if (route->kind == TRANSPORT_UDP)
		buf_addspan(&ct->request, request);
	return ct;
}

/* Sends it: over UDP by osip, which sends it again. Over a stream there are
 * neither retransmissions nor anything to wait for but the answer or Timer F
 * (17.1.2.2). */
static void
transaction_begin(struct client_transaction *ct)
{
	osip_message_t *sip;
	struct err e;

	if (ct->route.kind != TRANSPORT_UDP) {
		ct->due = loop_now(ct->ts->loop) + SIP_TIMER_F;
		(void)transaction_send(ct);
		return;
	}
	ct->osip = transaction_osip_begin(ct->ts->osip, ct->method, &sip);
	if (ct->osip == NULL) {
		(void)err_set(
		    &e, EX_SOFTWARE, "libosip2 takes no more transactions");
		err_keep(&ct->why, &e);
		return;
	}
	(void)osip_transaction_set_your_instance(ct->osip, ct);
	(void)transaction_execute(ct->osip, SND_REQUEST, sip);
}

struct client_transaction *
transaction_request(struct transactions *ts, const struct flow_ref *route,
    struct span request, transaction_fn *fn, void *arg, struct err *e)
{
	struct client_transaction *ct = transaction_client_new(
	    ts, route, request, e);

	if (ct == NULL)
		return NULL;
	ct->fn = fn;
	ct->arg = arg;
	ct->next = ts->clients;
	ts->clients = ct;
	ct->sending = true;
	transaction_begin(ct);
	ct->sending = false;
	ct->bytes = span_buf(&ct->request);
	if (ct->why.exit != 0) {
		err_recall(&ct->why, e);
		transaction_client_unlink(ct);
		transaction_client_free(ct);
		return NULL;
	}
	/* The Timer F of one over a stream comes after any that is armed. */
	if (ts->timer.slot == 0 || route->kind == TRANSPORT_UDP)
		transaction_arm(ts);
	return ct;
}

void
transaction_abandon(struct client_transaction *ct)
{
	if (ct == NULL)
		return;
	ct->fn = NULL;
	ct->killed = true;
	transaction_sweep(ct->ts);
}

static struct client_transaction *
transaction_find_client(struct transactions *ts, const struct sip_msg *response)
{
	struct client_transaction *ct = ts->clients;

	for (; ct != NULL; ct = ct->next)
		if (span_eq(ct->branch, sip_branch(response)) &&
		    span_eq(ct->method, sip_method(response)) &&
		    span_eq(ct->call_id, sip_call_id(response)) &&
		    span_eq(ct->from_tag, sip_from_tag(response)))
			return ct;
	return NULL;
}

bool
transaction_response(struct transactions *ts, struct sip_msg *response)
{
	struct client_transaction *ct = transaction_find_client(ts, response);
	int status = sip_status(response);
	transaction_fn *fn;

	if (ct == NULL) {
		sip_free(response);
		return false;
	}
	if (ct->osip != NULL)
		transaction_execute_response(ct->osip, status);
	fn = ct->fn;
	if (status >= 200)
		ct->fn = NULL;
	/* Timer K is 0 where nothing is sent twice. */
	if (status >= 200 && ct->osip == NULL)
		ct->killed = true;
	if (fn != NULL)
		fn(ct->arg, response, NULL);
	sip_free(response);
	transaction_sweep(ts);
	return true;
}

void
transaction_broken(struct transactions *ts, const struct sip_msg *response,
    const struct err *why)
{
	struct client_transaction *ct = ts->clients;

	for (; ct != NULL; ct = ct->next)
		if (ct->why.exit == 0 &&
		    span_eq(ct->branch, sip_branch(response)))
			err_keep(&ct->why, why);
	transaction_sweep(ts);
}

void
transactions_lost(struct transactions *ts, uint64_t flow, const struct err *why)
{
	struct client_transaction *ct = ts->clients;

	for (; ct != NULL; ct = ct->next)
		if (ct->route.flow == flow && ct->why.exit == 0)
			err_keep(&ct->why, why);
	transaction_sweep(ts);
}

/* --- servers -------------------------------------------------------------- */

static bool
transaction_same_request(const struct sip_msg *a, const struct sip_msg *b)
{
	return span_eq(sip_branch(a), sip_branch(b)) &&
	    span_eq(sip_call_id(a), sip_call_id(b)) &&
	    sip_cseq(a) == sip_cseq(b) &&
	    span_eq(sip_method(a), sip_method(b)) &&
	    span_eq(sip_from_tag(a), sip_from_tag(b)) &&
	    span_eq_nocase(sip_via_host(a), sip_via_host(b)) &&
	    sip_via_port(a) == sip_via_port(b);
}

static void
transaction_server_free(struct server_transaction *st)
{
	struct server_transaction **p = &st->ts->servers;

	while (*p != st)
		p = &(*p)->next;
	*p = st->next;
	st->ts->unanswered--;
	sip_free(st->request);
	free(st);
}

struct server_transaction *
transaction_accept(struct transactions *ts, const struct flow_ref *route,
    struct sip_msg *request)
{
	struct server_transaction *st = ts->servers;

	for (; st != NULL; st = st->next)
		if (transaction_same_request(st->request, request)) {
			sip_free(request);
			return NULL;
		}
	st = xcalloc(1, sizeof(*st));
	st->ts = ts;
	st->route = *route;
	st->request = request;
	st->next = ts->servers;
	ts->servers = st;
	ts->unanswered++;
	return st;
}

const struct sip_msg *
transaction_get_request(const struct server_transaction *st)
{
	return st->request;
}

const struct flow_ref *
transaction_route(const struct server_transaction *st)
{
	return &st->route;
}

void
transaction_answer(struct server_transaction *st, struct span response)
{
	struct err e;

	/* Whoever does not get it asks again. */
	(void)transport_send(st->ts->transport, &st->route, response, &e);
	transaction_server_free(st);
}

bool
transactions_owed(const struct transactions *ts, uint64_t flow)
{
	const struct server_transaction *st = ts->servers;

	for (; st != NULL; st = st->next)
		if (st->route.flow == flow)
			return true;
	return false;
}

size_t
transactions_unanswered(const struct transactions *ts)
{
	return ts->unanswered;
}

void
transactions_free(struct transactions *ts)
{
	if (ts == NULL)
		return;
	while (ts->clients != NULL) {
		struct client_transaction *ct = ts->clients;

		ts->clients = ct->next;
		transaction_client_free(ct);
	}
	while (ts->servers != NULL)
		transaction_server_free(ts->servers);
	loop_timer_del(ts->loop, &ts->timer);
	osip_release(ts->osip);
	free(ts);
}
