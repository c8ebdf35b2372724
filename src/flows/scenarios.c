/*
 * Runs the scenarios of the draft's section 8 and the additional ones of RFC
 * 6216, and prints a table of expected and actual results.
 */
#include <stdio.h>
#include <string.h>

#include "src/app/verb.h"
#include "src/base/text.h"
#include "src/flows/flows_priv.h"
#include "src/show/report.h"

enum { ROW_END = 26 }; /* columns of an expected or actual result */

/* Returns the role in which signet judges the odd certificate. */
static const char *
scenarios_direction(const struct flows_plan *p)
{
	if (flows_is_tls(p))
		return p->turned ? "as server" : "as client";
	return p->turned ? "as sender" : "as recipient";
}

/* Appends an end as text: "437 untrusted", "200 good", "refused: expired". */
static void
scenarios_add_end(
    struct buf *out, const struct flows_plan *p, const struct flows_end *end)
{
	if (end->status == 0) {
		buf_addf(
		    out, "refused: %s", verdict_signature_name(end->signature));
		return;
	}
	buf_addf(out, "%d", end->status);
	if (flows_is_tls(p))
		buf_addf(out, " by %s", verdict_transport_name(end->transport));
	else if (p->encrypt)
		buf_addf(out, " %s", verdict_encryption_name(end->encryption));
	else
		buf_addf(out, " %s", verdict_signature_name(end->signature));
}

static void
scenarios_add_cells(struct buf *out, const char *name, const char *part,
    const char *expected, const char *seen, const char *result)
{
	buf_addf(out, "%-8s %-12s %-*s %-*s %s\n", name, part, ROW_END,
	    expected, ROW_END, seen, result);
}

static void
scenarios_add_row(
    const struct flows *f, const struct flows_run *r, struct buf *out)
{
	const struct flows_plan *p = r->plan;
	struct buf expected = {0}, seen = {0};

	scenarios_add_end(&expected, p, &p->end);
	scenarios_add_end(&seen, p, &r->end);
	scenarios_add_cells(out, p->name, scenarios_direction(p),
	    (const char *)expected.p, (const char *)seen.p,
	    flows_ended_well(f, r) ? "pass" : "FAIL");
	if (!flows_ended_well(f, r) && r->why != NULL)
		text_rows(out, span_str(r->why), "         ", 80);
	buf_free(&expected);
	buf_free(&seen);
}

static int
scenarios_run_one(struct flows *f, const struct flows_plan *p, unsigned *failed,
    struct err *e)
{
	struct flows_run r;
	struct buf row = {0};
	int rc;

	rc = flows_run(f, p, &r, e);
	if (rc == 0) {
		scenarios_add_row(f, &r, &row);
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
	scenarios_add_cells(
	    &text, "scenario", "signet", "expected", "seen", "pass");
	rc = report_write(&text, &e);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct flows_plan turned;

		if (!flows_is_scenario(&plans[i]))
			continue;
		buf_addf(&text, "%s\n", plans[i].title);
		turned = flows_turn(&plans[i]);
		rc = report_write(&text, &e);
		if (rc == 0)
			rc = scenarios_run_one(f, &plans[i], &failed, &e);
		if (rc == 0)
			rc = scenarios_run_one(f, &turned, &failed, &e);
	}
	buf_free(&text);
	if (rc == -1)
		return verb_fail(&e);
	return failed == 0 ? 0 : EX_NOPERM;
}
