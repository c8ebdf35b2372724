/*
 * The SIP password: telling that it was refused, and having it typed again in a
 * field that hides it.
 */
#ifndef SIGNET_UI_CLIENT_PASSWORD_H
#define SIGNET_UI_CLIENT_PASSWORD_H

#include "ui/client_priv.h"

/* Tells that the password of an address was refused or is missing, and what a
 * person can do: a UA_PASSWORD. */
void client_password_refused(struct client *c, const struct ua_event *ev);

/* Opens the field for the password of the address in word or, with an empty
 * word, of the one that was refused last, else the first. A password of a
 * command or file is read again instead. False, with a notice, where word is no
 * address of ours. */
bool client_password_ask(struct client *c, struct span word);
/* A key for the open field. Enter hands the password to the user agent. */
void client_password_key(struct client *c, const struct screen_key *key);

#endif
