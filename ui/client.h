/*
 * The client on this terminal.
 */
#ifndef SIGNET_UI_CLIENT_H
#define SIGNET_UI_CLIENT_H

struct config;

/* The next step after the client has ended. */
enum client_next {
	CLIENT_ENDED,
	CLIENT_DEMO /* the user of the setup asked for the demo */
};

/* Runs the client, or the setup where there are no settings yet. Returns the
 * exit code of the process; with *next set, something else comes first. */
int client_cmd(const struct config *c, enum client_next *next);
/* Runs the client with a line at the top of the screen (or NULL) and, unless
 * uri is NULL, an open conversation with uri. */
int client_with(const struct config *c, const char *banner, const char *uri);

#endif
