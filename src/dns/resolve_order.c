#include "src/dns/resolve_order.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/digest.h"

/* --- SRV ------------------------------------------------------------------ */

uint32_t
order_random(void *arg, uint32_t last)
{
	uint64_t drawn;

	(void)arg;
	/* With 64 bits the bias of the remainder is below 2^-32. */
	random_bytes(&drawn, sizeof(drawn));
	return (uint32_t)(drawn % ((uint64_t)last + 1));
}

static void
resolve_swap(size_t *a, size_t *b)
{
	size_t was = *a;

	*a = *b;
	*b = was;
}

/* Returns whether a comes before b when drawing begins: by priority, and within
 * one priority those without weight first (RFC 2782, "Weight"). */
static bool
resolve_srv_before(const struct order_srv *a, const struct order_srv *b)
{
	return a->priority != b->priority ? a->priority < b->priority
					  : a->weight == 0 && b->weight != 0;
}

/* Draws one of the records order[0..count) and moves it to the front; the
 * others keep their order. RFC 2782 draws from 0 to the sum, which favours the
 * first record. Here 0 is drawn only for records without weight, one of which
 * is then chosen uniformly. */
static void
resolve_draw_one(const struct order_srv *records, size_t count,
    order_draw_fn *draw, void *arg, size_t *order)
{
	uint32_t sum = 0, reached = 0, drawn;
	size_t i, zeros = 0;

	for (i = 0; i < count; i++) {
		sum += records[order[i]].weight;
		zeros += records[order[i]].weight == 0;
	}
	drawn = zeros > 0 ? draw(arg, sum) : draw(arg, sum - 1) + 1;
	if (drawn == 0)
		i = draw(arg, (uint32_t)zeros - 1);
	else
		for (i = 0; i < count - 1; i++) {
			reached += records[order[i]].weight;
			if (reached >= drawn)
				break;
		}
	for (; i > 0; i--)
		resolve_swap(&order[i], &order[i - 1]);
}

void
order_srv(const struct order_srv *records, size_t count, order_draw_fn *draw,
    void *arg, size_t *order)
{
	for (size_t i = 0; i < count; i++) {
		order[i] = i;
		for (size_t j = i; j > 0 &&
		     resolve_srv_before(
			 &records[order[j]], &records[order[j - 1]]);
		     j--)
			resolve_swap(&order[j], &order[j - 1]);
	}
	for (size_t i = 0; i < count; i++) {
		size_t end = i + 1;

		while (end < count &&
		    records[order[end]].priority == records[order[i]].priority)
			end++;
		resolve_draw_one(records, end - i, draw, arg, order + i);
	}
}

/* --- addresses ------------------------------------------------------------ */

/* Returns the precedence by the policy table of RFC 6724, 2.1. */
static int
resolve_precedence(const struct addr *a)
{
	static const unsigned char loopback[16] = {[15] = 1};
	struct sockaddr_in6 in6;
	const unsigned char *p = in6.sin6_addr.s6_addr;

	if (a->sa.ss_family != AF_INET6)
		return 35;
	memcpy(&in6, &a->sa, sizeof(in6));
	if (memcmp(p, loopback, 16) == 0)
		return 50;
	if (p[0] == 0x20 && p[1] == 0x02)
		return 30; /* 6to4 */
	if (p[0] == 0x20 && p[1] == 0x01 && p[2] == 0 && p[3] == 0)
		return 5; /* Teredo */
	if ((p[0] & 0xfe) == 0xfc)
		return 3; /* unique local */
	return 40;
}

static bool
resolve_addr_before(const struct order_addr *a, const struct order_addr *b)
{
	return a->unusable != b->unusable
	    ? b->unusable
	    : resolve_precedence(&a->addr) > resolve_precedence(&b->addr);
}

/* Moves addrs[from] to place at, which is not behind it. */
static void
resolve_move_up(struct order_addr *addrs, size_t from, size_t at)
{
	struct order_addr moved = addrs[from];

	memmove(&addrs[at + 1], &addrs[at], (from - at) * sizeof(*addrs));
	addrs[at] = moved;
}

void
order_addrs(struct order_addr *addrs, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		size_t at = i;

		while (at > 0 && resolve_addr_before(&addrs[i], &addrs[at - 1]))
			at--;
		resolve_move_up(addrs, i, at);
	}
	for (size_t i = 1; i < count; i++) {
		size_t other = i;

		/* An unusable address does not move before usable ones. */
		while (other < count &&
		    (addrs[other].addr.sa.ss_family ==
			    addrs[i - 1].addr.sa.ss_family ||
			addrs[other].unusable != addrs[i].unusable))
			other++;
		if (other < count)
			resolve_move_up(addrs, other, i);
	}
}
