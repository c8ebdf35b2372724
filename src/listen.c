#include "verbs.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "loop.h"
#include "report.h"
#include "text.h"
#include "ua.h"

enum { LISTEN_DRAIN = 1000 }; /* ms for the last answers to leave */

struct listening {
	const struct config *c;
	struct loop *loop;
	struct ua *ua;
	uint64_t count, limit; /* messages told; 0: no limit */
	struct err failed;     /* standard output's */
	struct buf out;
	struct loop_timer drain;
	bool ending;
	uint64_t end; /* ms: no later than this */
};

/* Ends once the last answers have left, or will not. */
static void
drain(void *arg)
{
	struct listening *l = arg;

	if (ua_busy(l->ua) && loop_now(l->loop) < l->end)
		loop_timer_set(l->loop, &l->drain, 1);
	else
		loop_stop(l->loop);
}

static void
begin_end(struct listening *l)
{
	if (l->ending)
		return;
	l->ending = true;
	l->end = loop_now(l->loop) + LISTEN_DRAIN;
	ua_deafen(l->ua);
	loop_timer_set(l->loop, &l->drain, 0);
}

static bool
told(struct listening *l, const struct ua_message *m)
{
	if (l->ending)
		return false;
	if (l->c->json)
		report_message_json(&l->out, m);
	else
		report_message(&l->out, m, report_width());
	if (report_write(&l->out, &l->failed) == -1) {
		begin_end(l);
		return false;
	}
	if (++l->count == l->limit)
		begin_end(l);
	return true;
}

static bool
happened(void *arg, const struct ua_event *ev)
{
	struct listening *l = arg;
	char words[128];

	switch (ev->type) {
	case UA_MESSAGE:
		return told(l, ev->message);
	case UA_LISTENING:
		(void)snprintf(words, sizeof(words), "listening on %s",
		    ev->words);
		verb_note(l->c, words);
		break;
	case UA_PROBLEM:
		verb_note(l->c, ev->words);
		break;
	case UA_NOTE:
		if (l->c->verbose)
			verb_note(l->c, ev->words);
		break;
	case UA_SENT:
		break;
	}
	return true;
}

static void
interrupted(void *arg, int signo)
{
	struct listening *l = arg;

	(void)signo;
	/* Who asks twice is in a hurry. */
	if (l->ending)
		loop_stop(l->loop);
	begin_end(l);
}

static int
listen_options(int argc, char **argv, struct listening *l, struct err *e)
{
	int opt;

	opterr = 0;
	while ((opt = getopt(argc, argv, "+n:")) != -1)
		if (opt != 'n' ||
		    !number_parse(span_str(optarg), UINT32_MAX, &l->limit) ||
		    l->limit == 0)
			return err_set(e, EX_USAGE,
			    opt == 'n' ? "listen -n COUNT: COUNT is a number "
					 "above 0"
				       : "usage: signet listen [-n COUNT]");
	if (optind < argc)
		return err_set(e, EX_USAGE,
		    "listen takes no \"%s\"; where to listen is said with "
		    "--listen",
		    argv[optind]);
	if (l->c->aors.count == 0)
		return err_set(e, EX_CONFIG,
		    "whom to listen for? say --aor sips:you@example.com, or "
		    "write it into signet.conf");
	return 0;
}

static int
listen_run(struct listening *l, struct err *e)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (loop_signal(l->loop, ends[i], interrupted, l, e) == -1)
			return -1;
	if (ua_listen(l->ua, e) == -1 || loop_run(l->loop, e) == -1)
		return -1;
	if (l->failed.exit != 0) {
		*e = l->failed;
		return -1;
	}
	return 0;
}

int
listen_cmd(const struct config *c, int argc, char **argv)
{
	struct listening l = {.c = c};
	struct keystore *ks = NULL;
	struct err e = {0};
	int rc;

	l.drain = (struct loop_timer){.fn = drain, .arg = &l};
	if (listen_options(argc, argv, &l, &e) == -1)
		return verb_fail(&e);
	rc = verb_keystore(c, false, &ks, &e);
	if (rc == 0)
		rc = loop_new(&l.loop, &e);
	if (rc == 0)
		rc = ua_new(l.loop, ks, c, happened, &l, &l.ua, &e);
	if (rc == 0)
		rc = listen_run(&l, &e);
	ua_free(l.ua);
	loop_free(l.loop);
	keystore_free(ks);
	buf_free(&l.out);
	return rc == 0 ? 0 : verb_fail(&e);
}
