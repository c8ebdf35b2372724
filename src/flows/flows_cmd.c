/*
 * signet flows: runs and prints the draft's call flows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app/paging.h"
#include "src/app/verb.h"
#include "src/base/paint.h"
#include "src/flows/flows.h"
#include "src/flows/flows_priv.h"
#include "src/show/report.h"

enum {
	FLOWS_2006 = 1151193600, /* 2006-06-25: the draft's date, for --seed */
	FLOWS_2005 = 1107388800, /* 2005-02-03: start of its certificates */
	FLOWS_SEED = 100 /* bytes */
};

struct flows_args {
	const struct verb_args *args;
	struct flows f;
	const char *save, *replay;
	bool diff, ladder;
	bool colours; /* a terminal is written to */
	const char **words;
	size_t count;
};

static bool
flows_is_only(const struct flows_args *a, const char *word)
{
	return a->count == 1 && strcmp(a->words[0], word) == 0;
}

/* Refuses options that exclude each other. */
static int
flows_check_usage(const struct flows_args *a, struct err *e)
{
	const struct flows *f = &a->f;
	bool runs = a->save != NULL || f->seed != NULL || f->peer != NULL ||
	    f->ca != NULL;

	if (a->ladder &&
	    (a->diff || a->replay != NULL || flows_is_only(a, "list") ||
		flows_is_only(a, "scenarios")))
		return verb_usage(a->args, e);
	if ((a->diff && (a->count != 2 || a->replay != NULL || runs)) ||
	    (a->replay != NULL && (a->count != 0 || runs)))
		return verb_usage(a->args, e);
	if (f->ca != NULL && f->peer == NULL)
		return err_set(e, EX_USAGE,
		    "--ca names a CA that the peer trusts: give --peer, too, "
		    "or "
		    "leave it out");
	if (f->seed != NULL && strlen(f->seed) > FLOWS_SEED)
		return err_set(e, EX_USAGE,
		    "--seed needs a word of at most %d bytes", (int)FLOWS_SEED);
	return 0;
}

static int
flows_parse(struct flows_args *a, const struct verb_args *args, struct err *e)
{
	a->args = args;
	a->f.seed = verb_value(args, "seed");
	a->f.peer = verb_value(args, "peer");
	a->f.ca = verb_value(args, "ca");
	a->save = verb_value(args, "save");
	a->replay = verb_value(args, "replay");
	a->diff = verb_has(args, "diff");
	a->ladder = verb_has(args, "ladder");
	a->words = args->words;
	a->count = (size_t)args->count;
	return flows_check_usage(a, e);
}

/* --- addresses, keys and time --------------------------------------------- */

static int
flows_set_people(struct flows_args *a, struct err *e)
{
	const struct config *c = a->f.config;
	const char *us = "sip:fluffy@example.com";
	const char *them = "sip:kumiko@example.net";

	if (a->f.peer != NULL && c->aors.count == 0)
		return config_no_aor(e);
	if (a->f.peer != NULL) {
		us = c->aors.items[0];
		them = a->f.peer;
	}
	if (aor_parse(span_str(us), &a->f.us, e) == -1)
		return err_in(e, "aor %s", us);
	if (aor_parse(span_str(them), &a->f.them, e) == -1)
		return err_in(e, "--peer %s", them);
	return 0;
}

/* Opens the key store once for its warning; flows_keystore prints none. */
static int
flows_warn_of_keys(const struct config *c, struct err *e)
{
	struct keystore *ks;

	if (c->keys == NULL)
		return 0;
	if (verb_keystore(c, false, &ks, e) == -1)
		return -1;
	keystore_free(ks);
	return 0;
}

static void
flows_set_time(struct flows *f)
{
	const struct policy *p = &f->config->policy;

	if (p->at != 0 || f->peer != NULL)
		f->at = p->at;
	else if (p->legacy)
		f->at = FLOWS_2005;
	else if (f->seed != NULL)
		f->at = FLOWS_2006;
}

/* --- flows ---------------------------------------------------------------- */

static int
flows_list(struct err *e)
{
	const struct flows_plan *plans;
	struct buf b = {0};
	size_t count;
	int rc;

	plans = flows_plans(&count);
	for (size_t i = 0; i < count; i++)
		buf_addf(&b, "%-17s  %s\n", plans[i].name, plans[i].title);
	rc = report_write(&b, e);
	buf_free(&b);
	return rc;
}

/* Reports a flow that failed. Returns the exit status: with a peer that of
 * send, else EX_NOPERM. */
static int
flows_report_failure(const struct flows_args *a, const struct flows_run *r)
{
	struct err e = {0};

	(void)err_set(&e,
	    a->f.peer != NULL && r->end.exit != 0 ? r->end.exit : EX_NOPERM,
	    "the flow %s did not end as expected%s%s", r->plan->name,
	    r->why != NULL ? ": " : "", r->why != NULL ? r->why : "");
	return verb_fail(&e);
}

/* Prints a flow that was run. */
static int
flows_show(const struct flows_args *a, const struct flows_run *r, struct err *e)
{
	struct buf lines = {0}, b = {0};
	int rc;

	if (a->ladder)
		flows_print_ladder(&a->f, r, &lines);
	else
		flows_print(&a->f, r, &lines);
	paint_lines(&b, span_buf(&lines), a->colours);
	rc = report_write(&b, e);
	buf_free(&lines);
	buf_free(&b);
	return rc;
}

static int
flows_run_flow(struct flows_args *a, const struct flows_plan *p,
    struct flows_folder *folder, int *ends, struct err *e)
{
	struct flows_run r;
	int failed, rc = flows_run(&a->f, p, &r, e);

	if (rc == 0)
		rc = flows_show(a, &r, e);
	if (rc == 0 && !flows_ended_well(&a->f, &r)) {
		failed = flows_report_failure(a, &r);
		*ends = *ends != 0 ? *ends : failed;
	}
	if (rc == 0 && folder != NULL)
		rc = flows_folder_add(folder, &a->f, &r, e);
	flows_run_free(&r);
	return rc;
}

static int
flows_run_flows(
    struct flows_args *a, struct flows_folder *folder, int *ends, struct err *e)
{
	const struct flows_plan *plans;
	size_t count;
	int rc = 0;

	plans = flows_plans(&count);
	for (size_t i = 0; rc == 0 && i < count && a->count == 0; i++)
		if (a->f.peer == NULL || !flows_is_scenario(&plans[i]))
			rc = flows_run_flow(a, &plans[i], folder, ends, e);
	for (size_t i = 0; rc == 0 && i < a->count; i++)
		rc = flows_run_flow(
		    a, flows_find(a->words[i]), folder, ends, e);
	return rc;
}

static bool
flows_is_named_before(const struct flows_args *a, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(a->words[j], a->words[i]) == 0)
			return true;
	return false;
}

static int
flows_check_names(const struct flows_args *a, struct err *e)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct flows_plan *p = flows_find(a->words[i]);

		if (strcmp(a->words[i], "list") == 0 ||
		    strcmp(a->words[i], "scenarios") == 0)
			return err_set(e, EX_USAGE,
			    "\"%s\" must be the only argument", a->words[i]);
		if (p == NULL)
			return err_set(e, EX_USAGE,
			    "there is no flow \"%s\" (signet flows list)",
			    a->words[i]);
		if (a->f.peer != NULL && flows_is_scenario(p))
			return err_set(e, EX_USAGE,
			    "%s is a scenario: --peer takes all of them, with "
			    "--ca DIR and the word scenarios",
			    p->name);
		if (a->save != NULL && flows_is_named_before(a, i))
			return err_set(e, EX_USAGE,
			    "%s is named twice: --save needs different flows",
			    p->name);
	}
	return 0;
}

static int
flows_run_named(struct flows_args *a, int *ends, struct err *e)
{
	struct flows_folder *folder = NULL;
	int rc = flows_check_names(a, e);

	if (rc == 0 && a->save != NULL)
		rc = flows_folder_new(a->save, &folder, e);
	if (rc == 0)
		rc = flows_run_flows(a, folder, ends, e);
	if (rc == 0 && folder != NULL)
		rc = flows_folder_close(folder, a->f.at, e);
	else
		flows_folder_abandon(folder);
	return rc;
}

static int
flows_cmd_run(struct flows_args *a, struct err *e)
{
	bool table = flows_is_only(a, "scenarios");
	int rc, ends = 0;

	if (flows_is_only(a, "list"))
		return a->save == NULL && a->f.peer == NULL
		    ? flows_list(e)
		    : verb_usage(a->args, e);
	if (table && a->save != NULL)
		return err_set(
		    e, EX_USAGE, "--save needs names of flows, not scenarios");
	if (table && a->f.peer != NULL && a->f.ca == NULL)
		return err_set(e, EX_USAGE,
		    "with --peer, scenarios need --ca DIR, a test CA that the "
		    "peer trusts; signet ca init DIR makes one");
	scratch_hold(true);
	rc = flows_set_people(a, e);
	if (rc == 0)
		rc = flows_warn_of_keys(a->f.config, e);
	if (rc == 0) {
		flows_set_time(&a->f);
		rc = flows_begin(&a->f, e);
	}
	if (rc == 0 && table)
		ends = a->f.peer != NULL ? flows_against(&a->f)
					 : flows_scenarios(&a->f);
	else if (rc == 0)
		rc = flows_run_named(a, &ends, e);
	flows_end(&a->f);
	scratch_hold(false);
	aor_free(&a->f.us);
	aor_free(&a->f.them);
	return rc == -1 ? -1 : ends;
}

static int
flows_do(struct flows_args *a)
{
	const struct config *c = a->f.config;
	struct err e = {0};
	int rc;

	if (a->replay != NULL)
		return flows_replay(c, a->replay);
	if (a->diff)
		return flows_diff(a->words[0], a->words[1]);
	rc = flows_cmd_run(a, &e);
	config_advise(c, &e);
	return rc == -1 ? verb_fail(&e) : rc;
}

/* A passphrase that the terminal is asked for would meet the pager there. */
static bool
flows_may_ask(const struct config *c)
{
	return c->keys != NULL && c->passphrase_command == NULL;
}

static int
flows_verb_run(const struct config *c, const struct verb_args *args)
{
	struct flows_args a = {.f = {.config = c, .address = "127.0.0.1"}};
	struct paging paging = {.pid = 0};
	struct err e = {0};
	int rc;

	if (flows_parse(&a, args, &e) == -1) {
		config_advise(c, &e);
		return verb_fail(&e);
	}
	a.colours = paint_wanted(STDOUT_FILENO);
	if (!verb_has(args, "no-pager") && !flows_may_ask(c))
		paging_begin(&paging);
	rc = flows_do(&a);
	/* Whoever leaves the pager has seen enough. */
	return paging_end(&paging) && rc == EX_IOERR ? 0 : rc;
}

static const struct verb_option flows_own[] = {
    {"seed", 0, "WORD", "print the same names and dates each time"},
    {"save", 0, "DIR", "save the flows in a folder"},
    {"peer", 0, "URI", "send to this peer instead of kumiko"},
    {"ca", 0, "DIR", "with --peer: a test CA that it trusts"},
    {"replay", 0, "DIR", "check a saved folder"},
    {"ladder", 0, NULL, "print a line for each message"},
    {"no-pager", 0, NULL, "do not start $PAGER"},
    {"diff", 0, NULL, "show where two saved folders differ"},
    {NULL, 0, NULL, NULL}};

const struct verb flows_verb = {.name = "flows",
    .args = "[--ladder] [--seed WORD] [--save DIR] [--peer URI] "
	    "[--ca DIR] [list | scenarios | NAME...] | --replay DIR | "
	    "--diff DIR DIR",
    .help = "run and print the draft's call flows",
    .settings = "aor at legacy quiet",
    .options = flows_own,
    .most = 1000000,
    .impersonal = true,
    .personal = "peer",
    .run = flows_verb_run};
