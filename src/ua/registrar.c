#include "src/ua/registrar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/digest.h"
#include "src/sip/sip_lists.h"
#include "src/ua/backoff.h"
#include "src/ua/binding.h"

enum {
	REGISTRAR_PONG = 10000, /* ms for a keep-alive's answer (5626, 4.4.1) */
	REGISTRAR_GOODBYE = 1000, /* ms for the answer to our last REGISTER */
	REGISTRAR_LONGEST = 86400, /* s that a registrar may ask us to stay */
	REGISTRAR_CHANGES = 2 /* of a request that was refused, in one attempt:
	                       * a longer time (423), no outbound (439) */
};

enum registrar_state {
	REGISTRAR_WAITING, /* not registered; the next attempt has its time */
	REGISTRAR_TRYING, /* not registered; a REGISTER is under way */
	REGISTRAR_REGISTERED, /* the refresh has its time */
	REGISTRAR_REFRESHING, /* still registered; a REGISTER is under way */
	REGISTRAR_ENDING, /* registered; to be taken back in the next round */
	REGISTRAR_LEAVING, /* a REGISTER takes it back, or nothing is to be */
	REGISTRAR_GONE
};

struct registrar {
	struct registrar_parts p;
	enum registrar_state state;
	char *domain; /* the Request-URI: the registrar, without a user */
	struct binding binding;
	uint64_t asked; /* s: register_expires, or what 423 wants */
	uint64_t alive; /* s between keep-alives at most; 0: none */
	bool outbound; /* asked for: no 439 came */
	struct sender_job *job;
	unsigned changes; /* in this attempt */
	unsigned failures; /* in a row */
	int told; /* the kind of failure that was told last; 0: none */
	/* Of the registration. */
	struct flow_ref flow;
	struct addr local;
	char *routes; /* a Service-Route, or NULL */
	/* Keep-alives are answered on this flow: the registrar said so, or one
	 * was (RFC 5626, 4.4.1). Else no answer is a sign of nothing. */
	bool pongs;
	struct loop_timer next; /* refresh, attempt, or the end */
	struct loop_timer ping, pong;
};

static void registrar_due(void *arg);
static void registrar_ping_due(void *arg);
static void registrar_pong_due(void *arg);
static int registrar_write(void *arg, const struct request *r,
    enum verdict_transport kind, const struct addr *local, struct buf *out,
    struct err *e);
static void registrar_explain(
    void *arg, const struct sip_msg *response, bool retried, struct err *why);
static void registrar_done(void *arg, const struct sender_result *result);

/* --- life ----------------------------------------------------------------- */

struct registrar *
registrar_new(const struct registrar_parts *parts)
{
	struct registrar *r = xcalloc(1, sizeof(*r));
	bool sips = span_starts_nocase(span_str(parts->uri), "sips:");
	bool six = strchr(parts->who->host, ':') != NULL;
	struct sender_request request = {.method = "REGISTER",
	    .to = parts->uri,
	    .from = parts->uri,
	    .who = parts->who,
	    .repeatable = true,
	    .write = registrar_write,
	    .explain = registrar_explain,
	    .done = registrar_done,
	    .arg = r};
	struct buf domain = {0};

	r->p = *parts;
	buf_addf(&domain, "%s:%s%s%s", sips ? "sips" : "sip", six ? "[" : "",
	    parts->who->host, six ? "]" : "");
	r->domain = (char *)domain.p;
	request.uri = r->domain;
	r->binding.who = parts->who;
	r->binding.sips = sips;
	binding_instance(parts->config->keys, parts->who, r->binding.instance);
	r->asked = parts->config->register_expires;
	r->outbound = true;
	r->job = sender_job_new(parts->sender, &request);
	r->next = (struct loop_timer){.fn = registrar_due, .arg = r};
	r->ping = (struct loop_timer){.fn = registrar_ping_due, .arg = r};
	r->pong = (struct loop_timer){.fn = registrar_pong_due, .arg = r};
	return r;
}

/* Moves to a state, and gives up what belongs to the one before: its timers
 * and its request. */
static void
registrar_move(struct registrar *r, enum registrar_state to)
{
	struct loop *loop = r->p.loop;

	loop_timer_del(loop, &r->next);
	/* A refresh leaves the keep-alives as they are. */
	if (to != REGISTRAR_REFRESHING) {
		loop_timer_del(loop, &r->ping);
		loop_timer_del(loop, &r->pong);
	}
	sender_job_stop(r->job);
	r->state = to;
	if (to == REGISTRAR_TRYING || to == REGISTRAR_REFRESHING)
		r->changes = 0;
	switch (to) {
	case REGISTRAR_TRYING:
		sender_job_start(r->job);
		break;
	case REGISTRAR_REFRESHING:
		/* The way that is known; any other attempt begins with the
		 * resolution, since what was resolved may have changed. */
		sender_job_again(r->job);
		break;
	case REGISTRAR_ENDING:
		loop_timer_set(loop, &r->next, 0);
		break;
	default:
		break;
	}
}

void
registrar_free(struct registrar *r)
{
	if (r == NULL)
		return;
	registrar_move(r, REGISTRAR_GONE);
	sender_job_free(r->job);
	free(r->domain);
	free(r->routes);
	free(r);
}

void
registrar_start(struct registrar *r)
{
	loop_timer_set(r->p.loop, &r->next, 0);
}

void
registrar_hurry(struct registrar *r)
{
	r->told = 0;
	if (r->state == REGISTRAR_WAITING || r->state == REGISTRAR_REGISTERED)
		loop_timer_set(r->p.loop, &r->next, 0);
}

bool
registrar_there(const struct registrar *r)
{
	return r->state == REGISTRAR_REGISTERED ||
	    r->state == REGISTRAR_REFRESHING || r->state == REGISTRAR_ENDING;
}

const struct addr *
registrar_local(const struct registrar *r)
{
	return &r->local;
}

const char *
registrar_routes(const struct registrar *r)
{
	return registrar_there(r) ? r->routes : NULL;
}

/* --- what the owner is told ----------------------------------------------- */

static void
registrar_tell(
    struct registrar *r, enum registrar_change change, const char *words)
{
	struct registrar_news news = {.words = words};

	r->p.changed(r->p.arg, r, change, &news);
}

static void
registrar_tell_lost(struct registrar *r, const struct err *e, int status)
{
	struct registrar_news news = {
	    .words = e->text, .why = e, .status = status};

	r->p.changed(r->p.arg, r, REGISTRAR_LOST, &news);
}

static void
registrar_gone(struct registrar *r)
{
	registrar_move(r, REGISTRAR_GONE);
	registrar_tell(r, REGISTRAR_ENDED, "");
}

/* An attempt has failed, or a registration is lost. status is that of the
 * response, or 0. The next attempt is made after wait ms, or where that is 0, as
 * the failures in a row say. */
static void
registrar_failed(
    struct registrar *r, const struct err *why, int status, uint64_t wait)
{
	struct err e = *why;
	bool was = registrar_there(r);

	if (r->state == REGISTRAR_LEAVING) {
		registrar_gone(r);
		return;
	}
	registrar_move(r, REGISTRAR_WAITING);
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
	registrar_tell_lost(r, &e, status);
}

/* --- what comes back ------------------------------------------------------ */

static void
registrar_take_routes(struct registrar *r, const struct sip_msg *response)
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

/* Takes the registrar's Flow-Timer or the setting, whichever is sooner, and
 * whether the registrar promises to answer keep-alives. */
static void
registrar_take_flow_timer(struct registrar *r, const struct sip_msg *response)
{
	uint64_t asked;

	r->alive = r->p.config->keep_alive;
	if (number_parse(
		sip_header(response, "Flow-Timer", 0), 86400, &asked) &&
	    asked > 0) {
		r->pongs = true;
		if (r->alive == 0 || asked < r->alive)
			r->alive = asked;
	}
	if (sip_requires(response, "outbound"))
		r->pongs = true;
}

/* A random fifth is taken off (RFC 5626, 4.4.1). */
static void
registrar_arm_ping(struct registrar *r)
{
	uint32_t drawn;

	loop_timer_del(r->p.loop, &r->pong);
	if (r->alive == 0 || r->flow.kind == TRANSPORT_UDP)
		return;
	random_bytes(&drawn, sizeof(drawn));
	loop_timer_set(
	    r->p.loop, &r->ping, r->alive * 800 + drawn % (r->alive * 200));
}

static void
registrar_took(struct registrar *r, const struct sip_msg *response)
{
	bool was = registrar_there(r);
	char words[400], at[TARGET_TEXT];
	struct err e = {0};
	uint64_t seconds;

	if (r->flow.flow != sender_job_flow(r->job)->flow)
		r->pongs = false;
	r->flow = *sender_job_flow(r->job);
	r->local = *sender_job_local(r->job);
	seconds = binding_granted(
	    &r->binding, r->flow.kind, &r->local, response, r->asked);
	if (seconds == 0) {
		(void)err_set(&e, EX_PROTOCOL,
		    "the registrar took the registration for 0 seconds");
		registrar_failed(r, &e, sip_status(response), 0);
		return;
	}
	if (seconds > REGISTRAR_LONGEST)
		seconds = REGISTRAR_LONGEST;
	registrar_move(r, REGISTRAR_REGISTERED);
	registrar_take_routes(r, response);
	r->failures = 0;
	/* Early enough for a second try (RFC 3261, 10.2.4). */
	loop_timer_set(r->p.loop, &r->next,
	    seconds > 60 ? (seconds - seconds / 10) * 1000 : seconds * 500);
	registrar_take_flow_timer(r, response);
	registrar_arm_ping(r);
	if (was)
		return;
	r->told = 0;
	sender_job_target(r->job, at);
	(void)snprintf(words, sizeof(words), "%.200s is registered at %s",
	    r->p.who->text, at);
	registrar_tell(r, REGISTRAR_THERE, words);
}

static void
registrar_explain(
    void *arg, const struct sip_msg *response, bool retried, struct err *why)
{
	struct span reason = sip_reason(response);
	int status = sip_status(response);

	(void)arg;
	(void)retried;
	*why = (struct err){0};
	if (status >= 300)
		(void)err_set(why, status < 500 ? EX_NOPERM : EX_UNAVAILABLE,
		    "the registrar answers %d %.*s", status,
		    (int)(reason.n > 100 ? 100 : reason.n),
		    (const char *)reason.p);
}

/* Changes what the registrar would not have, so that it can be asked again:
 * a time that is too short (423, RFC 3261, 10.2.8), and outbound, which a proxy
 * before it does not know (439, RFC 5626, 4.2.1). */
static bool
registrar_change_request(struct registrar *r, const struct sip_msg *response)
{
	uint64_t least;

	if (r->changes >= REGISTRAR_CHANGES)
		return false;
	if (sip_status(response) == 423 &&
	    number_parse(sip_header(response, "Min-Expires", 0),
		REGISTRAR_LONGEST, &least) &&
	    least > r->asked)
		r->asked = least;
	else if (sip_status(response) == 439 && r->outbound)
		r->outbound = false;
	else
		return false;
	r->changes++;
	return true;
}

/* Milliseconds until the next attempt after this failure; 0: as the failures
 * in a row say. */
static uint64_t
registrar_pause(const struct registrar *r, const struct sender_result *result)
{
	uint64_t now = loop_now(r->p.loop);
	int status = result->status;

	/* A refusal is hardly taken back soon. */
	if (result->response != NULL && status != 408 && status < 500)
		return r->p.config->retry_max * 1000;
	return result->not_before > now ? result->not_before - now : 0;
}

/* The job is over, with a final response or without one. */
static void
registrar_done(void *arg, const struct sender_result *result)
{
	struct registrar *r = arg;
	bool taken = result->response != NULL && result->status < 300;

	if (r->state == REGISTRAR_LEAVING)
		registrar_gone(r);
	else if (taken)
		registrar_took(r, result->response);
	else if (result->response != NULL &&
	    registrar_change_request(r, result->response))
		sender_job_again(r->job);
	else
		registrar_failed(r,
		    result->response != NULL ? result->why : result->cause,
		    result->response != NULL ? result->status : 0,
		    registrar_pause(r, result));
}

/* --- what is sent --------------------------------------------------------- */

static int
registrar_write(void *arg, const struct request *request,
    enum verdict_transport kind, const struct addr *local, struct buf *out,
    struct err *e)
{
	struct registrar *r = arg;
	bool leaving = r->state == REGISTRAR_LEAVING;
	struct buf contact = {0};
	int rc;

	binding_uri(&r->binding, kind, local, &contact);
	rc = request_start(out, request, kind, local, e);
	if (rc == 0)
		rc = request_addf(out, "Contact", e,
		    "<%s>%s;+sip.instance=\"<%s>\";expires=%llu",
		    (const char *)contact.p, r->outbound ? ";reg-id=1" : "",
		    r->binding.instance,
		    leaving ? 0ULL : (unsigned long long)r->asked);
	if (rc == 0)
		rc = request_add(out, "Supported",
		    r->outbound ? "path, outbound" : "path", e);
	if (rc == 0)
		rc = request_add(out, "Allow", request_allow, e);
	if (rc == 0)
		sip_finish(out, (struct span){NULL, 0});
	buf_free(&contact);
	return rc;
}

static void
registrar_due(void *arg)
{
	struct registrar *r = arg;

	switch (r->state) {
	case REGISTRAR_WAITING:
		registrar_move(r, REGISTRAR_TRYING);
		break;
	case REGISTRAR_REGISTERED:
		registrar_move(r, REGISTRAR_REFRESHING);
		break;
	case REGISTRAR_ENDING:
		registrar_move(r, REGISTRAR_LEAVING);
		sender_job_again(r->job);
		loop_timer_set(r->p.loop, &r->next, REGISTRAR_GOODBYE);
		break;
	case REGISTRAR_LEAVING:
		registrar_gone(r);
		break;
	case REGISTRAR_TRYING:
	case REGISTRAR_REFRESHING:
	case REGISTRAR_GONE:
		break;
	}
}

void
registrar_end(struct registrar *r)
{
	if (registrar_there(r)) {
		registrar_move(r, REGISTRAR_ENDING);
		return;
	}
	registrar_move(r, REGISTRAR_LEAVING);
	loop_timer_set(r->p.loop, &r->next, 0);
}

/* --- the connection ------------------------------------------------------- */

static void
registrar_ping_due(void *arg)
{
	struct registrar *r = arg;
	struct err e;

	if (transport_send(
		r->p.transport, &r->flow, span_str("\r\n\r\n"), &e) == -1)
		return;
	if (r->pongs)
		loop_timer_set(r->p.loop, &r->pong, REGISTRAR_PONG);
	else
		registrar_arm_ping(r);
}

static void
registrar_pong_due(void *arg)
{
	struct registrar *r = arg;
	struct err e;

	(void)err_set(&e, EX_UNAVAILABLE,
	    "the connection is dead: a keep-alive was not answered");
	/* Its end is told by registrar_lost. */
	transport_close(r->p.transport, &r->flow, &e);
}

void
registrar_pong(struct registrar *r, uint64_t flow)
{
	if (!registrar_there(r) || r->flow.flow != flow)
		return;
	r->pongs = true;
	if (r->pong.slot != 0)
		registrar_arm_ping(r);
}

/* While a REGISTER is under way, its own end tells. */
void
registrar_lost(struct registrar *r, uint64_t flow, const struct err *why)
{
	if (r->state != REGISTRAR_REGISTERED || r->flow.flow != flow)
		return;
	r->failures = 0;
	registrar_failed(r, why, 0, 0);
}
