/*
 * Receives: requests are judged, told to the owner and answered; some answers
 * wait for their time, or until the owner has kept the message.
 */
#include "src/sip/sip_lists.h"
#include "src/ua/ua_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* ms that the reply to CBC content is delayed, counted from its
	 * arrival, so that its time tells nothing of the decryption. At least
	 * 10 whole ones, on a clock that rounds down. */
	UA_DELAY = 11,
	UA_DELAY_BYTES = 131072, /* a longer body delays one UA_DELAY more for
	                          * each of these */
	UA_UNANSWERED = 4096 /* requests at once; more are answered 503 */
};

/* A reply that leaves later: after its delay, or when its status is known. */
struct delayed_reply {
	struct ua *ua;
	struct server_transaction *st;
	struct reply_cache_entry entry; /* the status and its warning */
	struct flow_ref from;
	uint64_t came; /* ms, loop_now */
	struct buf answer;
	struct loop_timer timer;
	struct delayed_reply *prev, *next;
};

static bool
ua_tell_message(void *arg, const struct ua_message *m)
{
	struct ua_event ev = {.type = UA_MESSAGE, .message = m};

	return ua_tell(arg, &ev);
}

/* A message that is told with its number in the history. */
struct numbered {
	struct ua *ua;
	uint64_t id;
};

static bool
ua_tell_numbered(void *arg, const struct ua_message *m)
{
	const struct numbered *n = arg;
	struct ua_message with = *m;

	with.id = n->id;
	return ua_tell_message(n->ua, &with);
}

/* --- answers -------------------------------------------------------------- */

/* Makes a To tag: the same for each copy of a message, by whatever transport it
 * comes (RFC 3261, 8.2.6.2 and 8.2.7). */
static void
ua_make_tag(const struct ua *ua, const struct sip_msg *request, char tag[17])
{
	uint32_t cseq = sip_cseq(request);
	struct span parts[] = {span_str(ua->secret), sip_call_id(request),
	    sip_from_tag(request),
	    {(const unsigned char *)&cseq, sizeof(cseq)}};
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[DIGEST_SIZE];

	digest_spans(
	    ua->digest, parts, sizeof(parts) / sizeof(parts[0]), digest);
	for (size_t i = 0; i < 16; i++)
		tag[i] = hex[digest[i] & 15];
	tag[16] = '\0';
}

/* RFC 3261, 18.2.2 and RFC 3581: over UDP to where the request came from,
 * but to the port of its Via when that did not ask for ours. */
static struct flow_ref
ua_answer_route(const struct flow_ref *from, const struct sip_msg *request)
{
	struct flow_ref to = *from;
	unsigned port = sip_via_port(request);

	if (to.kind == TRANSPORT_UDP && !sip_via_rport(request))
		addr_set_port(&to.peer, port != 0 ? port : 5060);
	return to;
}

static void
ua_trace_answer(struct ua *ua, const struct flow_ref *to, struct span bytes)
{
	trace_message(ua->trace, true, to, bytes, (struct span){NULL, 0});
}

/* Appends the whole answer to request, which came from source. */
static int
ua_write_answer(const struct ua *ua, struct buf *out,
    const struct sip_msg *request, int status, const char *warning,
    const struct addr *source)
{
	char tag[17];

	ua_make_tag(ua, request, tag);
	return ua->format->answer(
	    ua->format->arg, out, request, status, warning, tag, source);
}

/* Answers a request without a transaction. */
static void
ua_answer_stateless(struct ua *ua, const struct flow_ref *from,
    const struct sip_msg *request, int status, const char *warning)
{
	struct flow_ref to = ua_answer_route(from, request);
	struct buf b = {0};
	struct err e;

	if (ua_write_answer(ua, &b, request, status, warning, &from->peer) ==
	    0) {
		ua_trace_answer(ua, &to, span_buf(&b));
		(void)transport_send(ua->transport, &to, span_buf(&b), &e);
	}
	buf_free(&b);
}

static void
ua_delayed_free(struct delayed_reply *h)
{
	loop_timer_del(h->ua->loop, &h->timer);
	if (h->prev != NULL)
		h->prev->next = h->next;
	else
		h->ua->delayed = h->next;
	if (h->next != NULL)
		h->next->prev = h->prev;
	buf_free(&h->answer);
	free(h);
}

static void
ua_delayed_send(void *arg)
{
	struct delayed_reply *h = arg;

	ua_trace_answer(h->ua, transaction_route(h->st), span_buf(&h->answer));
	transaction_answer(h->st, span_buf(&h->answer));
	ua_delayed_free(h);
}

static uint64_t
ua_later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The status is decided: writes the reply, and sends it now or when its delay
 * is over. */
static void
ua_delayed_ready(struct delayed_reply *h)
{
	struct ua *ua = h->ua;
	const struct sip_msg *request = transaction_get_request(h->st);

	(void)ua_write_answer(ua, &h->answer, request, h->entry.status,
	    h->entry.warning, &h->from.peer);
	if (h->entry.delayed)
		ua->delay_until = ua_later(ua->delay_until,
		    h->came +
			UA_DELAY * (1 + sip_body(request).n / UA_DELAY_BYTES));
	/* No reply overtakes a delayed one: it would tell when the work on that
	 * one was done. */
	if (ua->delay_until > loop_now(ua->loop))
		loop_timer_at(ua->loop, &h->timer, ua->delay_until);
	else
		ua_delayed_send(h);
}

static void
ua_answer(struct ua *ua, struct server_transaction *st,
    const struct reply_cache_entry *a, uint64_t came,
    const struct flow_ref *from)
{
	struct delayed_reply *h = xcalloc(1, sizeof(*h));

	h->ua = ua;
	h->st = st;
	h->entry = *a;
	h->from = *from;
	h->came = came;
	h->next = ua->delayed;
	if (h->next != NULL)
		h->next->prev = h;
	ua->delayed = h;
	h->timer = (struct loop_timer){.fn = ua_delayed_send, .arg = h};
	if (a->deferred == 0)
		ua_delayed_ready(h);
}

uint64_t
ua_defer(struct ua *ua)
{
	if (ua->deferral == UA_NOT_DEFERRABLE)
		return 0;
	if (ua->deferral == UA_DEFERRABLE)
		ua->deferred++;
	ua->deferral = UA_DEFERRED;
	return ua->deferred;
}

/* status 0: the one that each has. */
void
ua_settle(struct ua *ua, uint64_t id, int status)
{
	struct delayed_reply *h = ua->delayed, *next;

	for (; id != 0 && h != NULL; h = next) {
		next = h->next;
		if (h->entry.deferred != id)
			continue;
		h->entry.deferred = 0;
		if (status != 0)
			h->entry.status = (uint16_t)status;
		reply_cache_settle(ua->replies, h->entry.key, h->entry.status);
		ua_delayed_ready(h);
	}
}

void
ua_delay(struct ua *ua, unsigned ms)
{
	ua->delay_until = ua_later(ua->delay_until, loop_now(ua->loop) + ms);
}

void
ua_defer_again(struct ua *ua, uint64_t id, uint64_t other,
    const unsigned char key[DIGEST_SIZE])
{
	for (struct delayed_reply *h = ua->delayed; h != NULL; h = h->next)
		if (h->entry.deferred == id)
			h->entry.deferred = other;
	reply_cache_defer(ua->replies, key, other);
}

void
ua_complete(struct ua *ua, uint64_t id, bool given)
{
	ua_settle(ua, id, given ? 0 : 480);
}

/* --- requests ------------------------------------------------------------- */

static bool
ua_is_here(void *arg, struct span host)
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
ua_came_by(const struct flow_ref *from)
{
	return from->mutual ? TRANSPORT_TLS_MUTUAL : from->kind;
}

/* Tells the owner of a message. Returns the id under which the owner deferred
 * its reply, or 0; *kept is whether the owner has it. */
static uint64_t
ua_tell_received(struct ua *ua, const struct flow_ref *from,
    const struct sip_msg *request, const struct message_in *in, bool *kept)
{
	uint64_t id;

	ua->deferral = in->status < 300 ? UA_DEFERRABLE : UA_NOT_DEFERRABLE;
	*kept = message_tell(
	    request, in, ua_came_by(from), time(NULL), ua_tell_message, ua);
	id = *kept && ua->deferral == UA_DEFERRED ? ua->deferred : 0;
	ua->deferral = UA_NOT_DEFERRABLE;
	return id;
}

/* Remembers the connection of a good message for answers, where it came from no
 * proxy and on a connection that its sender opened. */
static void
ua_keep_return_path(struct ua *ua, const struct flow_ref *from,
    const struct sip_msg *request, const struct message_in *in)
{
	struct return_path path = {.flow = *from};
	struct addr local;
	struct aor who;
	struct err e;
	bool changed;

	if (!in->judged || in->opened.verdict.signature != SIGNATURE_GOOD ||
	    in->status >= 300 ||
	    aor_parse_uri(sip_from_uri(request), &who, &e) == -1)
		return;
	if (sip_via_count(request) == 1 &&
	    sip_header_count(request, "Record-Route") == 0 &&
	    transport_accepted(ua->transport, from, &local)) {
		path.named = transport_client_names(
		    ua->transport, from, span_str(who.host));
		memcpy(
		    path.signer, in->opened.fingerprint, sizeof(path.signer));
		changed = return_paths_keep(ua->return_paths, &who, &path);
		/* What leaves now must not tell what CBC content was. */
		if (!in->opened.delay_answer)
			outbox_kick(ua->outbox, &who);
	} else
		changed = return_paths_keep(ua->return_paths, &who, NULL);
	if (changed)
		ua_way_changed(ua);
	aor_free(&who);
}

/* It is on disk: whatever the owner says, it is answered as it was judged. CBC
 * content does not wait for the owner either: how long that takes may depend on
 * what it was. */
uint64_t
ua_tell_kept(struct ua *ua, const struct sip_msg *request,
    const struct message_in *in, enum verdict_transport kind, time_t came,
    uint64_t id)
{
	struct numbered n = {ua, id};
	uint64_t deferred;

	ua->deferral = in->status < 300 && !in->opened.delay_answer
	    ? UA_DEFERRABLE
	    : UA_NOT_DEFERRABLE;
	(void)message_tell(request, in, kind, came, ua_tell_numbered, &n);
	deferred = ua->deferral == UA_DEFERRED ? ua->deferred : 0;
	ua->deferral = UA_NOT_DEFERRABLE;
	return deferred;
}

/* Returns whether a good message of the same signer had the Message-ID before:
 * in the history, or for as long as replies are remembered. */
static bool
ua_was_seen(
    struct ua *ua, const struct sip_msg *request, const struct smime_result *in)
{
	struct reply_cache_entry entry = {.at = loop_now(ua->loop)};
	struct span parts[] = {
	    span_str(in->verdict.signer), span_str(in->message_id)};
	struct store *store = ua_history_of(ua, request);
	struct err e;
	uint64_t id = 0;

	if (store != NULL &&
	    store_find_said(store, STORE_IN, in->verdict.signer, in->message_id,
		&id, &e) == 0 &&
	    id != 0)
		return true;

	digest_spans(ua->digest, parts, 2, entry.key);
	if (reply_cache_find(ua->seen, entry.key, entry.at) != NULL)
		return true;
	reply_cache_add(ua->seen, &entry);
	return false;
}

/* A signed text that somebody sends again is marked. */
static void
ua_mark_seen(
    struct ua *ua, const struct sip_msg *request, struct smime_result *in)
{
	size_t n = strlen(in->verdict.reason);

	if (in->verdict.signature == SIGNATURE_GOOD && in->text != NULL &&
	    in->message_id != NULL && ua_was_seen(ua, request, in))
		(void)snprintf(in->verdict.reason + n,
		    sizeof(in->verdict.reason) - n, "%sseen before",
		    n > 0 ? "; " : "");
}

/* Judges a request that comes for the first time, tells the owner of a
 * message, and fills in its reply. */
static void
ua_decide(struct ua *ua, const struct flow_ref *from,
    const struct sip_msg *request, struct reply_cache_entry *a)
{
	struct message_local self = {.ks = ua->ks,
	    .details = ua->watched,
	    .keep_key = ua->histories != NULL,
	    .policy = &ua->config->policy,
	    .aors = ua->aors,
	    .aor_count = ua->aor_count,
	    .is_here = ua_is_here,
	    .arg = ua};
	struct message_in in;
	bool message = span_is(sip_method(request), "MESSAGE"), kept = true;
	bool on_disk, notice;

	message_receive(&self, request, &in);
	notice = in.judged && in.opened.kind != KIND_TEXT;
	if (in.judged)
		ua_mark_seen(ua, request, &in.opened);
	if (message && ua->watched)
		ua_keep_return_path(ua, from, request, &in);
	a->at = loop_now(ua->loop);
	a->status = (uint16_t)in.status;
	a->warning = in.warning;
	a->delayed = in.judged && in.opened.delay_answer;
	/* CBC content is committed whatever it was, and so takes as long. */
	on_disk = message && (!notice || in.opened.delay_answer) &&
	    ua_keep(ua, request, &in, ua_came_by(from), a);
	/* Nobody is told of a receipt or typing that is refused. */
	if (notice && !on_disk && in.opened.notice != NULL)
		a->status = (uint16_t)ua_take_notice(ua, request, &in.opened);
	if (message && !notice && !on_disk)
		a->deferred = ua_tell_received(ua, from, request, &in, &kept);
	if (!kept && a->status < 300)
		a->status = 480;
	if (message)
		reply_cache_add(ua->replies, a);
	if (!on_disk)
		message_in_free(&in);
}

static void
ua_receive_sound(struct ua *ua, const struct flow_ref *from, struct sip_msg *m)
{
	struct flow_ref to = ua_answer_route(from, m);
	const struct reply_cache_entry *before;
	struct reply_cache_entry a = {0};
	struct server_transaction *st;
	uint64_t came = loop_now(ua->loop);

	if (span_is(sip_method(m), "ACK")) {
		sip_free(m);
		return;
	}
	/* An INVITE is refused without a transaction (8.2.7), which would wait
	 * for an ACK that we have no use for. */
	if (span_is(sip_method(m), "INVITE")) {
		ua_answer_stateless(ua, from, m, 405, NULL);
		sip_free(m);
		return;
	}
	if (transactions_unanswered(ua->transactions) >= UA_UNANSWERED) {
		ua_answer_stateless(ua, from, m, 503, "too many at once");
		sip_free(m);
		return;
	}
	st = transaction_accept(ua->transactions, &to, m);
	if (st == NULL)
		return;
	reply_cache_key(ua->digest, m, a.key);
	before = span_is(sip_method(m), "MESSAGE")
	    ? reply_cache_find(ua->replies, a.key, came)
	    : NULL;
	if (before != NULL)
		a = *before;
	else
		ua_decide(ua, from, m, &a);
	ua_answer(ua, st, &a, came, from);
}

/* Answers a request that is not sound SIP. */
static void
ua_receive_faulty(struct ua *ua, const struct flow_ref *from,
    const struct sip_msg *m, int status, const char *why)
{
	struct message_in in = {.status = status, .why = why};

	if (!sip_is_request(m) || status < 0 || span_is(sip_method(m), "ACK"))
		return;
	if (span_is(sip_method(m), "MESSAGE"))
		(void)message_tell(
		    m, &in, ua_came_by(from), time(NULL), ua_tell_message, ua);
	ua_answer_stateless(ua, from, m, status, why);
}

/* Ends the requests that a broken response concerns: its own one, where it is
 * framed; else all on that connection, since what follows cannot be framed. */
static void
ua_peer_broke(struct ua *ua, const struct flow_ref *from,
    const struct sip_msg *m, bool framed, const char *why)
{
	struct err e;

	(void)err_set(&e, EX_PROTOCOL, "what came back is no SIP: %s", why);
	if (framed)
		transaction_broken(ua->transactions, m, &e);
	else
		transactions_lost(ua->transactions, from->flow, &e);
}

bool
ua_received(
    void *arg, const struct flow_ref *from, const struct stream_frame *f)
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
		ua_receive_sound(ua, from, m);
	else if (fault == 0 && sip_via_count(m) != 1)
		sip_free(m); /* it is for another element (RFC 3261, 8.1.3.3) */
	else if (fault == 0)
		(void)transaction_response(ua->transactions, m);
	else {
		ua_receive_faulty(ua, from, m, fault, why);
		if (from->kind != TRANSPORT_UDP &&
		    (f->found == STREAM_BROKEN || !sip_is_request(m)))
			ua_peer_broke(
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
ua_forget_delayed(struct ua *ua)
{
	while (ua->delayed != NULL)
		ua_delayed_free(ua->delayed);
}
