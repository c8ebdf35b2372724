#include "src/sip/sip_auth.h"

#include <string.h>

#include "src/sip/sip_scan_priv.h"

static struct span
sip_unquoted(struct span s)
{
	if (s.n >= 2 && s.p[0] == '"')
		return span_cut(s, 1, s.n - 1);
	return s;
}

/* Returns whether a list of tokens, such as that of qop, contains word. */
static bool
sip_list_has(struct span list, const char *word)
{
	struct sip_scan sc = {list, 0};
	struct span one;
	bool has = false;

	do {
		sip_scan_lws(&sc);
		if (!sip_scan_token(&sc, &one))
			return false;
		has = has || span_is_nocase(one, word);
	} while (sip_scan_sign(&sc, ','));
	return has;
}

static void
sip_take_param(struct sip_challenge *c, struct span name, struct span value)
{
	if (span_is_nocase(name, "realm"))
		c->realm = value;
	else if (span_is_nocase(name, "nonce"))
		c->nonce = value;
	else if (span_is_nocase(name, "opaque"))
		c->opaque = value;
	else if (span_is_nocase(name, "algorithm"))
		c->algorithm = value;
	else if (span_is_nocase(name, "stale"))
		c->stale = span_is_nocase(value, "true");
	else if (span_is_nocase(name, "qop")) {
		c->qop = true;
		c->qop_auth = sip_list_has(value, "auth");
	}
}

enum sip_challenge_end {
	CHALLENGE_LAST, /* the value ends with it */
	CHALLENGE_NEXT, /* another one begins */
	CHALLENGE_BROKEN
};

/* Reads the parameters of a challenge. A token behind a comma that no '='
 * follows is the scheme of the next challenge. */
static enum sip_challenge_end
sip_read_params(struct sip_scan *sc, struct sip_challenge *out)
{
	struct span name, value;
	bool first = true;
	size_t before;

	do {
		sip_scan_lws(sc);
		before = sc->at;
		if (!sip_scan_token(sc, &name))
			return CHALLENGE_BROKEN;
		if (!sip_scan_sign(sc, '=')) {
			sc->at = before;
			return first ? CHALLENGE_BROKEN : CHALLENGE_NEXT;
		}
		if (!sip_scan_quoted(sc, &value) && !sip_scan_token(sc, &value))
			return CHALLENGE_BROKEN;
		sip_take_param(out, name, sip_unquoted(value));
		first = false;
	} while (sip_scan_sign(sc, ','));
	return sip_scan_end(sc) ? CHALLENGE_LAST : CHALLENGE_BROKEN;
}

bool
sip_challenge_next(struct span value, size_t *at, struct sip_challenge *out)
{
	struct sip_scan sc = {value, *at};
	enum sip_challenge_end end = CHALLENGE_NEXT;
	struct span scheme;

	while (end == CHALLENGE_NEXT) {
		*out = (struct sip_challenge){.algorithm = span_str("MD5")};
		sip_scan_lws(&sc);
		if (!sip_scan_token(&sc, &scheme))
			return false;
		end = sip_read_params(&sc, out);
		*at = end == CHALLENGE_NEXT ? sc.at : value.n;
		if (end != CHALLENGE_BROKEN && out->realm.p != NULL &&
		    out->nonce.n > 0 && span_is_nocase(scheme, "Digest"))
			return true;
	}
	return false;
}

/* Appends name="value" with quotes and backslashes escaped. */
static void
sip_add_quoted(struct buf *b, const char *name, struct span value)
{
	buf_addf(b, "%s=\"", name);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_add(b, "\\", 1);
		buf_add(b, value.p + i, 1);
	}
	buf_adds(b, "\"");
}

/* Appends ,name="value" of a value that is escaped already. */
static void
sip_add_raw(struct buf *b, const char *name, struct span value)
{
	buf_addf(b, ",%s=\"", name);
	buf_addspan(b, value);
	buf_adds(b, "\"");
}

int
sip_add_credentials(struct buf *b, const char *name,
    const struct sip_credentials *c, struct err *e)
{
	struct buf value = {0};
	int rc;

	buf_adds(&value, "Digest ");
	sip_add_quoted(&value, "username", c->user);
	sip_add_raw(&value, "realm", c->challenge->realm);
	sip_add_raw(&value, "nonce", c->challenge->nonce);
	sip_add_raw(&value, "uri", c->uri);
	buf_addf(&value, ",response=\"%s\",algorithm=", c->response);
	buf_addspan(&value, c->challenge->algorithm);
	if (c->challenge->qop)
		buf_addf(&value, ",qop=auth,nc=%08lx,cnonce=\"%s\"",
		    (unsigned long)c->count, c->cnonce);
	if (c->challenge->opaque.p != NULL)
		sip_add_raw(&value, "opaque", c->challenge->opaque);
	rc = sip_add(b, name, span_buf(&value), e);
	buf_free(&value);
	return rc;
}
