/*
 * Where a request goes: what resolution finds and a transport connects to.
 */
#ifndef SIGNET_SRC_NET_TARGET_H
#define SIGNET_SRC_NET_TARGET_H

#include "keys/x509/verdict.h"
#include "src/net/addr.h"

/* Where a request goes. */
struct target {
	enum verdict_transport kind; /* UDP, TCP or TLS */
	struct addr addr;
	char host[256]; /* the name that a certificate must bear */
	char name[256]; /* whose address it is, by DNS; for people alone */
};

/* "tls:127.0.0.1:5061" */
enum { TARGET_TEXT = ADDR_TEXT + 8 };
void target_text(const struct target *t, char out[TARGET_TEXT]);

#endif
