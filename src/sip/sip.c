#include <stdlib.h>
#include <string.h>

#include "src/sip/sip_msg_priv.h"

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
	return m;
}

/* Reads a line of a request of ours. */
static void
sip_own_line(struct span line, struct sip_ids *out)
{
	size_t colon = span_find(line, ':', 0);
	struct span name = span_cut(line, 0, colon);
	struct sip_scan value = {
	    span_trim(span_cut(line, colon + 1, line.n)), 0};
	struct sip_via via;
	struct sip_addr from;

	if (span_is(name, "Via") && out->branch.n == 0 &&
	    sip_via_read(&value, &via) == NULL)
		out->branch = via.branch;
	else if (span_is(name, "From") && sip_addr_read(&value, &from) == NULL)
		out->from_tag = from.tag;
	else if (span_is(name, "Call-ID"))
		out->call_id = value.s;
}

bool
sip_own_ids(struct span request, struct sip_ids *out)
{
	struct span rest = request, line = span_line(&rest);

	*out = (struct sip_ids){
	    .method = span_cut(line, 0, span_find(line, ' ', 0))};
	while ((line = span_line(&rest)).n > 0)
		sip_own_line(line, out);
	out->body = request.n - rest.n;
	return out->method.n > 0 && out->branch.n > 0 && out->call_id.n > 0 &&
	    out->from_tag.n > 0;
}

void
sip_free(struct sip_msg *m)
{
	if (m == NULL)
		return;
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
