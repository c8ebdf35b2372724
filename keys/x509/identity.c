#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/x509/identity.h"
#include "keys/x509/uri.h"

static int
identity_hex(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 0;
}

static bool
identity_is_unreserved(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c > 0 && strchr("-_.!~*'()", c) != NULL);
}

/* Appends the user part in the form of RFC 3261, 19.1.4 to compare: escapes of
 * unreserved characters undone, others in upper case. */
static void
identity_user_key(struct buf *out, struct span user)
{
	size_t i;
	int value;

	for (i = 0; i < user.n; i++) {
		if (user.p[i] != '%' || user.n - i < 3) {
			buf_add(out, &user.p[i], 1);
			continue;
		}
		value = identity_hex(user.p[i + 1]) * 16 +
		    identity_hex(user.p[i + 2]);
		if (identity_is_unreserved(value))
			buf_addf(out, "%c", value);
		else
			buf_addf(out, "%%%02X", (unsigned)value);
		i += 2;
	}
}

/* Returns an IPv6 address as inet_ntop spells it, other hosts in lower case
 * without a last dot. For the caller to free. */
static char *
identity_host_key(struct span host)
{
	unsigned char address[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN], *out;
	size_t i;

	if (host.n > 1 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = span_cut(host, 1, host.n - 1);
	out = xstrndup(host);
	if (strlen(out) == host.n && inet_pton(AF_INET6, out, address) == 1 &&
	    inet_ntop(AF_INET6, address, text, sizeof(text)) != NULL) {
		free(out);
		return xstrdup(text);
	}
	for (i = 0; i < host.n; i++)
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] + 32);
	if (host.n > 1 && out[host.n - 1] == '.')
		out[host.n - 1] = '\0';
	return out;
}

int
aor_parse_uri(struct span uri, struct aor *out, struct err *e)
{
	struct buf text = {0}, key = {0};
	bool bracket;
	struct uri u;

	if (uri_parse(uri, &u, e) == -1)
		return -1;
	if (!u.has_user)
		return err_set(e, EX_DATAERR,
		    "the URI has no user part, so it is no person's");
	bracket = u.host_kind == HOST_IPV6;
	out->host = identity_host_key(u.host);
	buf_addspan(&text, u.user);
	buf_adds(&text, bracket ? "@[" : "@");
	buf_addspan(&text, u.host);
	buf_adds(&text, bracket ? "]" : "");
	identity_user_key(&key, u.user);
	buf_adds(&key, bracket ? "@[" : "@");
	buf_adds(&key, out->host);
	buf_adds(&key, bracket ? "]" : "");
	out->text = (char *)text.p;
	out->key = (char *)key.p;
	return 0;
}

int
aor_parse(struct span text, struct aor *out, struct err *e)
{
	struct buf uri = {0};
	int rc;

	if (span_starts_nocase(text, "sip:") ||
	    span_starts_nocase(text, "sips:")) {
		rc = aor_parse_uri(text, out, e);
	} else if (span_find(text, ':', 0) < span_find(text, '@', 0)) {
		/* "im:bob@example.com" is not the user "im". */
		rc = err_set(e, EX_DATAERR,
		    "the address has a scheme that is not sip or sips");
	} else {
		buf_adds(&uri, "sip:");
		buf_addspan(&uri, text);
		rc = aor_parse_uri(span_buf(&uri), out, e);
		buf_free(&uri);
	}
	if (rc == -1)
		err_in(e, "\"%.*s\"", (int)(text.n > 200 ? 200 : text.n),
		    text.n > 0 ? (const char *)text.p : "");
	return rc;
}

void
aor_copy(const struct aor *from, struct aor *to)
{
	to->text = xstrdup(from->text);
	to->key = xstrdup(from->key);
	to->host = xstrdup(from->host);
}

void
aor_free(struct aor *a)
{
	free(a->text);
	free(a->key);
	free(a->host);
	*a = (struct aor){NULL, NULL, NULL};
}

struct span
aor_user(const struct aor *a)
{
	/* An "@" inside a user part is escaped. */
	return span_cut(
	    span_str(a->text), 0, (size_t)(strrchr(a->text, '@') - a->text));
}

bool
aor_equal(const struct aor *a, const struct aor *b)
{
	return strcmp(a->key, b->key) == 0;
}

bool
host_equal(struct span a, struct span b)
{
	char *one = identity_host_key(a), *two = identity_host_key(b);
	/* A NUL inside never equals the name in front of it. */
	bool same = span_find(a, '\0', 0) == a.n &&
	    span_find(b, '\0', 0) == b.n && *one != '\0' &&
	    strcmp(one, two) == 0;

	free(one);
	free(two);
	return same;
}
