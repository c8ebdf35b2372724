/* resolve: the steps of RFC 3263 for one URI, and its targets. */
#include "src/app/verb.h"
#include "src/cmd/verbs.h"

#include "src/base/json.h"
#include "src/base/loop.h"
#include "src/dns/resolve_text.h"
#include "src/net/idn.h"
#include "src/show/report.h"

struct resolving {
	const struct config *c;
	struct loop *loop;
	struct buf out;
	struct err why;
	bool done;
};

/* --- JSON ----------------------------------------------------------------- */

static void
resolve_step_json(struct buf *b, const struct resolve_step *step)
{
	json_open(b);
	json_member(b, "step", resolve_kind_name(step->kind));
	json_member(b, "question", step->question);
	json_list(b, "answers");
	for (size_t i = 0; i < step->count; i++)
		json_string(b, step->answers[i]);
	json_list_end(b);
	json_member(b, "choice", step->choice);
	json_close_line(b);
}

static void
resolve_targets_json(struct buf *b, const struct target *targets, size_t count)
{
	char address[ADDR_TEXT];

	json_open(b);
	json_list(b, "targets");
	for (size_t i = 0; i < count; i++) {
		const struct target *t = &targets[i];

		addr_host(&t->addr, address);
		json_open(b);
		json_member(b, "transport", verdict_transport_name(t->kind));
		json_member(b, "host", t->host);
		json_member(b, "name", t->name);
		json_member(b, "address", address);
		json_number(b, "port", addr_port(&t->addr));
		json_close(b);
	}
	json_list_end(b);
	json_close_line(b);
}

/* --- the verb ------------------------------------------------------------- */

static void
resolve_on_step(void *arg, const void *of, const struct resolve_step *step)
{
	struct resolving *v = arg;

	(void)of;
	if (v->c->json)
		resolve_step_json(&v->out, step);
	else
		resolve_text_step(&v->out, step, report_width());
}

static void
resolve_on_resolved(void *arg, const struct target *targets, size_t count,
    const struct err *why)
{
	struct resolving *v = arg;

	v->done = true;
	if (v->c->json)
		resolve_targets_json(&v->out, targets, count);
	else if (count > 0)
		resolve_text_targets(&v->out, targets, count);
	v->why = *why;
	loop_stop(v->loop);
}

static int
resolve_run(struct resolving *v, const struct uri *uri, struct err *e)
{
	struct resolver *r;
	int rc = 0;

	if (loop_new(&v->loop, e) == -1)
		return -1;
	r = resolver_new(v->loop, v->c->dns.items, v->c->dns.count);
	resolver_watch(r, resolve_on_step, v);
	(void)resolve_uri(r, uri, 0, resolve_on_resolved, v);
	if (!v->done)
		rc = loop_run(v->loop, e);
	resolver_free(r);
	loop_free(v->loop);
	return rc;
}

static int
resolve_verb_run(const struct config *c, const struct verb_args *a)
{
	struct resolving v = {.c = c};
	struct buf text = {0};
	struct uri uri;
	struct err e = {0};
	int rc = idn_typed(&text, a->words[0], &uri, &e);

	if (rc == 0)
		rc = resolve_run(&v, &uri, &e);
	if (rc == 0)
		rc = report_write(&v.out, &e);
	buf_free(&v.out);
	buf_free(&text);
	if (rc == -1)
		return verb_fail(&e);
	return v.why.exit == 0 ? 0 : verb_fail(&v.why);
}

const struct verb resolve_verb = {.name = "resolve",
    .args = "URI",
    .help = "show how a URI is resolved, and its targets in order",
    .settings = "dns json",
    .least = 1,
    .most = 1,
    .stops = true,
    .run = resolve_verb_run};
