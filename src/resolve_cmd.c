/* resolve: the steps of RFC 3263 for one URI, and where they lead. */
#include "verbs.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "idn.h"
#include "loop.h"
#include "report.h"
#include "resolve.h"
#include "text.h"

enum { RESOLVE_COLUMN = 8 }; /* where questions and answers begin */

struct resolving {
	const struct config *c;
	struct loop *loop;
	struct buf out;
	struct err why;
	bool done;
};

/* --- JSON ----------------------------------------------------------------- */

static void
step_json(struct buf *b, const struct resolve_step *step)
{
	buf_adds(b, "{");
	report_member(b, "step", resolve_kind_name(step->kind));
	report_member(b, "question", step->question);
	buf_adds(b, ",\"answers\":[");
	for (size_t i = 0; i < step->count; i++) {
		buf_adds(b, i > 0 ? "," : "");
		text_json(b, span_str(step->answers[i]));
	}
	buf_adds(b, "]");
	report_member(b, "choice", step->choice);
	buf_adds(b, "}\n");
}

static void
targets_json(struct buf *b, const struct target *targets, size_t count)
{
	char address[ADDR_TEXT];

	buf_adds(b, "{\"targets\":[");
	for (size_t i = 0; i < count; i++) {
		const struct target *t = &targets[i];

		addr_host(&t->addr, address);
		buf_adds(b, i > 0 ? ",{" : "{");
		report_member(b, "transport", verdict_transport_name(t->kind));
		report_member(b, "host", t->host);
		report_member(b, "name", t->name);
		report_member(b, "address", address);
		buf_addf(b, ",\"port\":%u}", addr_port(&t->addr));
	}
	buf_adds(b, "]}\n");
}

/* --- people --------------------------------------------------------------- */

static void
add_column(struct buf *b, const char *word)
{
	buf_addf(b, "%-*s", RESOLVE_COLUMN, word);
}

static void
add_safe(struct buf *b, const char *words)
{
	text_harmless(b, span_str(words), false);
}

/* A question in the first column, its answers below, what they mean last. */
static void
step_lines(struct buf *b, const struct resolve_step *step)
{
	size_t from;

	add_column(b, resolve_kind_name(step->kind));
	add_safe(b, step->question);
	buf_adds(b, "\n");
	for (size_t i = 0; i < step->count; i++) {
		add_column(b, "");
		buf_adds(b, "  ");
		add_safe(b, step->answers[i]);
		buf_adds(b, "\n");
	}
	from = b->n;
	text_rows(b, span_str(step->choice), "           ", report_width());
	memcpy(b->p + from + RESOLVE_COLUMN, "->", 2);
}

static void
targets_lines(struct buf *b, const struct target *targets, size_t count)
{
	char text[TARGET_TEXT];
	size_t widest = 0;

	for (size_t i = 0; i < count; i++) {
		target_text(&targets[i], text);
		if (strlen(text) > widest)
			widest = strlen(text);
	}
	buf_adds(b, count == 1 ? "\nThe one target:\n"
			       : "\nTargets, in the order they are tried:\n");
	for (size_t i = 0; i < count; i++) {
		target_text(&targets[i], text);
		buf_addf(b, "%4zu  %-*s  ", i + 1, (int)widest, text);
		add_safe(b, targets[i].name);
		buf_adds(b, "\n");
	}
	for (size_t i = 0; i < count; i++)
		if (targets[i].kind == TRANSPORT_TLS) {
			buf_adds(b, "\nBy TLS, their certificates must be "
				    "for ");
			add_safe(b, targets[i].host);
			buf_adds(b, ".\n");
			break;
		}
}

/* --- the verb ------------------------------------------------------------- */

static void
stepped(void *arg, const struct resolve_step *step)
{
	struct resolving *v = arg;

	if (v->c->json)
		step_json(&v->out, step);
	else
		step_lines(&v->out, step);
}

static void
resolved(void *arg, const struct target *targets, size_t count,
    const struct err *why)
{
	struct resolving *v = arg;

	v->done = true;
	if (v->c->json)
		targets_json(&v->out, targets, count);
	else if (count > 0)
		targets_lines(&v->out, targets, count);
	v->why = *why;
	loop_stop(v->loop);
}

/* Reads the URI of a person; text is where its parts stay. */
static int
read_uri(const char *word, struct buf *text, struct uri *uri, struct err *e)
{
	struct span s = span_str(word);

	if (!span_starts_nocase(s, "sip:") && !span_starts_nocase(s, "sips:"))
		buf_adds(text, "sips:");
	if (idn_uri(text, s, e) == -1 ||
	    uri_parse(span_buf(text), uri, e) == -1) {
		e->exit = EX_DATAERR;
		return err_in(e, "%s", word);
	}
	return 0;
}

static int
run(struct resolving *v, const struct uri *uri, struct err *e)
{
	struct resolver *r;
	int rc = 0;

	if (loop_new(&v->loop, e) == -1)
		return -1;
	r = resolver_new(v->loop, v->c->dns.items, v->c->dns.count);
	resolver_watch(r, stepped, v);
	(void)resolve_uri(r, uri, 0, resolved, v);
	if (!v->done)
		rc = loop_run(v->loop, e);
	resolver_free(r);
	loop_free(v->loop);
	return rc;
}

int
resolve_cmd(const struct config *c, int argc, char **argv)
{
	struct resolving v = {.c = c};
	struct buf text = {0};
	struct uri uri;
	struct err e = {0};
	int rc;

	opterr = 0;
	if (getopt(argc, argv, "+") != -1 || argc - optind != 1) {
		(void)err_set(&e, EX_USAGE, "usage: signet resolve URI");
		return verb_fail(&e);
	}
	rc = read_uri(argv[optind], &text, &uri, &e);
	if (rc == 0)
		rc = run(&v, &uri, &e);
	if (rc == 0)
		rc = report_write(&v.out, &e);
	buf_free(&v.out);
	buf_free(&text);
	if (rc == -1)
		return verb_fail(&e);
	return v.why.exit == 0 ? 0 : verb_fail(&v.why);
}
