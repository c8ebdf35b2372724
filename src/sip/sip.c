#include <stdlib.h>
#include <string.h>

#include "src/sip/sip_msg_priv.h"
#include "src/sip/sip_osip.h"

/* --- libosip2 ------------------------------------------------------------- */

/* Drops osip's traces, which it writes to standard output by default. */
static void
sip_no_trace(const char *file, int line, osip_trace_level_t level,
    const char *format, va_list ap)
{
	(void)file;
	(void)line;
	(void)level;
	(void)format;
	(void)ap;
}

/* Fills the tables of osip's parser, once in a process. */
static void
sip_osip_begin(void)
{
	static bool begun;

	if (begun)
		return;
	begun = true;
	osip_trace_initialize_func(OSIP_FATAL, sip_no_trace);
	(void)parser_init();
}

/* Appends an address, always in angle brackets: osip does not read a short one
 * without. */
static void
sip_osip_addr(struct buf *out, struct span value, const struct sip_addr *addr)
{
	size_t end;

	if (addr->bracketed) {
		buf_addspan(out, value);
		return;
	}
	end = (size_t)(addr->uri.p - value.p) + addr->uri.n;
	buf_add(out, "<", 1);
	buf_addspan(out, addr->uri);
	buf_add(out, ">", 1);
	buf_addspan(out, span_cut(value, end, value.n));
}

/* Appends the fields that osip's transactions use, and no others: osip takes
 * time that grows with the square of their number. They are unfolded, have
 * blanks for NULs, and there is no body, since osip treats folds, NULs and
 * bodies differently from us. */
static void
sip_osip_text(const struct sip_msg *m, struct buf *out)
{
	size_t i;

	buf_reserve(out, 1024);
	buf_addspan(out, m->start);
	buf_adds(out, "\r\nVia: ");
	buf_addspan(out, sip_header(m, "Via", 0));
	buf_adds(out, "\r\nFrom: ");
	sip_osip_addr(out, sip_header(m, "From", 0), &m->from);
	buf_adds(out, "\r\nTo: ");
	sip_osip_addr(out, sip_header(m, "To", 0), &m->to);
	buf_adds(out, "\r\nCall-ID: ");
	buf_addspan(out, sip_header(m, "Call-ID", 0));
	buf_adds(out, "\r\nCSeq: ");
	buf_addspan(out, sip_header(m, "CSeq", 0));
	for (i = 0; i < out->n; i++)
		if (out->p[i] == '\0')
			out->p[i] = ' ';
	buf_adds(out, "\r\nContent-Length: 0\r\n\r\n");
}

static void
sip_osip_read(struct sip_msg *m)
{
	struct buf text = {0};

	sip_osip_begin();
	sip_osip_text(m, &text);
	if (osip_message_init(&m->osip) != 0) {
		m->osip = NULL;
	} else if (osip_message_parse(m->osip, (const char *)text.p, text.n) !=
	    0) {
		osip_message_free(m->osip);
		m->osip = NULL;
	}
	if (m->osip == NULL) {
		m->fault = m->request && !span_is(m->method, "ACK") ? 400 : -1;
		m->why = "libosip2 cannot read the message";
	}
	buf_free(&text);
}

osip_message_t *
sip_take_osip(struct sip_msg *m)
{
	osip_message_t *osip = m->osip;

	m->osip = NULL;
	return osip;
}

/* --- messages ------------------------------------------------------------- */

static struct sip_msg *
sip_new(struct span head, struct span body)
{
	struct sip_msg *m = xcalloc(1, sizeof(*m));

	buf_addspan(&m->head, head);
	buf_addspan(&m->body, body);
	return m;
}

struct sip_msg *
sip_parse(struct span head, struct span body, bool on_stream)
{
	struct sip_msg *m = sip_new(head, body);

	m->on_stream = on_stream;
	sip_check(m, sip_fields_read(m));
	/* Of a response osip needs nothing but its class. */
	if (m->fault == 0 && m->request)
		sip_osip_read(m);
	return m;
}

/* Returns the offset of the body: after the empty line. */
static size_t
sip_head_end(struct span s)
{
	size_t at;

	for (at = span_find(s, '\r', 0); s.n - at >= 4;
	     at = span_find(s, '\r', at + 1))
		if (memcmp(s.p + at, "\r\n\r\n", 4) == 0)
			return at + 4;
	return s.n;
}

struct sip_msg *
sip_ours(struct span request)
{
	size_t end = sip_head_end(request);
	struct sip_msg *m = sip_new(
	    span_cut(request, 0, end), span_cut(request, end, request.n));

	(void)sip_fields_read(m);
	sip_check_ours(m);
	if (m->fault == 0)
		sip_osip_read(m);
	return m;
}

void
sip_free(struct sip_msg *m)
{
	if (m == NULL)
		return;
	if (m->osip != NULL)
		osip_message_free(m->osip);
	buf_free(&m->head);
	buf_free(&m->body);
	buf_free(&m->unfolded);
	free(m->fields);
	free(m->sorted);
	free(m);
}

int
sip_fault(const struct sip_msg *m, const char **why)
{
	*why = m->why;
	return m->fault;
}

bool
sip_odd(const struct sip_msg *m, struct span *name, const char **why)
{
	if (m->odd == NULL)
		return false;
	*name = m->odd->name;
	*why = m->odd_why;
	return true;
}

bool
sip_is_request(const struct sip_msg *m)
{
	return m->request;
}

struct span
sip_head(const struct sip_msg *m)
{
	return span_buf(&m->head);
}

struct span
sip_body(const struct sip_msg *m)
{
	return span_buf(&m->body);
}

struct span
sip_method(const struct sip_msg *m)
{
	return m->method;
}

bool
sip_method_known(struct span method)
{
	return sip_is_method(method);
}

struct span
sip_request_uri(const struct sip_msg *m)
{
	return m->uri;
}

int
sip_status(const struct sip_msg *m)
{
	return m->status;
}

struct span
sip_reason(const struct sip_msg *m)
{
	return m->reason;
}

/* --- header fields -------------------------------------------------------- */

uint64_t
sip_retry_after(const struct sip_msg *m, uint64_t otherwise)
{
	struct span v = sip_header(m, "Retry-After", 0);
	uint64_t seconds;
	size_t n = 0;

	/* A comment and parameters may follow (20.33). */
	while (n < v.n && v.p[n] >= '0' && v.p[n] <= '9')
		n++;
	if (!number_parse(span_cut(v, 0, n), 86400, &seconds))
		return otherwise;
	return seconds * 1000;
}

struct span
sip_call_id(const struct sip_msg *m)
{
	return sip_header(m, "Call-ID", 0);
}

uint32_t
sip_cseq(const struct sip_msg *m)
{
	return m->cseq;
}

struct span
sip_from_tag(const struct sip_msg *m)
{
	return m->from.tag;
}

struct span
sip_to_tag(const struct sip_msg *m)
{
	return m->to.tag;
}

struct span
sip_from_uri(const struct sip_msg *m)
{
	return m->from.uri;
}

struct span
sip_to_uri(const struct sip_msg *m)
{
	return m->to.uri;
}

struct span
sip_branch(const struct sip_msg *m)
{
	return m->via.branch;
}

struct span
sip_via_host(const struct sip_msg *m)
{
	return m->via.host;
}

unsigned
sip_via_port(const struct sip_msg *m)
{
	return m->via.port;
}

bool
sip_via_rport(const struct sip_msg *m)
{
	return m->via.rport;
}
