/*
 * Keeps histories readable while the verb `keys` changes the keys that open
 * them.
 */
#ifndef SIGNET_SRC_CMD_KEYS_HISTORY_H
#define SIGNET_SRC_CMD_KEYS_HISTORY_H

#include "src/app/config.h"

struct keys_history {
	bool removes, force; /* for the caller to set: the keys go, and their
	                      * history with them */
	/* private: */
	const struct config *c;
	struct keystore *ks;
	struct history_held *held;
	struct buf lost; /* what a removal loses */
};
/* Watches over the changes of ks up to keys_history_end: one of a key that opens
 * a history wraps the history's key for the next one first, which may ask for
 * the old one's passphrase. Where that fails the change is refused; so is the
 * removal of the last key that opens a history, without force. */
void keys_history_watch(
    struct keys_history *h, const struct config *c, struct keystore *ks);
/* done: the changes were made. Says then which histories are lost by them. */
void keys_history_end(struct keys_history *h, bool done);

#endif
