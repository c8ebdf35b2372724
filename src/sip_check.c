#include <string.h>

#include "sip_msg.h"

enum {
	STATUS_BAD = 400,
	STATUS_SCHEME = 416,
	STATUS_METHOD = 501,
	STATUS_VERSION = 505,
	NO_ANSWER = -1
};

/* Header fields that are looked into. The others are text. */
static const struct sip_rule {
	const char *name;
	const char *(*fault)(struct span value);
	bool quotes; /* its grammar has quoted strings */
	bool once;   /* a second one is an error (7.3.1) */
	bool needed; /* in every message (8.1.1; Max-Forwards is not, since
	              * RFC 2543's clients send none) */
} rules[] = {
	/* First those that an answer is made of. */
	{ "Via", sip_via_fault, true, false, true },
	{ "From", sip_addr_fault, true, true, true },
	{ "To", sip_addr_fault, true, true, true },
	{ "Call-ID", sip_call_id_fault, false, true, true },
	{ "CSeq", NULL, false, true, true },
	{ "Max-Forwards", sip_forwards_fault, false, true, false },
	{ "Content-Length", sip_number_fault, false, true, false },
	{ "Content-Type", sip_media_fault, true, true, false },

	{ "Accept", sip_medias_fault, true, false, false },
	{ "Accept-Encoding", sip_list_fault, true, false, false },
	{ "Accept-Language", sip_list_fault, true, false, false },
	{ "Allow", sip_options_fault, false, false, false },
	{ "Contact", sip_contact_fault, true, false, false },
	{ "Content-Disposition", sip_disposition_fault, true, true, false },
	{ "Content-Encoding", sip_tokens_fault, false, false, false },
	{ "Content-Language", sip_tokens_fault, false, false, false },
	{ "Content-Transfer-Encoding", sip_token_fault, false, true, false },
	{ "Date", sip_date_fault, false, true, false },
	{ "Expires", sip_number_fault, false, true, false },
	{ "In-Reply-To", sip_call_ids_fault, false, false, false },
	{ "MIME-Version", sip_version_fault, false, true, false },
	{ "Min-Expires", sip_number_fault, false, true, false },
	{ "Priority", sip_token_fault, false, true, false },
	{ "Proxy-Require", sip_tokens_fault, false, false, false },
	{ "Record-Route", sip_route_fault, true, false, false },
	{ "Reply-To", sip_addr_fault, true, true, false },
	{ "Require", sip_tokens_fault, false, false, false },
	{ "Route", sip_route_fault, true, false, false },
	{ "Subject", NULL, false, true, false },
	{ "Supported", sip_options_fault, false, false, false },
	{ "Unsupported", sip_tokens_fault, false, false, false },
};

/* Keeps the first fault alone. */
static void
sip_refuse(struct sip_msg *m, int status, const char *why)
{
	if (m->fault != 0 || why == NULL)
		return;
	m->fault = status;
	m->why = why;
}

/* --- start line ------------------------------------------------------------- */

/* SIP-Version, of any number; case does not matter (7.1). */
static bool
sip_is_version(struct span s)
{
	size_t dot = span_find(s, '.', 0);

	return span_starts_nocase(s, "SIP/") &&
	    sip_is_digits(span_cut(s, 4, dot)) &&
	    sip_is_digits(span_cut(s, dot + 1, s.n));
}

static void
sip_check_version(struct sip_msg *m)
{
	if (!sip_is_version(m->version))
		sip_refuse(m, STATUS_BAD, "the start line has no SIP version");
	else if (!span_is_nocase(m->version, "SIP/2.0"))
		sip_refuse(m, STATUS_VERSION, "the version is not SIP/2.0");
}

/* SIP-Version SP 3DIGIT SP Reason-Phrase */
static void
sip_status_line(struct sip_msg *m)
{
	struct span s = m->start;
	size_t space = span_find(s, ' ', 0);
	uint64_t status = 0;

	m->version = span_cut(s, 0, space);
	m->reason = span_cut(s, space + 5, s.n);
	sip_check_version(m);
	if (!number_parse(span_cut(s, space + 1, space + 4), 699, &status) ||
	    status < 100 || space + 4 >= s.n || s.p[space + 4] != ' ')
		sip_refuse(m, STATUS_BAD, "the status is none");
	else
		m->status = (int)status;
	sip_refuse(m, STATUS_BAD, sip_value_fault(m->reason, false));
}

/* Method SP Request-URI SP SIP-Version, each space one and alone. */
static void
sip_request_line(struct sip_msg *m)
{
	struct span s = m->start;
	size_t first = span_find(s, ' ', 0), last = s.n;

	while (last > first && s.p[last - 1] != ' ')
		last--;
	m->method = span_cut(s, 0, first);
	m->uri = span_cut(s, first + 1, last > 0 ? last - 1 : 0);
	m->version = span_cut(s, last, s.n);
	if (last > first)
		sip_check_version(m);
	if (!sip_is_token(m->method))
		sip_refuse(m, STATUS_BAD, "the method is no token");
	if (last <= first + 1)
		sip_refuse(m, STATUS_BAD,
		    "the start line is not a method, a URI and a version");
	if (span_find(m->uri, ' ', 0) < m->uri.n)
		sip_refuse(m, STATUS_BAD, "the Request-URI has a space");
	sip_refuse(m, STATUS_BAD, sip_uri_fault(m->uri));
	/* 19.1.1: a Request-URI has no headers. */
	if (sip_uri_ours(m->uri) && sip_uri_headers(m->uri))
		sip_refuse(m, STATUS_BAD, "the Request-URI has headers");
}

/* --- header fields ------------------------------------------------------------ */

static void
sip_check_rule(struct sip_msg *m, const struct sip_rule *rule)
{
	size_t count, i;
	size_t at = sip_fields_find(m, span_str(rule->name), &count);

	if (rule->needed && count == 0)
		sip_refuse(m, STATUS_BAD, "Via, From, To, Call-ID or CSeq is "
		    "missing");
	if (rule->once && count > 1)
		sip_refuse(m, STATUS_BAD, "a header field that may come once "
		    "comes twice");
	for (i = at; i < at + count && m->fault == 0; i++) {
		struct span value = m->fields[m->sorted[i]].value;

		sip_refuse(m, STATUS_BAD,
		    sip_value_fault(value, rule->quotes));
		if (rule->fault != NULL && m->fault == 0)
			sip_refuse(m, STATUS_BAD, rule->fault(value));
	}
}

static const struct sip_rule *
sip_rule_find(struct span name)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (span_is_nocase(name, rules[i].name))
			return &rules[i];
	return NULL;
}

/* Fields that no rule has looked at. */
static void
sip_check_text(struct sip_msg *m)
{
	size_t i;

	for (i = 0; i < m->count && m->fault == 0; i++)
		if (sip_rule_find(m->fields[i].name) == NULL)
			sip_refuse(m, STATUS_BAD,
			    sip_value_fault(m->fields[i].value, false));
}

/* The values that accessors give, as far as they can be read. */
static void
sip_read_values(struct sip_msg *m)
{
	struct sip_scan from = { sip_header(m, "From", 0), 0 };
	struct sip_scan to = { sip_header(m, "To", 0), 0 };
	struct sip_scan via = { sip_header(m, "Via", 0), 0 };
	struct span method = { NULL, 0 };
	const char *why;

	if (sip_addr_read(&from, &m->from) != NULL)
		m->from = (struct sip_addr) { 0 };
	if (sip_addr_read(&to, &m->to) != NULL)
		m->to = (struct sip_addr) { 0 };
	if (sip_via_read(&via, &m->via) != NULL)
		memset(&m->via, 0, sizeof(m->via));
	why = sip_cseq_read(sip_header(m, "CSeq", 0), &m->cseq, &method);
	if (!m->request)
		m->method = method;
	sip_refuse(m, STATUS_BAD, why);
	/* 3.1.2.18 of RFC 4475: of a method that nobody knows, nobody knows
	 * what its CSeq may say. */
	if (m->request && !span_eq(method, m->method))
		sip_refuse(m, sip_method_known(m->method) ? STATUS_BAD :
		    STATUS_METHOD, "CSeq has another method");
}

/* --- the whole ---------------------------------------------------------------------- */

static void
sip_check_body(struct sip_msg *m)
{
	struct span length = sip_header(m, "Content-Length", 0);
	size_t count, n;
	uint64_t bytes;

	(void)sip_fields_find(m, span_str("Content-Length"), &n);
	(void)sip_fields_find(m, span_str("Content-Type"), &count);
	if (n == 0 && m->on_stream)
		sip_refuse(m, STATUS_BAD, "there is no Content-Length");
	if (n == 1 && number_parse(length, SIZE_MAX, &bytes)) {
		if (bytes > m->body.n)
			sip_refuse(m, STATUS_BAD,
			    "the body is shorter than its Content-Length");
		else if (bytes < m->body.n)
			m->body.p[m->body.n = (size_t)bytes] = '\0';
	} else if (n > 0) {
		sip_refuse(m, STATUS_BAD, "the Content-Length is no number");
	}
	if (m->body.n > 0 && count == 0)
		sip_refuse(m, STATUS_BAD, "a body has no Content-Type");
}

/* The methods that are served here. What is asked for by another is refused
 * for its method, whatever its Request-URI is (8.2.1 before 8.2.2.1). */
static bool
sip_is_served(struct span method)
{
	return span_is(method, "MESSAGE") || span_is(method, "OPTIONS");
}

static void
sip_check_served(struct sip_msg *m)
{
	if (!m->request || !sip_is_served(m->method))
		return;
	if (sip_uri_hides(m->uri) || sip_uri_hides(m->from.uri) ||
	    sip_uri_hides(m->to.uri))
		sip_refuse(m, STATUS_BAD,
		    "an address has an escaped NUL, CR or LF");
	if (!sip_uri_ours(m->uri))
		sip_refuse(m, STATUS_SCHEME,
		    "the Request-URI is neither sip nor sips");
}

void
sip_check(struct sip_msg *m, const char *lines)
{
	size_t i, vias;

	m->request = !span_starts_nocase(m->start, "SIP/");
	if (m->request)
		sip_request_line(m);
	else
		sip_status_line(m);
	sip_refuse(m, STATUS_BAD, lines);
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		sip_check_rule(m, &rules[i]);
	sip_check_text(m);
	sip_check_body(m);
	sip_read_values(m);
	sip_check_served(m);
	(void)sip_fields_find(m, span_str("Via"), &vias);
	if (m->fault != 0 &&
	    (!m->request || vias == 0 || span_is(m->method, "ACK")))
		m->fault = NO_ANSWER;
}
