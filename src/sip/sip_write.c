#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "src/sip/sip_msg_priv.h"

/* --- requests ------------------------------------------------------------- */

int
sip_request_start(
    struct buf *b, const char *method, struct span request_uri, struct err *e)
{
	const char *why = sip_uri_fault(request_uri);

	if (!sip_is_token(span_str(method)))
		return err_set(
		    e, EX_DATAERR, "\"%s\" is not a SIP method", method);
	if (why == NULL && sip_uri_has_control(request_uri))
		why = "it contains an escaped NUL, CR or LF";
	if (why == NULL && sip_uri_is_sip(request_uri) &&
	    sip_uri_has_headers(request_uri))
		why = "a Request-URI must not have headers";
	if (why != NULL)
		return err_set(e, EX_DATAERR,
		    "no request can be sent to this URI: %s", why);
	buf_adds(b, method);
	buf_add(b, " ", 1);
	buf_addspan(b, request_uri);
	buf_adds(b, " SIP/2.0\r\n");
	return 0;
}

int
sip_add(struct buf *b, const char *name, struct span value, struct err *e)
{
	const char *why = sip_value_fault(value, false);

	if (!sip_is_token(span_str(name)))
		return err_set(
		    e, EX_DATAERR, "\"%s\" is not a header field name", name);
	if (why != NULL)
		return err_set(e, EX_DATAERR,
		    "the header field %s cannot be "
		    "sent: %s",
		    name, why);
	buf_adds(b, name);
	buf_adds(b, ": ");
	buf_addspan(b, value);
	buf_adds(b, "\r\n");
	return 0;
}

void
sip_finish(struct buf *b, struct span body)
{
	buf_addf(b, "Content-Length: %zu\r\n\r\n", body.n);
	buf_addspan(b, body);
}

/* --- responses ------------------------------------------------------------ */

static bool
sip_is_echoed(unsigned char c)
{
	return c >= ' ' && c != 0x7f;
}

/* Appends a received value to a response: without quoted control characters,
 * which a display name may have, and with blanks for other ones. */
static void
sip_echo(struct buf *b, struct span s)
{
	size_t i, from = 0;

	for (i = 0; i < s.n; i++) {
		bool quoted = s.p[i] == '\\' && i + 1 < s.n &&
		    !sip_is_echoed(s.p[i + 1]);

		if (!quoted && sip_is_echoed(s.p[i]))
			continue;
		buf_addspan(b, span_cut(s, from, i));
		if (quoted)
			i++;
		else
			buf_add(b, " ", 1);
		from = i + 1;
	}
	buf_addspan(b, span_cut(s, from, s.n));
}

static void
sip_echo_field(struct buf *b, const char *name, struct span value)
{
	buf_adds(b, name);
	buf_adds(b, ": ");
	sip_echo(b, value);
}

/* Writes the source's address to text, an IPv4-mapped IPv6 address as IPv4, and
 * returns its port. text is "" and the port 0 for another family. */
static unsigned
sip_source(const struct sockaddr_storage *source, char text[INET6_ADDRSTRLEN])
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	text[0] = '\0';
	if (source->ss_family == AF_INET) {
		memcpy(&four, source, sizeof(four));
		(void)inet_ntop(
		    AF_INET, &four.sin_addr, text, INET6_ADDRSTRLEN);
		return ntohs(four.sin_port);
	}
	if (source->ss_family != AF_INET6)
		return 0;
	memcpy(&six, source, sizeof(six));
	if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr))
		(void)inet_ntop(AF_INET, &six.sin6_addr.s6_addr[12], text,
		    INET6_ADDRSTRLEN);
	else
		(void)inet_ntop(
		    AF_INET6, &six.sin6_addr, text, INET6_ADDRSTRLEN);
	return ntohs(six.sin6_port);
}

/* Appends the first Via, with received and rport from source in place of its
 * own. */
static void
sip_answer_via(struct buf *b, struct span value, const struct sip_via *via,
    const struct sockaddr_storage *source)
{
	char address[INET6_ADDRSTRLEN];
	unsigned port = sip_source(source, address);
	size_t i, end = (size_t)(via->whole.p - value.p) + via->whole.n;

	sip_echo(b, via->sender);
	for (i = 0; i < via->params.count; i++) {
		const struct sip_param *p = &via->params.all[i];

		if (span_is_nocase(p->name, "received") ||
		    span_is_nocase(p->name, "rport"))
			continue;
		buf_add(b, ";", 1);
		sip_echo(b, p->name);
		if (p->has_value) {
			buf_add(b, "=", 1);
			sip_echo(b, p->value);
		}
	}
	/* RFC 3581, 4: received is always added if rport is there. */
	if (address[0] != '\0' &&
	    (via->rport || !host_equal(via->host, span_str(address))))
		buf_addf(b, ";received=%s", address);
	if (via->rport && port != 0)
		buf_addf(b, ";rport=%u", port);
	sip_echo(b, span_cut(value, end, value.n));
}

static void
sip_answer_vias(struct buf *b, const struct sip_msg *req,
    const struct sockaddr_storage *source)
{
	size_t count = sip_header_count(req, "Via"), i;

	for (i = 0; i < count; i++) {
		struct span value = sip_header(req, "Via", i);

		buf_adds(b, "Via: ");
		if (i == 0 && source != NULL && req->via.whole.n > 0)
			sip_answer_via(b, value, &req->via, source);
		else
			sip_echo(b, value);
		buf_adds(b, "\r\n");
	}
}

int
sip_answer(struct buf *b, const struct sip_msg *req, int status,
    const char *reason, const char *to_tag,
    const struct sockaddr_storage *source)
{
	static const char *const names[] = {"From", "To", "Call-ID", "CSeq"};
	size_t i;

	if (!req->request || sip_header_count(req, "Via") == 0)
		return -1;
	buf_addf(b, "SIP/2.0 %d %s\r\n", status,
	    reason != NULL ? reason : sip_phrase(status));
	sip_answer_vias(b, req, source);
	/* A field that the request lacks is left out. */
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (sip_header_count(req, names[i]) == 0)
			continue;
		sip_echo_field(b, names[i], sip_header(req, names[i], 0));
		/* A malformed To gets no tag. */
		if (i == 1 && to_tag != NULL && req->to.tag.n == 0 &&
		    req->to.uri.n > 0)
			buf_addf(b, ";tag=%s", to_tag);
		buf_adds(b, "\r\n");
	}
	return 0;
}

/* The status codes of RFC 3261, 21, and of later RFCs. */
static const struct {
	int status;
	const char *phrase;
} sip_phrases[] = {
    {100, "Trying"},
    {180, "Ringing"},
    {181, "Call Is Being Forwarded"},
    {182, "Queued"},
    {183, "Session Progress"},
    {200, "OK"},
    {202, "Accepted"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Moved Temporarily"},
    {305, "Use Proxy"},
    {380, "Alternative Service"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Unsupported URI Scheme"},
    {420, "Bad Extension"},
    {421, "Extension Required"},
    {423, "Interval Too Brief"},
    {428, "Use Identity Header"},
    {430, "Flow Failed"},
    {436, "Bad Identity-Info"},
    {437, "Unsupported Certificate"},
    {438, "Invalid Identity Header"},
    {439, "First Hop Lacks Outbound Support"},
    {480, "Temporarily Unavailable"},
    {481, "Call/Transaction Does Not Exist"},
    {482, "Loop Detected"},
    {483, "Too Many Hops"},
    {484, "Address Incomplete"},
    {485, "Ambiguous"},
    {486, "Busy Here"},
    {487, "Request Terminated"},
    {488, "Not Acceptable Here"},
    {489, "Bad Event"},
    {491, "Request Pending"},
    {493, "Undecipherable"},
    {494, "Security Agreement Required"},
    {500, "Server Internal Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Server Time-out"},
    {505, "Version Not Supported"},
    {513, "Message Too Large"},
    {600, "Busy Everywhere"},
    {603, "Decline"},
    {604, "Does Not Exist Anywhere"},
    {606, "Not Acceptable"},
};

const char *
sip_phrase(int status)
{
	size_t i;

	for (i = 0; i < sizeof(sip_phrases) / sizeof(sip_phrases[0]); i++)
		if (sip_phrases[i].status == status)
			return sip_phrases[i].phrase;
	return "Unknown";
}
