/*
 * The wire as a person reads it: every message that leaves or comes, after
 * TLS and harmless to a terminal, in a file.
 */
#ifndef SIGNET_SRC_TRACE_H
#define SIGNET_SRC_TRACE_H

#include "transport.h"

struct trace;

/* Told once, when it cannot be written (any more): it ends there. */
typedef void trace_fn(void *arg, const struct err *why);

/* Opens path (borrowed) for appending, mode 0600; "-" is standard error.
 * EX_CANTCREAT. */
int trace_open(const char *path, trace_fn *failed, void *arg,
    struct trace **out, struct err *e);
void trace_close(struct trace *t);

/* t may be NULL: then nothing happens. */
void trace_message(struct trace *t, bool out, const struct route *route,
    struct span head, struct span body);
void trace_note(struct trace *t, const struct route *route,
    const char *words);

#endif
