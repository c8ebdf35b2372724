/*
 * Targets: resolved, and tried one after the other (RFC 3263, 4.3), two
 * address families beside each other (RFC 8305).
 */
#include "src/ua/sender_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/digest.h"
#include "src/net/endpoint.h"
#include "src/sip/sip_lists.h"

enum {
	SENDER_RACE = 250 /* ms before another family's address is tried
	                   * beside the first (RFC 8305, 5) */
};

/* --- what fails ----------------------------------------------------------- */

void
sender_next_target(struct sender_job *j, const struct err *why, uint64_t avoid)
{
	sender_note(j, why);
	j->round = (struct auth_round){0};
	resolver_avoid(j->s->p.resolver, &j->targets[j->target], avoid);
	j->target++;
	sender_move(j, SENDER_DUE);
}

/* All targets have failed: another contact, or the end. */
static void
sender_no_way(struct sender_job *j)
{
	if (!sender_next_contact(j))
		sender_finish(j, NULL, NULL);
}

/* --- the request ---------------------------------------------------------- */

/* measure: only its size is wanted, and no use of a nonce is counted. */
static int
sender_write_request(struct sender_job *j, enum verdict_transport kind,
    const struct addr *local, bool measure, struct buf *out, struct err *e)
{
	struct buf credentials = {0};
	struct request r = {.method = j->q.method,
	    .uri = j->uri,
	    .to = j->q.to,
	    .from = j->q.from,
	    .route = j->route,
	    .call_id = j->call_id,
	    .from_tag = j->from_tag,
	    .branch = j->branch,
	    .cseq = j->cseq};
	int rc = 0;

	if (sender_may_show(j, kind))
		rc = auth_add(j->auth, &j->round, measure, &credentials,
		    j->q.method, j->uri, e);
	r.credentials = span_buf(&credentials);
	if (rc == 0)
		rc = j->q.write(j->q.arg, &r, kind, local, out, e);
	buf_free(&credentials);
	return rc;
}

/* The size that the request will have by UDP, for the choice of transport. */
static size_t
sender_datagram_size(struct sender_job *j)
{
	static const struct span longest = {
	    (const unsigned char *)"255.255.255.255", 15};
	struct buf request = {0};
	struct addr local;
	struct err e;
	size_t n;

	(void)addr_numeric(longest, 65535, &local);
	(void)sender_write_request(
	    j, TRANSPORT_UDP, &local, true, &request, &e);
	n = request.n;
	buf_free(&request);
	return n;
}

/* --- one target after the other ------------------------------------------- */

/* Returns whether the next target is worth racing: the same transport by the
 * other family. */
static bool
sender_has_rival(const struct sender_job *j)
{
	const struct target *now = &j->targets[j->target], *then = now + 1;

	return j->target + 1 < j->count && now->kind != TRANSPORT_UDP &&
	    then->kind == now->kind &&
	    then->addr.sa.ss_family != now->addr.sa.ss_family;
}

/* The connection is open, so the request is on its way. */
static void
sender_has_left(struct sender_job *j)
{
	sender_move(j, SENDER_SENT);
	if (j->q.left != NULL)
		j->q.left(j->q.arg);
}

/* Gets the flow to the current target, and our address on it. */
static int
sender_reach(struct sender_job *j, struct err *e)
{
	struct transport *t = j->s->p.transport;

	if (j->by.flow == 0)
		return transport_reach(
		    t, &j->targets[j->target], &j->flow, &j->local, e);
	j->flow = j->by;
	if (!transport_accepted(t, &j->by, &j->local))
		return err_set(e, EX_UNAVAILABLE,
		    "the connection that they wrote on has ended");
	return 0;
}

/* Sends to the current target, or says why that does not work. */
static int
sender_send_to_target(struct sender_job *j, struct err *e)
{
	const struct sender_parts *p = &j->s->p;
	struct buf request = {0};

	/* Another target is another transaction (RFC 3263, 4.3). */
	j->branch[15] = (char)('A' + j->target);
	if (j->q.repeatable)
		j->cseq++;
	if (sender_reach(j, e) == -1)
		return -1;
	if (sender_write_request(
		j, j->flow.kind, &j->local, false, &request, e) == 0)
		j->transaction = transaction_request(p->transactions, &j->flow,
		    span_buf(&request), j->s->answered, j, e);
	buf_free(&request);
	if (j->transaction == NULL)
		return -1;
	sender_move(j, SENDER_OPENING);
	if (!transport_opening(p->transport, &j->flow))
		sender_has_left(j);
	else if (sender_has_rival(j))
		loop_timer_set(p->loop, &j->race, SENDER_RACE);
	return 0;
}

static void
sender_try_targets(struct sender_job *j)
{
	struct err e = {0};

	for (; j->target < j->count; j->target++) {
		if (sender_send_to_target(j, &e) == 0)
			return;
		sender_note(j, &e);
		resolver_avoid(
		    j->s->p.resolver, &j->targets[j->target], SENDER_AVOID);
	}
	sender_no_way(j);
}

void
sender_race(void *arg)
{
	struct sender_job *j = arg;
	const struct sender_parts *p = &j->s->p;
	struct flow_ref rival;
	struct addr local;
	struct err e;

	if (j->state == SENDER_OPENING &&
	    transport_opening(p->transport, &j->flow) &&
	    transport_reach(p->transport, &j->targets[j->target + 1], &rival,
		&local, &e) == 0)
		j->rival = rival.flow;
}

void
sender_opened(struct sender *s, uint64_t flow)
{
	struct sender_job *j, *next;
	struct err e = {0};

	(void)err_set(&e, EX_UNAVAILABLE,
	    "another address of the same host was there sooner");
	for (j = s->jobs; j != NULL; j = next) {
		next = j->next;
		if (j->state != SENDER_OPENING)
			continue;
		if (j->flow.flow == flow)
			sender_has_left(j);
		else if (j->rival == flow &&
		    transport_opening(s->p.transport, &j->flow)) {
			j->rival = 0;
			transport_close(s->p.transport, &j->flow, &e);
		}
	}
}

/* --- resolution ----------------------------------------------------------- */

static void
sender_resolved(void *arg, const struct target *targets, size_t count,
    const struct err *why)
{
	struct sender_job *j = arg;

	j->query = NULL;
	sender_move(j, SENDER_IDLE);
	free(j->targets);
	j->count = count < SENDER_TARGETS ? count : SENDER_TARGETS;
	j->target = 0;
	j->targets = xcalloc(j->count + 1, sizeof(*j->targets));
	for (size_t i = 0; i < j->count; i++)
		j->targets[i] = targets[i];
	if (count == 0)
		sender_note(j, why);
	sender_try_targets(j);
}

/* It goes to the one place that q.at names. The name that a certificate there
 * must bear is the URI's all the same. */
static void
sender_go_straight(struct sender_job *j)
{
	struct target t;
	struct endpoint at;
	struct uri uri;
	struct err e = {0};

	if (uri_parse(span_str(j->uri), &uri, &e) == -1 ||
	    endpoint_parse(j->q.at, &at, &e) == -1) {
		sender_finish(j, NULL, &e);
		return;
	}
	t = (struct target){.kind = at.kind, .addr = at.addrs[0]};
	(void)snprintf(t.host, sizeof(t.host), "%.*s", (int)uri.host.n,
	    (const char *)uri.host.p);
	sender_resolved(j, &t, 1, NULL);
}

/* It goes by the connection that the peer opened. */
static void
sender_go_back(struct sender_job *j)
{
	struct target t = {.kind = j->by.kind, .addr = j->by.peer};

	free(j->route);
	j->route = NULL;
	sender_resolved(j, &t, 1, NULL);
}

enum sender_way
sender_route(const struct sender *s, bool service_route, struct buf *route)
{
	const char *registrar = service_route ? s->p.service_route(s->p.arg)
					      : NULL;

	if (s->p.config->proxy != NULL) {
		request_route(route, s->p.config->proxy);
		return SENDER_PROXY;
	}
	if (registrar == NULL)
		return SENDER_STRAIGHT;
	buf_adds(route, registrar);
	return SENDER_REGISTRAR;
}

/* The route stays so until it is resolved again, whatever is registered
 * meanwhile. */
static struct span
sender_choose_hop(struct sender_job *j)
{
	struct buf route = {0};

	(void)sender_route(j->s, j->q.service_route, &route);
	free(j->route);
	j->route = (char *)route.p;
	return j->route != NULL ? sip_route_first(span_str(j->route))
				: span_str(j->uri);
}

static void
sender_targets_resolve(struct sender_job *j)
{
	struct resolve_query *query;
	struct span hop;
	struct uri uri;
	struct err e = {0};

	if (j->by.flow != 0) {
		sender_go_back(j);
		return;
	}
	hop = sender_choose_hop(j);
	if (j->q.at != NULL) {
		sender_go_straight(j);
		return;
	}
	if (uri_parse(hop, &uri, &e) == -1) {
		(void)err_in(&e, "%.*s", (int)hop.n, (const char *)hop.p);
		sender_finish(j, NULL, &e);
		return;
	}
	/* Whatever leads there, sips never goes out in clear (8.1.2). */
	if (span_starts_nocase(span_str(j->uri), "sips:"))
		uri.sips = true;
	sender_move(j, SENDER_RESOLVING);
	/* The transport of a sip URI depends on the request's size. */
	query = resolve_uri(j->s->p.resolver, &uri,
	    uri.sips ? 0 : sender_datagram_size(j), sender_resolved, j);
	/* NULL: resolved was called already, and j may be gone. */
	if (query != NULL)
		j->query = query;
}

void
sender_try(struct sender_job *j)
{
	sender_move(j, SENDER_IDLE);
	if (j->count == 0)
		sender_targets_resolve(j);
	else
		sender_try_targets(j);
}
