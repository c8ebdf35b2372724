/*
 * A message under way: resolved, and sent to one target after the other
 * (RFC 3263, 4.3), wherever redirections lead.
 */
#include "src/ua/outbox_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/digest.h"
#include "src/net/endpoint.h"
#include "src/sip/sip_lists.h"
#include "src/ua/backoff.h"

enum {
	OUTBOX_AVOID = 32000, /* ms that a target that failed comes last */
	OUTBOX_RACE = 250 /* ms before another family's address is tried
	                       * beside the first (RFC 8305, 5) */
};

void
lane_stop(struct lane *l)
{
	struct loop *loop = l->o->p.loop;

	resolve_cancel(l->query);
	l->query = NULL;
	transaction_abandon(l->transaction);
	l->transaction = NULL;
	l->rival = 0;
	loop_timer_del(loop, &l->step);
	loop_timer_del(loop, &l->race);
}

/* --- the way of a request --------------------------------------------------------------- */

/* Whether the Request-URI is in our own domain. */
static bool
is_at_home(const struct lane *l)
{
	const struct aor *from = l->o->p.from;
	struct uri uri;
	struct err e;

	return from != NULL &&
	    uri_parse(span_str(l->request_uri), &uri, &e) == 0 &&
	    host_equal(uri.host, span_str(from->host));
}

/* By our proxy, else as the registrar wants it now, else straight there: the
 * routes that this takes, empty for the last. */
static enum outbox_by
now_by(const struct outbox *o, struct buf *routes)
{
	const char *registrar = o->p.routes(o->p.arg);

	if (o->p.config->proxy != NULL) {
		request_route(routes, o->p.config->proxy);
		return OUTBOX_PROXY;
	}
	if (registrar == NULL)
		return OUTBOX_STRAIGHT;
	buf_adds(routes, registrar);
	return OUTBOX_REGISTRAR;
}

enum outbox_by
outbox_hop(const struct outbox *o, const char *uri, struct buf *hop)
{
	struct buf routes = {0};
	enum outbox_by by = now_by(o, &routes);

	buf_addspan(hop,
	    by == OUTBOX_STRAIGHT ? span_str(uri)
				  : sip_route_first(span_buf(&routes)));
	buf_free(&routes);
	return by;
}

/* It stays so until it is resolved again, whatever is registered meanwhile. */
static void
choose_way(struct lane *l)
{
	struct buf b = {0};

	(void)now_by(l->o, &b);
	free(l->routes);
	l->routes = (char *)b.p;
	l->ours = l->routes != NULL || is_at_home(l);
}

static int
write_request(const struct lane *l, enum verdict_transport kind,
    const struct addr *local, bool draft, struct buf *out, struct err *e)
{
	const struct outbox_parts *p = &l->o->p;
	struct request r = {.method = "MESSAGE",
	    .uri = l->request_uri,
	    .to = l->to_uri,
	    .from = p->from_uri,
	    .route = l->routes,
	    .call_id = l->call_id,
	    .from_tag = l->from_tag,
	    .branch = l->branch,
	    .cseq = l->cseq,
	    .auth = l->ours ? p->auth : NULL,
	    .round = &l->round,
	    .draft = draft,
	    .form = l->first->form};

	return message_write(out, &r, &l->body, kind, local, e);
}

/* The size that the request will have by UDP, for the choice of transport. */
static size_t
datagram_size(const struct lane *l)
{
	static const struct span longest = {
	    (const unsigned char *)"255.255.255.255", 15};
	struct buf request = {0};
	struct addr local;
	struct err e;
	size_t n;

	(void)addr_numeric(longest, 65535, &local);
	(void)write_request(l, TRANSPORT_UDP, &local, true, &request, &e);
	n = request.n;
	buf_free(&request);
	return n;
}

/* --- what fails -------------------------------------------------------------------------- */

/* How much a cause tells a person: a refused certificate is not hidden by
 * the next address being down. */
static int
weight(const struct err *why)
{
	return why->exit == EX_NOPERM  ? 3
	    : why->exit == EX_PROTOCOL ? 2
	    : why->exit == EX_TEMPFAIL ? 1
				       : 0;
}

static void
note_cause(struct lane *l, const struct err *why)
{
	char at[TARGET_TEXT];

	if (l->why.exit != 0 && weight(why) < weight(&l->why))
		return;
	l->why = *why;
	if (l->target < l->count) {
		target_text(&l->targets[l->target], at);
		(void)err_in(&l->why, "%s", at);
	}
}

/* Whether time may mend it: no refused certificate, no fault of ours. */
static bool
may_pass(const struct err *why)
{
	return why->exit == EX_UNAVAILABLE || why->exit == EX_TEMPFAIL ||
	    why->exit == EX_NOHOST;
}

/* Goes to another Request-URI, or again to the same: to be resolved, and
 * another transaction. */
static void
start_over(struct lane *l, const char *uri)
{
	char *copy = xstrdup(uri);

	free(l->request_uri);
	l->request_uri = copy;
	l->round = (struct auth_round){{0, 0}};
	l->count = l->target = 0;
	random_hex(l->branch, 16);
}

/* Where a redirection has another contact, it is tried. */
static bool
next_contact(struct lane *l)
{
	if (l->contact >= l->contact_count)
		return false;
	start_over(l, l->contacts[l->contact++]);
	loop_timer_set(l->o->p.loop, &l->step, 0);
	return true;
}

void
lane_forget_contacts(struct lane *l)
{
	for (size_t i = 0; i < l->contact_count; i++)
		free(l->contacts[i]);
	l->contact = l->contact_count = 0;
}

/* There is no way (now): it ends, or waits while it may. */
static void
no_way(struct lane *l)
{
	const struct outbox_parts *p = &l->o->p;
	uint64_t now = loop_now(p->loop), wait;

	if (next_contact(l))
		return;
	if (l->first->deadline == UINT64_MAX || !may_pass(&l->why)) {
		lane_end(l, l->status, l->phrase, &l->why);
		return;
	}
	l->waiting = true;
	/* They may be elsewhere by then. */
	lane_forget_contacts(l);
	start_over(l, l->asked_uri);
	l->left = false;
	l->failures++;
	if (l->waits.exit == 0 || strcmp(l->waits.text, l->why.text) != 0) {
		l->waits = l->why;
		lane_tell(l, UA_WAITS, &l->why);
	}
	wait = backoff_ms(l->failures, p->config->retry_max * 1000);
	if (l->not_before > now + wait)
		wait = l->not_before - now;
	loop_timer_set(p->loop, &l->step, wait);
}

static void
next_target(struct lane *l, const struct err *why, uint64_t avoid)
{
	note_cause(l, why);
	l->round = (struct auth_round){{0, 0}};
	resolver_avoid(l->o->p.resolver, &l->targets[l->target], avoid);
	l->target++;
	loop_timer_set(l->o->p.loop, &l->step, 0);
}

/* --- answers --------------------------------------------------------------------------------- */

static void
final_answer(
    struct lane *l, const struct sip_msg *response, const struct err *why)
{
	char *phrase = xstrndup(sip_reason(response));

	lane_end(l, sip_status(response), phrase, why);
	free(phrase);
}

static bool
is_known_contact(const struct lane *l, struct span uri)
{
	if (span_is(uri, l->request_uri))
		return true;
	for (size_t i = 0; i < l->contact_count; i++)
		if (span_is(uri, l->contacts[i]))
			return true;
	return false;
}

/* Whether a redirection to uri may be followed: a person's or a place's SIP
 * URI, as safe as what was asked for, that was not tried yet. */
static bool
may_follow(const struct lane *l, struct span uri)
{
	struct uri parts;
	struct err e;

	return uri_parse(uri, &parts, &e) == 0 && parts.headers.n == 0 &&
	    (parts.sips || !span_starts_nocase(span_str(l->to_uri), "sips:")) &&
	    !is_known_contact(l, uri);
}

/* Takes down the contacts of a redirection, the best first (8.1.3.4). One
 * message follows no more than OUTBOX_CONTACTS in all, so that a loop ends. */
static void
take_contacts(struct lane *l, const struct sip_msg *response)
{
	struct sip_contact c, all[OUTBOX_CONTACTS];
	struct sip_contacts walk = {0, 0};
	size_t count = 0, at;

	while (
	    count < OUTBOX_CONTACTS && sip_contact_next(response, &walk, &c)) {
		for (at = count++; at > 0 && all[at - 1].q < c.q; at--)
			all[at] = all[at - 1];
		all[at] = c;
	}
	for (size_t i = 0; i < count; i++)
		if (l->contact_count < OUTBOX_CONTACTS &&
		    may_follow(l, all[i].uri))
			l->contacts[l->contact_count++] = xstrndup(all[i].uri);
}

/* A challenge is answered where it may be. A 401 is who is called speaking,
 * which is our registrar only in our own domain. */
static void
challenged(
    struct lane *l, const struct sip_msg *response, const struct err *refusal)
{
	struct err e = *refusal;

	if (l->o->p.auth == NULL || !l->ours ||
	    (sip_status(response) == 401 && !is_at_home(l))) {
		(void)err_set(&e, EX_NOPERM,
		    "%s; a password is given to our own registrar and proxy "
		    "alone",
		    refusal->text);
		final_answer(l, response, &e);
	} else if (auth_challenged(l->o->p.auth, &l->round, response,
		       l->route.kind == TRANSPORT_TLS, &e) == -1) {
		e.exit = EX_NOPERM;
		final_answer(l, response, &e);
	} else {
		/* After a failure it may have got there already, and must stay
		 * the same message, whatever 22.2 says: another number would
		 * be shown as another message. */
		if (l->why.exit == 0)
			l->cseq++;
		random_hex(l->branch, 16);
		loop_timer_set(l->o->p.loop, &l->step, 0);
	}
}

/* Whether an answer is about now: they are not there, or somebody on the way
 * is not. 477 is Kamailio's for a next hop that cannot be reached. */
static bool
is_passing(int status)
{
	static const int passing[] = {408, 430, 477, 480, 500, 502, 503, 504};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (status == passing[i])
			return true;
	return false;
}

/* What another target may take, or the same before it expires, goes on. */
static bool
is_put_off(
    struct lane *l, const struct sip_msg *response, const struct err *words)
{
	bool patient = l->first->deadline != UINT64_MAX;
	uint64_t wait = sip_retry_after(response, 0);
	int status = sip_status(response);

	if (patient ? !is_passing(status)
		    : status != 503 || l->target + 1 >= l->count)
		return false;
	l->not_before = loop_now(l->o->p.loop) + wait;
	l->status = status;
	(void)snprintf(l->phrase, sizeof(l->phrase), "%.*s",
	    (int)span_cut(sip_reason(response), 0, 60).n,
	    (const char *)sip_reason(response).p);
	/* A 408 tells no more than silence would. */
	l->retried = l->retried || status == 408;
	if (status == 503)
		next_target(l, words, wait != 0 ? wait : OUTBOX_AVOID);
	else {
		note_cause(l, words);
		no_way(l);
	}
	return true;
}

static void
answered(void *arg, const struct sip_msg *response, const struct err *why)
{
	struct lane *l = arg;
	struct err words;
	int status;

	if (response != NULL && sip_status(response) < 200)
		return;
	l->transaction = NULL;
	l->rival = 0;
	loop_timer_del(l->o->p.loop, &l->race);
	if (response == NULL) {
		l->status = 0;
		l->phrase[0] = '\0';
		l->retried = l->retried || l->sent;
		next_target(l, why, OUTBOX_AVOID);
		return;
	}
	status = sip_status(response);
	(void)answer_explain(response, l->retried, &words);
	if (status >= 300 && status < 400)
		take_contacts(l, response);
	if (status == 401 || status == 407)
		challenged(l, response, &words);
	else if (!is_put_off(l, response, &words) &&
	    (status < 300 || status >= 600 || !next_contact(l)))
		final_answer(l, response, &words);
}

/* --- targets ----------------------------------------------------------------------------------- */

/* Whether the next target is worth racing: the same transport by the other
 * family. */
static bool
has_rival(const struct lane *l)
{
	const struct target *now = &l->targets[l->target], *then = now + 1;

	return l->target + 1 < l->count && now->kind != TRANSPORT_UDP &&
	    then->kind == now->kind &&
	    then->addr.sa.ss_family != now->addr.sa.ss_family;
}

/* The connection is open, so the request is on its way: until then the message
 * waits. */
static void
has_left(struct lane *l)
{
	static const struct err none = {0};

	l->sent = true;
	if (l->left)
		return;
	l->left = true;
	l->waits = none;
	lane_tell(l, UA_LEFT, &none);
}

/* Sends to the current target, or says why that does not work. */
static int
send_to_target(struct lane *l, struct err *e)
{
	const struct outbox_parts *p = &l->o->p;
	struct buf request = {0};
	struct addr local;

	l->tried = true;
	l->sent = false;
	/* Another target is another transaction (RFC 3263, 4.3). */
	l->branch[15] = (char)('A' + l->target);
	if (transport_reach(p->transport, &l->targets[l->target], &l->route,
		&local, e) == -1)
		return -1;
	if (write_request(l, l->route.kind, &local, false, &request, e) == 0)
		l->transaction = transaction_request(p->transactions, &l->route,
		    span_buf(&request), answered, l, e);
	buf_free(&request);
	if (l->transaction == NULL)
		return -1;
	if (!transport_opening(p->transport, &l->route))
		has_left(l);
	else if (has_rival(l))
		loop_timer_set(p->loop, &l->race, OUTBOX_RACE);
	return 0;
}

void
lane_race(void *arg)
{
	struct lane *l = arg;
	const struct outbox_parts *p = &l->o->p;
	struct route rival;
	struct addr local;
	struct err e;

	if (l->transaction != NULL &&
	    transport_opening(p->transport, &l->route) &&
	    transport_reach(p->transport, &l->targets[l->target + 1], &rival,
		&local, &e) == 0)
		l->rival = rival.flow;
}

void
outbox_opened(struct outbox *o, uint64_t flow)
{
	struct err e = {0};

	(void)err_set(&e, EX_UNAVAILABLE,
	    "another address of the same host was there sooner");
	for (struct lane *l = o->lanes; l != NULL; l = l->next) {
		if (l->transaction != NULL && l->route.flow == flow)
			has_left(l);
		if (l->rival == flow && l->transaction != NULL &&
		    transport_opening(o->p.transport, &l->route)) {
			l->rival = 0;
			transport_close(o->p.transport, &l->route, &e);
		}
	}
}

static void
try_targets(struct lane *l)
{
	struct err e = {0};

	for (; l->target < l->count; l->target++) {
		if (send_to_target(l, &e) == 0)
			return;
		note_cause(l, &e);
		resolver_avoid(
		    l->o->p.resolver, &l->targets[l->target], OUTBOX_AVOID);
	}
	no_way(l);
}

static void
resolved(void *arg, const struct target *targets, size_t count,
    const struct err *why)
{
	struct lane *l = arg;

	l->query = NULL;
	l->count = count < OUTBOX_TARGETS ? count : OUTBOX_TARGETS;
	l->target = 0;
	for (size_t i = 0; i < l->count; i++)
		l->targets[i] = targets[i];
	if (count == 0)
		note_cause(l, why);
	try_targets(l);
}

/* It goes to one place, whatever its URI says: the name that is checked there
 * is the URI's all the same. */
static void
go_straight(struct lane *l)
{
	struct target *t = &l->targets[0];
	struct endpoint at;
	struct uri uri;
	struct err e = {0};

	if (uri_parse(span_str(l->request_uri), &uri, &e) == -1 ||
	    endpoint_parse(l->first->at, &at, &e) == -1) {
		lane_end(l, 0, "", &e);
		return;
	}
	*t = (struct target){.kind = at.kind, .addr = at.addrs[0]};
	(void)snprintf(t->host, sizeof(t->host), "%.*s", (int)uri.host.n,
	    (const char *)uri.host.p);
	l->count = 1;
	l->target = 0;
	try_targets(l);
}

static void
resolve_lane(struct lane *l)
{
	struct span hop;
	struct uri uri;
	struct err e = {0};

	choose_way(l);
	if (l->first->at != NULL) {
		go_straight(l);
		return;
	}
	hop = l->routes != NULL ? sip_route_first(span_str(l->routes))
				: span_str(l->request_uri);
	if (uri_parse(hop, &uri, &e) == -1) {
		(void)err_in(&e, "%.*s", (int)hop.n, (const char *)hop.p);
		lane_end(l, 0, "", &e);
		return;
	}
	/* Whatever leads there, sips never goes out in clear (8.1.2). */
	if (span_starts_nocase(span_str(l->request_uri), "sips:"))
		uri.sips = true;
	/* The transport of a sip URI depends on the message's size. */
	l->query = resolve_uri(l->o->p.resolver, &uri,
	    uri.sips ? 0 : datagram_size(l), resolved, l);
}

void
lane_go_on(struct lane *l)
{
	if (l->count == 0)
		resolve_lane(l);
	else
		try_targets(l);
}
