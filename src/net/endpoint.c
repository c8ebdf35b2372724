#include "src/net/endpoint.h"

#include <netdb.h>
#include <string.h>

#include "keys/x509/uri.h"

static bool
endpoint_take_transport(struct span *s, enum verdict_transport *kind)
{
	static const struct {
		const char *prefix;
		enum verdict_transport kind;
	} known[] = {{"udp:", TRANSPORT_UDP}, {"tcp:", TRANSPORT_TCP},
	    {"tls:", TRANSPORT_TLS}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_starts_nocase(*s, known[i].prefix)) {
			*kind = known[i].kind;
			*s = span_cut(*s, 4, s->n);
			return true;
		}
	return false;
}

static int
endpoint_take_host(struct span *s, struct endpoint *out, struct err *e)
{
	enum uri_host_kind kind;
	struct span host;
	size_t end;

	if (s->n > 0 && s->p[0] == '[') {
		end = span_find(*s, ']', 0);
		if (end == s->n)
			return err_set(
			    e, EX_CONFIG, "write an IPv6 address in [ and ]");
		host = span_cut(*s, 1, end);
		*s = span_cut(*s, end + 1, s->n);
	} else {
		end = span_find(*s, ':', 0);
		host = span_cut(*s, 0, end);
		*s = span_cut(*s, end, s->n);
	}
	if (host.n >= sizeof(out->host) || !uri_host_kind(host, &kind))
		return err_set(e, EX_CONFIG, "\"%.*s\" is not a host",
		    (int)host.n, (const char *)host.p);
	memcpy(out->host, host.p, host.n);
	out->host[host.n] = '\0';
	return 0;
}

static int
endpoint_look_up(struct endpoint *out, struct err *e)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC,
			    .ai_socktype = SOCK_STREAM},
			*found = NULL, *ai;
	int rc = getaddrinfo(out->host, NULL, &hints, &found);

	if (rc != 0)
		return err_set(e, EX_NOHOST, "%s has no address: %s", out->host,
		    gai_strerror(rc));
	for (ai = found; ai != NULL && out->count < ENDPOINT_ADDRS;
	     ai = ai->ai_next) {
		struct addr *a = &out->addrs[out->count++];

		memcpy(&a->sa, ai->ai_addr, ai->ai_addrlen);
		a->len = ai->ai_addrlen;
		addr_set_port(a, out->port);
	}
	freeaddrinfo(found);
	return 0;
}

int
endpoint_parse(const char *text, struct endpoint *out, struct err *e)
{
	struct span rest = span_str(text);
	uint64_t port;

	*out = (struct endpoint){.kind = TRANSPORT_TLS};
	(void)endpoint_take_transport(&rest, &out->kind);
	if (endpoint_take_host(&rest, out, e) == -1)
		return err_in(e, "listen %s", text);
	out->port = out->kind == TRANSPORT_TLS ? 5061 : 5060;
	if (rest.n > 0) {
		if (rest.p[0] != ':' ||
		    !number_parse(span_cut(rest, 1, rest.n), 65535, &port))
			return err_set(e, EX_CONFIG,
			    "listen %s: write it as tls:host:port", text);
		out->port = (unsigned)port;
	}
	if (addr_numeric(span_str(out->host), out->port, &out->addrs[0])) {
		out->count = 1;
		return 0;
	}
	if (endpoint_look_up(out, e) == -1)
		return err_in(e, "listen %s", text);
	return 0;
}
