#include "src/ua/receipts.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"

enum { RECEIPTS_MAX = 4096 };

/* A ring: the oldest is overwritten. */
struct receipts {
	struct receipts_msg *msgs; /* which own their strings */
	size_t count, cap, next;
};

struct receipts *
receipts_new(void)
{
	return xcalloc(1, sizeof(struct receipts));
}

static void
receipts_clear(struct receipts_msg *m)
{
	free((char *)m->message_id);
	free((char *)m->peer);
}

void
receipts_free(struct receipts *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++)
		receipts_clear(&r->msgs[i]);
	free(r->msgs);
	free(r);
}

/* The newest are looked at first: most receipts come soon. */
struct receipts_msg *
receipts_find(struct receipts *r, const char *peer, const char *message_id)
{
	for (size_t i = 1; i <= r->count; i++) {
		size_t at = (r->next + r->count - i) % r->count;
		struct receipts_msg *m = &r->msgs[at];

		if (strcmp(m->message_id, message_id) == 0 &&
		    strcmp(m->peer, peer) == 0)
			return m;
	}
	return NULL;
}

void
receipts_ended(struct receipts *r, uint64_t id, enum store_state state)
{
	for (size_t i = 1; i <= r->count; i++) {
		struct receipts_msg
		    *m = &r->msgs[(r->next + r->count - i) % r->count];

		if (m->id != id)
			continue;
		/* A receipt may come before the answer. */
		if (m->state == STORE_SENT)
			m->state = state;
		return;
	}
}

void
receipts_add(struct receipts *r, const struct receipts_msg *m)
{
	struct receipts_msg *to = receipts_find(r, m->peer, m->message_id);

	if (to == NULL && r->count < RECEIPTS_MAX) {
		r->msgs = vec_grow(
		    r->msgs, r->count, &r->cap, sizeof(*r->msgs));
		to = &r->msgs[r->count++];
		*to = (struct receipts_msg){.message_id = NULL};
		r->next = r->count % RECEIPTS_MAX;
	} else if (to == NULL) {
		to = &r->msgs[r->next];
		r->next = (r->next + 1) % RECEIPTS_MAX;
	}
	receipts_clear(to);
	*to = *m;
	to->message_id = xstrdup(m->message_id);
	to->peer = xstrdup(m->peer);
}
