/*
 * The client's history: it is opened, and messages that wait go on in the next
 * run.
 */
#ifndef SIGNET_UI_CLIENT_HISTORY_H
#define SIGNET_UI_CLIENT_HISTORY_H

#include "ui/client_priv.h"

/* Opens the history, as the settings say. Where that fails a line says why, and
 * the client runs without. Called before ua_listen. */
void client_history_open(struct client *c);
/* Writes what has to be, and closes it. */
void client_history_close(struct client *c);
/* Opens the conversations with what was not read in earlier runs. */
void client_history_unread(struct client *c);
/* Takes up what waits in the history. */
void client_history_resume(struct client *c);
/* A message of an earlier run waits again. */
void client_history_resumed(struct client *c, const struct ua_sent *sent);

#endif
