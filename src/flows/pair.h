/*
 * Names the messages of a flow for a saved folder: our requests, their
 * responses, and all other messages.
 */
#ifndef SIGNET_SRC_FLOWS_PAIR_H
#define SIGNET_SRC_FLOWS_PAIR_H

#include "src/flows/flows_priv.h"

enum { FLOWS_PAIR_NAME = 80 };

struct flows_pair;

/* flow is the flow's name, borrowed. For flows_pair_free. */
struct flows_pair *flows_pair_new(const char *flow);
void flows_pair_free(struct flows_pair *p);

/* Puts the name of the next message, in the order of the wire; ev is borrowed
 * until flows_pair_free. Our requests are NAME-request.sip, NAME-request2.sip
 * and so on; the final response to each (by Via branch and CSeq) has its
 * number. Provisional responses have numbers of their own, and so do all
 * others: NAME-other.sip, NAME-other2.sip. Returns false for a message that is
 * not to be saved: a retransmission, or one above the limit. */
bool flows_pair_next(struct flows_pair *p, const struct flows_event *ev,
    char out[FLOWS_PAIR_NAME]);

#endif
