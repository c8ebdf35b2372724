#include "src/ua/sender_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/digest.h"
#include "src/sip/sip_lists.h"

/* --- the sender ----------------------------------------------------------- */

struct sender *
sender_new(const struct sender_parts *parts)
{
	struct sender *s = xcalloc(1, sizeof(*s));

	s->p = *parts;
	s->answered = sender_answered;
	s->auths = xcalloc(parts->aor_count + 1, sizeof(struct auth *));
	for (size_t i = 0; i < parts->aor_count; i++)
		s->auths[i] = auth_new(
		    parts->config, &parts->aors[i], parts->refused, parts->arg);
	return s;
}

void
sender_free(struct sender *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->p.aor_count; i++)
		auth_free(s->auths[i]);
	free(s->auths);
	free(s);
}

static struct auth *
sender_find_auth(const struct sender *s, const struct aor *who)
{
	for (size_t i = 0; i < s->p.aor_count; i++)
		if (&s->p.aors[i] == who)
			return s->auths[i];
	return NULL;
}

int
sender_password(struct sender *s, const struct aor *who, struct err *e)
{
	return auth_password(sender_find_auth(s, who), e);
}

void
sender_ask_nobody(struct sender *s)
{
	for (size_t i = 0; i < s->p.aor_count; i++)
		auth_ask_nobody(s->auths[i]);
}

void
sender_type_password(struct sender *s, const struct aor *who, struct span typed)
{
	auth_type(sender_find_auth(s, who), typed);
}

void
sender_forget_password(struct sender *s, const struct aor *who)
{
	auth_forget_password(sender_find_auth(s, who));
}

enum sender_way
sender_hop(const struct sender *s, const char *uri, struct buf *hop)
{
	struct buf route = {0};
	enum sender_way way = sender_route(s, true, &route);

	buf_addspan(hop,
	    way == SENDER_STRAIGHT ? span_str(uri)
				   : sip_route_first(span_buf(&route)));
	buf_free(&route);
	return way;
}

struct resolve_query *
sender_resolve(
    struct sender *s, const struct uri *hop, resolve_fn *fn, void *arg)
{
	return resolve_uri(s->p.resolver, hop, 0, fn, arg);
}

/* --- a job's life --------------------------------------------------------- */

/* Call-ID, From tag and branch come of one draw: each costs OpenSSL's generator
 * two system calls. */
static void
sender_make_identity(struct sender_job *j)
{
	const struct ua_format *f = j->s->p.format;
	char drawn[65];

	f->name(f->arg, "message", drawn, 64);
	memcpy(j->call_id, drawn, 32);
	memcpy(j->from_tag, drawn + 32, 16);
	memcpy(j->branch, drawn + 48, 16);
}

/* One that was tried before may have got there. */
static void
sender_take_identity(
    struct sender_job *j, const struct sender_identity *identity)
{
	(void)snprintf(j->call_id, sizeof(j->call_id), "%s", identity->call_id);
	(void)snprintf(
	    j->from_tag, sizeof(j->from_tag), "%s", identity->from_tag);
	j->cseq = identity->cseq;
	j->retried = true;
}

static void
sender_step_due(void *arg)
{
	sender_try(arg);
}

struct sender_job *
sender_job_new(struct sender *s, const struct sender_request *request)
{
	struct sender_job *j = xcalloc(1, sizeof(*j));

	j->s = s;
	j->q = *request;
	j->auth = sender_find_auth(s, request->who);
	j->cseq = request->repeatable ? 0 : 1;
	sender_make_identity(j);
	if (request->identity != NULL)
		sender_take_identity(j, request->identity);
	j->q.identity = NULL;
	j->step = (struct loop_timer){.fn = sender_step_due, .arg = j};
	j->race = (struct loop_timer){.fn = sender_race, .arg = j};
	j->next = s->jobs;
	if (j->next != NULL)
		j->next->prev = j;
	s->jobs = j;
	return j;
}

void
sender_job_free(struct sender_job *j)
{
	if (j == NULL)
		return;
	if (j->prev != NULL)
		j->prev->next = j->next;
	else
		j->s->jobs = j->next;
	if (j->next != NULL)
		j->next->prev = j->prev;
	sender_job_stop(j);
	free(j->targets);
	free(j->phrase);
	err_kept_free(&j->cause);
	free(j->route);
	free(j->uri);
	free(j);
}

/* Returns whether the Request-URI is in the domain of the account. */
static enum sender_home
sender_first_home(const struct sender_job *j)
{
	struct uri uri;
	struct err e;

	return j->q.who != NULL &&
		uri_parse(span_str(j->q.uri), &uri, &e) == 0 &&
		host_equal(uri.host, span_str(j->q.who->host))
	    ? SENDER_HOME
	    : SENDER_FOREIGN;
}

void
sender_job_by(struct sender_job *j, const struct flow_ref *flow)
{
	j->by = flow != NULL ? *flow : (struct flow_ref){.flow = 0};
}

void
sender_job_start(struct sender_job *j)
{
	bool first = j->uri == NULL;

	sender_job_stop(j);
	sender_start_over(j, j->q.uri, sender_first_home(j));
	if (!first)
		random_hex(j->branch, 16);
	if (j->q.repeatable)
		err_kept_free(&j->cause);
	j->redirections = 0;
	sender_try(j);
}

void
sender_job_again(struct sender_job *j)
{
	sender_job_stop(j);
	/* A redirection holds until the next refresh. */
	if (j->uri == NULL || j->redirections > 0 || j->count == 0) {
		sender_start_over(j, j->q.uri, sender_first_home(j));
		j->redirections = 0;
	}
	j->round = (struct auth_round){0};
	err_kept_free(&j->cause);
	if (j->count > 0 && j->target >= j->count)
		j->target = 0;
	random_hex(j->branch, 16);
	sender_move(j, SENDER_DUE);
}

/* --- what others ask ------------------------------------------------------ */

bool
sender_job_busy(const struct sender_job *j)
{
	return j->state != SENDER_IDLE;
}

const char *
sender_job_call_id(const struct sender_job *j)
{
	return j->call_id;
}

void
sender_job_target(const struct sender_job *j, char out[TARGET_TEXT])
{
	out[0] = '\0';
	if (j->count > 0)
		target_text(&j->targets[j->target < j->count ? j->target
							     : j->count - 1],
		    out);
}

struct sender_identity
sender_job_identity(const struct sender_job *j)
{
	return (struct sender_identity){j->call_id, j->from_tag, j->cseq};
}

void
sender_job_go(struct sender_job *j)
{
	if (j->state == SENDER_HELD)
		sender_move(j, SENDER_DUE);
}

const struct flow_ref *
sender_job_flow(const struct sender_job *j)
{
	return &j->flow;
}

const struct addr *
sender_job_local(const struct sender_job *j)
{
	return &j->local;
}
