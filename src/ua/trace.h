/*
 * The wire as a person reads it: every message that leaves or comes, after
 * TLS, and what becomes of connections; in a file, harmless to a terminal,
 * and to whoever taps it.
 */
#ifndef SIGNET_SRC_UA_TRACE_H
#define SIGNET_SRC_UA_TRACE_H

#include "src/net/transport.h"
#include "src/ua/event.h"

struct trace;

/* Told once, when it cannot be written (any more): it ends there. */
typedef void trace_fn(void *arg, const struct err *why);
typedef void trace_tap_fn(void *arg, const struct ua_wire *wire);

/* Opens path (borrowed) for appending, mode 0600; "-" is standard error, NULL
 * no file at all. EX_CANTCREAT. */
int trace_open(const char *path, trace_fn *failed, void *arg,
    struct trace **out, struct err *e);
void trace_close(struct trace *t);
/* Gives fn all that there is to see from now on; NULL gives it to nobody. */
void trace_tap(struct trace *t, trace_tap_fn *fn, void *arg);
/* Whether anybody looks: if not, words need not be looked for. */
bool trace_on(const struct trace *t);

void trace_message(struct trace *t, bool out, const struct flow_ref *route,
    struct span head, struct span body);
/* What a connection is, by lines of words; out: it is ours. */
void trace_opened(
    struct trace *t, bool out, const struct flow_ref *route, const char *words);
void trace_lost(
    struct trace *t, const struct flow_ref *route, const char *words);
/* What the tap alone has, when put in: TLS as it is spoken. */
void trace_tls(struct trace *t, const struct tls_event *event);
/* A step on the way to whom a message goes; the tap alone has them. */
void trace_step(struct trace *t, const char *with, const char *words);

#endif
