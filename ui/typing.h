/*
 * Typing (RFC 3994): contacts who take it are told that we type, and what they
 * tell is shown until it is over.
 */
#ifndef SIGNET_UI_TYPING_H
#define SIGNET_UI_TYPING_H

#include "ui/client_priv.h"

/* Prepares the client's timers. */
void typing_init(struct client *c);
/* A key has changed the input line of the current conversation. */
void typing_key(struct client *c);
/* The text was sent: that tells by itself that nobody types any more. */
void typing_sent(struct client *c);
/* v is about to go. */
void typing_forget(struct client *c, const struct conversation *v);
/* A contact types, or has stopped. */
void typing_notice(struct client *c, const struct ua_notice *n);
/* A message of theirs came: they don't type now. */
void typing_over(struct conversation *v);
/* Whether the other side types now. */
bool typing_now(const struct client *c, const struct conversation *v);

#endif
