#include "src/net/idn.h"

#include <stdlib.h>
#include <string.h>

#include <idn2.h>

/* Returns the host of a URI: it begins after the last '@', or after the
 * scheme. */
static struct span
idn_find_host(struct span uri)
{
	size_t from = 0, to;

	if (span_starts_nocase(uri, "sip:"))
		from = 4;
	else if (span_starts_nocase(uri, "sips:"))
		from = 5;
	for (size_t i = from; i < uri.n; i++)
		if (uri.p[i] == '@')
			from = i + 1;
	for (to = from; to < uri.n; to++)
		if (memchr(":;?", uri.p[to], 3) != NULL)
			break;
	return span_cut(uri, from, to);
}

static bool
idn_is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

int
idn_uri(struct buf *out, struct span uri, struct err *e)
{
	struct span host = idn_find_host(uri);
	unsigned char *label = NULL;
	char *name;
	int rc;

	if (idn_is_ascii(host) || memchr(host.p, '\0', host.n) != NULL) {
		buf_addspan(out, uri);
		return 0;
	}
	name = xstrndup(host);
	/* As in browsers, capitals are mapped to small letters (UTS 46,
	 * non-transitional), and a name that DNS does not take is an error. */
	rc = idn2_lookup_u8((const unsigned char *)name, &label,
	    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (rc != IDN2_OK)
		(void)err_set(e, EX_DATAERR, "%s is not a domain name: %s",
		    name, idn2_strerror(rc));
	free(name);
	if (rc != IDN2_OK)
		return -1;
	buf_add(out, uri.p, (size_t)(host.p - uri.p));
	buf_adds(out, (const char *)label);
	buf_addspan(
	    out, span_cut(uri, (size_t)(host.p - uri.p) + host.n, uri.n));
	idn2_free(label);
	return 0;
}

int
idn_typed(struct buf *out, const char *typed, struct uri *uri, struct err *e)
{
	struct span s = span_str(typed);

	if (!span_starts_nocase(s, "sip:") && !span_starts_nocase(s, "sips:"))
		buf_adds(out, "sips:");
	if (idn_uri(out, s, e) == -1 ||
	    uri_parse(span_buf(out), uri, e) == -1) {
		e->exit = EX_DATAERR;
		return err_in(e, "%s", typed);
	}
	return 0;
}
