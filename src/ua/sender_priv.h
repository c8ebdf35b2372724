/*
 * The request sender's insides: private to src/ua/sender*.c.
 *
 * Each file calls those below it: sender.c makes jobs and starts them;
 * sender_answers.c decides what a response leads to; sender_targets.c resolves
 * and tries targets; sender_job.c moves a job from state to state.
 */
#ifndef SIGNET_SRC_UA_SENDER_PRIV_H
#define SIGNET_SRC_UA_SENDER_PRIV_H

#include "src/ua/auth.h"
#include "src/ua/sender.h"

enum {
	SENDER_TARGETS = 16, /* that are tried, of one URI */
	SENDER_CONTACTS = 8, /* that redirections may name, for one request */
	SENDER_REDIRECTIONS = 5, /* followed for one request */
	SENDER_AVOID = SIP_TIMER_F /* ms that a target that failed comes last */
};

struct sender {
	struct sender_parts p;
	struct auth **auths; /* of p.aors */
	transaction_fn *answered; /* sender_answered, for the targets */
	struct sender_job *jobs;
};

enum sender_state {
	SENDER_IDLE, /* nothing is under way */
	SENDER_HELD, /* the next try waits for sender_job_go */
	SENDER_DUE, /* the next try comes in the loop's next round */
	SENDER_RESOLVING,
	SENDER_OPENING, /* the request waits for its connection to open */
	SENDER_SENT /* it is on its way; a response is awaited */
};

/* How far the host of the Request-URI may ask for our password (401). */
enum sender_home {
	SENDER_FOREIGN,
	SENDER_HOME, /* it is the domain of the account */
	/* That domain redirected to it over TLS, so it may, over TLS alone. */
	SENDER_VOUCHED
};

struct sender_contact {
	char *uri;
	bool vouched;
};

struct sender_job {
	struct sender *s;
	struct sender_request q;
	struct auth *auth; /* of q.who, or NULL */
	enum sender_state state;
	char call_id[64], from_tag[17], branch[17];
	uint32_t cseq;
	char *uri; /* the Request-URI: q.uri, or where a redirection led */
	char *route; /* the value of a Route field, or NULL: straight there */
	enum sender_home home;
	struct auth_round round;
	/* Of redirections, in order; those before contact were tried. */
	struct sender_contact contacts[SENDER_CONTACTS];
	size_t contact, contact_count;
	unsigned redirections;

	struct target *targets;
	size_t count, target; /* target: the one that is tried */
	struct flow_ref by; /* see sender_job_by; by.flow 0: none */
	struct flow_ref flow;
	struct addr local; /* our address on flow */
	uint64_t rival; /* a flow that races it (RFC 8305), or 0 */
	struct resolve_query *query;
	struct client_transaction *transaction;

	bool retried; /* a target that may have got it has failed */
	int status; /* of a response after which it went on, or 0 */
	char *phrase; /* of that, or NULL */
	uint64_t not_before; /* ms: a server's Retry-After */
	struct err_kept cause; /* the failure that tells a person most */

	struct loop_timer step, race;
	struct sender_job *prev, *next;
};

/* By our proxy, else, with service_route, as the registrar wants it now, else
 * straight there. Appends the value of a Route field; nothing for the last. */
enum sender_way sender_route(
    const struct sender *s, bool service_route, struct buf *route);

/* Moves a job to a state: what belongs to the one it leaves is given up. */
void sender_move(struct sender_job *j, enum sender_state to);
/* Goes back to the state before the first target, for this Request-URI. The
 * identity stays. */
void sender_start_over(
    struct sender_job *j, const char *uri, enum sender_home home);
/* Ends it. j may be gone after this. why: of the response, or NULL: the cause
 * of all tries. */
void sender_finish(struct sender_job *j, const struct sip_msg *response,
    const struct err *why);
/* Takes a cause down, unless one that tells more is there. */
void sender_note(struct sender_job *j, const struct err *why);

/* Goes on with the target that is due, or resolves first. */
void sender_try(struct sender_job *j);
/* Leaves the current target for the next one; it comes last for so many
 * milliseconds. */
void sender_next_target(
    struct sender_job *j, const struct err *why, uint64_t avoid);
/* Goes to the next contact of a redirection. False when there is none. */
bool sender_next_contact(struct sender_job *j);
void sender_forget_contacts(struct sender_job *j);
/* The next address was too slow (timer). */
void sender_race(void *arg);

/* Returns whether the account's credentials may be shown to the next hop by
 * kind. */
bool sender_may_show(const struct sender_job *j, enum verdict_transport kind);

/* A transaction_fn: what a response, or its absence, leads to. */
void sender_answered(
    void *arg, const struct sip_msg *response, const struct err *why);

#endif
