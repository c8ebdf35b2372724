/*
 * Resolution: from a URI to the targets that a request may go to, in order.
 *
 * A numeric host or a name with A and AAAA records; the transport is the
 * URI's (RFC 3261 19.1.1, RFC 3263 4.1 without NAPTR and SRV).
 */
#ifndef SIGNET_SRC_RESOLVE_H
#define SIGNET_SRC_RESOLVE_H

#include "../keys/uri.h"
#include "transport.h"

struct resolver;
struct resolve_query;

/* The targets, which fn copies what it wants of; or count 0 and why:
 * EX_NOHOST, or EX_UNAVAILABLE where the way there is one we don't have. */
typedef void resolve_fn(void *arg, const struct target *targets,
    size_t count, const struct err *why);

/* servers: NULL for the system's name servers, else a list "host:port,..".
 * Nothing is read or opened before the first name is asked for. */
struct resolver *resolver_new(struct loop *loop, const char *servers);
void resolver_free(struct resolver *r);

/* size is the request's: one of more than 1300 bytes leaves UDP for TCP
 * (RFC 3261, 18.1.1). fn runs once, maybe before this returns, in which case
 * NULL is returned; otherwise the query is for resolve_cancel until then. */
struct resolve_query *resolve_uri(struct resolver *r, const struct uri *uri,
    size_t size, resolve_fn *fn, void *arg);
void resolve_cancel(struct resolve_query *q);

#endif
