/*
 * A ring of the last killed texts, for all input lines.
 */
#include <stdlib.h>

#include "ui/edit/edit_priv.h"

enum { KILLS = 16 };

struct edit_kills {
	struct buf ring[KILLS];
	size_t newest, held;
	uint64_t count;
};

struct edit_kills *
edit_kills_new(void)
{
	return xcalloc(1, sizeof(struct edit_kills));
}

void
edit_kills_free(struct edit_kills *k)
{
	size_t i;

	if (k == NULL)
		return;
	for (i = 0; i < KILLS; i++)
		buf_wipe(&k->ring[i]);
	free(k);
}

void
edit_kills_put(struct edit_kills *k, struct span s, bool join, bool left)
{
	struct buf joined = {0};
	struct buf *b = &k->ring[k->newest];

	k->count++;
	/* A joined text is no longer than EDIT_MAX. */
	if (join && b->n + s.n > EDIT_MAX)
		join = false;
	if (join && left) {
		edit_keep(&joined, s);
		edit_keep(&joined, span_buf(b));
		buf_wipe(b);
		*b = joined;
	} else if (join) {
		edit_keep(b, s);
	} else {
		k->newest = (k->newest + 1) % KILLS;
		b = &k->ring[k->newest];
		buf_wipe(b);
		edit_keep(b, s);
		if (k->held < KILLS)
			k->held++;
	}
}

uint64_t
edit_kills_count(const struct edit_kills *k)
{
	return k->count;
}

size_t
edit_kills_held(const struct edit_kills *k)
{
	return k->held;
}

struct span
edit_kills_get(const struct edit_kills *k, size_t back)
{
	return span_buf(&k->ring[(k->newest + KILLS - back % k->held) % KILLS]);
}
