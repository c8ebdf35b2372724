/*
 * What each message of a flow is called in a saved folder: our requests, what
 * each was answered with, and what else went over the wire.
 */
#ifndef SIGNET_SRC_FLOWS_PAIR_H
#define SIGNET_SRC_FLOWS_PAIR_H

#include "src/flows/flows_priv.h"

enum { FLOWS_PAIR_NAME = 80 };

struct flows_pair;

/* flow is its name, borrowed. For flows_pair_free. */
struct flows_pair *flows_pair_new(const char *flow);
void flows_pair_free(struct flows_pair *p);

/* Puts the next message's name, in the order of the wire; ev is borrowed until
 * the end. Our requests are NAME-request.sip, NAME-request2.sip; the final
 * response to each (by Via branch and CSeq) has its number, and provisional
 * ones count for themselves. All else is NAME-other.sip, NAME-other2.sip.
 * False: it is not to be saved, being one that was sent again, or one more
 * than a peer in its right mind sends. */
bool flows_pair_next(struct flows_pair *p, const struct flows_event *ev,
    char out[FLOWS_PAIR_NAME]);

#endif
