#include <string.h>

#include "keys/x509/uri.h"
#include "src/base/err.h"
#include "src/sip/sip_grammar_priv.h"

static bool
sip_is_alpha(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
sip_is_alnum(unsigned char c)
{
	return sip_is_alpha(c) || (c >= '0' && c <= '9');
}

bool
sip_uri_is_sip(struct span uri)
{
	return span_starts_nocase(uri, "sip:") ||
	    span_starts_nocase(uri, "sips:");
}

/* Returns whether the escape at at stands for NUL, CR or LF. */
static bool
sip_escape_is_control(struct span uri, size_t at)
{
	struct span escape = span_cut(uri, at, at + 3);

	return span_is(escape, "%00") || span_is_nocase(escape, "%0d") ||
	    span_is_nocase(escape, "%0a");
}

bool
sip_uri_has_control(struct span uri)
{
	size_t at;

	for (at = span_find(uri, '%', 0); at < uri.n;
	     at = span_find(uri, '%', at + 1))
		if (sip_escape_is_control(uri, at))
			return true;
	return false;
}

bool
sip_uri_has_headers(struct span uri)
{
	size_t at = span_find(uri, '@', 0);

	/* A "?" before the "@" belongs to the user. */
	return span_find(uri, '?', at < uri.n ? at : 0) < uri.n;
}

/* Returns whether a SIP URI is well formed. uri_parse refuses %00, %0d and %0a
 * for safety, though the grammar allows them: they are replaced by %20 before
 * the check. */
static bool
sip_uri_parses(struct span uri)
{
	struct buf copy = {0};
	struct uri parts;
	struct err e;
	size_t at;
	bool good;

	if (uri_parse(uri, &parts, &e) == 0)
		return true;
	if (!sip_uri_has_control(uri))
		return false;
	buf_addspan(&copy, uri);
	for (at = 0; at < uri.n; at++)
		if (sip_escape_is_control(uri, at))
			memcpy(copy.p + at, "%20", 3);
	good = uri_parse(span_buf(&copy), &parts, &e) == 0;
	buf_free(&copy);
	return good;
}

const char *
sip_uri_fault(struct span uri)
{
	size_t colon = span_find(uri, ':', 0), at;

	if (sip_uri_is_sip(uri))
		return sip_uri_parses(uri) ? NULL : "a SIP URI is malformed";
	if (colon == 0 || colon + 1 >= uri.n || !sip_is_alpha(uri.p[0]))
		return "a URI is missing";
	for (at = 1; at < colon; at++)
		if (!sip_is_alnum(uri.p[at]) && uri.p[at] != '+' &&
		    uri.p[at] != '-' && uri.p[at] != '.')
			return "a URI is missing";
	for (at = colon + 1; at < uri.n; at++) {
		if (uri.p[at] == '%' && uri.n - at > 2 &&
		    hex_value(uri.p[at + 1]) >= 0 &&
		    hex_value(uri.p[at + 2]) >= 0)
			at += 2;
		else if (!sip_is_alnum(uri.p[at]) &&
		    (uri.p[at] == '\0' ||
			strchr("-_.!~*'();/?:@&=+$,[]", uri.p[at]) == NULL))
			return "a URI is malformed";
	}
	return NULL;
}

/* Takes *( token LWS ) / quoted-string if a "<" comes after it; the LWS before
 * the "<" may be missing (RFC 4475, 3.1.1.6). Else takes nothing: false. */
static bool
sip_scan_display(struct sip_scan *sc, struct span *display)
{
	size_t from = sc->at, to = from;
	struct span word;

	if (sc->at < sc->s.n && sc->s.p[sc->at] == '"') {
		if (!sip_scan_quoted(sc, &word))
			return false;
		to = sc->at;
		sip_scan_lws(sc);
	} else {
		while (sip_scan_token(sc, &word)) {
			to = sc->at;
			sip_scan_lws(sc);
		}
	}
	if (sc->at < sc->s.n && sc->s.p[sc->at] == '<') {
		*display = span_cut(sc->s, from, to);
		return true;
	}
	sc->at = from;
	return false;
}

static const char *
sip_addr_uri(struct sip_scan *sc, struct sip_addr *out)
{
	size_t close;

	out->bracketed = sip_scan_display(sc, &out->display);
	if (!out->bracketed) {
		if (sc->at < sc->s.n && sc->s.p[sc->at] == '"')
			return "a display name has an opening quote without a "
			       "closing one";
		/* Without < > a comma, a semicolon and parameters belong to the
		 * header field, not to the URI (20.10). */
		out->uri = sip_scan_until(sc, ",;");
		if (span_find(out->uri, '?', 0) < out->uri.n)
			return "a URI with a \"?\" is not in angle brackets";
		return sip_uri_fault(out->uri);
	}
	close = span_find(sc->s, '>', sc->at);
	if (close == sc->s.n)
		return "a \"<\" has no \">\"";
	out->uri = span_cut(sc->s, sc->at + 1, close);
	sc->at = close + 1;
	return sip_uri_fault(out->uri);
}

const char *
sip_addr_read(struct sip_scan *sc, struct sip_addr *out)
{
	const struct sip_param *tag;
	struct sip_params params;
	const char *why;
	size_t from;

	*out = (struct sip_addr){0};
	sip_scan_lws(sc);
	why = sip_addr_uri(sc, out);
	from = sc->at;
	if (why == NULL)
		why = sip_scan_params(sc, true, &params);
	if (why != NULL)
		return why;
	out->params = span_cut(sc->s, from, sc->at);
	tag = sip_params_find(&params, "tag");
	if (tag == NULL)
		return NULL;
	out->tag = tag->value;
	return sip_is_token(tag->value) ? NULL : "a tag is not a token";
}

const char *
sip_addr_fault(struct span v)
{
	struct sip_scan sc = {v, 0};
	struct sip_addr addr;
	const char *why = sip_addr_read(&sc, &addr);

	if (why != NULL)
		return why;
	return sip_scan_end(&sc) ? NULL : "there is text after an address";
}

static const char *
sip_addrs_fault(struct span v, bool brackets)
{
	struct sip_scan sc = {v, 0};
	struct sip_addr addr;
	const char *why;

	do {
		why = sip_addr_read(&sc, &addr);
		if (why != NULL)
			return why;
		if (brackets && !addr.bracketed)
			return "a route is not in angle brackets";
	} while (sip_scan_sign(&sc, ','));
	return sip_scan_end(&sc) ? NULL : "there is text after an address";
}

const char *
sip_contact_fault(struct span v)
{
	return span_is(v, "*") ? NULL : sip_addrs_fault(v, false);
}

const char *
sip_route_fault(struct span v)
{
	return sip_addrs_fault(v, true);
}
