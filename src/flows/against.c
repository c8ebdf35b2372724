/*
 * The scenarios against another implementation: which odd certificates it
 * refuses, and which it wrongly accepts. It does not report its verdict, so
 * only its answer or its TLS alert is compared.
 */
#include <stdio.h>
#include <string.h>

#include "src/app/verb.h"
#include "src/base/text.h"
#include "src/flows/flows_priv.h"
#include "src/net/endpoint.h"
#include "src/show/report.h"

/* The role in which the peer judges a certificate. */
enum part { AS_RECIPIENT, AS_CLIENT, AS_SERVER, PARTS };
static const char *const part_names[] = {
    "as recipient", "as client", "as server"};

struct against {
	struct flows *f; /* for flows in which we send */
	struct flows awaits; /* in which the peer sends; unused if its await is
	                      * NULL */
	struct buf out;
	unsigned wrong;
	bool takes[PARTS]; /* the good certificate was accepted, so that a
	                    * refusal means something */
};

/* The outcome of one flow. Not every failure is a refusal. */
enum against_outcome {
	TOOK,
	REFUSED,
	UNASKED,
	NO_ANSWER,
	IGNORED /* it went on as without the certificate, which is allowed */
};

/* Returns whether a status refuses the message itself, and is not about
 * passwords, places or times. */
static bool
against_is_refusal(int status)
{
	static const int others[] = {401, 404, 407, 408, 430, 477, 480, 486,
	    500, 502, 503, 504, 600, 604};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (status == others[i])
			return false;
	return status >= 400;
}

static enum against_outcome
against_outcome(const struct flows *f, const struct flows_run *r)
{
	const struct flows_plan *p = r->plan;

	if (flows_is_tls(p) && p->turned && f->await == NULL && !r->asked)
		return r->end.status != 0 ? UNASKED : NO_ANSWER;
	if (r->end.exit == 0)
		return TOOK;
	if (r->end.status != 0)
		return against_is_refusal(r->end.status) ? REFUSED : NO_ANSWER;
	return r->end.exit == EX_NOPERM ? REFUSED : NO_ANSWER;
}

static const char *
against_outcome_text(
    enum against_outcome o, const struct flows_run *r, char text[40])
{
	switch (o) {
	case UNASKED:
		return "it asks for none";
	case IGNORED:
		return "it counts as none";
	case NO_ANSWER:
	case TOOK:
	case REFUSED:
		break;
	}
	if (r->end.status == 0)
		return o == TOOK   ? "it sent"
		    : o == REFUSED ? "no connection"
				   : "nothing";
	(void)snprintf(text, 40, "%d", r->end.status);
	return text;
}

static bool
against_is_expected(const struct flows_plan *p, enum against_outcome o)
{
	return o == UNASKED || o == IGNORED ||
	    (o != NO_ANSWER && (p->end.exit == 0) == (o == TOOK));
}

static const char *
against_result(const struct flows_plan *p, enum against_outcome o)
{
	if (o == UNASKED || o == IGNORED)
		return "-";
	if (o == NO_ANSWER)
		return "NOT KNOWN";
	if (against_is_expected(p, o))
		return "pass";
	return p->end.exit == 0 ? "WRONGLY REFUSED" : "WRONGLY ACCEPTED";
}

static void
against_add_row(struct against *a, const char *name, const char *part,
    const char *expected, const char *seen, const char *is)
{
	buf_addf(&a->out, "%-8s %-12s %-10s %-17s %s\n", name, part, expected,
	    seen, is);
}

/* Returns whether a server that only asks for a client's certificate may take
 * this one as none: a person's proves no host. */
static bool
against_may_ignore(const struct flows_plan *p)
{
	return p->turned && p->odd == ODD_NAME && flows_is_tls(p);
}

static int
against_run_one(struct against *a, struct flows *f, const struct flows_plan *p,
    enum part part, struct err *e)
{
	struct flows_run r;
	char text[40];
	enum against_outcome seen, counts;
	int rc = flows_run(f, p, &r, e);

	if (rc == 0) {
		seen = counts = against_outcome(f, &r);
		/* If the peer refused the good certificate, its refusals prove
		 * nothing. */
		if (against_may_ignore(p) && seen == TOOK)
			seen = counts = IGNORED;
		if (p->odd == ODD_NOTHING)
			a->takes[part] = seen == TOOK;
		else if (seen == REFUSED && !a->takes[part])
			counts = NO_ANSWER;
		against_add_row(a, p->name, part_names[part],
		    p->end.exit == 0 ? "taken" : "refused",
		    against_outcome_text(seen, &r, text),
		    against_result(p, counts));
		if (!against_is_expected(p, counts)) {
			a->wrong++;
			if (r.why != NULL)
				text_rows(
				    &a->out, span_str(r.why), "         ", 80);
		}
		rc = report_write(&a->out, e);
	}
	flows_run_free(&r);
	return rc;
}

/* Returns whether the peer cannot know what is odd: it has no CRL of a
 * certificate that was revoked just now. */
static bool
against_cannot_know(const struct flows_plan *p)
{
	return p->odd == ODD_REVOKED || p->odd == ODD_CA_REVOKED;
}

/* Returns whether the flow can run: a certificate for an address needs an IPv4
 * address, since that can be a file name. */
static bool
against_has_address(const struct against *a, const struct flows_plan *p)
{
	return p->odd != ODD_ADDRESS || a->awaits.address[0] != '\0';
}

static int
against_scenario(struct against *a, const struct flows_plan *p, struct err *e)
{
	struct flows_plan turned = flows_turn(p);

	buf_addf(&a->out, "%s\n", p->title);
	if (against_cannot_know(p)) {
		against_add_row(
		    a, p->name, "", "refused", "its CRL is new", "-");
		return report_write(&a->out, e);
	}
	if (!flows_is_tls(p))
		return against_run_one(a, a->f, p, AS_RECIPIENT, e);
	if (a->awaits.await != NULL && against_has_address(a, p) &&
	    against_run_one(a, &a->awaits, p, AS_CLIENT, e) == -1)
		return -1;
	return against_run_one(a, a->f, &turned, AS_SERVER, e);
}

/* Notes that the peer cannot be asked to send. This is no error: the listen
 * setting may be there for other uses. */
static int
against_note_no_host(const struct config *c)
{
	struct buf text = {0};

	buf_addf(&text,
	    "the peer is not asked to send to %s: a certificate is checked by "
	    "the host's name, so listen at tls:HOST:PORT",
	    c->listens.items[0]);
	verb_note(c, (const char *)text.p);
	buf_free(&text);
	return 0;
}

/* Sets up the flows in which the peer sends to us, at the first listen
 * setting. */
static int
against_set_up(struct against *a, struct err *e)
{
	const struct config *c = a->f->config;
	struct endpoint ep;
	struct addr numeric;
	struct buf who = {0};
	int rc;

	if (c->listens.count == 0)
		return 0;
	if (endpoint_parse(c->listens.items[0], &ep, e) == -1)
		return -1;
	if (ep.kind != TRANSPORT_TLS ||
	    addr_numeric(span_str(ep.host), 0, &numeric))
		return against_note_no_host(c);
	a->awaits = *a->f;
	a->awaits.root = NULL;
	a->awaits.dir[0] = '\0';
	a->awaits.peer = NULL;
	a->awaits.await = c->listens.items[0];
	a->awaits.us = a->f->them;
	a->awaits.address[0] = '\0';
	for (size_t i = 0; i < ep.count; i++)
		if (ep.addrs[i].sa.ss_family == AF_INET)
			addr_host(&ep.addrs[i], a->awaits.address);
	buf_addf(&who, "sip:flows@%s", ep.host);
	rc = aor_parse_uri(span_buf(&who), &a->awaits.them, e);
	buf_free(&who);
	return rc == 0 ? flows_begin(&a->awaits, e) : -1;
}

int
flows_against(struct flows *f)
{
	struct against a = {.f = f};
	const struct flows_plan *plans;
	struct err e = {0};
	size_t count;
	int rc = against_set_up(&a, &e);

	plans = flows_plans(&count);
	against_add_row(&a, "scenario", "peer", "expected", "seen", "pass");
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (flows_is_scenario(&plans[i]))
			rc = against_scenario(&a, &plans[i], &e);
	if (a.awaits.await != NULL) {
		flows_end(&a.awaits);
		aor_free(&a.awaits.them);
	}
	buf_free(&a.out);
	if (rc == -1)
		return verb_fail(&e);
	return a.wrong == 0 ? 0 : EX_NOPERM;
}
