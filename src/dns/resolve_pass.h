/*
 * One walk over what is known: what it asks, what it tells. Private to
 * src/resolve*.c.
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_PASS_H
#define SIGNET_SRC_DNS_RESOLVE_PASS_H

#include "src/dns/resolve_walk.h"

struct pass {
	struct walk *w;
	struct walk_end *end;
	resolve_step_fn *fn; /* NULL: nobody listens */
	void *arg;
	bool full; /* a question was one too many */
	bool refused; /* an SRV record says that there is no service */
	bool named; /* SRV records named hosts */
	enum dns_outcome worst; /* of the answers that led nowhere */
	char why[128];
};

/* What was asked already, or is asked now; NULL when that was too much. */
struct walk_want *pass_want(
    struct pass *p, enum dns_type type, const char *name);

/* The answer to it. Where that is DNS_WAITING the walk is pending, and what
 * it does from there on may ask, but is not what counts. */
const struct dns_answer *pass_need(struct pass *p, struct walk_want *wanted);

/* The same for one family of a host: where the other one's answer is there
 * already, this one is not waited for long (RFC 8305, 3). */
const struct dns_answer *pass_need_beside(
    struct pass *p, struct walk_want *wanted, const struct dns_answer *other);

/* Keeps of all answers that led nowhere the reason that says most. */
void pass_note(struct pass *p, const struct dns_answer *a);

/* Tells a step: its answers, why there are none, and then fmt, unless that is
 * NULL. Of one question (wanted, if it isn't NULL) it is told once. */
void pass_report(struct pass *p, enum resolve_kind kind,
    struct walk_want *wanted, const char *question, const struct dns_answer *a,
    const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Tells what was asked together with the rest and then not needed. */
void pass_report_unused(struct pass *p);

#endif
