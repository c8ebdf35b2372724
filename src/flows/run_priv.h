/*
 * A run of one flow. Private to src/flows/run.c, settle.c and keep.c.
 */
#ifndef SIGNET_SRC_FLOWS_RUN_PRIV_H
#define SIGNET_SRC_FLOWS_RUN_PRIV_H

#include "src/flows/flows_priv.h"
#include "src/show/ssldump.h"
#include "src/ua/agent.h"

/* --- the two sides (settle.c) --------------------------------------------- */

struct flows_sides {
	struct config ours, theirs; /* theirs is unused with a peer */
	struct flows_format format; /* of both */
	char *to; /* URI of the recipient */
	char *proxy; /* of ours, with a peer; or NULL */
	char *names; /* the seed of the next message, or NULL */
};

/* Fills in the settings of each side, and r->draft. Free with
 * flows_unsettle. */
void flows_settle(
    const struct flows *f, struct flows_run *r, struct flows_sides *out);
void flows_unsettle(const struct flows *f, struct flows_sides *s);
/* Sets the seed of the number-th message, so that each has its own names. */
void flows_name(const struct flows *f, const struct flows_run *r,
    unsigned number, struct flows_sides *s);
/* Returns whether the flow uses UDP, as the draft's messages in section 6
 * do. */
bool flows_by_udp(const struct flows_run *r);

/* --- recorded events (keep.c) --------------------------------------------- */

struct flows_keeper {
	struct flows_run *r;
	struct ssldump *dump;
	bool same; /* leave out what differs by chance between runs */
	uint64_t open; /* the connection (flow) that is open */
	/* A request that waits for its connection; none if head is empty. */
	struct flows_event early;
	size_t bytes; /* recorded */
};

void flows_keep_begin(struct flows_keeper *k, struct flows_run *r, bool same);
/* Returns false, and records nothing, above the limits of a flow. */
bool flows_keep(struct flows_keeper *k, const struct ua_wire *w);
void flows_keep_end(struct flows_keeper *k);

#endif
