#include "src/ua/message_draft.h"

static const char draft_agent[] = "SIPimp.org/0.2.5 (curses)";

/* The scheme of the draft's Contact is that of whom it is about. */
static const char *
scheme(struct span uri)
{
	return span_starts_nocase(uri, "sips:") ? "sips" : "sip";
}

static int
add_parties(struct buf *out, const struct request *r,
    enum verdict_transport kind, struct err *e)
{
	const struct form_draft *d = r->form->draft;

	if (request_addf(out, "To", e, "<%s>", r->to) == -1 ||
	    request_addf(out, "From", e, "<%s>;tag=%s", r->from, d->from_tag) ==
		-1 ||
	    request_addf(out, "Via", e, "SIP/2.0/%s %s;branch=z9hG4bK%s;rport",
		request_transport(kind), d->sent_by, d->branch) == -1 ||
	    request_add(out, "Call-ID", d->call_id, e) == -1 ||
	    request_addf(out, "CSeq", e, "1 %s", r->method) == -1)
		return -1;
	return request_addf(out, "Contact", e, "<%s:%s>",
	    scheme(span_str(r->from)), d->contact);
}

/* What is sealed says how it is to be handled before it says what it is. */
int
message_draft_write(struct buf *out, const struct request *r,
    const struct smime_body *body, enum verdict_transport kind, struct err *e)
{
	if (sip_request_start(out, r->method, span_str(r->uri), e) == -1 ||
	    add_parties(out, r, kind, e) == -1 ||
	    request_add(out, "Max-Forwards", "70", e) == -1 ||
	    (body->disposition != NULL &&
		request_add(out, "Content-Disposition", body->disposition, e) ==
		    -1) ||
	    request_add(out, "Content-Transfer-Encoding", "binary", e) == -1 ||
	    request_add(out, "Content-Type", body->content_type, e) == -1 ||
	    request_add_date(out, r->form, e) == -1 ||
	    request_add(out, "User-Agent", draft_agent, e) == -1)
		return -1;
	sip_finish(out, span_buf(&body->body));
	return 0;
}

int
message_draft_answer(struct buf *out, const struct form_draft *draft,
    const struct sip_msg *request, int status)
{
	struct span to = sip_header(request, "To", 0);
	struct span via = sip_header(request, "Via", 0);
	struct err e;

	buf_addf(out, "SIP/2.0 %d %s\r\n", status, sip_phrase(status));
	if (request_addf(out, "To", &e, "%.*s;tag=%s", (int)to.n,
		(const char *)to.p, draft->to_tag) == -1 ||
	    sip_add(out, "From", sip_header(request, "From", 0), &e) == -1 ||
	    request_addf(out, "Via", &e, "%.*s%s", (int)via.n,
		(const char *)via.p, draft->received) == -1 ||
	    sip_add(out, "Call-ID", sip_call_id(request), &e) == -1 ||
	    sip_add(out, "CSeq", sip_header(request, "CSeq", 0), &e) == -1 ||
	    request_addf(out, "Contact", &e, "<%s:%s>",
		scheme(sip_to_uri(request)), draft->answer_contact) == -1)
		return -1;
	sip_finish(out, (struct span){NULL, 0});
	return 0;
}
