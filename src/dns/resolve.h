/*
 * Resolution: from a URI to the targets that a request may go to, in the
 * order in which they are tried (RFC 3263, 4).
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_H
#define SIGNET_SRC_DNS_RESOLVE_H

#include "keys/x509/uri.h"
#include "src/base/loop.h"
#include "src/net/target.h"

enum { RESOLVE_TARGETS = 64 }; /* at most, for one URI */

struct resolver;
struct resolve_query;

/* The targets, which fn copies what it wants of; or count 0 and why:
 * EX_NOHOST, or EX_UNAVAILABLE where the way there is one we don't have or
 * the domain says that it has no SIP. A target's host is the URI's, whatever
 * names DNS led by. */
typedef void resolve_fn(void *arg, const struct target *targets, size_t count,
    const struct err *why);

/* servers: name servers as "host:port", count of them; with none the system's
 * are asked. Nothing is read or opened before the first name is asked for. */
struct resolver *resolver_new(
    struct loop *loop, char *const *servers, size_t count);
void resolver_free(struct resolver *r);

/* size is the request's: one of more than 1300 bytes leaves UDP for TCP
 * (RFC 3261, 18.1.1). fn runs once, maybe before this returns, in which case
 * NULL is returned; otherwise the query is for resolve_cancel until then.
 * It takes 10 seconds at most. */
struct resolve_query *resolve_uri(struct resolver *r, const struct uri *uri,
    size_t size, resolve_fn *fn, void *arg);
/* fn will not run. NULL is nothing. */
void resolve_cancel(struct resolve_query *q);

/* For so many milliseconds this target, by transport and address, comes last
 * in every list that it is in. */
void resolver_avoid(struct resolver *r, const struct target *t, uint64_t ms);

/* A question of the way to a URI. All borrowed, and from the wire. */
struct resolve_step {
	enum resolve_kind {
		RESOLVE_NUMERIC,
		RESOLVE_HOSTS,
		RESOLVE_NAPTR,
		RESOLVE_SRV,
		RESOLVE_A,
		RESOLVE_AAAA
	} kind;
	const char *question; /* a name, or the numeric host */
	const char *const *answers;
	size_t count;
	const char *choice; /* what was made of it, in words */
};
typedef void resolve_step_fn(void *arg, const struct resolve_step *step);

/* Has fn told, before each resolve_fn, the steps that led there; of is the
 * argument that resolve_uri was given for it. NULL: nobody is told. */
typedef void resolver_watch_fn(
    void *arg, const void *of, const struct resolve_step *step);
void resolver_watch(struct resolver *r, resolver_watch_fn *fn, void *arg);

/* "numeric", "hosts", "naptr", "srv", "a", "aaaa" */
const char *resolve_kind_name(enum resolve_kind kind);

#endif
