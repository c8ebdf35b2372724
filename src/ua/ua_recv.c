/*
 * What comes in: requests judged, told of and answered; answers that wait for
 * their time, or for the person.
 */
#include "src/ua/ua_priv.h"

#include <stdlib.h>
#include <string.h>

#include "src/ua/form.h"
#include "src/ua/message_draft.h"

enum {
	UA_HOLD = 11, /* ms: at least 10 whole ones, on a clock that rounds
	               * down (JUDGING: the answer is no oracle) */
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

static bool
tell_message(void *arg, const struct ua_message *m)
{
	struct ua_event ev = {.type = UA_MESSAGE, .message = m};

	return ua_tell(arg, &ev);
}

/* --- answers ------------------------------------------------------------------ */

/* A To tag that is the same for the same message however often and by
 * whatever way it comes (RFC 3261, 8.2.6.2 and 8.2.7). */
static void
make_tag(const struct ua *ua, const struct sip_msg *request, char tag[17])
{
	uint32_t cseq = sip_cseq(request);
	bool named = ua->form != NULL && ua->form->names != NULL;
	struct span parts[] = {named
		? span_str(ua->form->names)
		: (struct span){ua->secret, sizeof(ua->secret)},
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

/* The whole answer to request, whose source this is. */
static int
write_answer(const struct ua *ua, struct buf *out,
    const struct sip_msg *request, int status, const char *warning,
    const struct addr *source)
{
	char tag[17];

	if (ua->form != NULL && ua->form->draft != NULL)
		return message_draft_answer(
		    out, ua->form->draft, request, status);
	make_tag(ua, request, tag);
	return message_answer(out, request, status, warning, tag, source);
}

/* Answers what no transaction is made for. */
static void
answer_stateless(struct ua *ua, const struct route *from,
    const struct sip_msg *request, int status, const char *warning)
{
	struct route to = answer_route(from, request);
	struct buf b = {0};
	struct err e;

	if (write_answer(ua, &b, request, status, warning, &from->peer) == 0) {
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

	(void)write_answer(ua, &h->answer, request, h->entry.status,
	    h->entry.warning, &h->from.peer);
	if (h->entry.held)
		ua->held_until = later(ua->held_until,
		    h->came +
			UA_HOLD * (1 + sip_body(request).n / UA_HOLD_BYTES));
	/* An answer that overtook a held one would tell when the work on that
	 * was done. */
	if (ua->held_until > loop_now(ua->loop))
		loop_timer_at(ua->loop, &h->timer, ua->held_until);
	else
		held_leaves(h);
}

static void
answer(struct ua *ua, struct server_transaction *st,
    const struct answered_entry *a, uint64_t came, const struct route *from)
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

	if (ua_registered_from(ua, host))
		return true;
	if (ua->everywhere && uri_host_kind(host, &kind) && kind != HOST_NAME)
		return true;
	for (size_t i = 0; i < ua->here.count; i++)
		if (host_equal(host, span_str(ua->here.items[i])))
			return true;
	return false;
}

/* How a message came, as its verdict says it. */
static enum verdict_transport
came_by(const struct route *from)
{
	return from->mutual ? TRANSPORT_TLS_MUTUAL : from->kind;
}

/* Judges a request that has not been answered before, tells the owner of a
 * message, and notes what it is answered. */
static void
decide(struct ua *ua, const struct route *from, const struct sip_msg *request,
    struct answered_entry *a)
{
	struct message_self self = {.ks = ua->ks,
	    .details = ua->watched,
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
	    !message_tell(
		request, &in, came_by(from), time(NULL), tell_message, ua) &&
	    in.status < 300)
		in.status = 480;
	ua->may_wait = false;
	a->waits = ua->waits && in.status < 300 ? ua->later : 0;
	a->at = loop_now(ua->loop);
	a->status = (uint16_t)in.status;
	a->warning = in.warning;
	a->held = in.judged && in.opened.delay_answer;
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
receive_faulty(struct ua *ua, const struct route *from, const struct sip_msg *m,
    int status, const char *why)
{
	struct message_in in = {.status = status, .why = why};

	if (!sip_is_request(m) || status < 0 || span_is(sip_method(m), "ACK"))
		return;
	if (span_is(sip_method(m), "MESSAGE"))
		(void)message_tell(
		    m, &in, came_by(from), time(NULL), tell_message, ua);
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

bool
ua_received(void *arg, const struct route *from, const struct stream_frame *f)
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
			peer_broke(
			    ua, from, m, f->found == STREAM_MESSAGE, why);
		sip_free(m);
	}
	return fault == 0;
}

bool
ua_owed(void *arg, uint64_t flow)
{
	const struct ua *ua = arg;

	return transactions_owed(ua->transactions, flow);
}

void
ua_forget_held(struct ua *ua)
{
	while (ua->held != NULL)
		held_free(ua->held);
}
