/*
 * Resolves a URI to the targets that a request may be sent to, in the order in
 * which they are tried (RFC 3263, 4).
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_H
#define SIGNET_SRC_DNS_RESOLVE_H

#include "keys/x509/uri.h"
#include "src/base/loop.h"
#include "src/net/target.h"

enum { RESOLVE_TARGETS = 64 }; /* targets of one URI, at most */

struct resolver;
struct resolve_query;

/* Gets the targets, borrowed for the call; or count 0 and why: EX_NOHOST, or
 * EX_UNAVAILABLE if we lack the transport or the domain offers no SIP. A
 * target's host is the URI's, whatever names DNS gave. */
typedef void resolve_fn(void *arg, const struct target *targets, size_t count,
    const struct err *why);

/* Makes a resolver, for resolver_free. loop is borrowed. servers are count name
 * servers as "host:port"; with none the system's are asked. Opens nothing until
 * a name is to be resolved. */
struct resolver *resolver_new(
    struct loop *loop, char *const *servers, size_t count);
void resolver_free(struct resolver *r);

/* Resolves uri; calls fn once, within 10 seconds. size is that of the request
 * in bytes: above 1300 TCP replaces UDP (RFC 3261, 18.1.1). Returns NULL if fn
 * was called already, else the query, for resolve_cancel until fn is called. */
struct resolve_query *resolve_uri(struct resolver *r, const struct uri *uri,
    size_t size, resolve_fn *fn, void *arg);
/* Ends a query without a call of its fn. q may be NULL. */
void resolve_cancel(struct resolve_query *q);

/* Puts this target, by its transport and address, at the end of every list for
 * so many milliseconds. */
void resolver_avoid(struct resolver *r, const struct target *t, uint64_t ms);

/* One step of a resolution, for people. All is borrowed, and text is from the
 * wire. */
struct resolve_step {
	enum resolve_kind {
		RESOLVE_NUMERIC,
		RESOLVE_HOSTS,
		RESOLVE_NAPTR,
		RESOLVE_SRV,
		RESOLVE_A,
		RESOLVE_AAAA
	} kind;
	const char *question; /* the name asked for, or the numeric host */
	const char *const *answers;
	size_t count;
	const char *choice; /* what follows from the answers, a sentence */
};
typedef void resolve_step_fn(void *arg, const struct resolve_step *step);

/* Calls fn, before each resolve_fn, with the steps that led to its result. of
 * is the argument given to resolve_uri. NULL ends that. */
typedef void resolver_watch_fn(
    void *arg, const void *of, const struct resolve_step *step);
void resolver_watch(struct resolver *r, resolver_watch_fn *fn, void *arg);

/* Returns "numeric", "hosts", "naptr", "srv", "a" or "aaaa". */
const char *resolve_kind_name(enum resolve_kind kind);

#endif
