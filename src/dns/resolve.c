#include "src/dns/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "src/dns/resolve_walk_priv.h"

enum {
	RESOLVE_PATIENCE = 10000, /* ms for one URI */
	RESOLVE_BESIDE = 50, /* ms for the second family (RFC 8305, 3) */
	RESOLVE_AVOIDED = 64 /* targets that are remembered */
};

struct avoided {
	enum verdict_transport kind;
	struct addr addr;
	uint64_t due; /* ms, when it is forgotten; 0: no entry */
};

struct resolver {
	struct loop *loop;
	struct dns *dns;
	struct resolve_query *queries;
	struct avoided avoided[RESOLVE_AVOIDED];
	resolver_watch_fn *watch;
	void *watch_arg;
};

struct resolve_query {
	struct resolver *r;
	struct walk walk;
	struct loop_timer late, beside;
	resolve_fn *fn;
	void *arg;
	struct resolve_query *next;
};

/* --- targets that failed -------------------------------------------------- */

void
resolver_avoid(struct resolver *r, const struct target *t, uint64_t ms)
{
	struct avoided *place = &r->avoided[0];

	for (size_t i = 0; i < RESOLVE_AVOIDED; i++) {
		struct avoided *a = &r->avoided[i];

		if (a->due != 0 && a->kind == t->kind &&
		    addr_equal(&a->addr, &t->addr)) {
			place = a;
			break;
		}
		if (a->due < place->due)
			place = a;
	}
	*place = (struct avoided){
	    .kind = t->kind, .addr = t->addr, .due = loop_now(r->loop) + ms};
}

static bool
resolve_is_avoided(const struct resolver *r, const struct target *t)
{
	for (size_t i = 0; i < RESOLVE_AVOIDED; i++)
		if (r->avoided[i].due > loop_now(r->loop) &&
		    r->avoided[i].kind == t->kind &&
		    addr_equal(&r->avoided[i].addr, &t->addr))
			return true;
	return false;
}

/* Moves targets that failed lately behind the others. */
static void
resolve_put_avoided_last(const struct resolver *r, struct walk_end *end)
{
	struct target put[RESOLVE_TARGETS];
	size_t kept = 0, count = 0;

	for (size_t i = 0; i < end->count; i++)
		if (resolve_is_avoided(r, &end->targets[i]))
			put[count++] = end->targets[i];
		else
			end->targets[kept++] = end->targets[i];
	if (count > 0)
		memcpy(&end->targets[kept], put, count * sizeof(*put));
}

/* --- queries -------------------------------------------------------------- */

static void
resolve_query_free(struct resolve_query *q)
{
	struct resolve_query **p = &q->r->queries;

	while (*p != NULL && *p != q)
		p = &(*p)->next;
	if (*p == q)
		*p = q->next;
	loop_timer_del(q->r->loop, &q->late);
	loop_timer_del(q->r->loop, &q->beside);
	walk_free(&q->walk);
	free(q);
}

/* A resolve_step_fn for walk_run: reports one step of q. */
static void
resolve_query_report(void *arg, const struct resolve_step *step)
{
	const struct resolve_query *q = arg;

	q->r->watch(q->r->watch_arg, q->arg, step);
}

/* Does a pass. If it was the last one it calls fn, frees q and returns true. */
static bool
resolve_query_step(struct resolve_query *q)
{
	struct resolver *r = q->r;
	struct walk_end end;
	resolve_fn *fn = q->fn;
	void *arg = q->arg;

	walk_run(&q->walk, &end, NULL, NULL);
	if (end.pending && !end.blocked && q->beside.slot == 0)
		loop_timer_set(r->loop, &q->beside, RESOLVE_BESIDE);
	if (end.pending)
		return false;
	if (r->watch != NULL)
		walk_run(&q->walk, &end, resolve_query_report, q);
	resolve_query_free(q);
	resolve_put_avoided_last(r, &end);
	fn(arg, end.targets, end.count, &end.why);
	return true;
}

static void
resolve_query_late(void *arg)
{
	struct resolve_query *q = arg;

	q->walk.overdue = true;
	(void)resolve_query_step(q);
}

static void
resolve_query_hasty(void *arg)
{
	struct resolve_query *q = arg;

	q->walk.hasty = true;
	(void)resolve_query_step(q);
}

/* Answers came. A query that ends calls its fn, which may change the list: then
 * begin again. */
static void
resolve_on_answers(void *arg)
{
	struct resolver *r = arg;
	struct resolve_query *q = r->queries;

	while (q != NULL)
		if (walk_has_news(&q->walk) && resolve_query_step(q))
			q = r->queries;
		else
			q = q->next;
}

struct resolve_query *
resolve_uri(struct resolver *r, const struct uri *uri, size_t size,
    resolve_fn *fn, void *arg)
{
	struct resolve_query *q = xcalloc(1, sizeof(*q));
	struct err e = {0};

	q->r = r;
	q->fn = fn;
	q->arg = arg;
	q->walk.dns = r->dns;
	q->late = (struct loop_timer){.fn = resolve_query_late, .arg = q};
	q->beside = (struct loop_timer){.fn = resolve_query_hasty, .arg = q};
	if (walk_begin(&q->walk, uri, size, &e) == -1 ||
	    (q->walk.host_kind == HOST_NAME && dns_open(r->dns, &e) == -1)) {
		resolve_query_free(q);
		fn(arg, NULL, 0, &e);
		return NULL;
	}
	if (resolve_query_step(q))
		return NULL;
	q->next = r->queries;
	r->queries = q;
	loop_timer_set(r->loop, &q->late, RESOLVE_PATIENCE);
	return q;
}

void
resolve_cancel(struct resolve_query *q)
{
	if (q != NULL)
		resolve_query_free(q);
}

/* --- the whole ------------------------------------------------------------ */

struct resolver *
resolver_new(struct loop *loop, char *const *servers, size_t count)
{
	struct resolver *r = xcalloc(1, sizeof(*r));
	struct buf list = {0};

	for (size_t i = 0; i < count; i++)
		buf_addf(&list, "%s%s", i > 0 ? "," : "", servers[i]);
	r->loop = loop;
	r->dns = dns_new(loop, (const char *)list.p, resolve_on_answers, r);
	buf_free(&list);
	return r;
}

void
resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	while (r->queries != NULL)
		resolve_query_free(r->queries);
	dns_free(r->dns);
	free(r);
}

void
resolver_watch(struct resolver *r, resolver_watch_fn *fn, void *arg)
{
	r->watch = fn;
	r->watch_arg = arg;
}

const char *
resolve_kind_name(enum resolve_kind kind)
{
	static const char *const names[] = {
	    "numeric", "hosts", "naptr", "srv", "a", "aaaa"};

	return names[kind];
}
