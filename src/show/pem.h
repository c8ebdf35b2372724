/*
 * Finds PEM blocks in a text (RFC 7468).
 */
#ifndef SIGNET_SRC_SHOW_PEM_H
#define SIGNET_SRC_SHOW_PEM_H

#include "src/base/bytes.h"

/* A block, borrowed from the text. */
struct pem_block {
	struct span label; /* "CERTIFICATE" */
	struct span base64; /* the lines between BEGIN and END */
	struct span all;
	bool whole; /* its BEGIN and END lines are complete */
};

/* Gets the next block that begins at or after *at, and moves *at to its end.
 * BEGIN must stand at the start of a line, so that the ASCII column of a hex
 * dump is not taken for a block. Returns false if there is none. */
bool pem_next(struct span s, size_t *at, struct pem_block *out);

#endif
