#include "src/dns/resolve_walk_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "src/dns/resolve_order.h"
#include "src/dns/resolve_pass_priv.h"

enum {
	WALK_DATAGRAM = 1300, /* RFC 3261, 18.1.1 */
	WALK_SERVICES = 8, /* NAPTR records that are followed */
	WALK_SHOWN = 8 /* hosts of SRV that a reported choice lists */
};

/* The services of RFC 3263, 4.1 that we support, in our order of preference:
 * transports with congestion control first (RFC 3428, 8). */
static const struct way {
	const char *service, *prefix;
	enum verdict_transport kind;
} ways[] = {
    {"SIPS+D2T", "_sips._tcp.", TRANSPORT_TLS},
    {"SIP+D2T", "_sip._tcp.", TRANSPORT_TCP},
    {"SIP+D2U", "_sip._udp.", TRANSPORT_UDP},
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static unsigned
resolve_bit(enum verdict_transport kind)
{
	return 1u << kind;
}

static const char *
resolve_by(enum verdict_transport kind)
{
	return kind == TRANSPORT_TLS ? "TLS"
	    : kind == TRANSPORT_TCP  ? "TCP"
				     : "UDP";
}

/* Returns the default port (RFC 3261, 19.1.2). */
static unsigned
resolve_default_port(enum verdict_transport kind)
{
	return kind == TRANSPORT_TLS ? 5061 : 5060;
}

/* --- the URI -------------------------------------------------------------- */

/* Chooses the transports that the URI allows (RFC 3263, 4.1). */
static int
resolve_choose_ways(struct walk *w, const struct uri *u, struct err *e)
{
	struct span want = {NULL, 0};

	(void)uri_param(u, "transport", &want);
	if (u->sips && want.n > 0 && !span_is_nocase(want, "tls") &&
	    !span_is_nocase(want, "tcp"))
		return err_set(e, EX_UNAVAILABLE,
		    "a sips URI cannot use the transport %.*s", (int)want.n,
		    (const char *)want.p);
	if (u->sips || span_is_nocase(want, "tls"))
		w->kind = TRANSPORT_TLS;
	else if (span_is_nocase(want, "tcp"))
		w->kind = TRANSPORT_TCP;
	else if (want.n == 0 || span_is_nocase(want, "udp"))
		w->kind = w->large ? TRANSPORT_TCP : TRANSPORT_UDP;
	else
		return err_set(e, EX_UNAVAILABLE,
		    "the transport %.*s is not supported", (int)want.n,
		    (const char *)want.p);
	w->naptr_ways = w->srv_ways = resolve_bit(w->kind);
	if (want.n > 0)
		w->naptr_ways = 0;
	else if (!u->sips) {
		w->srv_ways |= resolve_bit(TRANSPORT_TCP);
		w->naptr_ways = w->srv_ways | resolve_bit(TRANSPORT_TLS);
	}
	return 0;
}

static int
resolve_copy_host(struct span host, char out[DNS_NAME], struct err *e)
{
	if (host.n >= DNS_NAME)
		return err_set(e, EX_NOHOST, "the host name is too long");
	memcpy(out, host.p, host.n);
	out[host.n] = '\0';
	return 0;
}

int
walk_begin(struct walk *w, const struct uri *u, size_t size, struct err *e)
{
	struct span maddr;

	w->large = size > WALK_DATAGRAM;
	w->port = u->port;
	w->host_kind = u->host_kind;
	if (resolve_choose_ways(w, u, e) == -1 ||
	    resolve_copy_host(u->host, w->host, e) == -1)
		return -1;
	if (!uri_param(u, "maddr", &maddr))
		return resolve_copy_host(u->host, w->target, e);
	if (maddr.n > 1 && maddr.p[0] == '[' && maddr.p[maddr.n - 1] == ']')
		maddr = span_cut(maddr, 1, maddr.n - 1);
	if (!uri_host_kind(maddr, &w->host_kind))
		return err_set(e, EX_NOHOST, "maddr=%.*s is not a host",
		    (int)maddr.n, (const char *)maddr.p);
	return resolve_copy_host(maddr, w->target, e);
}

void
walk_free(struct walk *w)
{
	for (size_t i = 0; i < w->wanted; i++) {
		dns_drop(w->wants[i]->question);
		free(w->wants[i]);
	}
	free(w->wants);
}

bool
walk_has_news(const struct walk *w)
{
	for (size_t i = 0; i < w->wanted; i++)
		if (!w->wants[i]->seen &&
		    dns_answer(w->wants[i]->question)->outcome != DNS_WAITING)
			return true;
	return false;
}

/* --- addresses ------------------------------------------------------------ */

static void
resolve_add_target(struct pass *p, enum verdict_transport kind,
    const char *name, unsigned port, const struct addr *a)
{
	struct walk_end *end = p->end;
	struct target *t = &end->targets[end->count];

	if (end->count == RESOLVE_TARGETS || port == 0)
		return;
	t->kind = kind;
	t->addr = *a;
	addr_set_port(&t->addr, port);
	(void)strcpy(t->host, p->w->host);
	(void)strcpy(t->name, name);
	for (size_t i = 0; i < end->count; i++)
		if (end->targets[i].kind == kind &&
		    addr_equal(&end->targets[i].addr, &t->addr))
			return;
	end->count++;
}

/* Returns whether this machine has no route to a. Connects a UDP socket, which
 * sends nothing. */
static bool
resolve_no_way_to(const struct addr *a)
{
	struct addr probe = *a;
	int fd = socket(a->sa.ss_family, SOCK_DGRAM, 0), rc;

	if (fd == -1)
		return true;
	addr_set_port(&probe, 5060);
	rc = connect(fd, (const struct sockaddr *)&probe.sa, probe.len);
	(void)close(fd);
	return rc == -1;
}

/* Adds the addresses of both answers as targets, in the order of RFC 6724. */
static void
resolve_add_answers(struct pass *p, const struct dns_answer *a,
    const struct dns_answer *b, enum verdict_transport kind, const char *name,
    unsigned port)
{
	struct order_addr all[2 * DNS_RECORDS];
	size_t n = 0;
	bool mixed = false;

	for (size_t i = 0; i < a->count; i++)
		all[n++] = (struct order_addr){.addr = a->records[i].addr};
	for (size_t i = 0; i < b->count; i++)
		all[n++] = (struct order_addr){.addr = b->records[i].addr};
	for (size_t i = 1; i < n; i++)
		mixed |= all[i].addr.sa.ss_family != all[0].addr.sa.ss_family;
	for (size_t i = 0; mixed && i < n; i++)
		all[i].unusable = resolve_no_way_to(&all[i].addr);
	order_addrs(all, n);
	for (size_t i = 0; i < n; i++)
		resolve_add_target(p, kind, name, port, &all[i].addr);
}

/* Adds the addresses of a host (RFC 3263, 4.2). why tells how its port was
 * chosen. */
static void
resolve_walk_host(struct pass *p, const char *name, enum verdict_transport kind,
    unsigned port, const char *why)
{
	static const struct dns_answer nothing;
	struct walk_want *wants[3] = {pass_want(p, DNS_HOSTS, name)};
	const struct dns_answer *answers[2], *hosts = pass_need(p, wants[0]);

	if (hosts->outcome == DNS_FOUND) {
		pass_report(p, RESOLVE_HOSTS, wants[0], name, hosts,
		    "port %u by %s%s; name servers are not asked", port,
		    resolve_by(kind), why);
		resolve_add_answers(p, hosts, &nothing, kind, name, port);
		return;
	}
	for (int i = 0; i < 2; i++) {
		wants[i + 1] = pass_want(p, i == 0 ? DNS_A : DNS_AAAA, name);
		answers[i] = wants[i + 1] == NULL
		    ? &nothing
		    : dns_answer(wants[i + 1]->question);
	}
	answers[0] = pass_need_beside(p, wants[1], answers[1]);
	answers[1] = pass_need_beside(p, wants[2], answers[0]);
	if (p->end->pending)
		return;
	/* Not reported for each host of SRV records. */
	if (strcmp(name, p->w->target) == 0)
		pass_report(p, RESOLVE_HOSTS, wants[0], name, hosts,
		    "name servers are asked");
	else if (wants[0] != NULL)
		wants[0]->told = true;
	for (int i = 0; i < 2; i++) {
		enum resolve_kind step = i == 0 ? RESOLVE_A : RESOLVE_AAAA;

		if (answers[i]->count > 0)
			pass_report(p, step, wants[i + 1], name, answers[i],
			    "port %u by %s%s", port, resolve_by(kind), why);
		else
			pass_report(
			    p, step, wants[i + 1], name, answers[i], NULL);
		pass_note(p, answers[i]);
	}
	resolve_add_answers(p, answers[0], answers[1], kind, name, port);
}

/* --- SRV ------------------------------------------------------------------ */

/* Draws the order of SRV records, unless that is done. */
static void
resolve_draw_order(struct walk_want *wanted, const struct dns_answer *a)
{
	struct order_srv records[DNS_RECORDS];
	size_t order[DNS_RECORDS];

	if (wanted->ordered)
		return;
	for (size_t i = 0; i < a->count; i++)
		records[i] = (struct order_srv){
		    a->records[i].first, a->records[i].second};
	order_srv(records, a->count, order_random, NULL, order);
	for (size_t i = 0; i < a->count; i++)
		wanted->order[i] = (unsigned char)order[i];
	wanted->ordered = true;
}

static void
resolve_report_order(struct pass *p, struct walk_want *wanted, const char *name,
    const struct dns_answer *a, enum verdict_transport kind)
{
	struct buf text = {0};

	if (p->fn == NULL)
		return;
	for (size_t i = 0; i < a->count && i < WALK_SHOWN; i++) {
		const struct dns_record *r = &a->records[wanted->order[i]];

		buf_addf(&text, "%s%s:%u", i == 0 ? " " : ", then ", r->name,
		    r->port);
	}
	if (a->count > WALK_SHOWN)
		buf_addf(&text, " and %zu more", a->count - WALK_SHOWN);
	pass_report(p, RESOLVE_SRV, wanted, name, a, "by %s to%s%s",
	    resolve_by(kind), (const char *)text.p,
	    a->count > 1 ? " (by priority, then drawn by weight)" : "");
	buf_free(&text);
}

/* Adds the hosts of an SRV record set, in the order drawn (RFC 2782). */
static void
resolve_walk_srv(struct pass *p, const char *name, enum verdict_transport kind)
{
	struct walk_want *wanted = pass_want(p, DNS_SRV, name);
	const struct dns_answer *a = pass_need(p, wanted);

	if (a->outcome == DNS_WAITING)
		return;
	if (a->outcome == DNS_FAILED)
		pass_note(p, a);
	if (a->outcome != DNS_FOUND) {
		pass_report(p, RESOLVE_SRV, wanted, name, a, NULL);
		return;
	}
	if (a->count == 1 && a->records[0].name[0] == '\0') {
		p->refused = true;
		pass_report(p, RESOLVE_SRV, wanted, name, a,
		    "\".\" says that there is no such service");
		return;
	}
	p->named = true;
	resolve_draw_order(wanted, a);
	resolve_report_order(p, wanted, name, a, kind);
	for (size_t i = 0; i < a->count && !p->full; i++) {
		const struct dns_record *r = &a->records[wanted->order[i]];

		if (r->name[0] != '\0')
			resolve_walk_host(p, r->name, kind, r->port, "");
	}
}

/* Tries SRV, after NAPTR gave nothing, for each transport that the URI
 * allows. */
static void
resolve_walk_all_srv(struct pass *p)
{
	char name[DNS_NAME + 16];

	for (size_t i = 0; i < WAYS; i++) {
		if ((p->w->srv_ways & resolve_bit(ways[i].kind)) == 0)
			continue;
		(void)snprintf(
		    name, sizeof(name), "%s%s", ways[i].prefix, p->w->target);
		if (strlen(name) < DNS_NAME)
			resolve_walk_srv(p, name, ways[i].kind);
	}
}

/* --- NAPTR ---------------------------------------------------------------- */

/* Returns the service that a record offers; NULL if we do not support it or the
 * URI does not allow it. */
static const struct way *
resolve_naptr_way(const struct pass *p, const struct dns_record *r)
{
	if (strcasecmp(r->flags, "s") != 0 || r->rewrites || r->name[0] == '\0')
		return NULL;
	for (size_t i = 0; i < WAYS; i++)
		if (strcasecmp(r->service, ways[i].service) == 0 &&
		    (p->w->naptr_ways & resolve_bit(ways[i].kind)) != 0)
			return &ways[i];
	return NULL;
}

/* Sorts the indices of the usable records by order, then preference. Returns
 * their number. */
static size_t
resolve_naptr_sort(const struct pass *p, const struct dns_answer *a,
    size_t sorted[DNS_RECORDS])
{
	size_t n = 0;

	for (size_t i = 0; i < a->count; i++) {
		const struct dns_record *r = &a->records[i];
		size_t at = n;

		if (resolve_naptr_way(p, r) == NULL)
			continue;
		for (; at > 0; at--) {
			const struct dns_record
			    *b = &a->records[sorted[at - 1]];

			if (r->first > b->first ||
			    (r->first == b->first && r->second >= b->second))
				break;
			sorted[at] = sorted[at - 1];
		}
		sorted[at] = i;
		n++;
	}
	return n;
}

static void
resolve_report_naptr(struct pass *p, struct walk_want *wanted,
    const struct dns_answer *a, const size_t *sorted, size_t count)
{
	struct buf text = {0};

	if (p->fn == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct dns_record *r = &a->records[sorted[i]];

		buf_addf(&text, "%s%s by %s",
		    i == 0 ? ""
			: a->records[sorted[i - 1]].first == r->first
			? ", then "
			: "; if that gives nothing, ",
		    resolve_by(resolve_naptr_way(p, r)->kind), r->name);
	}
	if (count > 0)
		pass_report(p, RESOLVE_NAPTR, wanted, p->w->target, a, "%s%s",
		    (const char *)text.p,
		    count < a->count ? "; the rest is not for this URI" : "");
	else if (a->count > 0)
		pass_report(p, RESOLVE_NAPTR, wanted, p->w->target, a,
		    "it has no service for this URI; SRV is tried without "
		    "it");
	else
		pass_report(p, RESOLVE_NAPTR, wanted, p->w->target, a,
		    "SRV is tried without it");
	buf_free(&text);
}

/* Follows NAPTR records (RFC 3263, 4.1). Once a record gave a target, records
 * of another order are ignored (RFC 3403, 4.1): a domain that prefers TLS is
 * not reached in clear because TLS fails. */
static void
resolve_walk_naptr(struct pass *p)
{
	struct walk_want *wanted = pass_want(p, DNS_NAPTR, p->w->target);
	const struct dns_answer *a = pass_need(p, wanted);
	size_t sorted[DNS_RECORDS], count;

	if (a->outcome == DNS_WAITING)
		return;
	if (a->outcome == DNS_FAILED)
		pass_note(p, a);
	count = resolve_naptr_sort(p, a, sorted);
	if (count > WALK_SERVICES)
		count = WALK_SERVICES;
	resolve_report_naptr(p, wanted, a, sorted, count);
	for (size_t i = 0; i < count; i++) {
		const struct dns_record *r = &a->records[sorted[i]];

		if (i > 0 && r->first != a->records[sorted[i - 1]].first &&
		    (p->end->count > 0 || p->end->pending))
			return;
		resolve_walk_srv(p, r->name, resolve_naptr_way(p, r)->kind);
	}
}

/* --- the tree ------------------------------------------------------------- */

static void
resolve_walk_numeric(struct pass *p)
{
	struct walk *w = p->w;
	unsigned port = w->port != 0 ? w->port : resolve_default_port(w->kind);
	struct dns_record record = {.text = w->target};
	struct dns_answer answer = {
	    .outcome = DNS_FOUND, .records = &record, .count = 1};

	if (!addr_numeric(span_str(w->target), port, &record.addr)) {
		(void)err_set(&p->end->why, EX_NOHOST,
		    "%s is not an IP address", w->target);
		return;
	}
	pass_report(p, RESOLVE_NUMERIC, NULL, w->target, &answer,
	    "%sport %u by %s; there is nothing to look up",
	    w->port == 0 ? "default " : "", port, resolve_by(w->kind));
	resolve_add_target(p, w->kind, w->target, port, &record.addr);
}

/* Asks everything that may be needed, in parallel. */
static void
resolve_ask_ahead(struct pass *p)
{
	struct walk *w = p->w;
	char name[DNS_NAME + 16];

	if (w->wanted > 1)
		return;
	if (w->naptr_ways != 0)
		(void)pass_want(p, DNS_NAPTR, w->target);
	for (size_t i = 0; i < WAYS; i++) {
		(void)snprintf(
		    name, sizeof(name), "%s%s", ways[i].prefix, w->target);
		if (((w->naptr_ways | w->srv_ways) &
			resolve_bit(ways[i].kind)) != 0 &&
		    strlen(name) < DNS_NAME)
			(void)pass_want(p, DNS_SRV, name);
	}
	(void)pass_want(p, DNS_A, w->target);
	(void)pass_want(p, DNS_AAAA, w->target);
}

static void
resolve_walk_name(struct pass *p)
{
	struct walk *w = p->w;
	struct walk_want *wanted = pass_want(p, DNS_HOSTS, w->target);

	if (w->port != 0) {
		resolve_walk_host(
		    p, w->target, w->kind, w->port, ", as the URI says");
		return;
	}
	if (pass_need(p, wanted)->outcome == DNS_FOUND) {
		resolve_walk_host(p, w->target, w->kind,
		    resolve_default_port(w->kind), ", the default");
		return;
	}
	resolve_ask_ahead(p);
	pass_report(p, RESOLVE_HOSTS, wanted, w->target, pass_need(p, wanted),
	    "name servers are asked");
	if (w->naptr_ways != 0)
		resolve_walk_naptr(p);
	if (p->end->count == 0 && !p->end->pending)
		resolve_walk_all_srv(p);
	if (p->end->count == 0 && !p->end->pending && !p->refused && !p->named)
		resolve_walk_host(p, w->target, w->kind,
		    resolve_default_port(w->kind), ", the default without SRV");
}

static void
resolve_give_up(const struct pass *p)
{
	struct err *e = &p->end->why;
	const char *name = p->w->target;

	if (e->exit != 0)
		return;
	if (p->named)
		(void)err_set(e, EX_NOHOST,
		    "%s does not resolve: the hosts of its SRV records have no "
		    "address (%s)",
		    name, p->why);
	else if (p->refused)
		(void)err_set(e, EX_UNAVAILABLE,
		    "%s does not offer SIP over this transport: its SRV record "
		    "says so "
		    "(\".\")",
		    name);
	else
		(void)err_set(
		    e, EX_NOHOST, "%s does not resolve: %s", name, p->why);
}

void
walk_run(struct walk *w, struct walk_end *end, resolve_step_fn *fn, void *arg)
{
	struct pass p = {.w = w,
	    .end = end,
	    .fn = fn,
	    .arg = arg,
	    .why = "no usable record"};

	end->pending = end->blocked = false;
	end->count = 0;
	end->why = (struct err){0};
	if (w->host_kind != HOST_NAME)
		resolve_walk_numeric(&p);
	else
		resolve_walk_name(&p);
	if (end->pending)
		return;
	pass_report_unused(&p);
	if (end->count == 0)
		resolve_give_up(&p);
}
