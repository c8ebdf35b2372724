/*
 * Keeps histories readable while the keys that open them change.
 */
#ifndef SIGNET_SRC_STORE_KEY_WATCH_H
#define SIGNET_SRC_STORE_KEY_WATCH_H

#include "src/app/config.h"

struct keystore;

struct key_watch {
	bool removes, force; /* for the caller to set: the keys go, and their
	                      * history with them */
	/* private: */
	const struct config *c;
	struct keystore *ks;
	struct key_watch_held *held;
	struct buf lost; /* what a removal loses */
};
/* Watches over the changes of ks up to key_watch_end: one of a key that opens a
 * history wraps the history's key for the next one first, which may ask for the
 * old one's passphrase. Where that fails the change is refused; so is the
 * removal of the last key that opens a history, without force. */
void key_watch_begin(
    struct key_watch *w, const struct config *c, struct keystore *ks);
/* done: the changes were made. Calls fn with a line for each history that is
 * lost by them. */
void key_watch_end(struct key_watch *w, bool done,
    void (*fn)(void *arg, const char *line), void *arg);

#endif
