/*
 * The trace: every message as it leaves or comes, decrypted, and the life of
 * connections; escaped in a file, and as events for a tap.
 */
#ifndef SIGNET_SRC_UA_TRACE_H
#define SIGNET_SRC_UA_TRACE_H

#include "src/net/transport.h"
#include "src/ua/event.h"

struct trace;

/* Called once, when the file cannot be written: the trace ends there. */
typedef void trace_fn(void *arg, const struct err *why);
typedef void trace_tap_fn(void *arg, const struct ua_wire *wire);

/* Opens path (borrowed) for appending, mode 0600; "-" is standard error, NULL
 * no file at all. EX_CANTCREAT. */
int trace_open(const char *path, trace_fn *failed, void *arg,
    struct trace **out, struct err *e);
void trace_close(struct trace *t);
/* Gives fn each event from now on; NULL: nobody. */
void trace_tap(struct trace *t, trace_tap_fn *fn, void *arg);
/* Returns whether there is a file or a tap; if not, texts need not be made. */
bool trace_on(const struct trace *t);

void trace_message(struct trace *t, bool out, const struct flow_ref *route,
    struct span head, struct span body);
/* A connection has opened: its description, in lines; out: we opened it. */
void trace_opened(
    struct trace *t, bool out, const struct flow_ref *route, const char *words);
void trace_lost(
    struct trace *t, const struct flow_ref *route, const char *words);
/* A record of TLS, for the tap alone. */
void trace_tls(struct trace *t, const struct tls_event *event);
/* A step of a resolution, for the tap alone; with: user@host of the message's
 * recipient, or "". */
void trace_step(struct trace *t, const char *with, const char *words);

#endif
