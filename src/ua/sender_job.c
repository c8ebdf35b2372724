/*
 * A job's moves from state to state, and its end.
 */
#include "src/ua/sender_priv.h"

#include <stdlib.h>

#include "src/base/digest.h"

void
sender_move(struct sender_job *j, enum sender_state to)
{
	struct loop *loop = j->s->p.loop;

	switch (j->state) {
	case SENDER_IDLE:
	case SENDER_HELD:
		break;
	case SENDER_DUE:
		loop_timer_del(loop, &j->step);
		break;
	case SENDER_RESOLVING:
		resolve_cancel(j->query);
		j->query = NULL;
		break;
	case SENDER_OPENING:
	case SENDER_SENT:
		loop_timer_del(loop, &j->race);
		j->rival = 0;
		if (to != SENDER_SENT) {
			transaction_abandon(j->transaction);
			j->transaction = NULL;
		}
		break;
	}
	j->state = to;
	if (to == SENDER_DUE)
		loop_timer_set(loop, &j->step, 0);
}

/* Forgets where it was tried. Its identity stays. */
void
sender_start_over(struct sender_job *j, const char *uri, enum sender_home home)
{
	char *copy = xstrdup(uri);

	free(j->uri);
	j->uri = copy;
	j->home = home;
	j->round = (struct auth_round){0};
	j->count = j->target = 0;
}

void
sender_job_stop(struct sender_job *j)
{
	sender_move(j, SENDER_IDLE);
	sender_forget_contacts(j);
}

/* --- contacts of redirections --------------------------------------------- */

bool
sender_next_contact(struct sender_job *j)
{
	const struct sender_contact *c = &j->contacts[j->contact];

	if (j->contact >= j->contact_count)
		return false;
	j->contact++;
	sender_start_over(
	    j, c->uri, c->vouched ? SENDER_VOUCHED : SENDER_FOREIGN);
	random_hex(j->branch, 16);
	sender_move(j, SENDER_DUE);
	return true;
}

void
sender_forget_contacts(struct sender_job *j)
{
	for (size_t i = 0; i < j->contact_count; i++)
		free(j->contacts[i].uri);
	j->contact = j->contact_count = 0;
}

/* --- causes, and the end -------------------------------------------------- */

/* How much a cause tells a person: a refused certificate is not hidden by
 * the next address being down. */
static int
sender_weight(int exit)
{
	return exit == EX_NOPERM  ? 3
	    : exit == EX_PROTOCOL ? 2
	    : exit == EX_TEMPFAIL ? 1
				  : 0;
}

void
sender_note(struct sender_job *j, const struct err *why)
{
	struct err cause = *why;
	char at[TARGET_TEXT];

	if (j->cause.exit != 0 &&
	    sender_weight(why->exit) < sender_weight(j->cause.exit))
		return;
	if (j->target < j->count) {
		target_text(&j->targets[j->target], at);
		(void)err_in(&cause, "%s", at);
	}
	err_keep(&j->cause, &cause);
}

void
sender_finish(
    struct sender_job *j, const struct sip_msg *response, const struct err *why)
{
	struct err cause;
	char *phrase = response != NULL ? xstrndup(sip_reason(response))
	    : j->phrase != NULL         ? xstrdup(j->phrase)
					: xstrdup("");
	struct sender_result result = {.response = response,
	    .status = response != NULL ? sip_status(response) : j->status,
	    .phrase = phrase,
	    .not_before = j->not_before,
	    .why = why != NULL ? why : &cause,
	    .cause = &cause};

	err_recall(&j->cause, &cause);
	sender_job_stop(j);
	j->q.done(j->q.arg, &result);
	free(phrase);
}

bool
sender_may_show(const struct sender_job *j, enum verdict_transport kind)
{
	if (j->auth == NULL || j->by.flow != 0)
		return false;
	return j->route != NULL || j->home == SENDER_HOME ||
	    (j->home == SENDER_VOUCHED && kind == TRANSPORT_TLS);
}
