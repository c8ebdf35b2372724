#include "src/flows/pair.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/sip/sip.h"

enum { PAIR_MORE = 99 }; /* most provisional, and most other messages */

struct pair_request {
	struct sip_msg *m;
	const struct flows_event *ev;
	const struct flows_event *answer; /* the last, or NULL */
	bool answered; /* by a final response */
};

struct flows_pair {
	const char *flow;
	struct pair_request *requests;
	size_t count;
	unsigned provisional, other;
};

struct flows_pair *
flows_pair_new(const char *flow)
{
	struct flows_pair *p = xcalloc(1, sizeof(*p));

	p->flow = flow;
	return p;
}

void
flows_pair_free(struct flows_pair *p)
{
	for (size_t i = 0; i < p->count; i++)
		sip_free(p->requests[i].m);
	free(p->requests);
	free(p);
}

static bool
pair_put_name(const struct flows_pair *p, const char *what, size_t number,
    char out[FLOWS_PAIR_NAME])
{
	char more[24] = "";

	if (number > 1)
		(void)snprintf(more, sizeof(more), "%zu", number);
	(void)snprintf(
	    out, FLOWS_PAIR_NAME, "%.35s-%s%s.sip", p->flow, what, more);
	return true;
}

static bool
pair_put_counted(const struct flows_pair *p, const char *what, unsigned *count,
    char out[FLOWS_PAIR_NAME])
{
	if (*count == PAIR_MORE)
		return false;
	return pair_put_name(p, what, ++*count, out);
}

/* Returns whether a is a retransmission of b. */
static bool
pair_is_same(const struct flows_event *a, const struct flows_event *b)
{
	return span_eq(span_buf(&a->head), span_buf(&b->head)) &&
	    span_eq(span_buf(&a->body), span_buf(&b->body));
}

static bool
pair_name_request(struct flows_pair *p, const struct flows_event *ev,
    char out[FLOWS_PAIR_NAME])
{
	for (size_t i = 0; i < p->count; i++)
		if (pair_is_same(p->requests[i].ev, ev))
			return false;
	p->requests = xrealloc(
	    p->requests, (p->count + 1) * sizeof(*p->requests));
	p->requests[p->count++] = (struct pair_request){.ev = ev,
	    .m = sip_parse(span_buf(&ev->head), span_buf(&ev->body), true)};
	return pair_put_name(p, "request", p->count, out);
}

static struct pair_request *
pair_find_request(const struct flows_pair *p, const struct sip_msg *response)
{
	for (size_t i = 0; i < p->count; i++)
		if (span_eq(
			sip_branch(p->requests[i].m), sip_branch(response)) &&
		    span_eq(sip_header(p->requests[i].m, "CSeq", 0),
			sip_header(response, "CSeq", 0)))
			return &p->requests[i];
	return NULL;
}

static bool
pair_name_response(struct flows_pair *p, const struct flows_event *ev,
    char out[FLOWS_PAIR_NAME])
{
	struct sip_msg *m = sip_parse(
	    span_buf(&ev->head), span_buf(&ev->body), true);
	struct pair_request *request = pair_find_request(p, m);
	int status = sip_status(m);

	sip_free(m);
	if (request != NULL && request->answer != NULL &&
	    pair_is_same(request->answer, ev))
		return false;
	if (request == NULL || request->answered)
		return pair_put_counted(p, "other", &p->other, out);
	request->answer = ev;
	if (status < 200)
		return pair_put_counted(p, "provisional", &p->provisional, out);
	request->answered = true;
	return pair_put_name(
	    p, "response", (size_t)(request - p->requests) + 1, out);
}

bool
flows_pair_next(struct flows_pair *p, const struct flows_event *ev,
    char out[FLOWS_PAIR_NAME])
{
	if (ev->kind == FLOWS_REQUEST && ev->out)
		return pair_name_request(p, ev, out);
	if (ev->kind == FLOWS_RESPONSE && !ev->out)
		return pair_name_response(p, ev, out);
	return pair_put_counted(p, "other", &p->other, out);
}
