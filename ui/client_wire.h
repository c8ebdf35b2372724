/*
 * The wire view in the client: F2 and /wire.
 */
#ifndef SIGNET_UI_CLIENT_WIRE_H
#define SIGNET_UI_CLIENT_WIRE_H

#include "ui/client_priv.h"

/* Opens it on the trace of the current conversation, which it shows until it is
 * closed: no conversation is left or closed meanwhile. */
void client_wire_open(struct client *c);
void client_wire_key(struct client *c, const struct screen_key *key);
void client_wire_draw(struct client *c, int rows);
/* Writes the trace of the current conversation to a new file (0600).
 * EX_CANTCREAT. */
int client_wire_save(struct client *c, const char *path, struct err *e);

#endif
