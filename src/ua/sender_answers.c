/*
 * Responses: challenges answered, redirections followed, other targets tried;
 * else the request has ended.
 */
#include <stdlib.h>
#include <string.h>

#include "src/base/digest.h"
#include "src/sip/sip_lists.h"
#include "src/ua/sender_priv.h"

/* --- redirections (RFC 3261, 8.1.3.4) ------------------------------------- */

static bool
sender_is_known_contact(const struct sender_job *j, struct span uri)
{
	if (span_is(uri, j->uri))
		return true;
	for (size_t i = 0; i < j->contact_count; i++)
		if (span_is(uri, j->contacts[i].uri))
			return true;
	return false;
}

/* Returns whether a redirection to uri may be followed: it is a SIP URI that
 * was not tried yet, and it does not lead from sips to sip. */
static bool
sender_may_follow(const struct sender_job *j, struct span uri)
{
	struct uri parts;
	struct err e;

	return uri_parse(uri, &parts, &e) == 0 && parts.headers.n == 0 &&
	    (parts.sips || !span_starts_nocase(span_str(j->q.to), "sips:")) &&
	    !sender_is_known_contact(j, uri);
}

/* Returns whether the response came from the domain of the account, over TLS
 * whose certificate names that domain. */
static bool
sender_is_vouching(const struct sender_job *j)
{
	return j->home == SENDER_HOME && j->flow.kind == TRANSPORT_TLS &&
	    host_equal(
		span_str(j->targets[j->target].host), span_str(j->q.who->host));
}

/* Takes down the contacts of a redirection, the best first. A loop ends, since
 * contacts and redirections of one request are counted. */
static void
sender_add_contacts(struct sender_job *j, const struct sip_msg *response)
{
	struct sip_contact c, all[SENDER_CONTACTS];
	struct sip_contacts walk = {0, 0};
	bool vouched = sender_is_vouching(j);
	size_t count = 0, at;

	if (j->redirections++ >= SENDER_REDIRECTIONS)
		return;
	while (
	    count < SENDER_CONTACTS && sip_contact_next(response, &walk, &c)) {
		for (at = count++; at > 0 && all[at - 1].q < c.q; at--)
			all[at] = all[at - 1];
		all[at] = c;
	}
	for (size_t i = 0; i < count; i++)
		if (j->contact_count < SENDER_CONTACTS &&
		    sender_may_follow(j, all[i].uri))
			j->contacts[j->contact_count++] =
			    (struct sender_contact){
				xstrndup(all[i].uri), vouched};
}

/* --- challenges (RFC 3261, 22) -------------------------------------------- */

/* A challenge is answered where it may be. A 401 is the called server
 * speaking, which is our registrar in our own domain alone. */
static void
sender_challenged(struct sender_job *j, const struct sip_msg *response,
    const struct err *refusal)
{
	enum verdict_transport kind = j->flow.kind;
	struct err e = *refusal;
	bool raised;

	if (!sender_may_show(j, kind) ||
	    (sip_status(response) == 401 && j->home == SENDER_FOREIGN)) {
		(void)err_set(&e, EX_NOPERM,
		    "%s; a password is given to our own registrar and proxy "
		    "alone",
		    refusal->text);
		(void)err_because(&e, CAUSE_FOREIGN, NULL);
		sender_finish(j, response, &e);
		return;
	}
	if (auth_challenged(j->auth, &j->round, response, kind == TRANSPORT_TLS,
		&e) == -1) {
		sender_finish(j, response, &e);
		return;
	}
	/* The first challenge alone raises CSeq, and none does after a failure:
	 * the request may have got there already, and another number would be
	 * shown as another message, whatever 22.2 says. */
	raised = !j->q.repeatable && j->cause.exit == 0 && !j->retried &&
	    j->cseq == 1;
	if (raised)
		j->cseq++;
	random_hex(j->branch, 16);
	if (raised && j->q.renumbered != NULL && j->q.renumbered(j->q.arg))
		sender_move(j, SENDER_HELD);
	else
		sender_move(j, SENDER_DUE);
}

/* --- responses ------------------------------------------------------------ */

/* Returns whether another target may do what this one could not (RFC 3263,
 * 4.3). */
static bool
sender_is_elsewhere(const struct sender_job *j, int status)
{
	return status == 503 ||
	    (j->q.repeatable && (status == 408 || status >= 500));
}

/* The response is kept, in case that nothing better comes. */
static void
sender_keep_response(struct sender_job *j, const struct sip_msg *response)
{
	uint64_t wait = sip_retry_after(response, 0);

	j->status = sip_status(response);
	free(j->phrase);
	j->phrase = xstrndup(sip_reason(response));
	if (wait != 0)
		j->not_before = loop_now(j->s->p.loop) + wait;
	/* A 408 tells no more than silence would. */
	j->retried = j->retried || j->status == 408;
}

static void
sender_refused(struct sender_job *j, const struct sip_msg *response,
    const struct err *words)
{
	int status = sip_status(response);
	uint64_t wait = sip_retry_after(response, 0);

	sender_keep_response(j, response);
	if (sender_is_elsewhere(j, status) && j->target + 1 < j->count) {
		sender_next_target(j, words, wait != 0 ? wait : SENDER_AVOID);
		return;
	}
	if (status == 503)
		resolver_avoid(j->s->p.resolver, &j->targets[j->target],
		    wait != 0 ? wait : SENDER_AVOID);
	if (status < 600 && sender_next_contact(j))
		return;
	sender_note(j, words);
	sender_finish(j, response, words);
}

void
sender_answered(
    void *arg, const struct sip_msg *response, const struct err *why)
{
	struct sender_job *j = arg;
	struct err words = {0};
	int status;

	if (response != NULL && sip_status(response) < 200)
		return;
	j->transaction = NULL;
	if (response == NULL) {
		j->status = 0;
		free(j->phrase);
		j->phrase = NULL;
		j->retried = j->retried || j->state == SENDER_SENT;
		sender_next_target(j, why, SENDER_AVOID);
		return;
	}
	status = sip_status(response);
	j->q.explain(j->q.arg, response, j->retried, &words);
	if (status >= 300 && status < 400)
		sender_add_contacts(j, response);
	if (status < 300 && j->auth != NULL)
		auth_taken(j->auth, &j->round);
	if (status == 401 || status == 407)
		sender_challenged(j, response, &words);
	else if (status < 300)
		sender_finish(j, response, &words);
	else
		sender_refused(j, response, &words);
}
