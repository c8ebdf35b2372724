/*
 * Messages: received ones go to their conversation with their verdict, typed
 * ones leave as the conversation says.
 */
#ifndef SIGNET_UI_CLIENT_TALK_H
#define SIGNET_UI_CLIENT_TALK_H

#include "ui/client_priv.h"

/* The user agent has a message whose line is in v; NULL: in none. */
void client_sending_add(
    struct client *c, uint64_t id, struct conversation *v, uint64_t line);
/* The conversation of a message: the one with its From address (who), which it
 * may open, or the one that strangers share. known: the address could be
 * read. */
struct conversation *client_conversation_for(
    struct client *c, const struct ua_message *m, struct aor *who, bool known);
/* How many messages without an answer are lost when the client ends. */
size_t client_unkept(const struct client *c);
/* Takes a message. False, so that it is not accepted, while the client is
 * quitting. */
bool client_received(struct client *c, const struct ua_message *m);
/* A message has left or, with waits, is to be tried again. */
void client_left(struct client *c, const struct ua_sent *sent, bool waits);
/* A message has its final answer, or has failed. */
void client_sent(struct client *c, const struct ua_sent *sent);
/* Sends text to the peer of v. False, with a notice, when it is refused: then
 * the text stays in the input line. */
bool client_send(struct client *c, struct conversation *v, struct span text);
/* Gives up the chosen message that waits or, without one, the last. False, with
 * a notice, where there is none. */
bool client_drop(struct client *c);
/* Sends the chosen failed message again or, without one, the last. */
void client_resend(struct client *c);
/* Keeps a record of the wire with the conversation that it is about. */
void client_trace(struct client *c, const struct ua_wire *record);

#endif
