/*
 * A user agent with a loop and a key store of its own, as verbs and their child
 * processes have one.
 */
#ifndef SIGNET_SRC_UA_AGENT_H
#define SIGNET_SRC_UA_AGENT_H

#include "src/base/loop.h"
#include "src/ua/ua.h"

struct agent {
	struct keystore *ks; /* opened by the caller; agent_close frees it */
	struct loop *loop;
	struct ua *ua;
	struct loop_io owner;
};

/* Makes the loop and the user agent. config and format (NULL: signet's own) are
 * borrowed; fn gets the events. Call agent_close on failure too. */
int agent_open(struct agent *a, const struct config *config,
    const struct ua_format *format, ua_fn *fn, void *arg, struct err *e);
/* Frees the user agent alone: fn is not called any more, and the loop can still
 * be used. */
void agent_stop(struct agent *a);
/* Frees all members, which may be NULL. */
void agent_close(struct agent *a);

/* Listens and runs the loop until owner closes: a pipe whose other end the
 * parent process holds. */
int agent_serve(struct agent *a, int owner, struct err *e);

#endif
