/*
 * Meeting people: introductions that come, and ours that go.
 */
#ifndef SIGNET_UI_CLIENT_MEET_H
#define SIGNET_UI_CLIENT_MEET_H

#include "ui/client_priv.h"

/* Somebody introduced themself: kept as an offer, and told in a line. */
void client_introduced(struct client *c, const struct ua_introduction *in);
/* At the start: tells whose introductions wait. */
void client_meet_begin(struct client *c);
/* Sends our certificates to the peer of v, who becomes a contact. False, with a
 * notice, where that cannot be. */
bool client_introduce(struct client *c, struct conversation *v);
/* Sends them to a contact whose offer was accepted, unless they have them. */
void client_introduce_back(struct client *c, struct conversation *v);
/* Tells how an introduction of ours ended; false where it is none. */
bool client_introduction_ended(struct client *c, const struct ua_sent *sent);
/* A signed message to the peer of v has ended. Appends a hint to why it failed
 * where they may not know our certificate. */
void client_meet_sent(struct client *c, struct conversation *v, bool is_signed,
    const struct ua_sent *sent, struct buf *why);

#endif
