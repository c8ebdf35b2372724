#include "src/flows/format.h"

#include <string.h>

#include "src/base/digest.h"
#include "src/ua/message.h"

static const char draft_agent[] = "SIPimp.org/0.2.5 (curses)";

/* --- names and times ------------------------------------------------------ */

static void
format_name(void *arg, const char *purpose, char *out, size_t digits)
{
	const struct flows_format *f = arg;
	unsigned char digest[DIGEST_SIZE];

	if (f->seed == NULL) {
		random_hex(out, digits);
		return;
	}
	digest_spans(NULL,
	    (struct span[]){span_str(f->seed), span_str(purpose)}, 2, digest);
	hex_write(out, digest, digits);
}

static time_t
format_now(void *arg)
{
	const struct flows_format *f = arg;

	return f->at != 0 ? f->at : time(NULL);
}

static const struct smime_form *
format_body(void *arg)
{
	struct flows_format *f = arg;
	bool named = f->draft != NULL && f->draft->boundary != NULL;

	format_name(f, "boundary", f->boundary, 32);
	f->body = (struct smime_form){.draft = f->draft != NULL,
	    .opaque = f->opaque,
	    .boundary = named ? f->draft->boundary : f->boundary,
	    .at = f->at,
	    .any_signer = true};
	return &f->body;
}

/* --- the Internet-Draft's layout ------------------------------------------ */

/* In the draft, a Contact has the scheme of the party's URI. */
static const char *
format_scheme(struct span uri)
{
	return span_starts_nocase(uri, "sips:") ? "sips" : "sip";
}

static int
format_add_parties(struct buf *out, const struct flows_draft *d,
    const struct request *r, enum verdict_transport kind, struct err *e)
{
	if (request_addf(out, "To", e, "<%s>", r->to) == -1 ||
	    request_addf(out, "From", e, "<%s>;tag=%s", r->from, d->from_tag) ==
		-1 ||
	    request_addf(out, "Via", e, "SIP/2.0/%s %s;branch=z9hG4bK%s;rport",
		request_transport(kind), d->sent_by, d->branch) == -1 ||
	    request_add(out, "Call-ID", d->call_id, e) == -1 ||
	    request_addf(out, "CSeq", e, "1 %s", r->method) == -1)
		return -1;
	return request_addf(out, "Contact", e, "<%s:%s>",
	    format_scheme(span_str(r->from)), d->contact);
}

/* In the draft, Content-Disposition comes before Content-Type. */
static int
format_draft_message(struct buf *out, const struct flows_format *f,
    const struct request *r, const struct smime_body *body,
    enum verdict_transport kind, struct err *e)
{
	if (sip_request_start(out, r->method, span_str(r->uri), e) == -1 ||
	    format_add_parties(out, f->draft, r, kind, e) == -1 ||
	    request_add(out, "Max-Forwards", "70", e) == -1 ||
	    (body->disposition != NULL &&
		request_add(out, "Content-Disposition", body->disposition, e) ==
		    -1) ||
	    request_add(out, "Content-Transfer-Encoding", "binary", e) == -1 ||
	    request_add(out, "Content-Type", body->content_type, e) == -1 ||
	    request_add_date(out, f->at, e) == -1 ||
	    request_add(out, "User-Agent", draft_agent, e) == -1)
		return -1;
	sip_finish(out, span_buf(&body->body));
	return 0;
}

static int
format_draft_answer(struct buf *out, const struct flows_draft *draft,
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
		format_scheme(sip_to_uri(request)),
		draft->answer_contact) == -1)
		return -1;
	sip_finish(out, (struct span){NULL, 0});
	return 0;
}

/* --- the table ------------------------------------------------------------ */

static int
format_message(void *arg, struct buf *out, const struct request *r,
    const struct smime_body *body, enum verdict_transport kind,
    const struct addr *local, struct err *e)
{
	const struct flows_format *f = arg;

	return f->draft != NULL
	    ? format_draft_message(out, f, r, body, kind, e)
	    : message_write(out, r, body, kind, local, format_now(arg), e);
}

static int
format_answer(void *arg, struct buf *out, const struct sip_msg *request,
    int status, const char *warning, const char *to_tag,
    const struct addr *source)
{
	const struct flows_format *f = arg;

	return f->draft != NULL
	    ? format_draft_answer(out, f->draft, request, status)
	    : message_answer(out, request, status, warning, to_tag, source);
}

void
flows_format_init(struct flows_format *f, unsigned tls_max)
{
	f->table = (struct ua_format){.arg = f,
	    .name = format_name,
	    .now = format_now,
	    .body = format_body,
	    .message = format_message,
	    .answer = format_answer,
	    .tls_max = tls_max};
}
