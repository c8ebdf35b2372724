/*
 * TLS as it is spoken, printed in the layout of SSLDump, which
 * draft-ietf-sip-sec-flows-01 (5.1) shows its handshakes in.
 */
#ifndef SIGNET_SRC_SHOW_SSLDUMP_H
#define SIGNET_SRC_SHOW_SSLDUMP_H

#include "src/base/bytes.h"

struct ssldump; /* what is kept of one user agent's connections */
struct tls_event;
struct ua_wire;

/* hide: two runs print the same. What comes from randomness is "<random>", also
 * a length that may hang on it; times are "<time>" and ports "<port>". */
struct ssldump *ssldump_new(bool hide);
void ssldump_free(struct ssldump *s);

/* Appends the lines of a UA_WIRE_TLS; of any other kind there are none. Times
 * are those of the call, from the connection's first event on. */
void ssldump_print(
    struct ssldump *s, const struct ua_wire *wire, struct buf *out);

/* Whether a server asks for a certificate here. */
bool ssldump_asks_certificate(const struct tls_event *t);
/* Whether this is a client's alert about the server's certificate (RFC 8446,
 * 6), or one of the more general ones that those may give who look at names on
 * their own. */
bool ssldump_refuses_certificate(const struct tls_event *t);

#endif
