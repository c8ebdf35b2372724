#include <string.h>

#include "keys/x509/uri.h"
#include "src/sip/sip_grammar_priv.h"

/* Reads sent-by: "[" IPv6 "]" or another host, then [ ":" port ]. */
static const char *
sip_via_sent_by(struct sip_scan *sc, struct sip_via *out)
{
	bool bracket = sc->at < sc->s.n && sc->s.p[sc->at] == '[';
	enum uri_host_kind kind;
	struct span digits;
	uint64_t port;

	out->host = sip_scan_until(sc, bracket ? "];," : ":;,");
	if (bracket) {
		out->host = span_cut(out->host, 1, out->host.n);
		if (sc->at == sc->s.n || sc->s.p[sc->at] != ']')
			return "a Via has a \"[\" without a \"]\"";
		sc->at++;
	}
	if (!uri_host_kind(out->host, &kind) || bracket != (kind == HOST_IPV6))
		return "the host of a Via is malformed";
	if (!sip_scan_sign(sc, ':'))
		return NULL;
	digits = sip_scan_until(sc, ";,");
	if (!number_parse(digits, 65535, &port) || port == 0)
		return "the port of a Via is not a number from 1 to 65535";
	out->port = (unsigned)port;
	return NULL;
}

static const char *
sip_via_params(struct sip_via *out)
{
	const struct sip_param *p;
	enum uri_host_kind kind;
	struct span host;
	uint64_t n;

	p = sip_params_find(&out->params, "branch");
	if (p != NULL) {
		out->branch = p->value;
		/* The magic cookie alone identifies no transaction (17.2.3). */
		if (!sip_is_token(p->value) || span_is(p->value, "z9hG4bK"))
			return "the branch of a Via is malformed";
	}
	p = sip_params_find(&out->params, "maddr");
	if (p != NULL) {
		host = out->maddr = p->value;
		if (host.n > 2 && host.p[0] == '[')
			host = span_cut(host, 1, host.n - 1);
		if (!uri_host_kind(host, &kind))
			return "the maddr of a Via is not a host";
	}
	p = sip_params_find(&out->params, "received");
	if (p != NULL) {
		host = p->value;
		if (host.n > 2 && host.p[0] == '[')
			host = span_cut(host, 1, host.n - 1);
		if (!uri_host_kind(host, &kind) || kind == HOST_NAME)
			return "the received of a Via is not an IP address";
	}
	p = sip_params_find(&out->params, "ttl");
	if (p != NULL && !number_parse(p->value, 255, &n))
		return "the ttl of a Via is not a number from 0 to 255";
	p = sip_params_find(&out->params, "rport");
	out->rport = p != NULL;
	if (p != NULL && p->has_value && !number_parse(p->value, 65535, &n))
		return "the rport of a Via is not a port";
	return NULL;
}

const char *
sip_via_read(struct sip_scan *sc, struct sip_via *out)
{
	struct span word;
	const char *why;
	size_t from;

	memset(out, 0, offsetof(struct sip_via, params));
	sip_scan_lws(sc);
	from = sc->at;
	if (!sip_scan_token(sc, &word) || !sip_scan_sign(sc, '/') ||
	    !sip_scan_token(sc, &word) || !sip_scan_sign(sc, '/') ||
	    !sip_scan_token(sc, &out->transport))
		return "a Via does not begin with SIP/2.0/TRANSPORT";
	if (sc->at == sc->s.n ||
	    (sc->s.p[sc->at] != ' ' && sc->s.p[sc->at] != '\t'))
		return "a Via has no host after its transport";
	sip_scan_lws(sc);
	why = sip_via_sent_by(sc, out);
	if (why != NULL)
		return why;
	out->sender = span_trim(span_cut(sc->s, from, sc->at));
	why = sip_scan_params(sc, true, &out->params);
	if (why != NULL)
		return why;
	out->whole = span_trim(span_cut(sc->s, from, sc->at));
	return sip_via_params(out);
}

const char *
sip_via_fault(struct span v)
{
	struct sip_scan sc = {v, 0};
	struct sip_via via;
	const char *why;

	do {
		why = sip_via_read(&sc, &via);
		if (why != NULL)
			return why;
	} while (sip_scan_sign(&sc, ','));
	return sip_scan_end(&sc) ? NULL : "there is text after a Via";
}
