/*
 * Walks RFC 3263's tree of decisions from one URI to its targets. Private to
 * src/dns/.
 *
 * Each time answers came, the tree is walked again from its root. A pass asks
 * for what it needs. Where an answer is missing it continues as far as it can,
 * so that questions which can be asked together are. The last pass meets no
 * missing answer.
 *
 * Calls go down this list: resolve.c; resolve_walk.c; resolve_pass.c,
 * resolve_order.c; resolve_dns.c; resolve_reply.c.
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_WALK_PRIV_H
#define SIGNET_SRC_DNS_RESOLVE_WALK_PRIV_H

#include "src/dns/resolve.h"
#include "src/dns/resolve_dns.h"

/* A question that was asked for this URI. */
struct walk_want {
	struct dns_question *question;
	bool seen; /* a pass has used its answer */
	bool told; /* it has been reported */
	bool ordered; /* order is drawn, once for all passes */
	unsigned char order[DNS_RECORDS];
};

/* The demands of a URI, and the questions asked for it. */
struct walk {
	struct dns *dns;
	char host[DNS_NAME]; /* the URI's, which a certificate must bear */
	char target[DNS_NAME]; /* host or maddr: TARGET in RFC 3263 */
	enum uri_host_kind host_kind; /* target's */
	unsigned port; /* 0: none given */
	bool large; /* the request is too large for UDP */
	enum verdict_transport kind; /* used without NAPTR and SRV */
	unsigned naptr_ways, srv_ways; /* bits 1 << enum verdict_transport */
	bool overdue; /* time is up: a missing answer is a failure */
	bool hasty; /* do not wait for the second address family */
	struct walk_want **wants;
	size_t wanted, wants_cap;
};

/* The result of a pass. */
struct walk_end {
	bool pending; /* answers are missing; ignore the rest */
	bool blocked; /* not only those of a second address family */
	struct target targets[RESOLVE_TARGETS];
	size_t count;
	struct err why; /* when count is 0 */
};

/* Fills w, except for its dns. EX_NOHOST, or EX_UNAVAILABLE if the transport is
 * not supported. */
int walk_begin(
    struct walk *w, const struct uri *uri, size_t size, struct err *e);
/* Does one pass; calls fn, unless it is NULL, with each step. */
void walk_run(
    struct walk *w, struct walk_end *end, resolve_step_fn *fn, void *arg);
/* Returns whether an answer came that no pass has used yet. */
bool walk_has_news(const struct walk *w);
/* Drops the questions. */
void walk_free(struct walk *w);

#endif
