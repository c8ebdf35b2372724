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
print_message(void *arg, const struct ua_message *told)
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

/* Judges one message as if it had come now, or at the time of --at. */
static void
inspect_message(struct inspecting *in, const struct sip_msg *m)
{
	const struct policy *policy = &in->c->policy;
	struct message_in found = {.why = NULL};
	int fault = sip_fault(m, &found.why);

	found.judged = fault == 0;
	found.status = fault < 0 ? 400 : fault;
	if (found.judged) {
		message_open(in->ks, policy, m, false, &found.opened);
		found.status = sip_is_request(m)
		    ? refusal_status(found.opened.refusal)
		    : sip_status(m);
	}
	(void)message_tell(m, &found, TRANSPORT_NONE,
	    policy->at != 0 ? policy->at : time(NULL), print_message, in);
	message_in_free(&found);
}

static void
no_message(struct inspecting *in, const char *path, size_t at, size_t n,
    const char *why)
{
	struct err e = {0};

	(void)err_set(&e, EX_DATAERR,
	    "%s: the %zu bytes from byte %zu on are no SIP message: %s", path,
	    n, at, why);
	if (in->c->json) {
		buf_adds(&in->out, "{");
		json_member(&in->out, "file", path);
		buf_addf(&in->out, ",\"offset\":%zu,\"bytes\":%zu", at, n);
		json_member(&in->out, "error", why);
		buf_adds(&in->out, "}\n");
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
			no_message(in, path, at, all.n - at, frame.why);
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
		no_message(in, path, 0, all.n, "there is none in it");
}

/* Takes --asn1 and what ends the options out of argv, from 1 on; how many
 * words are left. */
static int
take_words(int argc, char **argv, bool *asn1)
{
	bool options = true;
	int count = 0;

	for (int i = 1; i < argc; i++)
		if (options && strcmp(argv[i], "--") == 0)
			options = false;
		else if (options && strcmp(argv[i], "--asn1") == 0)
			*asn1 = true;
		else
			argv[++count] = argv[i];
	return count;
}

int
inspect_cmd(const struct config *c, int argc, char **argv)
{
	struct inspecting in = {.c = c};
	struct err e = {0};
	bool asn1 = false;
	int count = take_words(argc, argv, &asn1);

	if (count == 0 || (asn1 && c->json)) {
		(void)err_set(&e, EX_USAGE,
		    "usage: signet inspect FILE..., or --asn1 FILE|FOLDER... "
		    "without --json (- is standard input)");
		return verb_fail(&e);
	}
	if (asn1)
		return inspect_asn1(argv + 1, (size_t)count);
	if (verb_keystore(c, false, &in.ks, &e) == -1)
		return verb_fail(&e);
	for (int i = 1; i <= count; i++) {
		struct buf all = {0};
		int rc;

		rc = stored_read(argv[i], &all, &e);
		if (rc == 0)
			inspect_bytes(&in, argv[i], span_buf(&all));
		if (rc == 0)
			rc = report_write(&in.out, &e);
		if (rc == -1) {
			(void)verb_fail(&e);
			if (in.exit == 0)
				in.exit = e.exit;
		}
		buf_free(&all);
	}
	keystore_free(in.ks);
	buf_free(&in.out);
	return in.exit;
}
