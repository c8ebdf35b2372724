/*
 * The outbox's insides: private to src/outbox*.c.
 */
#ifndef SIGNET_SRC_UA_OUTBOX_PRIV_H
#define SIGNET_SRC_UA_OUTBOX_PRIV_H

#include "src/ua/message.h"
#include "src/ua/outbox.h"

enum {
	OUTBOX_TARGETS = 16,
	OUTBOX_CONTACTS = 8 /* ways that redirections may name, for one
	                     * message */
};

/* A message, from ua_send to its end. */
struct letter {
	uint64_t id;
	char *text; /* wiped when it has gone: it may be meant to be sealed */
	size_t text_len;
	bool sign, encrypt;
	const struct form *form; /* borrowed, or NULL */
	char *at; /* the one target, or NULL: where the URI leads */
	uint64_t deadline; /* ms, or UINT64_MAX: when every target failed */
	struct letter *next;
};

/* A URI that messages go to, and the one that is under way. */
struct lane {
	struct outbox *o;
	char *to; /* as it was given */
	char *asked_uri; /* the same with its scheme, as a URI */
	char *request_uri; /* that, or where a redirection led */
	char *to_uri; /* the AOR alone, for the To header field */
	struct letter *first, *last;
	/* of the message under way */
	bool under_way;
	struct smime_body body;
	char call_id[64], from_tag[17], branch[17];
	uint32_t cseq;
	struct auth_round round;
	char *contacts[OUTBOX_CONTACTS]; /* of redirections, in order */
	size_t contact, contact_count; /* those before contact were tried */
	char *routes; /* a Route value, or NULL: straight there */
	bool ours; /* the first to be asked is our registrar or proxy */
	struct resolve_query *query;
	struct client_transaction *transaction;
	struct route route; /* its way */
	uint64_t rival; /* a flow that races it (RFC 8305), or 0 */
	size_t target; /* the one that is tried */
	bool tried; /* a target, at all */
	bool left; /* that was told, since it last waited */
	bool sent; /* to the current one: its connection was open */
	bool retried; /* one that may have got it has failed */
	bool waiting; /* every target failed; it is tried again later */
	unsigned failures;
	uint64_t not_before; /* ms: a server's Retry-After */
	int status; /* of an answer after which it goes on, or 0 */
	char phrase[64];
	struct err why; /* what tells most of why targets failed */
	struct err waits; /* why it waits, as it was told; exit 0: it was not */
	/* where it goes */
	struct target targets[OUTBOX_TARGETS];
	size_t count;
	struct loop_timer step; /* goes on in a round of its own, or later */
	struct loop_timer expiry;
	struct loop_timer race;
	struct lane *next;
};

struct outbox {
	struct outbox_parts p;
	struct lane *lanes;
	size_t count;
	uint64_t ids;
	size_t waiting;
};

/* The end of the message under way; why->exit 0: it got there. status 0:
 * there was no answer. */
void lane_end(
    struct lane *l, int status, const char *phrase, const struct err *why);

/* Tells what becomes of the message under way. */
void lane_tell(
    const struct lane *l, enum ua_event_type what, const struct err *why);

/* Seals the first message and sends it on its way. */
void lane_begin(struct lane *l);
/* Goes on with the message under way. */
void lane_go_on(struct lane *l);
/* Forgets who was asked, and contacts. */
void lane_stop(struct lane *l);
void lane_forget_contacts(struct lane *l);
/* The next address was too slow (timer). */
void lane_race(void *arg);

/* What a final answer says: the status that send ends with, and words. A 482
 * to a retry means that the first message got there. */
int answer_explain(const struct sip_msg *m, bool retried, struct err *why);

#endif
