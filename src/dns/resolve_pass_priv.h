/*
 * One pass of a walk: asks its questions and reports its steps. Private to
 * src/dns/.
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_PASS_PRIV_H
#define SIGNET_SRC_DNS_RESOLVE_PASS_PRIV_H

#include "src/dns/resolve_walk_priv.h"

struct pass {
	struct walk *w;
	struct walk_end *end;
	resolve_step_fn *fn; /* gets the steps, or NULL */
	void *arg;
	bool full; /* there were too many questions */
	bool refused; /* an SRV record says that there is no service */
	bool named; /* there are hosts in SRV records */
	enum dns_outcome worst; /* of the answers without a target */
	char why[128]; /* the reason of that */
};

/* Asks, unless the walk has asked already; NULL if that were too many
 * questions. */
struct walk_want *pass_want(
    struct pass *p, enum dns_type type, const char *name);

/* Returns the answer. If it is DNS_WAITING the walk becomes pending: the rest
 * of the pass may ask further questions, but its targets do not count. */
const struct dns_answer *pass_need(struct pass *p, struct walk_want *wanted);

/* The same for one address family of a host: if the answer for the other one is
 * there, this one is not waited for long (RFC 8305, 3). */
const struct dns_answer *pass_need_beside(
    struct pass *p, struct walk_want *wanted, const struct dns_answer *other);

/* Keeps the reason of an answer without records, if it is worse than before. */
void pass_note(struct pass *p, const struct dns_answer *a);

/* Reports a step: its answers, or why there are none, then fmt, unless it is
 * NULL. Each question (wanted, unless it is NULL) is reported once. */
void pass_report(struct pass *p, enum resolve_kind kind,
    struct walk_want *wanted, const char *question, const struct dns_answer *a,
    const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Reports the questions whose answers were not needed. */
void pass_report_unused(struct pass *p);

#endif
