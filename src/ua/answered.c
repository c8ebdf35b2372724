#include "src/ua/answered.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWERED_LIFE = 10 * 60 * 1000 }; /* ms; no retry comes later */

static const uint32_t NONE = UINT32_MAX;

struct slot {
	struct answered_entry entry;
	uint32_t next; /* in its bucket */
};

/* The slots are a ring, the oldest overwritten first; buckets chain them by
 * the first bytes of their keys, which are digests and spread by themselves. */
struct answered {
	struct slot *slots;
	uint32_t *buckets;
	size_t cap, count, head;
};

struct answered *
answered_new(size_t capacity)
{
	struct answered *a = xcalloc(1, sizeof(*a));

	a->cap = capacity;
	a->slots = xcalloc(capacity, sizeof(*a->slots));
	a->buckets = xcalloc(capacity, sizeof(*a->buckets));
	memset(a->buckets, 0xff, capacity * sizeof(*a->buckets));
	return a;
}

void
answered_free(struct answered *a)
{
	if (a == NULL)
		return;
	free(a->slots);
	free(a->buckets);
	free(a);
}

void
answered_key(const struct sip_msg *m, unsigned char key[DIGEST_SIZE])
{
	uint32_t cseq = sip_cseq(m);
	struct span parts[] = {sip_call_id(m),
	    {(const unsigned char *)&cseq, sizeof(cseq)}, sip_from_tag(m),
	    sip_body(m)};

	digest_spans(parts, sizeof(parts) / sizeof(parts[0]), key);
}

static uint32_t *
bucket(const struct answered *a, const unsigned char key[DIGEST_SIZE])
{
	uint64_t h;

	memcpy(&h, key, sizeof(h));
	return &a->buckets[h % a->cap];
}

static struct answered_entry *
find(const struct answered *a, const unsigned char key[DIGEST_SIZE])
{
	uint32_t i = *bucket(a, key);

	for (; i != NONE; i = a->slots[i].next)
		if (memcmp(a->slots[i].entry.key, key, DIGEST_SIZE) == 0)
			return &a->slots[i].entry;
	return NULL;
}

const struct answered_entry *
answered_find(const struct answered *a, const unsigned char key[DIGEST_SIZE],
    uint64_t now)
{
	const struct answered_entry *e = find(a, key);

	return e == NULL || now - e->at > ANSWERED_LIFE ? NULL : e;
}

void
answered_settle(
    struct answered *a, const unsigned char key[DIGEST_SIZE], uint16_t status)
{
	struct answered_entry *e = find(a, key);

	if (e == NULL)
		return;
	e->status = status;
	e->waits = 0;
}

static void
forget(struct answered *a, uint32_t i)
{
	uint32_t *p = bucket(a, a->slots[i].entry.key);

	while (*p != i)
		p = &a->slots[*p].next;
	*p = a->slots[i].next;
}

void
answered_add(struct answered *a, const struct answered_entry *entry)
{
	uint32_t i = (uint32_t)a->head, *b;

	if (a->count == a->cap)
		forget(a, i);
	else
		a->count++;
	a->head = (a->head + 1) % a->cap;
	a->slots[i].entry = *entry;
	b = bucket(a, entry->key);
	a->slots[i].next = *b;
	*b = i;
}
