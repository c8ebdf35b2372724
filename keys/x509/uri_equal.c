/*
 * SIP URIs compared (RFC 3261, 19.1.4).
 */
#include <string.h>

#include "keys/x509/identity.h"
#include "keys/x509/uri.h"

enum { ESCAPED = 0x100 }; /* a reserved character, which its escape is not */

/* Returns the character at *at, and moves *at behind it. An escape is the
 * character that it stands for, unless that one is reserved. */
static int
uri_next_character(struct span s, size_t *at, bool fold)
{
	int c = s.p[(*at)++];

	if (c == '%' && s.n - *at >= 2 && hex_value(s.p[*at]) >= 0 &&
	    hex_value(s.p[*at + 1]) >= 0) {
		c = hex_value(s.p[*at]) * 16 + hex_value(s.p[*at + 1]);
		*at += 2;
		if (c != 0 && strchr(";/?:@&=+$,", c) != NULL)
			return c | ESCAPED;
	}
	return fold && c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool
uri_same_text(struct span a, struct span b, bool fold)
{
	size_t i = 0, j = 0;

	while (i < a.n && j < b.n)
		if (uri_next_character(a, &i, fold) !=
		    uri_next_character(b, &j, fold))
			return false;
	return i == a.n && j == b.n;
}

/* Takes the next piece of a list, "name" or "name=value". False at the end. */
static bool
uri_next_piece(struct span list, unsigned char sign, size_t *at,
    struct span *name, struct span *value)
{
	size_t end, equals;
	struct span one;

	if (list.n == 0 || *at > list.n)
		return false;
	end = span_find(list, sign, *at);
	one = span_cut(list, *at, end);
	equals = span_find(one, '=', 0);
	*name = span_cut(one, 0, equals);
	*value = span_cut(one, equals + 1, one.n);
	*at = end + 1;
	return true;
}

static bool
uri_find_piece(struct span list, unsigned char sign, struct span wanted,
    struct span *value)
{
	struct span name;
	size_t at = 0;

	while (uri_next_piece(list, sign, &at, &name, value))
		if (uri_same_text(name, wanted, true))
			return true;
	return false;
}

/* Returns whether a parameter that one URI alone has makes the two differ. */
static bool
uri_must_be_in_both(struct span name)
{
	static const char *const names[] = {"user", "ttl", "method", "maddr"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (uri_same_text(name, span_str(names[i]), true))
			return true;
	return false;
}

/* Returns whether each parameter of a agrees with b's. */
static bool
uri_params_agree(struct span a, struct span b)
{
	struct span name, value, other;
	size_t at = 0;

	while (uri_next_piece(a, ';', &at, &name, &value))
		if (uri_find_piece(b, ';', name, &other)
			? !uri_same_text(value, other, true)
			: uri_must_be_in_both(name))
			return false;
	return true;
}

/* Returns whether b has each header of a with the same value. */
static bool
uri_has_headers(struct span a, struct span b)
{
	struct span name, value, other;
	size_t at = 0;

	while (uri_next_piece(a, '&', &at, &name, &value))
		if (!uri_find_piece(b, '&', name, &other) ||
		    !uri_same_text(value, other, false))
			return false;
	return true;
}

bool
uri_equal(const struct uri *a, const struct uri *b)
{
	return a->sips == b->sips && a->has_user == b->has_user &&
	    uri_same_text(a->user, b->user, false) &&
	    (a->password.p == NULL) == (b->password.p == NULL) &&
	    uri_same_text(a->password, b->password, false) &&
	    host_equal(a->host, b->host) && a->port == b->port &&
	    uri_params_agree(a->params, b->params) &&
	    uri_params_agree(b->params, a->params) &&
	    uri_has_headers(a->headers, b->headers) &&
	    uri_has_headers(b->headers, a->headers);
}
