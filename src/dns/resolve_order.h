/*
 * Puts SRV records and addresses into the order in which they are tried. No
 * I/O.
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_ORDER_H
#define SIGNET_SRC_DNS_RESOLVE_ORDER_H

#include "src/net/addr.h"

struct order_srv {
	unsigned priority, weight; /* 16 bits each */
};

/* Returns a random number from 0 to last, uniformly. */
typedef uint32_t order_draw_fn(void *arg, uint32_t last);

/* Fills order[0..count) with the indices of records in the order of RFC 2782:
 * lowest priority first; within one priority each next record is drawn with a
 * probability in proportion to its weight. */
void order_srv(const struct order_srv *records, size_t count,
    order_draw_fn *draw, void *arg, size_t *order);

/* An order_draw_fn over random_bytes; ignores arg. */
uint32_t order_random(void *arg, uint32_t last);

struct order_addr {
	struct addr addr;
	bool unusable; /* this machine has no route to it */
};

/* Sorts by RFC 6724, 6, rules 1 (usable first), 6 (precedence by the table of
 * 2.1) and 10 (else unchanged). Then lets address families alternate, beginning
 * with that of the best address (RFC 8305, 4). */
void order_addrs(struct order_addr *addrs, size_t count);

#endif
