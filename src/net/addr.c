#include "src/net/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static const struct sockaddr_in *
addr_v4(const struct addr *a)
{
	return (const struct sockaddr_in *)(const void *)&a->sa;
}

static const struct sockaddr_in6 *
addr_v6(const struct addr *a)
{
	return (const struct sockaddr_in6 *)(const void *)&a->sa;
}

bool
addr_numeric(struct span host, unsigned port, struct addr *out)
{
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	memset(out, 0, sizeof(*out));
	if (host.n == 0 || host.n >= sizeof(text) ||
	    memchr(host.p, 0, host.n) != NULL)
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
		memcpy(&out->sa, &in, sizeof(in));
		out->len = sizeof(in);
	} else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1) {
		memcpy(&out->sa, &in6, sizeof(in6));
		out->len = sizeof(in6);
	} else
		return false;
	addr_set_port(out, port);
	return true;
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	if (a->sa.ss_family != b->sa.ss_family)
		return false;
	if (a->sa.ss_family == AF_INET)
		return addr_v4(a)->sin_port == addr_v4(b)->sin_port &&
		    addr_v4(a)->sin_addr.s_addr == addr_v4(b)->sin_addr.s_addr;
	return addr_v6(a)->sin6_port == addr_v6(b)->sin6_port &&
	    addr_v6(a)->sin6_scope_id == addr_v6(b)->sin6_scope_id &&
	    memcmp(&addr_v6(a)->sin6_addr, &addr_v6(b)->sin6_addr,
		sizeof(struct in6_addr)) == 0;
}

unsigned
addr_port(const struct addr *a)
{
	return ntohs(a->sa.ss_family == AF_INET6 ? addr_v6(a)->sin6_port
						 : addr_v4(a)->sin_port);
}

void
addr_set_port(struct addr *a, unsigned port)
{
	if (a->sa.ss_family == AF_INET6)
		((struct sockaddr_in6 *)(void *)&a->sa)->sin6_port = htons(
		    (uint16_t)port);
	else
		((struct sockaddr_in *)(void *)&a->sa)->sin_port = htons(
		    (uint16_t)port);
}

void
addr_host(const struct addr *a, char out[ADDR_TEXT])
{
	const void *p = a->sa.ss_family == AF_INET6
	    ? (const void *)&addr_v6(a)->sin6_addr
	    : (const void *)&addr_v4(a)->sin_addr;

	if (inet_ntop(a->sa.ss_family, p, out, ADDR_TEXT) == NULL)
		(void)snprintf(out, ADDR_TEXT, "?");
}

void
addr_text(const struct addr *a, char out[ADDR_TEXT])
{
	char host[ADDR_TEXT];

	addr_host(a, host);
	(void)snprintf(out, ADDR_TEXT,
	    a->sa.ss_family == AF_INET6 ? "[%.50s]:%u" : "%.50s:%u", host,
	    addr_port(a));
}
