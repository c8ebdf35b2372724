/*
 * The wire of a conversation: what went and came, kept as it was and written
 * out for a person, requests paired with their answers.
 */
#ifndef SIGNET_UI_WIRE_H
#define SIGNET_UI_WIRE_H

#include "src/ua/ua.h"

struct wires;

/* Keeps the newest records, up to so many bytes of them. */
struct wires *wires_new(size_t bytes);
void wires_free(struct wires *w);
/* Records of a UA_WIRE_TLS are not kept. */
void wires_add(struct wires *w, const struct ua_wire *record);
/* Moves what is about somebody (user@host) from one to the other. */
void wires_take(struct wires *to, struct wires *from, const char *with);
bool wires_empty(const struct wires *w);

/* Appends all of w as lines, harmless to a terminal: each request with its
 * answers below, each connection's TLS and certificate, which are looked up in
 * connections (or NULL), before the first message that it carried. Returns
 * where in out the newest request begins. */
size_t wires_text(
    const struct wires *w, const struct wires *connections, struct buf *out);

#endif
