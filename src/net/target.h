/*
 * A target: a transport, an address and the name that its certificate must
 * bear. DNS resolution makes targets, transports connect to them.
 */
#ifndef SIGNET_SRC_NET_TARGET_H
#define SIGNET_SRC_NET_TARGET_H

#include "keys/x509/verdict.h"
#include "src/net/addr.h"

struct target {
	enum verdict_transport kind; /* UDP, TCP or TLS */
	struct addr addr;
	char host[256]; /* the name that a TLS certificate must bear */
	char name[256]; /* the name with this address in DNS; shown only */
};

/* Writes "tls:127.0.0.1:5061". */
enum { TARGET_TEXT = ADDR_TEXT + 16 };
void target_text(const struct target *t, char out[TARGET_TEXT]);

#endif
