/*
 * Receipts (RFC 5438): what they tell of our messages, and what is told to
 * contacts of theirs.
 */
#ifndef SIGNET_UI_CONFIRM_H
#define SIGNET_UI_CONFIRM_H

#include "ui/client_priv.h"

/* A message came in v, and is on the screen or not. Its sender gets the receipts
 * that the settings allow, if they are a contact. */
void confirm_came(struct client *c, struct conversation *v,
    const struct ua_message *m, bool seen);
/* All that came in v is on the screen now. */
void confirm_read(struct client *c, struct conversation *v);
/* A receipt came for a message of ours. */
void confirm_notice(struct client *c, const struct ua_notice *n);
/* Forgets the receipts that are due in v. */
void confirm_forget(struct conversation *v);

#endif
