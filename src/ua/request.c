#include "src/ua/request.h"

#include <stdarg.h>
#include <time.h>

#include <config.h>

const char request_allow[] = "MESSAGE, OPTIONS";

static const char *const accepted[] = {"multipart/signed", "text/plain",
    "application/pkcs7-mime", "application/sdp", "multipart/alternative",
    "message/cpim", "message/imdn+xml", "application/im-iscomposing+xml"};

const char *
request_transport(enum verdict_transport kind)
{
	return kind == TRANSPORT_UDP ? "UDP"
	    : kind == TRANSPORT_TCP  ? "TCP"
				     : "TLS";
}

int
request_add(struct buf *out, const char *name, const char *value, struct err *e)
{
	return sip_add(out, name, span_str(value), e);
}

/* A field whose value is made up of parts; sip_add looks at what they are. */
int
request_addf(
    struct buf *out, const char *name, struct err *e, const char *fmt, ...)
{
	struct buf value = {0};
	va_list ap;
	int rc;

	va_start(ap, fmt);
	buf_vaddf(&value, fmt, ap);
	va_end(ap);
	rc = sip_add(out, name, span_buf(&value), e);
	buf_free(&value);
	return rc;
}

/* A field whose value is the parts, one after the other; NULL ends them. */
static int
request_add_parts(
    struct buf *out, const char *name, const char *const *parts, struct err *e)
{
	struct buf value = {0};
	int rc;

	for (; *parts != NULL; parts++)
		buf_adds(&value, *parts);
	rc = sip_add(out, name, span_buf(&value), e);
	buf_free(&value);
	return rc;
}

static int
request_add_via(struct buf *out, enum verdict_transport kind,
    const struct addr *local, const char *branch, struct err *e)
{
	char addr[ADDR_TEXT];
	const char *const parts[] = {"SIP/2.0/", request_transport(kind), " ",
	    addr, ";branch=z9hG4bK", branch, ";rport", NULL};

	addr_text(local, addr);
	return request_add_parts(out, "Via", parts, e);
}

static int
request_add_to(struct buf *out, const char *uri, struct err *e)
{
	const char *const parts[] = {"<", uri, ">", NULL};

	return request_add_parts(out, "To", parts, e);
}

static int
request_add_from(
    struct buf *out, const char *uri, const char *tag, struct err *e)
{
	const char *const parts[] = {"<", uri, ">;tag=", tag, NULL};

	return request_add_parts(out, "From", parts, e);
}

/* Always GMT, always in English. */
int
request_add_date(struct buf *out, time_t when, struct err *e)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL)
		return 0;
	return request_addf(out, "Date", e,
	    "%.3s, %02d %.3s %d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday,
	    tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
}

int
request_add_accept(struct buf *out, struct err *e)
{
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++)
		if (request_add(out, "Accept", accepted[i], e) == -1)
			return -1;
	return 0;
}

void
request_route(struct buf *out, const char *uri)
{
	struct uri parts;
	struct span lr;
	struct err e;

	buf_addf(out, "<%s%s>", uri,
	    uri_parse(span_str(uri), &parts, &e) == 0 &&
		    !uri_param(&parts, "lr", &lr)
		? ";lr"
		: "");
}

int
request_start(struct buf *out, const struct request *r,
    enum verdict_transport kind, const struct addr *local, struct err *e)
{
	if (sip_request_start(out, r->method, span_str(r->uri), e) == -1 ||
	    request_add_via(out, kind, local, r->branch, e) == -1 ||
	    request_add(out, "Max-Forwards", "70", e) == -1 ||
	    (r->route != NULL &&
		request_add(out, "Route", r->route, e) == -1) ||
	    request_add_to(out, r->to, e) == -1 ||
	    request_add_from(out, r->from, r->from_tag, e) == -1 ||
	    request_add(out, "Call-ID", r->call_id, e) == -1 ||
	    request_addf(out, "CSeq", e, "%lu %s", (unsigned long)r->cseq,
		r->method) == -1)
		return -1;
	buf_addspan(out, r->credentials);
	if (request_add_accept(out, e) == -1)
		return -1;
	return request_add(out, "User-Agent", "signet/" SIGNET_VERSION, e);
}
