/*
 * Socket addresses of IPv4 and IPv6, and their text.
 */
#ifndef SIGNET_SRC_NET_ADDR_H
#define SIGNET_SRC_NET_ADDR_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/socket.h>

#include "src/base/bytes.h"

/* Bytes for the longest text: brackets, port and NUL included. */
enum { ADDR_TEXT = 64 };

struct addr {
	struct sockaddr_storage sa;
	socklen_t len;
};

/* Reads a numeric host without brackets. Returns false if it is no IPv4 or
 * IPv6 address. */
bool addr_numeric(struct span host, unsigned port, struct addr *out);
/* Compares family, address, scope and port. */
bool addr_equal(const struct addr *a, const struct addr *b);
unsigned addr_port(const struct addr *a);
void addr_set_port(struct addr *a, unsigned port);
/* Writes the address alone: "127.0.0.1" or "::1". */
void addr_host(const struct addr *a, char out[ADDR_TEXT]);
/* Writes address and port: "127.0.0.1:5061" or "[::1]:5061". */
void addr_text(const struct addr *a, char out[ADDR_TEXT]);

#endif
