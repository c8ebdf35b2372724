/*
 * The way from one URI to its targets: private to src/resolve*.c.
 *
 * RFC 3263's tree of decisions is walked from its root each time answers
 * came. A walk asks for what it needs; where that is not known yet it goes on
 * beside it as far as it can, so that all questions which can go out together
 * do, and is walked again later. The last walk meets no unknown answer.
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_WALK_H
#define SIGNET_SRC_DNS_RESOLVE_WALK_H

#include "src/dns/resolve.h"
#include "src/dns/resolve_dns.h"

/* A question that was asked for this URI. */
struct walk_want {
	struct dns_question *question;
	bool seen; /* its answer has been walked over */
	bool told; /* of the telling walk */
	bool ordered; /* order is drawn, once for all walks */
	unsigned char order[DNS_RECORDS];
};

/* What a URI asks for, and what was asked for it. */
struct walk {
	struct dns *dns;
	char host[DNS_NAME]; /* the URI's: what a certificate must bear */
	char target[DNS_NAME]; /* the same or maddr: RFC 3263's TARGET */
	enum uri_host_kind host_kind; /* target's */
	unsigned port; /* 0: none given */
	bool large; /* the request is too large for UDP */
	enum verdict_transport kind; /* where neither NAPTR nor SRV says */
	unsigned naptr_ways, srv_ways; /* bits 1 << enum verdict_transport */
	bool overdue; /* what isn't answered by now counts as silence */
	bool hasty; /* nor is the second family of a host waited for */
	struct walk_want **wants;
	size_t wanted, wants_cap;
};

/* Where a walk came to. */
struct walk_end {
	bool pending; /* it waits for answers; nothing else counts then */
	bool blocked; /* and not just for the second family of hosts */
	struct target targets[RESOLVE_TARGETS];
	size_t count;
	struct err why; /* when count is 0 */
};

/* Fills w but for its dns: EX_NOHOST, or EX_UNAVAILABLE for a transport that
 * there is not. */
int walk_begin(
    struct walk *w, const struct uri *uri, size_t size, struct err *e);
/* Walks; fn, unless it is NULL, is told each step. */
void walk_run(
    struct walk *w, struct walk_end *end, resolve_step_fn *fn, void *arg);
/* Whether an answer came that has not been walked over. */
bool walk_has_news(const struct walk *w);
/* Drops what was asked. */
void walk_free(struct walk *w);

#endif
