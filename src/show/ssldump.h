/*
 * Prints TLS records and messages in the layout of SSLDump, as in
 * draft-ietf-sip-sec-flows-01, 5.1.
 */
#ifndef SIGNET_SRC_SHOW_SSLDUMP_H
#define SIGNET_SRC_SHOW_SSLDUMP_H

#include "src/base/bytes.h"

struct ssldump; /* the state of one user agent's connections */
struct tls_event;
struct ua_wire;

/* Makes a printer, for ssldump_free. hide: two runs print the same. Random
 * values, and lengths that may depend on them, are "<random>", times "<time>",
 * ports "<port>". */
struct ssldump *ssldump_new(bool hide);
void ssldump_free(struct ssldump *s);

/* Appends the lines of a UA_WIRE_TLS; nothing for another kind. Prints the time
 * of the call, since the connection's first event and since its last. */
void ssldump_print(
    struct ssldump *s, const struct ua_wire *wire, struct buf *out);

/* Returns whether t is a server's request for a client certificate. */
bool ssldump_asks_certificate(const struct tls_event *t);
/* Returns whether t is a client's alert about the server's certificate (RFC
 * 8446, 6), or one of the general alerts of clients that check names
 * themselves. */
bool ssldump_refuses_certificate(const struct tls_event *t);

#endif
