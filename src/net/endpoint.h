/*
 * Endpoints of the listen setting, "[udp:|tcp:|tls:]host[:port]", and their
 * addresses.
 */
#ifndef SIGNET_SRC_NET_ENDPOINT_H
#define SIGNET_SRC_NET_ENDPOINT_H

#include "keys/x509/verdict.h"
#include "src/base/err.h"
#include "src/net/addr.h"

enum { ENDPOINT_ADDRS = 8 };

struct endpoint {
	enum verdict_transport kind; /* default: TLS */
	char host[256]; /* without the brackets of IPv6 */
	unsigned port; /* default: 5061 for TLS, else 5060 */
	struct addr addrs[ENDPOINT_ADDRS];
	size_t count; /* of addrs, at least 1 */
};

/* Reads text and looks up its host with getaddrinfo(3), which may block.
 * EX_CONFIG if text is malformed, EX_NOHOST if the host has no address. */
int endpoint_parse(const char *text, struct endpoint *out, struct err *e);

#endif
