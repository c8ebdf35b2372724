/*
 * The client on this terminal.
 */
#ifndef SIGNET_UI_CLIENT_H
#define SIGNET_UI_CLIENT_H

struct config;

/* What a client that has ended leaves to be done. */
enum client_next {
	CLIENT_ENDED,
	CLIENT_DEMO /* the first run's user asked for the demo */
};

/* The client, or the first run where there are no settings yet. Returns what
 * the process ends with, unless *next says that something else comes. */
int client_cmd(const struct config *c, enum client_next *next);
/* The same with a line above all, in a conversation with whom uri names. */
int client_with(const struct config *c, const char *banner, const char *uri);

#endif
