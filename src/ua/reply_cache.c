#include "src/ua/reply_cache.h"

#include <stdlib.h>
#include <string.h>

enum { REPLY_CACHE_LIFE = 10 * 60 * 1000 }; /* ms; no retry comes later */

static const uint32_t NONE = UINT32_MAX;

struct slot {
	struct reply_cache_entry entry;
	uint32_t next; /* in its bucket */
};

/* The slots are a ring, the oldest overwritten first; buckets chain them by
 * the first bytes of their keys, which are digests and spread by themselves. */
struct reply_cache {
	struct slot *slots;
	uint32_t *buckets;
	size_t cap, count, head;
};

struct reply_cache *
reply_cache_new(size_t capacity)
{
	struct reply_cache *a = xcalloc(1, sizeof(*a));

	a->cap = capacity;
	a->slots = xcalloc(capacity, sizeof(*a->slots));
	a->buckets = xcalloc(capacity, sizeof(*a->buckets));
	memset(a->buckets, 0xff, capacity * sizeof(*a->buckets));
	return a;
}

void
reply_cache_free(struct reply_cache *a)
{
	if (a == NULL)
		return;
	free(a->slots);
	free(a->buckets);
	free(a);
}

void
reply_cache_key(
    struct digest *d, const struct sip_msg *m, unsigned char key[DIGEST_SIZE])
{
	uint32_t cseq = sip_cseq(m);
	struct span parts[] = {sip_call_id(m),
	    {(const unsigned char *)&cseq, sizeof(cseq)}, sip_from_tag(m),
	    sip_body(m)};

	digest_spans(d, parts, sizeof(parts) / sizeof(parts[0]), key);
}

static uint32_t *
reply_bucket(const struct reply_cache *a, const unsigned char key[DIGEST_SIZE])
{
	uint64_t h;

	memcpy(&h, key, sizeof(h));
	return &a->buckets[h % a->cap];
}

static struct reply_cache_entry *
reply_find(const struct reply_cache *a, const unsigned char key[DIGEST_SIZE])
{
	uint32_t i = *reply_bucket(a, key);

	for (; i != NONE; i = a->slots[i].next)
		if (memcmp(a->slots[i].entry.key, key, DIGEST_SIZE) == 0)
			return &a->slots[i].entry;
	return NULL;
}

const struct reply_cache_entry *
reply_cache_find(const struct reply_cache *a,
    const unsigned char key[DIGEST_SIZE], uint64_t now)
{
	const struct reply_cache_entry *e = reply_find(a, key);

	return e == NULL || now - e->at > REPLY_CACHE_LIFE ? NULL : e;
}

void
reply_cache_settle(struct reply_cache *a, const unsigned char key[DIGEST_SIZE],
    uint16_t status)
{
	struct reply_cache_entry *e = reply_find(a, key);

	if (e == NULL)
		return;
	e->status = status;
	e->deferred = 0;
}

void
reply_cache_defer(
    struct reply_cache *a, const unsigned char key[DIGEST_SIZE], uint64_t id)
{
	struct reply_cache_entry *e = reply_find(a, key);

	if (e != NULL)
		e->deferred = id;
}

void
reply_cache_forget(
    struct reply_cache *a, const unsigned char key[DIGEST_SIZE], uint64_t now)
{
	struct reply_cache_entry *e = reply_find(a, key);

	/* Too old from now on; also where the clock began later than that. */
	if (e != NULL)
		e->at = now - REPLY_CACHE_LIFE - 1;
}

static void
reply_drop(struct reply_cache *a, uint32_t i)
{
	uint32_t *p = reply_bucket(a, a->slots[i].entry.key);

	while (*p != i)
		p = &a->slots[*p].next;
	*p = a->slots[i].next;
}

void
reply_cache_add(struct reply_cache *a, const struct reply_cache_entry *entry)
{
	uint32_t i = (uint32_t)a->head, *b;

	if (a->count == a->cap)
		reply_drop(a, i);
	else
		a->count++;
	a->head = (a->head + 1) % a->cap;
	a->slots[i].entry = *entry;
	b = reply_bucket(a, entry->key);
	a->slots[i].next = *b;
	*b = i;
}
