/*
 * Conversations: opening, finding, showing and closing them, and how the next
 * message of each would leave.
 */
#ifndef SIGNET_UI_CONVERSATION_H
#define SIGNET_UI_CONVERSATION_H

#include "ui/client_priv.h"

struct conversation *conversation_current(const struct client *c);
/* The conversation with the owner of uri, which is an AOR, a URI or a
 * contact's name; opened where there is none. NULL, with a notice in the bar,
 * where it is no address or too many are open. */
struct conversation *conversation_with(struct client *c, struct span uri);
/* Its index in c->conversations, or their count where it is not there. */
size_t conversation_number(
    const struct client *c, const struct conversation *v);
/* The open conversation with that address, or NULL. */
struct conversation *conversation_of(
    const struct client *c, const struct aor *who);
/* Opens a conversation; uri is copied. The first one opened is the client's
 * own, for which uri and who are NULL. `stranger`: a message of somebody who
 * may be no contact opened it; then it gets less memory. */
struct conversation *conversation_open(
    struct client *c, const char *uri, const struct aor *who, bool stranger);
/* The user has written to them, or made them a contact: they are no stranger
 * any more. */
void conversation_known(struct conversation *v);
/* The conversation that all strangers beyond the limit share. */
struct conversation *conversation_others(struct client *c);
/* Its trace, with what was traced before the conversation was open. */
struct trace_view *conversation_trace(struct client *c, struct conversation *v);
/* Empties its log. Messages under way go on. */
void conversation_clear(struct client *c, struct conversation *v);
void conversation_close(struct client *c, struct conversation *v);
void conversation_free(struct conversation *v);
/* Shows the conversation with that index, if there is one. */
void conversation_show(struct client *c, size_t which);
/* Shows the next conversation with something unread, urgent ones first. */
void conversation_next_unread(struct client *c);
/* Its name, escaped, for the caller to free. */
char *conversation_name(const struct conversation *v);
/* Whether the next message is signed, and encrypted. */
bool conversation_signs(const struct client *c, const struct conversation *v);
bool conversation_encrypts(
    const struct client *c, const struct conversation *v);
/* Updates v->preflight: how the next message would leave. */
void conversation_preflight(struct client *c, struct conversation *v);
/* The same for all, after a change of keys, settings or registration. */
void conversations_preflight(struct client *c);

#endif
