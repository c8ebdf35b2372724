/*
 * A run of one flow, as its files see it. Private to src/flows_run.c,
 * flows_settle.c and flows_keep.c.
 */
#ifndef SIGNET_SRC_FLOWS_RUN_PRIV_H
#define SIGNET_SRC_FLOWS_RUN_PRIV_H

#include "src/flows/flows_priv.h"
#include "src/show/ssldump.h"
#include "src/ua/ua.h"

/* --- the two sides (flows_settle.c) ---------------------------------------- */

struct flows_sides {
	struct config ours, theirs; /* theirs not with a peer */
	struct flows_format format; /* how both write */
	char to[600]; /* whom it is sent to */
	char proxy[600], names[300];
};

/* Fills in how each side is set up, and r->draft. For flows_unsettle. */
void flows_settle(
    const struct flows *f, struct flows_run *r, struct flows_sides *out);
void flows_unsettle(const struct flows *f, struct flows_sides *s);
/* Names the number-th message: the second of a flow is another one. */
void flows_name(const struct flows *f, const struct flows_run *r,
    unsigned number, struct flows_sides *s);
/* Whether it goes by UDP, as the draft's sections 6.x did. */
bool flows_by_udp(const struct flows_run *r);

/* --- what is kept (flows_keep.c) ------------------------------------------------ */

struct flows_keeper {
	struct flows_run *r;
	struct ssldump *dump;
	bool same; /* what is chance is left out */
	uint64_t open; /* the flow that is */
	/* A request that waits for its connection; without a head: none. */
	struct flows_event early;
	size_t bytes; /* that are kept */
};

void flows_keep_begin(struct flows_keeper *k, struct flows_run *r, bool same);
/* False when it is too much, and nothing more is kept. */
bool flows_keep(struct flows_keeper *k, const struct ua_wire *w);
void flows_keep_end(struct flows_keeper *k);

#endif
