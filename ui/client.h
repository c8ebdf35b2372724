/*
 * The client: one person chats, on a terminal. An owner of the user agent
 * like any other.
 */
#ifndef SIGNET_UI_CLIENT_H
#define SIGNET_UI_CLIENT_H

#include "../src/verbs.h"

/* Runs it with what settings there are, who is known; banner is a line above
 * all, or NULL. */
int client_run(const struct config *config, const char *banner);

#endif
