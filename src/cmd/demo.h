/*
 * The demo's two other parts: kumiko, who answers what she is told, in a
 * process of her own; and a play for where there is no terminal.
 */
#ifndef SIGNET_SRC_CMD_DEMO_H
#define SIGNET_SRC_CMD_DEMO_H

#include "src/app/config.h"

struct demo_peer {
	const struct config *config;
	const char *user_uri; /* where her answers go */
	int alive; /* a pipe that closes when whom she talks with is gone */
	int ready; /* a pipe that gets one byte once she listens */
	bool greets; /* she speaks first */
};

/* Runs kumiko until alive closes. Returns the process's exit status. */
int demo_peer(const struct demo_peer *with);

/* Says a few lines to kumiko, and prints all that goes over the wire. */
int demo_play(const struct config *config, const char *to, struct err *e);

#endif
