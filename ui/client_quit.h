/*
 * How the client ends.
 */
#ifndef SIGNET_UI_CLIENT_QUIT_H
#define SIGNET_UI_CLIENT_QUIT_H

#include "ui/client_priv.h"

/* Prepares the timer that ends the loop. */
void client_quit_init(struct client *c);
/* Quits on the user's request. While messages have no answer yet, the first
 * request only warns, in the bar. */
void client_quit(struct client *c);
/* Quits without asking: saves the contacts, refuses new messages and gives
 * what is under way 1.5 seconds. A second call ends at once. */
void client_quit_now(struct client *c);

#endif
