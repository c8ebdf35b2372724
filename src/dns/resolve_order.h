/*
 * In which order what DNS answered is tried: pure functions, no I/O.
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_ORDER_H
#define SIGNET_SRC_DNS_RESOLVE_ORDER_H

#include "src/net/addr.h"

struct order_srv {
	unsigned priority, weight; /* 16 bits each */
};

/* A number of 0 to last, each as likely as the other. */
typedef uint32_t order_draw_fn(void *arg, uint32_t last);

/* Puts into order[0..count) the indices of records as RFC 2782 has them
 * tried: by priority, the lowest first, and within one priority each next
 * one drawn with a chance that is its weight's share of what is left. */
void order_srv(const struct order_srv *records, size_t count,
    order_draw_fn *draw, void *arg, size_t *order);

/* draw of random_bytes (keys/digest); arg is not looked at. */
uint32_t order_random(void *arg, uint32_t last);

struct order_addr {
	struct addr addr;
	bool unusable; /* this machine has no address to reach it from */
};

/* Sorts by RFC 6724, section 6, rules 1 (usable ones first), 6 (precedence,
 * of the policy table in 2.1) and 10 (else as they came), and lets the
 * families alternate from then on, beginning with the best one's
 * (RFC 8305, 4). */
void order_addrs(struct order_addr *addrs, size_t count);

#endif
