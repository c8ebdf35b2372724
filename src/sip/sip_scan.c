#include <string.h>

#include "src/sip/sip_scan_priv.h"
#include "keys/x509/uri.h"

/* 1: a token character; 2: a control character other than HTAB. */
static const unsigned char kinds[128] = {
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    0,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    2,
    /*  !  "  #  $  %  &  '  (  )  *  +  ,  -  .  / */
    0,
    1,
    0,
    0,
    0,
    1,
    0,
    1,
    0,
    0,
    1,
    1,
    0,
    1,
    1,
    0,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    0,
    0,
    0,
    0,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    0,
    0,
    0,
    1,
    2,
};

static bool
sip_is_token_char(unsigned char c)
{
	return c < 128 && kinds[c] == 1;
}

bool
sip_is_control(unsigned char c)
{
	return c < 128 && kinds[c] == 2;
}

static bool
sip_is_lws(unsigned char c)
{
	return c == ' ' || c == '\t';
}

bool
sip_is_token(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!sip_is_token_char(s.p[i]))
			return false;
	return s.n > 0;
}

bool
sip_is_digits(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

bool
sip_is_method(struct span s)
{
	static const char *const methods[] = {"ACK", "BYE", "CANCEL", "INFO",
	    "INVITE", "MESSAGE", "NOTIFY", "OPTIONS", "PRACK", "PUBLISH",
	    "REFER", "REGISTER", "SUBSCRIBE", "UPDATE"};
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (span_is(s, methods[i]))
			return true;
	return false;
}

/* Returns how many bytes the character that begins with lead has, up to 6 as in
 * RFC 3261. 1 for a continuation byte, which TEXT-UTF8-TRIM allows alone; 0 for
 * a byte that begins no character. */
static size_t
sip_utf8_length(unsigned char lead)
{
	if (lead < 0xc0)
		return 1;
	if (lead < 0xe0)
		return 2;
	if (lead < 0xf0)
		return 3;
	if (lead < 0xf8)
		return 4;
	if (lead < 0xfc)
		return 5;
	return lead < 0xfe ? 6 : 0;
}

static const char *
sip_utf8_fault(struct span s, size_t at, bool quotes, size_t *length)
{
	size_t i;

	*length = sip_utf8_length(s.p[at]);
	if (*length == 0 || *length > s.n - at || (*length == 1 && quotes))
		return "a header field is not UTF-8";
	for (i = 1; i < *length; i++)
		if ((s.p[at + i] & 0xc0) != 0x80)
			return "a header field is not UTF-8";
	return NULL;
}

const char *
sip_value_fault(struct span value, bool quotes)
{
	bool quoted = false;
	const char *why;
	size_t at, length;

	for (at = 0; at < value.n; at += length) {
		unsigned char c = value.p[at];

		length = 1;
		if (c >= 0x80) {
			why = sip_utf8_fault(value, at, quotes, &length);
			if (why != NULL)
				return why;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (quotes && quoted && c == '\\' && at + 1 < value.n &&
		    value.p[at + 1] < 0x80 && value.p[at + 1] != '\r' &&
		    value.p[at + 1] != '\n') {
			length = 2;
		} else if (sip_is_control(c)) {
			return "a header field contains a control character";
		}
	}
	return NULL;
}

void
sip_scan_lws(struct sip_scan *sc)
{
	while (sc->at < sc->s.n && sip_is_lws(sc->s.p[sc->at]))
		sc->at++;
}

bool
sip_scan_end(struct sip_scan *sc)
{
	sip_scan_lws(sc);
	return sc->at == sc->s.n;
}

bool
sip_scan_sign(struct sip_scan *sc, unsigned char c)
{
	size_t before = sc->at;

	if (sip_scan_end(sc) || sc->s.p[sc->at] != c) {
		sc->at = before;
		return false;
	}
	sc->at++;
	sip_scan_lws(sc);
	return true;
}

bool
sip_scan_token(struct sip_scan *sc, struct span *token)
{
	size_t from = sc->at;

	while (sc->at < sc->s.n && sip_is_token_char(sc->s.p[sc->at]))
		sc->at++;
	*token = span_cut(sc->s, from, sc->at);
	return token->n > 0;
}

bool
sip_scan_quoted(struct sip_scan *sc, struct span *quoted)
{
	size_t from = sc->at;

	if (sc->at == sc->s.n || sc->s.p[sc->at] != '"')
		return false;
	for (sc->at++; sc->at < sc->s.n; sc->at++) {
		if (sc->s.p[sc->at] == '"') {
			sc->at++;
			*quoted = span_cut(sc->s, from, sc->at);
			return true;
		}
		if (sc->s.p[sc->at] == '\\') {
			sc->at++;
			/* quoted-pair takes only ASCII. */
			if (sc->at < sc->s.n && sc->s.p[sc->at] >= 0x80)
				break;
		}
	}
	sc->at = from;
	return false;
}

struct span
sip_scan_until(struct sip_scan *sc, const char *stop)
{
	size_t from = sc->at;

	while (sc->at < sc->s.n && !sip_is_lws(sc->s.p[sc->at]) &&
	    (sc->s.p[sc->at] == '\0' || strchr(stop, sc->s.p[sc->at]) == NULL))
		sc->at++;
	return span_cut(sc->s, from, sc->at);
}

/* Takes gen-value: token / host / quoted-string. An IPv6 address may lack its
 * brackets, as it does in via-received. */
static bool
sip_scan_value(struct sip_scan *sc, struct span *value)
{
	enum uri_host_kind kind;
	struct span inner;

	if (sc->at < sc->s.n && sc->s.p[sc->at] == '"')
		return sip_scan_quoted(sc, value);
	*value = sip_scan_until(sc, ";,");
	if (sip_is_token(*value))
		return true;
	inner = *value;
	if (inner.n > 2 && inner.p[0] == '[' && inner.p[inner.n - 1] == ']')
		inner = span_cut(inner, 1, inner.n - 1);
	return uri_host_kind(inner, &kind) && kind == HOST_IPV6;
}

const struct sip_param *
sip_params_find(const struct sip_params *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (span_is_nocase(p->all[i].name, name))
			return &p->all[i];
	return NULL;
}

const char *
sip_scan_params(struct sip_scan *sc, bool once, struct sip_params *out)
{
	struct sip_param *p;
	size_t i;

	out->count = 0;
	while (sip_scan_sign(sc, ';')) {
		if (out->count == SIP_PARAMS)
			return "a header field has too many parameters";
		p = &out->all[out->count];
		if (!sip_scan_token(sc, &p->name))
			return "a header field has a \";\" without a parameter";
		p->value = span_cut(p->name, 0, 0);
		p->has_value = sip_scan_sign(sc, '=');
		if (p->has_value && !sip_scan_value(sc, &p->value))
			return "the value of a parameter is malformed";
		for (i = 0; once && i < out->count; i++)
			if (span_eq_nocase(out->all[i].name, p->name))
				return "a parameter is given twice";
		out->count++;
	}
	return NULL;
}
