#include "src/ua/return_path.h"

#include <stdlib.h>
#include <string.h>

enum {
	RETURN_PATHS = 1024 /* people; the one who wrote longest ago is
	                     * forgotten */
};

struct return_entry {
	struct aor who;
	struct return_path path;
	struct return_entry *next;
};

struct return_paths {
	struct return_entry *first; /* who wrote last comes first */
	size_t count;
};

struct return_paths *
return_paths_new(void)
{
	return xcalloc(1, sizeof(struct return_paths));
}

static void
return_drop(struct return_paths *r, struct return_entry **at)
{
	struct return_entry *n = *at;

	*at = n->next;
	r->count--;
	aor_free(&n->who);
	free(n);
}

void
return_paths_free(struct return_paths *r)
{
	if (r == NULL)
		return;
	while (r->first != NULL)
		return_drop(r, &r->first);
	free(r);
}

bool
return_paths_empty(const struct return_paths *r)
{
	return r->first == NULL;
}

/* The place that points to who's entry, or to NULL. */
static struct return_entry **
return_place(struct return_paths *r, const struct aor *who)
{
	struct return_entry **p = &r->first;

	while (*p != NULL && !aor_equal(&(*p)->who, who))
		p = &(*p)->next;
	return p;
}

bool
return_paths_keep(struct return_paths *r, const struct aor *who,
    const struct return_path *path)
{
	struct return_entry **p = return_place(r, who), *n;
	enum return_state state = RETURN_KNOWN;
	bool used = false;

	if (*p != NULL) {
		if (path != NULL && (*p)->path.flow.flow == path->flow.flow)
			state = (*p)->path.state;
		else
			used = (*p)->path.state > RETURN_KNOWN;
		return_drop(r, p);
	}
	if (path == NULL)
		return used;
	if (r->count >= RETURN_PATHS) {
		for (p = &r->first; (*p)->next != NULL; p = &(*p)->next)
			;
		return_drop(r, p);
	}
	n = xcalloc(1, sizeof(*n));
	aor_copy(who, &n->who);
	n->path = *path;
	n->path.state = state;
	n->next = r->first;
	r->first = n;
	r->count++;
	return used;
}

bool
return_paths_lost(struct return_paths *r, uint64_t flow)
{
	struct return_entry **p = &r->first;
	bool used = false;

	while (*p != NULL)
		if ((*p)->path.flow.flow == flow) {
			used = used || (*p)->path.state > RETURN_KNOWN;
			return_drop(r, p);
		} else
			p = &(*p)->next;
	return used;
}

const struct return_path *
return_paths_find(const struct return_paths *r, const struct aor *who)
{
	const struct return_entry *n = r->first;

	while (n != NULL && !aor_equal(&n->who, who))
		n = n->next;
	return n != NULL ? &n->path : NULL;
}

bool
return_paths_offer(struct return_paths *r, const struct aor *who)
{
	struct return_entry *n = *return_place(r, who);

	if (n == NULL || n->path.state != RETURN_KNOWN)
		return false;
	n->path.state = RETURN_OFFERED;
	return true;
}

bool
return_paths_withdraw(struct return_paths *r, const struct aor *who)
{
	struct return_entry *n = *return_place(r, who);

	if (n == NULL || n->path.state != RETURN_OFFERED)
		return false;
	n->path.state = RETURN_KNOWN;
	return true;
}

void
return_paths_take(struct return_paths *r, const struct aor *who)
{
	struct return_entry *n = *return_place(r, who);

	if (n != NULL)
		n->path.state = RETURN_TAKEN;
}

bool
return_path_allows(
    const struct return_path *path, bool sips, const char *recipient)
{
	if (path->named)
		return true;
	return !sips && recipient[0] != '\0' &&
	    strcmp(recipient, path->signer) == 0;
}
