/*
 * Messages of ours that asked for receipts, so that a receipt (RFC 5438) finds
 * its message: those of this run, the newest 4,096.
 */
#ifndef SIGNET_SRC_UA_RECEIPTS_H
#define SIGNET_SRC_UA_RECEIPTS_H

#include "src/store/store.h"

struct receipts;

/* A message that was sent. */
struct receipts_msg {
	const char *message_id; /* of at most 64 bytes */
	const char *peer; /* the recipient's aor.key */
	uint64_t id, row; /* as in ua_sent */
	bool sign, encrypt; /* a receipt counts if it has as much */
	enum store_state state; /* ACCEPTED, DELIVERED or DISPLAYED: what is
	                         * known of it so far; SENT: nothing */
};

struct receipts *receipts_new(void);
void receipts_free(struct receipts *r);

/* Remembers a message; strings are copied. One that is there is replaced. */
void receipts_add(struct receipts *r, const struct receipts_msg *m);
/* The message with that id has ended in a state: it got there, or a server keeps
 * it. */
void receipts_ended(struct receipts *r, uint64_t id, enum store_state state);
/* Finds the message to peer with that Message-ID, or NULL. Valid until the next
 * receipts_add. */
struct receipts_msg *receipts_find(
    struct receipts *r, const char *peer, const char *message_id);

#endif
