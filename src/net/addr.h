/*
 * Socket addresses as people write them: 127.0.0.1:5061, [::1]:5061.
 */
#ifndef SIGNET_SRC_NET_ADDR_H
#define SIGNET_SRC_NET_ADDR_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/socket.h>

#include "src/base/bytes.h"

/* Room for the longest form, its brackets, port and NUL. */
enum { ADDR_TEXT = 64 };

struct addr {
	struct sockaddr_storage sa;
	socklen_t len;
};

/* From a numeric host without brackets; false when it is none. */
bool addr_numeric(struct span host, unsigned port, struct addr *out);
bool addr_equal(const struct addr *a, const struct addr *b);
unsigned addr_port(const struct addr *a);
void addr_set_port(struct addr *a, unsigned port);
/* "127.0.0.1" or "::1". */
void addr_host(const struct addr *a, char out[ADDR_TEXT]);
/* "127.0.0.1:5061" or "[::1]:5061". */
void addr_text(const struct addr *a, char out[ADDR_TEXT]);

#endif
