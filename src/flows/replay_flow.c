/*
 * Checks the messages of one flow of a saved folder: their answers, their CMS
 * contents, and the verdict on each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/flows/replay_priv.h"
#include "src/show/report.h"
#include "src/show/stored.h"
#include "src/show/pretty_message.h"

/* --- one message ---------------------------------------------------------- */

/* Reads a stored message, or reports why it is not sound and returns NULL. */
static struct sip_msg *
replay_read_message(
    struct replay *r, const struct flows_file *file, bool request)
{
	struct span all = span_buf(&file->data);
	struct stream_frame frame = {.found = STREAM_MORE};
	size_t used = all.n > 0 ? stored_next(all, &frame) : 0;
	const char *why = NULL;
	struct sip_msg *m;

	if (used == 0 || frame.found != STREAM_MESSAGE) {
		flows_replay_fault(
		    r, file->name, EX_DATAERR, "this is not a SIP message");
		return NULL;
	}
	if (used < all.n) {
		flows_replay_fault(
		    r, file->name, EX_DATAERR, "something follows the message");
		return NULL;
	}
	m = sip_parse(frame.head, frame.body, true);
	if (sip_fault(m, &why) != 0)
		flows_replay_fault(r, file->name, EX_DATAERR, why);
	else if (sip_is_request(m) != request)
		flows_replay_fault(r, file->name, EX_DATAERR,
		    request ? "this is not a request"
			    : "this is not a response");
	else
		return m;
	sip_free(m);
	return NULL;
}

/* Compares the values that a response copies from its request (RFC 3261,
 * 8.2.6.2). Returns the difference as text, or NULL. */
static const char *
replay_not_answering(
    const struct sip_msg *request, const struct sip_msg *response)
{
	if (!span_eq(sip_branch(request), sip_branch(response)))
		return "its Via branch is not the request's";
	if (!span_eq(sip_call_id(request), sip_call_id(response)))
		return "its Call-ID is not the request's";
	if (!span_eq(sip_from_tag(request), sip_from_tag(response)))
		return "its From tag is not the request's";
	if (!span_eq(sip_header(request, "CSeq", 0),
		sip_header(response, "CSeq", 0)))
		return "its CSeq is not the request's";
	return NULL;
}

/* Returns the status of the response in the file name: 0 if there is no such
 * file, -1 if it does not answer the request. */
static int
replay_answer_to(
    struct replay *r, const struct sip_msg *request, const char *name)
{
	const struct flows_file *file = flows_replay_find(r, name);
	struct sip_msg *m;
	const char *why;
	int status = -1;

	if (file == NULL)
		return 0;
	m = replay_read_message(r, file, false);
	if (m == NULL)
		return -1;
	why = replay_not_answering(request, m);
	if (why != NULL)
		flows_replay_fault(r, name, EX_DATAERR, why);
	else {
		status = sip_status(m);
		flows_replay_line(r, "good", name, "it answers the request");
	}
	sip_free(m);
	return status;
}

/* --- CMS contents --------------------------------------------------------- */

/* The CMS contents of a flow's requests, numbered through all of them. */
struct contents {
	struct replay *r;
	const char *flow;
	unsigned next; /* number of the next; 0: they are not checked */
};

static void
replay_compare_blob(void *arg, struct span der)
{
	struct contents *c = arg;
	const struct flows_file *file;
	char name[300];

	(void)snprintf(
	    name, sizeof(name), "%.250s-blob%u.der", c->flow, c->next++);
	file = flows_replay_find(c->r, name);
	if (file == NULL)
		flows_replay_fault(c->r, name, EX_DATAERR,
		    "the message has it, but the file is missing");
	else if (!span_eq(span_buf(&file->data), der))
		flows_replay_fault(
		    c->r, name, EX_DATAERR, "it differs from the message's");
	else
		flows_replay_line(
		    c->r, "good", name, "it is the same as in the message");
}

/* Returns the lowest number of a content file of the flow, or 0. The draft
 * numbers through its section 6, so it need not be 1. */
static unsigned
replay_first_number(const struct replay *r, const char *flow)
{
	char name[300];

	for (unsigned i = 1; i < 100; i++) {
		(void)snprintf(
		    name, sizeof(name), "%.250s-blob%u.der", flow, i);
		if (flows_replay_find(r, name) != NULL)
			return i;
	}
	return 0;
}

static void
replay_end_blobs(const struct contents *c)
{
	char name[300];

	(void)snprintf(
	    name, sizeof(name), "%.250s-blob%u.der", c->flow, c->next);
	if (c->next != 0 && flows_replay_find(c->r, name) != NULL)
		flows_replay_fault(
		    c->r, name, EX_DATAERR, "no message has this content");
}

/* --- verdicts ------------------------------------------------------------- */

/* Returns text about a status that is no verdict on the message, or NULL. */
static const char *
replay_no_verdict(int status)
{
	if (status == 401 || status == 407)
		return "which asks for a password";
	return status >= 300 && status < 400 ? "which redirects" : NULL;
}

struct telling {
	const struct policy *policy;
	struct buf text;
	int answered; /* status of the answer; 0: none */
};

static bool
replay_add_finding(void *arg, const struct ua_message *m)
{
	struct telling *t = arg;
	struct buf lines = {0};

	report_found(&lines, m);
	for (size_t at = 0, end; at < lines.n; at = end + 1) {
		end = span_find(span_buf(&lines), '\n', at);
		buf_addspan(&t->text, span_cut(span_buf(&lines), at, end));
		buf_adds(&t->text, end + 1 < lines.n ? "; " : "");
	}
	buf_free(&lines);
	if (m->text == NULL && m->verdict.signature == SIGNATURE_WEAK &&
	    !t->policy->legacy)
		buf_adds(&t->text, " (--legacy accepts it)");
	if (t->answered > 0)
		buf_addf(&t->text, "; answered %d", t->answered);
	if (replay_no_verdict(t->answered) != NULL)
		buf_addf(&t->text, ", %s", replay_no_verdict(t->answered));
	return true;
}

static void
replay_report_judged(struct replay *r, const char *file,
    const struct sip_msg *m, const struct message_in *in, int answered)
{
	struct telling t = {.policy = &r->c->policy, .answered = answered};
	bool judged = answered != 0 && replay_no_verdict(answered) == NULL;
	bool took = !judged || (answered >= 200 && answered < 300);
	bool good = in->opened.text != NULL, no_key;

	no_key = in->opened.verdict.encryption == ENCRYPTION_NO_KEY;
	(void)message_tell(
	    m, in, TRANSPORT_NONE, flows_judge_time(m), replay_add_finding, &t);
	if (no_key) {
		r->unseen++;
		buf_adds(&t.text,
		    "; no private key here decrypts it (give its key store "
		    "with --keys)");
		flows_replay_line(r, "-", file, (const char *)t.text.p);
	} else if (took != good)
		flows_replay_fault(r, file, EX_NOPERM, (const char *)t.text.p);
	else
		flows_replay_line(r, "good", file, (const char *)t.text.p);
	buf_free(&t.text);
}

/* --- the flow ------------------------------------------------------------- */

/* The place of a request in its flow: NAME-request.sip is the first,
 * NAME-request2.sip the second. */
struct place {
	char flow[256];
	char more[256]; /* the number as it is written, or "" */
	uint64_t number; /* 0: not a number that flows --save writes */
};

static bool
replay_is_request(const char *file, struct place *out)
{
	const char *end = strstr(file, "-request"), *more;
	size_t digits;

	if (end == NULL || strchr(file, '/') != NULL)
		return false;
	more = end + strlen("-request");
	digits = strspn(more, "0123456789");
	if (strcmp(more + digits, ".sip") != 0)
		return false;
	*out = (struct place){.number = digits == 0};
	(void)snprintf(
	    out->flow, sizeof(out->flow), "%.*s", (int)(end - file), file);
	(void)snprintf(out->more, sizeof(out->more), "%.*s", (int)digits, more);
	if (digits > 0 && more[0] != '0' && strcmp(out->more, "1") != 0)
		(void)number_parse(
		    span_str(out->more), UINT32_MAX, &out->number);
	return true;
}

/* Returns the number-th request of the same flow, or NULL. */
static const struct flows_file *
replay_find_request(
    const struct replay *r, const struct place *at, uint64_t number)
{
	char name[300], more[24] = "";

	if (number > 1)
		(void)snprintf(more, sizeof(more), "%" PRIu64, number);
	(void)snprintf(
	    name, sizeof(name), "%.200s-request%s.sip", at->flow, more);
	return number == 0 ? NULL : flows_replay_find(r, name);
}

static int
replay_message(struct replay *r, const struct flows_file *file,
    const struct place *at, struct contents *c, struct err *e)
{
	struct message_in in = {.status = 0};
	char response[600];
	struct sip_msg *m;
	int answered, rc = 0;

	r->messages++;
	m = replay_read_message(r, file, true);
	if (m == NULL) {
		/* The number of its contents is unknown, so the numbers of
		 * further ones are, too. */
		c->next = 0;
		return 0;
	}
	(void)snprintf(response, sizeof(response), "%s-response%s.sip",
	    at->flow, at->more);
	answered = replay_answer_to(r, m, response);
	if (c->next != 0)
		pretty_blobs(sip_head(m), sip_body(m), replay_compare_blob, c);
	if (answered != -1)
		rc = flows_judge(r->judge, at->flow, m, &in, e);
	if (answered != -1 && rc == 0)
		replay_report_judged(r, file->name, m, &in, answered);
	message_in_free(&in);
	sip_free(m);
	return rc;
}

bool
flows_replay_is_request(const char *file)
{
	struct place at;

	return replay_is_request(file, &at);
}

/* Checks a flow's requests in order, if file is the first of them. */
int
flows_replay_flow(
    struct replay *r, const struct flows_file *file, struct err *e)
{
	struct contents c = {.r = r};
	struct place at;
	int rc = 0;

	if (!replay_is_request(file->name, &at) ||
	    replay_find_request(r, &at, at.number - (at.number > 0)) != NULL)
		return 0;
	c.flow = at.flow;
	c.next = at.number > 0 ? replay_first_number(r, at.flow) : 0;
	while (rc == 0 && file != NULL) {
		rc = replay_message(r, file, &at, &c, e);
		file = at.number > 0
		    ? replay_find_request(r, &at, at.number + 1)
		    : NULL;
		at.number++;
		(void)snprintf(at.more, sizeof(at.more), "%" PRIu64, at.number);
	}
	replay_end_blobs(&c);
	return rc;
}
