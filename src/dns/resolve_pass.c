#include "src/dns/resolve_pass_priv.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	PASS_QUESTIONS = 128 /* for one URI, with those to /etc/hosts */
};

/* --- questions ------------------------------------------------------------ */

struct walk_want *
pass_want(struct pass *p, enum dns_type type, const char *name)
{
	struct walk *w = p->w;
	struct walk_want *new;

	for (size_t i = 0; i < w->wanted; i++)
		if (dns_is(w->wants[i]->question, type, name))
			return w->wants[i];
	if (w->wanted == PASS_QUESTIONS) {
		p->full = true;
		return NULL;
	}
	w->wants = vec_grow(
	    w->wants, w->wanted, &w->wants_cap, sizeof(*w->wants));
	new = xcalloc(1, sizeof(*new));
	new->question = dns_ask(w->dns, type, name);
	w->wants[w->wanted++] = new;
	return new;
}

const struct dns_answer *
pass_need(struct pass *p, struct walk_want *wanted)
{
	static const struct dns_answer
	    too_many = {.outcome = DNS_FAILED,
		.why = "one URI needs too many DNS queries"},
	    silence = {.outcome = DNS_FAILED,
		.why = "the name server does not answer"};
	const struct dns_answer *a;

	if (wanted == NULL)
		return &too_many;
	a = dns_answer(wanted->question);
	if (a->outcome != DNS_WAITING)
		wanted->seen = true;
	else if (p->w->overdue)
		return &silence;
	else
		p->end->pending = p->end->blocked = true;
	return a;
}

const struct dns_answer *
pass_need_beside(
    struct pass *p, struct walk_want *wanted, const struct dns_answer *other)
{
	static const struct dns_answer late = {.outcome = DNS_FAILED,
	    .why = "no answer came soon after the other address family's"};

	if (wanted == NULL || other->outcome != DNS_FOUND ||
	    dns_answer(wanted->question)->outcome != DNS_WAITING)
		return pass_need(p, wanted);
	if (p->w->hasty)
		return &late;
	p->end->pending = true;
	return dns_answer(wanted->question);
}

void
pass_note(struct pass *p, const struct dns_answer *a)
{
	if (a->count > 0 || a->outcome <= p->worst)
		return;
	p->worst = a->outcome;
	(void)snprintf(p->why, sizeof(p->why), "%s",
	    a->outcome != DNS_NONE ? a->why
		: a->alias[0] == '\0'
		? "it has no address"
		: "it is an alias that leads to no address");
}

/* --- telling -------------------------------------------------------------- */

void
pass_report(struct pass *p, enum resolve_kind kind, struct walk_want *wanted,
    const char *question, const struct dns_answer *a, const char *fmt, ...)
{
	const char *answers[DNS_RECORDS];
	struct resolve_step step = {
	    .kind = kind, .question = question, .answers = answers};
	struct buf choice = {0};
	va_list ap;

	if (p->fn == NULL || (wanted != NULL && wanted->told))
		return;
	if (wanted != NULL)
		wanted->told = true;
	for (; step.count < a->count; step.count++)
		answers[step.count] = a->records[step.count].text;
	if (a->alias[0] != '\0')
		buf_addf(&choice, "an alias of %s; ", a->alias);
	if (a->left_out > 0)
		buf_addf(&choice, "only the first %d of %zu are used; ",
		    DNS_RECORDS, DNS_RECORDS + a->left_out);
	if (a->count == 0 && a->outcome != DNS_WAITING)
		buf_addf(&choice, "%s%s", a->why, fmt != NULL ? "; " : "");
	if (fmt != NULL) {
		va_start(ap, fmt);
		buf_vaddf(&choice, fmt, ap);
		va_end(ap);
	}
	step.choice = (const char *)choice.p;
	p->fn(p->arg, &step);
	buf_free(&choice);
}

void
pass_report_unused(struct pass *p)
{
	static const enum resolve_kind kinds[] = {[DNS_HOSTS] = RESOLVE_HOSTS,
	    [DNS_NAPTR] = RESOLVE_NAPTR,
	    [DNS_SRV] = RESOLVE_SRV,
	    [DNS_A] = RESOLVE_A,
	    [DNS_AAAA] = RESOLVE_AAAA};

	for (size_t i = 0; p->fn != NULL && i < p->w->wanted; i++) {
		struct walk_want *wanted = p->w->wants[i];
		const struct dns_question *q = wanted->question;

		if (!wanted->told)
			pass_report(p, kinds[dns_type(q)], wanted, dns_name(q),
			    dns_answer(q),
			    "not needed (asked together with the others)");
	}
}
