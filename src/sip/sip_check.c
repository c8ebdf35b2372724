#include <string.h>

#include "src/sip/sip_msg_priv.h"

enum {
	STATUS_BAD = 400,
	STATUS_SCHEME = 416,
	STATUS_METHOD = 501,
	STATUS_VERSION = 505,
	NO_ANSWER = -1
};

#define NAME(s)                                           \
	{                                                 \
		(const unsigned char *)(s), sizeof(s) - 1 \
	}

/* The consequence of a malformed value. A decision on a message rests on few
 * fields; the others are ignored if they are malformed (RFC 3261, 8.2.2), unless
 * they hold a control character. */
enum sip_strictness {
	STRICT, /* 400 */
	REGISTERED, /* 400 in a REGISTER, which rests on it; else ignored */
	LENIENT /* ignored */
};

/* The header fields whose values are checked. The others are any text. */
static const struct sip_rule {
	struct span name;
	const char *(*fault)(struct span value);
	bool quotes; /* its grammar has quoted strings */
	bool once; /* a second one is an error (7.3.1) */
	bool needed; /* in every message (8.1.1); not Max-Forwards, which
	              * clients of RFC 2543 do not send */
	enum sip_strictness strictness;
} rules[] = {
    /* First the fields that a response copies. */
    {NAME("Via"), sip_via_fault, true, false, true, STRICT},
    {NAME("From"), sip_addr_fault, true, true, true, STRICT},
    {NAME("To"), sip_addr_fault, true, true, true, STRICT},
    {NAME("Call-ID"), sip_call_id_fault, false, true, true, STRICT},
    {NAME("CSeq"), NULL, false, true, true, STRICT},
    {NAME("Max-Forwards"), sip_forwards_fault, false, true, false, STRICT},
    {NAME("Content-Length"), sip_number_fault, false, true, false, STRICT},
    {NAME("Content-Type"), sip_media_fault, true, true, false, STRICT},

    {NAME("Accept"), sip_medias_fault, true, false, false, LENIENT},
    {NAME("Accept-Encoding"), sip_list_fault, true, false, false, LENIENT},
    {NAME("Accept-Language"), sip_list_fault, true, false, false, LENIENT},
    {NAME("Allow"), sip_options_fault, false, false, false, LENIENT},
    {NAME("Contact"), sip_contact_fault, true, false, false, REGISTERED},
    {NAME("Content-Disposition"), sip_disposition_fault, true, true, false,
	STRICT},
    {NAME("Content-Encoding"), sip_tokens_fault, false, false, false, STRICT},
    {NAME("Content-Language"), sip_tokens_fault, false, false, false, STRICT},
    {NAME("Content-Transfer-Encoding"), sip_token_fault, false, true, false,
	STRICT},
    {NAME("Date"), sip_date_fault, false, true, false, LENIENT},
    {NAME("Expires"), sip_number_fault, false, true, false, LENIENT},
    {NAME("In-Reply-To"), sip_call_ids_fault, false, false, false, LENIENT},
    {NAME("MIME-Version"), sip_version_fault, false, true, false, LENIENT},
    {NAME("Min-Expires"), sip_number_fault, false, true, false, LENIENT},
    {NAME("Priority"), sip_token_fault, false, true, false, LENIENT},
    {NAME("Proxy-Require"), sip_tokens_fault, false, false, false, LENIENT},
    {NAME("Record-Route"), sip_route_fault, true, false, false, LENIENT},
    {NAME("Reply-To"), sip_addr_fault, true, true, false, LENIENT},
    {NAME("Require"), sip_tokens_fault, false, false, false, STRICT},
    {NAME("Route"), sip_route_fault, true, false, false, LENIENT},
    {NAME("Subject"), NULL, false, true, false, LENIENT},
    {NAME("Supported"), sip_options_fault, false, false, false, LENIENT},
    {NAME("Unsupported"), sip_tokens_fault, false, false, false, LENIENT},
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

/* The fields of one rule: a range of m->sorted. */
struct sip_run {
	size_t at, count;
};

/* Sets fault and why, unless why is NULL or there is a fault already. */
static void
sip_refuse(struct sip_msg *m, int status, const char *why)
{
	if (m->fault != 0 || why == NULL)
		return;
	m->fault = status;
	m->why = why;
}

/* --- start line ----------------------------------------------------------- */

/* Returns whether s is a SIP-Version of any number, in any case (7.1). */
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

/* Reads SIP-Version SP 3DIGIT SP Reason-Phrase. */
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
		sip_refuse(m, STATUS_BAD,
		    "the status is not a number from 100 to 699");
	else
		m->status = (int)status;
	sip_refuse(m, STATUS_BAD, sip_value_fault(m->reason, false));
}

/* Reads Method SP Request-URI SP SIP-Version, with exactly one space each. */
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
		sip_refuse(m, STATUS_BAD, "the method is not a token");
	if (last <= first + 1)
		sip_refuse(
		    m, STATUS_BAD, "the start line is not METHOD URI VERSION");
	if (span_find(m->uri, ' ', 0) < m->uri.n)
		sip_refuse(m, STATUS_BAD, "the Request-URI has a space");
	sip_refuse(m, STATUS_BAD, sip_uri_fault(m->uri));
	/* 19.1.1: headers are not allowed in a Request-URI. */
	if (sip_uri_is_sip(m->uri) && sip_uri_has_headers(m->uri))
		sip_refuse(m, STATUS_BAD, "the Request-URI has headers");
}

/* --- header fields -------------------------------------------------------- */

static const struct sip_rule *
sip_rule_find(struct span name)
{
	size_t i;

	for (i = 0; i < RULES; i++)
		if (span_eq_nocase(name, rules[i].name))
			return &rules[i];
	return NULL;
}

/* Marks the fields that have a rule, and finds the fields of each rule. */
static void
sip_find_rules(struct sip_msg *m, struct sip_run runs[RULES])
{
	const struct sip_rule *rule = NULL;
	const struct sip_field *before = NULL;
	size_t i;

	memset(runs, 0, RULES * sizeof(*runs));
	for (i = 0; i < m->count; i++) {
		struct sip_field *f = &m->fields[m->sorted[i]];

		if (before == NULL || !span_eq_nocase(before->name, f->name))
			rule = sip_rule_find(f->name);
		before = f;
		f->ruled = rule != NULL;
		if (rule != NULL && runs[rule - rules].count++ == 0)
			runs[rule - rules].at = i;
	}
}

static bool
sip_has_control(struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if (sip_is_control(value.p[i]))
			return true;
	return false;
}

/* Refuses a malformed value, or notes that it is ignored. */
static void
sip_judge_value(struct sip_msg *m, const struct sip_field *f, const char *why,
    enum sip_strictness strictness)
{
	bool ignored = strictness == LENIENT ||
	    (strictness == REGISTERED && !span_is(m->method, "REGISTER"));

	if (why == NULL)
		return;
	if (!ignored || sip_has_control(f->value))
		sip_refuse(m, STATUS_BAD, why);
	else if (m->odd == NULL) {
		m->odd = f;
		m->odd_why = why;
	}
}

static void
sip_check_rule(
    struct sip_msg *m, const struct sip_rule *rule, const struct sip_run *run)
{
	size_t i;

	if (rule->needed && run->count == 0)
		sip_refuse(m, STATUS_BAD,
		    "Via, From, To, Call-ID or CSeq is "
		    "missing");
	if (rule->once && run->count > 1)
		sip_refuse(m, STATUS_BAD,
		    "a header field is given twice that is allowed once");
	for (i = run->at; i < run->at + run->count && m->fault == 0; i++) {
		const struct sip_field *f = &m->fields[m->sorted[i]];
		const char *why = sip_value_fault(f->value, rule->quotes);

		if (why == NULL && rule->fault != NULL)
			why = rule->fault(f->value);
		sip_judge_value(m, f, why, rule->strictness);
	}
}

static void
sip_check_fields(struct sip_msg *m)
{
	struct sip_run runs[RULES];
	size_t i;

	sip_find_rules(m, runs);
	for (i = 0; i < RULES; i++)
		sip_check_rule(m, &rules[i], &runs[i]);
	for (i = 0; i < m->count && m->fault == 0; i++)
		if (!m->fields[i].ruled)
			sip_judge_value(m, &m->fields[i],
			    sip_value_fault(m->fields[i].value, false),
			    LENIENT);
}

/* Reads the values of the accessors, as far as they are well formed. */
static void
sip_read_values(struct sip_msg *m)
{
	struct sip_scan from = {sip_header(m, "From", 0), 0};
	struct sip_scan to = {sip_header(m, "To", 0), 0};
	struct sip_scan via = {sip_header(m, "Via", 0), 0};
	struct span method = {NULL, 0};
	const char *why;

	if (sip_addr_read(&from, &m->from) != NULL)
		m->from = (struct sip_addr){0};
	if (sip_addr_read(&to, &m->to) != NULL)
		m->to = (struct sip_addr){0};
	if (sip_via_read(&via, &m->via) != NULL)
		memset(&m->via, 0, sizeof(m->via));
	why = sip_cseq_read(sip_header(m, "CSeq", 0), &m->cseq, &method);
	if (!m->request)
		m->method = method;
	sip_refuse(m, STATUS_BAD, why);
	/* RFC 4475, 3.1.2.18: for an unknown method a CSeq mismatch is 501, not
	 * 400. */
	if (m->request && !span_eq(method, m->method))
		sip_refuse(m,
		    sip_is_method(m->method) ? STATUS_BAD : STATUS_METHOD,
		    "the method of CSeq is not that of the request");
}

/* --- the whole ------------------------------------------------------------ */

static void
sip_check_body(struct sip_msg *m)
{
	struct span length = sip_header(m, "Content-Length", 0);
	size_t count, n;
	uint64_t bytes;

	(void)sip_fields_find(m, span_str("Content-Length"), &n);
	(void)sip_fields_find(m, span_str("Content-Type"), &count);
	if (n == 0 && m->on_stream)
		sip_refuse(m, STATUS_BAD, "Content-Length is missing");
	if (n == 1 && number_parse(length, SIZE_MAX, &bytes)) {
		if (bytes > m->body.n)
			sip_refuse(m, STATUS_BAD,
			    "the body is shorter than its Content-Length");
		else if (bytes < m->body.n)
			m->body.p[m->body.n = (size_t)bytes] = '\0';
	} else if (n > 0) {
		sip_refuse(m, STATUS_BAD, "Content-Length is not a number");
	}
	if (m->body.n > 0 && count == 0)
		sip_refuse(
		    m, STATUS_BAD, "there is a body, but no Content-Type");
}

/* Returns whether we serve the method. For another one the user agent refuses
 * the method before it looks at the Request-URI (8.2.1 before 8.2.2.1). */
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
	if (sip_uri_has_control(m->uri) || sip_uri_has_control(m->from.uri) ||
	    sip_uri_has_control(m->to.uri))
		sip_refuse(m, STATUS_BAD,
		    "an address contains an escaped NUL, CR or LF");
	if (!sip_uri_is_sip(m->uri))
		sip_refuse(m, STATUS_SCHEME,
		    "the Request-URI is neither sip nor sips");
}

void
sip_check(struct sip_msg *m, const char *lines)
{
	size_t vias;

	m->request = !span_starts_nocase(m->start, "SIP/");
	if (m->request)
		sip_request_line(m);
	else
		sip_status_line(m);
	sip_refuse(m, STATUS_BAD, lines);
	sip_check_fields(m);
	sip_check_body(m);
	sip_read_values(m);
	sip_check_served(m);
	(void)sip_fields_find(m, span_str("Via"), &vias);
	if (m->fault != 0 &&
	    (!m->request || vias == 0 || span_is(m->method, "ACK")))
		m->fault = NO_ANSWER;
}
