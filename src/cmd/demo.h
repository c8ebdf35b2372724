/*
 * Two parts of the demo: the peer (kumiko), which answers messages in a process
 * of its own, and the play, for output that is not a terminal.
 */
#ifndef SIGNET_SRC_CMD_DEMO_H
#define SIGNET_SRC_CMD_DEMO_H

#include "src/app/config.h"

struct demo_peer {
	const struct config *config;
	const char *user_uri; /* its answers go there */
	int alive; /* a pipe that closes when the parent has ended */
	int ready; /* a pipe that gets one byte once the peer listens */
	bool greets; /* it sends a first message */
};

/* Runs the peer until alive closes. Returns the process's exit status. */
int demo_peer(const struct demo_peer *with);

/* Sends a few messages to the peer, and prints them as they go over the
 * wire. */
int demo_play(const struct config *config, const char *to, struct err *e);

#endif
