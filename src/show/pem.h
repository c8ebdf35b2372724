/*
 * PEM blocks found in a text (RFC 7468).
 */
#ifndef SIGNET_SRC_SHOW_PEM_H
#define SIGNET_SRC_SHOW_PEM_H

#include "src/base/bytes.h"

/* A block; all are borrowed from the text. */
struct pem_block {
	struct span label; /* "CERTIFICATE" */
	struct span base64; /* what stands between its lines */
	struct span all;
	bool whole; /* false: it is cut short */
};

/* The next block at or behind *at, which moves past it. A block begins at the
 * front of a line: in a dump's column of ASCII there may be one too. False
 * when there is none. */
bool pem_next(struct span s, size_t *at, struct pem_block *out);

#endif
