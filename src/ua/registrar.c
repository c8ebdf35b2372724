#include "src/ua/registrar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/sip/sip_lists.h"
#include "src/ua/backoff.h"
#include "src/ua/request.h"

enum {
	REGISTRAR_TARGETS = 16,
	REGISTRAR_PONG = 10000, /* ms for a keep-alive's answer (5626, 4.4.1) */
	REGISTRAR_END = 1000, /* ms for the last words' answer */
	REGISTRAR_LONGEST = 86400, /* s that a registrar may ask us to stay */
	REGISTRAR_AVOID = 32000 /* ms that a target that failed comes last */
};

struct registrar {
	struct registrar_parts p;
	char *domain; /* the Request-URI: the registrar, without a user */
	char *hop; /* what is resolved: the proxy, or domain */
	char instance[46];
	char call_id[33], from_tag[17], branch[17];
	uint32_t cseq;
	uint64_t asked; /* s: register_expires, or what 423 wants */
	uint64_t alive; /* s between keep-alives at most; 0: none */

	struct target targets[REGISTRAR_TARGETS];
	size_t count, target;
	struct resolve_query *query;
	struct client_transaction *transaction;
	struct auth_round round;
	bool brief; /* 423 was answered in this attempt */
	struct err why; /* what the last target said */
	unsigned failures; /* in a row */

	bool there, ending, goodbye; /* goodbye: has been said */
	bool again; /* next: the same attempt goes on */
	int told; /* the kind of failure that was told last; 0: none */
	struct route route;
	struct addr local;
	char *routes;
	struct loop_timer next; /* refresh, retry, or the next step */
	struct loop_timer ping, pong;
	bool pinged;
};

static void next_due(void *arg);
static void ping_due(void *arg);
static void pong_due(void *arg);

/* --- life ------------------------------------------------------------------------- */

/* The same for this address, machine and key store each time (RFC 5626, 4.1):
 * a UUID of version 8 (RFC 9562), made of a digest. */
static void
make_instance(struct registrar *r)
{
	unsigned char machine[64], d[DIGEST_SIZE];
	FILE *f = fopen("/etc/machine-id", "r");
	size_t n = f == NULL ? 0 : fread(machine, 1, sizeof(machine), f);
	struct span parts[] = {
	    {machine, n}, span_str(r->p.config->keys), span_str(r->p.who->key)};

	if (f != NULL)
		(void)fclose(f);
	if (n == 0)
		random_bytes(d, sizeof(d));
	else
		digest_spans(parts, 3, d);
	(void)snprintf(r->instance, sizeof(r->instance),
	    "urn:uuid:%02x%02x%02x%02x-%02x%02x-8%x%02x-%02x%02x-"
	    "%02x%02x%02x%02x%02x%02x",
	    d[0], d[1], d[2], d[3], d[4], d[5], d[6] & 15, d[7],
	    0x80 | (d[8] & 0x3f), d[9], d[10], d[11], d[12], d[13], d[14],
	    d[15]);
}

struct registrar *
registrar_new(const struct registrar_parts *parts)
{
	struct registrar *r = xcalloc(1, sizeof(*r));
	bool sips = span_starts_nocase(span_str(parts->uri), "sips:");
	struct buf domain = {0};
	bool six = strchr(parts->who->host, ':') != NULL;

	r->p = *parts;
	buf_addf(&domain, "%s:%s%s%s", sips ? "sips" : "sip", six ? "[" : "",
	    parts->who->host, six ? "]" : "");
	r->domain = (char *)domain.p;
	r->hop = xstrdup(
	    parts->config->proxy != NULL ? parts->config->proxy : r->domain);
	make_instance(r);
	random_hex(r->call_id, 32);
	random_hex(r->from_tag, 16);
	r->asked = parts->config->register_expires;
	r->next = (struct loop_timer){.fn = next_due, .arg = r};
	r->ping = (struct loop_timer){.fn = ping_due, .arg = r};
	r->pong = (struct loop_timer){.fn = pong_due, .arg = r};
	return r;
}

static void
stop_timers(struct registrar *r)
{
	loop_timer_del(r->p.loop, &r->next);
	loop_timer_del(r->p.loop, &r->ping);
	loop_timer_del(r->p.loop, &r->pong);
}

static void
stop_asking(struct registrar *r)
{
	resolve_cancel(r->query);
	r->query = NULL;
	transaction_abandon(r->transaction);
	r->transaction = NULL;
}

void
registrar_free(struct registrar *r)
{
	if (r == NULL)
		return;
	stop_timers(r);
	stop_asking(r);
	free(r->domain);
	free(r->hop);
	free(r->routes);
	free(r);
}

void
registrar_start(struct registrar *r)
{
	loop_timer_set(r->p.loop, &r->next, 0);
}

bool
registrar_there(const struct registrar *r)
{
	return r->there;
}

const struct addr *
registrar_local(const struct registrar *r)
{
	return &r->local;
}

const char *
registrar_routes(const struct registrar *r)
{
	return r->there ? r->routes : NULL;
}

/* --- what the owner is told --------------------------------------------------------- */

static void
tell(struct registrar *r, enum registrar_change change, const char *words)
{
	r->p.changed(r->p.arg, r, change, words);
}

static void
ended(struct registrar *r)
{
	stop_timers(r);
	stop_asking(r);
	r->there = false;
	tell(r, REGISTRAR_ENDED, "");
}

/* The end of an attempt without success, or of what was there; the next is
 * made after wait, or as the failures say. */
static void
failed(struct registrar *r, const struct err *why, uint64_t wait)
{
	struct err e = *why;
	bool was = r->there;

	stop_asking(r);
	if (r->ending) {
		ended(r);
		return;
	}
	stop_timers(r);
	r->there = r->again = false;
	r->failures++;
	if (wait == 0)
		wait = backoff_ms(r->failures, r->p.config->retry_max * 1000);
	loop_timer_set(r->p.loop, &r->next, wait);
	/* One line, until there is something else to say. */
	if (r->told == why->exit)
		return;
	r->told = why->exit;
	(void)err_in(&e, "%s is %s registered (it is being tried again)",
	    r->p.who->text, was ? "no longer" : "not");
	tell(r, REGISTRAR_LOST, e.text);
}

/* --- what comes back ----------------------------------------------------------------- */

/* Our own URI as others are to use it: on the connection that it leaves by. */
static void
contact_uri(const struct registrar *r, struct buf *out)
{
	bool sips = span_starts_nocase(span_str(r->domain), "sips:");
	char at[ADDR_TEXT];

	addr_text(&r->local, at);
	buf_adds(out, sips ? "sips:" : "sip:");
	buf_addspan(out, aor_user(r->p.who));
	buf_addf(out, "@%s%s", at,
	    r->route.kind == TRANSPORT_UDP                ? ""
		: r->route.kind == TRANSPORT_TLS && !sips ? ";transport=tls"
							  : ";transport=tcp");
}

/* What is granted to our contact, in seconds: its own expires, else that of
 * the answer, else what was asked for. */
static uint64_t
granted(const struct registrar *r, const struct sip_msg *response)
{
	struct span field = sip_header(response, "Expires", 0);
	struct sip_contacts walk = {0, 0};
	struct sip_contact c;
	struct buf ours = {0};
	uint64_t seconds = r->asked;
	bool found = false;

	(void)number_parse(field, UINT32_MAX, &seconds);
	contact_uri(r, &ours);
	while (!found && sip_contact_next(response, &walk, &c)) {
		found = span_eq(c.uri, span_buf(&ours));
		if (found && c.has_expires)
			seconds = c.expires;
	}
	buf_free(&ours);
	return seconds;
}

static void
take_routes(struct registrar *r, const struct sip_msg *response)
{
	struct buf routes = {0};

	free(r->routes);
	r->routes = NULL;
	/* Those that cannot be used are left alone: the proxy then says what
	 * it misses. */
	if (sip_routes(response, "Service-Route", &routes) && routes.n > 0)
		r->routes = xstrdup((const char *)routes.p);
	buf_free(&routes);
}

/* The registrar's Flow-Timer or the settings, whichever is sooner. */
static void
take_flow_timer(struct registrar *r, const struct sip_msg *response)
{
	uint64_t asked;

	r->alive = r->p.config->keep_alive;
	if (number_parse(
		sip_header(response, "Flow-Timer", 0), 86400, &asked) &&
	    asked > 0 && (r->alive == 0 || asked < r->alive))
		r->alive = asked;
}

/* A random fifth is taken off (RFC 5626, 4.4.1). */
static void
arm_ping(struct registrar *r)
{
	uint32_t drawn;

	loop_timer_del(r->p.loop, &r->pong);
	if (r->alive == 0 || r->route.kind == TRANSPORT_UDP)
		return;
	random_bytes(&drawn, sizeof(drawn));
	loop_timer_set(
	    r->p.loop, &r->ping, r->alive * 800 + drawn % (r->alive * 200));
}

static void
take_registration(struct registrar *r, const struct sip_msg *response)
{
	uint64_t seconds = granted(r, response);
	bool was = r->there;
	char words[400], at[TARGET_TEXT];
	struct err e = {0};

	if (r->ending) {
		ended(r);
		return;
	}
	if (seconds == 0) {
		(void)err_set(&e, EX_PROTOCOL,
		    "the registrar took the registration for 0 seconds");
		failed(r, &e, 0);
		return;
	}
	if (seconds > REGISTRAR_LONGEST)
		seconds = REGISTRAR_LONGEST;
	take_routes(r, response);
	r->there = true;
	r->failures = 0;
	/* Early enough for a second try (RFC 3261, 10.2.4). */
	loop_timer_set(r->p.loop, &r->next,
	    seconds > 60 ? (seconds - seconds / 10) * 1000 : seconds * 500);
	take_flow_timer(r, response);
	arm_ping(r);
	if (was)
		return;
	r->told = 0;
	target_text(&r->targets[r->target], at);
	(void)snprintf(words, sizeof(words), "%.200s is registered at %s",
	    r->p.who->text, at);
	tell(r, REGISTRAR_THERE, words);
}

/* Goes on with the attempt in a round of its own. */
static void
go_on(struct registrar *r)
{
	r->again = true;
	loop_timer_set(r->p.loop, &r->next, 0);
}

/* Another target, or the end of the attempt. */
static void
next_target(struct registrar *r, const struct err *why, uint64_t avoid)
{
	char at[TARGET_TEXT];

	resolver_avoid(r->p.resolver, &r->targets[r->target], avoid);
	target_text(&r->targets[r->target], at);
	r->why = *why;
	(void)err_in(&r->why, "%s", at);
	if (++r->target < r->count)
		go_on(r);
	else
		failed(r, &r->why, 0);
}

static void
refused(struct registrar *r, const struct sip_msg *response)
{
	int status = sip_status(response);
	struct span reason = sip_reason(response);
	struct err e;

	(void)err_set(&e, status < 500 ? EX_NOPERM : EX_UNAVAILABLE,
	    "the registrar answers %d %.*s", status,
	    (int)(reason.n > 100 ? 100 : reason.n), (const char *)reason.p);
	if (status == 408 || status >= 500)
		next_target(r, &e, sip_retry_after(response, REGISTRAR_AVOID));
	else
		/* What it will not have now it will hardly have soon. */
		failed(r, &e, r->p.config->retry_max * 1000);
}

static void
answered(void *arg, const struct sip_msg *response, const struct err *why)
{
	struct registrar *r = arg;
	struct err e = {0};
	uint64_t least;

	if (response != NULL && sip_status(response) < 200)
		return;
	r->transaction = NULL;
	if (response == NULL) {
		next_target(r, why, REGISTRAR_AVOID);
		return;
	}
	switch (sip_status(response)) {
	case 401:
	case 407:
		if (auth_challenged(r->p.auth, &r->round, response,
			r->route.kind == TRANSPORT_TLS, &e) == -1)
			failed(r, &e, r->p.config->retry_max * 1000);
		else
			go_on(r);
		return;
	case 423: /* 10.2.8 */
		if (!r->brief &&
		    number_parse(sip_header(response, "Min-Expires", 0),
			REGISTRAR_LONGEST, &least) &&
		    least > r->asked) {
			r->brief = true;
			r->asked = least;
			go_on(r);
			return;
		}
		break;
	default:
		break;
	}
	if (sip_status(response) < 300)
		take_registration(r, response);
	else
		refused(r, response);
}

/* --- what is sent ----------------------------------------------------------------------- */

static int
write_register(struct registrar *r, struct buf *out, struct err *e)
{
	struct buf route = {0}, contact = {0};
	struct request q = {.method = "REGISTER",
	    .uri = r->domain,
	    .to = r->p.uri,
	    .from = r->p.uri,
	    .call_id = r->call_id,
	    .from_tag = r->from_tag,
	    .branch = r->branch,
	    .cseq = ++r->cseq,
	    .auth = r->p.auth,
	    .round = &r->round};
	int rc;

	random_hex(r->branch, 16);
	if (r->p.config->proxy != NULL) {
		request_route(&route, r->p.config->proxy);
		q.route = (const char *)route.p;
	}
	contact_uri(r, &contact);
	rc = request_start(out, &q, r->route.kind, &r->local, e);
	if (rc == 0)
		rc = request_addf(out, "Contact", e,
		    "<%s>;reg-id=1;+sip.instance=\"<%s>\";expires=%llu",
		    (const char *)contact.p, r->instance,
		    r->ending ? 0ULL : (unsigned long long)r->asked);
	if (rc == 0)
		rc = request_add(out, "Supported", "path, outbound", e);
	if (rc == 0)
		rc = request_add(out, "Allow", "MESSAGE, OPTIONS", e);
	if (rc == 0)
		sip_finish(out, (struct span){NULL, 0});
	buf_free(&route);
	buf_free(&contact);
	return rc;
}

/* To the current target. */
static int
send_register(struct registrar *r, struct err *e)
{
	struct buf request = {0};

	if (transport_reach(r->p.transport, &r->targets[r->target], &r->route,
		&r->local, e) == -1)
		return -1;
	if (write_register(r, &request, e) == 0)
		r->transaction = transaction_request(r->p.transactions,
		    &r->route, span_buf(&request), answered, r, e);
	buf_free(&request);
	return r->transaction != NULL ? 0 : -1;
}

static void
resolved(void *arg, const struct target *targets, size_t count,
    const struct err *why)
{
	struct registrar *r = arg;

	r->query = NULL;
	r->target = 0;
	r->count = count < REGISTRAR_TARGETS ? count : REGISTRAR_TARGETS;
	for (size_t i = 0; i < r->count; i++)
		r->targets[i] = targets[i];
	if (count == 0)
		failed(r, why, 0);
	else
		go_on(r);
}

static void
ask(struct registrar *r)
{
	struct err e = {0};

	if (send_register(r, &e) == -1)
		next_target(r, &e, REGISTRAR_AVOID);
}

/* A refresh goes the way that is known; any other attempt begins with
 * resolving, since what was resolved may have changed. */
static void
attempt(struct registrar *r)
{
	struct uri uri;
	struct err e = {0};

	r->round = (struct auth_round){{0, 0}};
	r->brief = false;
	if (r->there) {
		ask(r);
		return;
	}
	r->count = r->target = 0;
	if (uri_parse(span_str(r->hop), &uri, &e) == -1) {
		failed(r, &e, 0);
		return;
	}
	/* Whatever leads there, sips never goes out in clear (8.1.2). */
	if (span_starts_nocase(span_str(r->domain), "sips:"))
		uri.sips = true;
	r->query = resolve_uri(r->p.resolver, &uri, 0, resolved, r);
}

/* The last words, and an end to waiting for their answer. */
static void
say_goodbye(struct registrar *r)
{
	if (!r->there || (r->goodbye && !r->again)) {
		ended(r);
		return;
	}
	r->goodbye = true;
	r->again = false;
	loop_timer_set(r->p.loop, &r->next, REGISTRAR_END);
	ask(r);
}

static void
next_due(void *arg)
{
	struct registrar *r = arg;

	if (r->ending)
		say_goodbye(r);
	else if (r->again) {
		r->again = false;
		ask(r);
	} else if (r->query == NULL && r->transaction == NULL)
		attempt(r);
}

/* --- the connection ------------------------------------------------------------------- */

static void
ping_due(void *arg)
{
	struct registrar *r = arg;
	struct err e;

	if (transport_send(
		r->p.transport, &r->route, span_str("\r\n\r\n"), &e) == 0)
		loop_timer_set(r->p.loop, &r->pong, REGISTRAR_PONG);
}

static void
pong_due(void *arg)
{
	struct registrar *r = arg;
	struct err e;

	(void)err_set(&e, EX_UNAVAILABLE,
	    "the connection is dead: a keep-alive was not answered");
	/* Its end is told by registrar_lost. */
	transport_close(r->p.transport, &r->route, &e);
}

void
registrar_pong(struct registrar *r, uint64_t flow)
{
	if (r->there && r->route.flow == flow && r->pong.slot != 0)
		arm_ping(r);
}

void
registrar_lost(struct registrar *r, uint64_t flow, const struct err *why)
{
	if (!r->there || r->route.flow != flow || r->transaction != NULL)
		return;
	r->failures = 0;
	failed(r, why, 0);
}

void
registrar_end(struct registrar *r)
{
	r->ending = true;
	r->again = false;
	stop_timers(r);
	stop_asking(r);
	r->round = (struct auth_round){{0, 0}};
	loop_timer_set(r->p.loop, &r->next, 0);
}
