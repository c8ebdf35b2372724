#include "src/app/verb.h"
#include "src/cmd/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/json.h"
#include "src/base/text.h"
#include "src/cmd/inspect_asn1.h"
#include "src/show/report.h"
#include "src/show/stored.h"
#include "src/ua/message.h"
#include "src/ua/refusal.h"

struct inspecting {
	const struct config *c;
	struct keystore *ks;
	struct buf out;
	int exit; /* the first fault's */
};

static bool
inspect_print_message(void *arg, const struct ua_message *told)
{
	struct inspecting *in = arg;

	if (in->c->json)
		report_message_json(&in->out, told);
	else
		report_message(&in->out, told, report_width());
	if (in->exit == 0 && told->text == NULL)
		in->exit = told->judged ? EX_NOPERM : EX_DATAERR;
	return true;
}

/* Judges one message as if it arrived now, or at the time of --at. */
static void
inspect_message(struct inspecting *in, const struct sip_msg *m)
{
	const struct policy *policy = &in->c->policy;
	struct message_in found = {.why = NULL};
	int fault = sip_fault(m, &found.why);

	found.judged = fault == 0;
	found.status = fault < 0 ? 400 : fault;
	if (found.judged) {
		message_judge(in->ks, policy, m, NULL, &found.opened);
		found.status = sip_is_request(m)
		    ? refusal_status(found.opened.refusal)
		    : sip_status(m);
	}
	(void)message_tell(m, &found, TRANSPORT_NONE, trust_now(policy),
	    inspect_print_message, in);
	message_in_free(&found);
}

static void
inspect_no_message(struct inspecting *in, const char *path, size_t at, size_t n,
    const char *why)
{
	struct err e = {0};

	(void)err_set(&e, EX_DATAERR,
	    "%s: the %zu bytes at byte %zu are not a SIP message: %s", path, n,
	    at, why);
	if (in->c->json) {
		json_open(&in->out);
		json_member(&in->out, "file", path);
		json_number(&in->out, "offset", at);
		json_number(&in->out, "bytes", n);
		json_member(&in->out, "error", why);
		json_close_line(&in->out);
	}
	(void)verb_fail(&e);
	if (in->exit == 0)
		in->exit = EX_DATAERR;
}

static void
inspect_bytes(struct inspecting *in, const char *path, struct span all)
{
	size_t at = 0, messages = 0;

	while (at < all.n) {
		struct stream_frame frame = {0};
		size_t used = stored_next(span_cut(all, at, all.n), &frame);

		if (used == 0) {
			inspect_no_message(in, path, at, all.n - at, frame.why);
			return;
		}
		if (frame.found == STREAM_MESSAGE) {
			struct sip_msg *m = sip_parse(
			    frame.head, frame.body, false);

			inspect_message(in, m);
			sip_free(m);
			messages++;
		}
		at += used;
	}
	if (messages == 0)
		inspect_no_message(in, path, 0, all.n, "the file has none");
}

static void
inspect_file(struct inspecting *in, const char *path)
{
	struct buf all = {0};
	struct err e = {0};
	int rc = stored_read(path, &all, &e);

	if (rc == 0)
		inspect_bytes(in, path, span_buf(&all));
	if (rc == 0)
		rc = report_write(&in->out, &e);
	if (rc == -1) {
		(void)verb_fail(&e);
		if (in->exit == 0)
			in->exit = e.exit;
	}
	buf_free(&all);
}

static int
inspect_verb_run(const struct config *c, const struct verb_args *a)
{
	struct inspecting in = {.c = c};
	bool asn1 = verb_has(a, "asn1");
	struct err e = {0};

	if (asn1 && c->json) {
		(void)err_set(&e, EX_USAGE,
		    "usage: signet inspect FILE..., or --asn1 FILE|FOLDER... "
		    "without --json (- is standard input)");
		return verb_fail(&e);
	}
	if (asn1)
		return inspect_asn1(a->words, (size_t)a->count);
	if (verb_keystore(c, false, &in.ks, &e) == -1)
		return verb_fail(&e);
	for (int i = 0; i < a->count; i++)
		inspect_file(&in, a->words[i]);
	keystore_free(in.ks);
	buf_free(&in.out);
	return in.exit;
}

static const struct verb_option inspect_own[] = {
    {"asn1", 0, NULL, "print the structure of messages and certificates"},
    {NULL, 0, NULL, NULL}};

const struct verb inspect_verb = {.name = "inspect",
    .args = "FILE... | --asn1 FILE|FOLDER...",
    .help = "verify, decrypt and explain stored messages",
    .more = "\"-\" is standard input.",
    .settings = "keys passphrase-command at json crl legacy",
    .options = inspect_own,
    .least = 1,
    .most = 1000000,
    .run = inspect_verb_run};
