#include <arpa/inet.h>
#include <string.h>

#include "keys/x509/uri.h"

/* The characters that are allowed beside letters, digits and escapes. */
#define URI_MARK "-_.!~*'()"
#define URI_USER URI_MARK "&=+$,;?/"
#define URI_PASSWORD URI_MARK "&=+$,"
#define URI_PARAM URI_MARK "[]/:&+$"
#define URI_HEADER URI_MARK "[]/?:+$"

static bool
uri_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool
uri_is_alpha(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Returns whether s is made of letters, digits, the characters of extra and
 * escapes. Escapes of NUL, CR or LF are refused: these truncate or split the
 * output of other programs. */
static bool
uri_chars(struct span s, const char *extra)
{
	size_t i;
	int value;

	for (i = 0; i < s.n; i++) {
		if (uri_is_alpha(s.p[i]) || uri_is_digit(s.p[i]))
			continue;
		if (s.p[i] == '%') {
			if (s.n - i < 3 || hex_value(s.p[i + 1]) < 0 ||
			    hex_value(s.p[i + 2]) < 0)
				return false;
			value = hex_value(s.p[i + 1]) * 16 +
			    hex_value(s.p[i + 2]);
			if (value == 0 || value == '\r' || value == '\n')
				return false;
			i += 2;
			continue;
		}
		if (s.p[i] == '\0' || strchr(extra, s.p[i]) == NULL)
			return false;
	}
	return true;
}

/* Returns the byte at *at, unescaped, and moves *at behind it. */
static unsigned char
uri_next(struct span s, size_t *at)
{
	unsigned char c = s.p[*at];

	if (c == '%' && s.n - *at >= 3 && hex_value(s.p[*at + 1]) >= 0 &&
	    hex_value(s.p[*at + 2]) >= 0) {
		c = (unsigned char)(hex_value(s.p[*at + 1]) * 16 +
		    hex_value(s.p[*at + 2]));
		*at += 2;
	}
	*at += 1;
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

/* Compares parameter names without case and escapes. */
static bool
uri_name_eq(struct span a, struct span b)
{
	size_t i = 0, j = 0;

	while (i < a.n && j < b.n)
		if (uri_next(a, &i) != uri_next(b, &j))
			return false;
	return i == a.n && j == b.n;
}

/* Returns whether a label is a number, as inet_aton(3) reads one: all digits, or
 * 0x and hex digits. */
static bool
uri_is_number(struct span label)
{
	bool hex = label.n > 2 && label.p[0] == '0' &&
	    (label.p[1] == 'x' || label.p[1] == 'X');

	for (size_t i = hex ? 2 : 0; i < label.n; i++)
		if (hex ? hex_value(label.p[i]) < 0 : !uri_is_digit(label.p[i]))
			return false;
	return label.n > 0;
}

/* hostname = *( domainlabel "." ) toplabel [ "." ]: labels begin and end with a
 * letter or digit. The last one may begin with a digit, against RFC 3261, as
 * containers' names do, but is no number: an address in other spellings is no
 * name. */
static bool
uri_host_name(struct span h)
{
	size_t from, to;

	if (h.n > 0 && h.p[h.n - 1] == '.')
		h.n--;
	if (h.n == 0 || h.n > 253)
		return false;
	for (from = 0; from <= h.n; from = to + 1) {
		size_t i;

		to = span_find(h, '.', from);
		if (to == from || to - from > 63 || h.p[from] == '-' ||
		    h.p[to - 1] == '-')
			return false;
		for (i = from; i < to; i++)
			if (!uri_is_alpha(h.p[i]) && !uri_is_digit(h.p[i]) &&
			    h.p[i] != '-')
				return false;
		if (to == h.n)
			return !uri_is_number(span_cut(h, from, to));
	}
	return false;
}

bool
uri_host_kind(struct span host, enum uri_host_kind *kind)
{
	unsigned char address[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN];

	if (uri_host_name(host)) {
		*kind = HOST_NAME;
		return true;
	}
	if (host.n == 0 || host.n >= sizeof(text) ||
	    memchr(host.p, '\0', host.n) != NULL)
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	if (inet_pton(AF_INET, text, address) == 1) {
		*kind = HOST_IPV4;
		return true;
	}
	if (inet_pton(AF_INET6, text, address) == 1) {
		*kind = HOST_IPV6;
		return true;
	}
	return false;
}

/* userinfo = user [ ":" password ]. */
static int
uri_user(struct span s, struct uri *out, struct err *e)
{
	size_t colon = span_find(s, ':', 0);

	out->has_user = true;
	out->user = span_cut(s, 0, colon);
	out->password = span_cut(s, colon + 1, s.n);
	if (out->user.n == 0)
		return err_set(
		    e, EX_DATAERR, "the URI has nothing before its \"@\"");
	if (!uri_chars(out->user, URI_USER) ||
	    !uri_chars(out->password, URI_PASSWORD))
		return err_set(e, EX_DATAERR,
		    "the URI's user part has a byte "
		    "that must be escaped, or a malformed escape");
	return 0;
}

static int
uri_hostport(struct span s, struct uri *out, struct err *e)
{
	bool bracket = s.n > 0 && s.p[0] == '[';
	size_t end = span_find(s, bracket ? ']' : ':', 0);
	struct span rest;
	uint64_t port;

	out->host = span_cut(s, bracket ? 1 : 0, end);
	rest = span_cut(s, end, s.n);
	if (bracket && rest.n == 0)
		return err_set(e, EX_DATAERR,
		    "the URI's host has a \"[\" without its \"]\"");
	if (bracket)
		rest = span_cut(rest, 1, rest.n);
	if (!uri_host_kind(out->host, &out->host_kind) ||
	    bracket != (out->host_kind == HOST_IPV6))
		return err_set(e, EX_DATAERR,
		    "the URI's host is neither a "
		    "host name nor an address (IPv6 in brackets)");
	if (rest.n == 0)
		return 0;
	if (rest.p[0] != ':' ||
	    !number_parse(span_cut(rest, 1, rest.n), 65535, &port) || port == 0)
		return err_set(e, EX_DATAERR,
		    "the URI's port is not a number from 1 to 65535");
	out->port = (unsigned)port;
	return 0;
}

/* Takes the parameter that begins at *at; moves *at behind its ';'. */
static void
uri_param_next(
    struct span params, size_t *at, struct span *name, struct span *value)
{
	size_t end = span_find(params, ';', *at);
	struct span one = span_cut(params, *at, end);
	size_t equal = span_find(one, '=', 0);

	*name = span_cut(one, 0, equal);
	*value = span_cut(one, equal + 1, one.n);
	*at = end + 1;
}

static int
uri_params(struct span params, struct err *e)
{
	struct span name, value, other, ignored;
	size_t at = 0, back, here, count = 0;

	while (at <= params.n) {
		here = at;
		uri_param_next(params, &at, &name, &value);
		/* "name=" without a value is refused, "name" is not. */
		if (name.n == 0 || !uri_chars(name, URI_PARAM) ||
		    !uri_chars(value, URI_PARAM) ||
		    (value.n == 0 && here + name.n < at - 1) || ++count > 64)
			return err_set(
			    e, EX_DATAERR, "the URI has a malformed parameter");
		for (back = 0; back < here;) {
			uri_param_next(params, &back, &other, &ignored);
			if (uri_name_eq(name, other))
				return err_set(e, EX_DATAERR,
				    "the URI has "
				    "the parameter %.*s twice",
				    (int)(name.n > 40 ? 40 : name.n),
				    (const char *)name.p);
		}
	}
	return 0;
}

/* headers = "?" hname "=" hvalue *( "&" hname "=" hvalue ). */
static int
uri_headers(struct span s, struct err *e)
{
	size_t from, to;

	for (from = 0; from <= s.n; from = to + 1) {
		struct span one;
		size_t equal;

		to = span_find(s, '&', from);
		one = span_cut(s, from, to);
		equal = span_find(one, '=', 0);
		if (equal == 0 || equal == one.n ||
		    !uri_chars(span_cut(one, 0, equal), URI_HEADER) ||
		    !uri_chars(span_cut(one, equal + 1, one.n), URI_HEADER))
			return err_set(e, EX_DATAERR,
			    "the URI has a header after its \"?\" that is "
			    "none");
	}
	return 0;
}

int
uri_parse(struct span text, struct uri *out, struct err *e)
{
	struct span s = text;
	struct uri u = {0};
	size_t at, question, semicolon;

	if (span_starts_nocase(s, "sips:"))
		u.sips = true;
	else if (!span_starts_nocase(s, "sip:"))
		return err_set(e, EX_DATAERR, "this is no sip: or sips: URI");
	s = span_cut(s, u.sips ? 5 : 4, s.n);

	at = span_find(s, '@', 0);
	if (at < s.n) {
		if (uri_user(span_cut(s, 0, at), &u, e) == -1)
			return -1;
		s = span_cut(s, at + 1, s.n);
	}
	question = span_find(s, '?', 0);
	if (question < s.n) {
		u.headers = span_cut(s, question + 1, s.n);
		if (uri_headers(u.headers, e) == -1)
			return -1;
		s = span_cut(s, 0, question);
	}
	semicolon = span_find(s, ';', 0);
	if (semicolon < s.n) {
		u.params = span_cut(s, semicolon + 1, s.n);
		if (uri_params(u.params, e) == -1)
			return -1;
		s = span_cut(s, 0, semicolon);
	}
	if (uri_hostport(s, &u, e) == -1)
		return -1;
	*out = u;
	return 0;
}

bool
uri_param(const struct uri *u, const char *name, struct span *value)
{
	struct span one, v;
	size_t at = 0;

	while (u->params.n > 0 && at <= u->params.n) {
		uri_param_next(u->params, &at, &one, &v);
		if (uri_name_eq(one, span_str(name))) {
			*value = v;
			return true;
		}
	}
	return false;
}
