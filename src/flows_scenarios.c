/*
 * The scenarios of the draft's section 8, and those that RFC 6216 has more, as
 * a table: what is expected, and what was seen.
 */
#include <stdio.h>
#include <string.h>

#include "flows_in.h"
#include "report.h"
#include "text.h"
#include "verbs.h"

/* Of what is expected, and what was seen: columns. */
enum { ROW_END = 26, ROW_PEER_END = 15 };

/* Which side is looked at. */
static const char *
direction(const struct flows_plan *p)
{
	if (flows_is_tls(p))
		return p->turned ? "as server" : "as client";
	return p->turned ? "as sender" : "as recipient";
}

/* "437 untrusted", "200 good", "refused (77)": what an end comes to. */
static void
add_end(struct buf *out, const struct flows_plan *p,
    const struct flows_end *end)
{
	if (end->status == 0) {
		buf_addf(out, "refused: %s",
		    verdict_signature_name(end->signature));
		return;
	}
	buf_addf(out, "%d", end->status);
	if (flows_is_tls(p))
		buf_addf(out, " by %s",
		    verdict_transport_name(end->transport));
	else if (p->encrypt)
		buf_addf(out, " %s", verdict_encryption_name(end->encryption));
	else
		buf_addf(out, " %s", verdict_signature_name(end->signature));
}

/* What can be known of a peer: its answer. */
static void
add_peer_end(struct buf *out, const struct flows_end *end)
{
	if (end->status == 0)
		buf_addf(out, "no answer (%d)", end->exit);
	else
		buf_addf(out, "%d", end->status);
}

static const char *
mark(const struct flows *f, const struct flows_run *r)
{
	if (flows_ended_well(f, r))
		return "pass";
	return f->peer != NULL && r->plan->end.exit != 0 ? "WRONGLY ACCEPTED"
	    : f->peer != NULL                            ? "WRONGLY REFUSED"
							 : "FAIL";
}

static void
add_cells(const struct flows *f, struct buf *out, const char *name,
    const char *part, const char *expected, const char *seen,
    const char *result)
{
	int width = f->peer != NULL ? ROW_PEER_END : ROW_END;

	buf_addf(out, "%-8s %-12s %-*s %-*s %s\n", name, part, width,
	    expected, width, seen, result);
}

static void
add_row(const struct flows *f, const struct flows_run *r, struct buf *out)
{
	const struct flows_plan *p = r->plan;
	struct buf expected = {0}, seen = {0};

	if (f->peer != NULL) {
		buf_adds(&expected, p->end.exit == 0 ? "2xx" : "refused");
		add_peer_end(&seen, &r->end);
	} else {
		add_end(&expected, p, &p->end);
		add_end(&seen, p, &r->end);
	}
	add_cells(f, out, p->name, direction(p), (const char *)expected.p,
	    (const char *)seen.p, mark(f, r));
	if (!flows_ended_well(f, r) && r->why[0] != '\0')
		text_rows(out, span_str(r->why), "         ", 80);
	buf_free(&expected);
	buf_free(&seen);
}

/* Whether it can be tried: a peer's own certificates are not ours to make, so
 * that of it, what it takes is seen alone. */
static bool
can_try(const struct flows *f, const struct flows_plan *p)
{
	if (f->peer == NULL)
		return true;
	return flows_is_tls(p) ? p->turned : !p->turned;
}

static int
one(struct flows *f, const struct flows_plan *p, unsigned *failed,
    struct err *e)
{
	struct flows_run r;
	struct buf row = {0};
	int rc;

	if (!can_try(f, p))
		return 0;
	rc = flows_run(f, p, &r, e);
	if (rc == 0) {
		add_row(f, &r, &row);
		if (!flows_ended_well(f, &r))
			(*failed)++;
		rc = report_write(&row, e);
	}
	flows_run_free(&r);
	buf_free(&row);
	return rc;
}

int
flows_scenarios(struct flows *f)
{
	const struct flows_plan *plans;
	unsigned failed = 0;
	struct err e = {0};
	struct buf text = {0};
	size_t count;
	int rc;

	plans = flows_plans(&count);
	add_cells(f, &text, "scenario", f->peer != NULL ? "peer" : "signet",
	    "expected", "seen", "pass");
	rc = report_write(&text, &e);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct flows_plan turned;

		if (!flows_is_scenario(&plans[i]))
			continue;
		buf_addf(&text, "%s\n", plans[i].title);
		turned = flows_turn(&plans[i]);
		rc = report_write(&text, &e);
		if (rc == 0)
			rc = one(f, &plans[i], &failed, &e);
		if (rc == 0)
			rc = one(f, &turned, &failed, &e);
	}
	buf_free(&text);
	if (rc == -1)
		return verb_fail(&e);
	return failed == 0 ? 0 : EX_NOPERM;
}
