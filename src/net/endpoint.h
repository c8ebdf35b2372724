/*
 * Endpoints: "[udp:|tcp:|tls:]host:port" as the listen setting has it, and
 * the addresses that it stands for.
 */
#ifndef SIGNET_SRC_NET_ENDPOINT_H
#define SIGNET_SRC_NET_ENDPOINT_H

#include "keys/x509/verdict.h"
#include "src/base/err.h"
#include "src/net/addr.h"

enum { ENDPOINT_ADDRS = 8 };

struct endpoint {
	enum verdict_transport kind; /* TLS where none is named */
	char host[256]; /* without the brackets of IPv6 */
	unsigned port; /* 5061 or 5060 where none is named */
	struct addr addrs[ENDPOINT_ADDRS];
	size_t count; /* at least 1 */
};

/* A name is looked up as the system does for its own: this may wait. */
int endpoint_parse(const char *text, struct endpoint *out, struct err *e);

#endif
