/*
 * Judges the signatures of a history again.
 */
#ifndef SIGNET_SRC_CMD_LOG_VERIFY_H
#define SIGNET_SRC_CMD_LOG_VERIFY_H

#include "src/app/config.h"
#include "src/store/store.h"

struct log_verify {
	const struct config *c;
	struct keystore *ks;
	struct store *store;
	const struct aor *me; /* whose history it is */
	/* Counted: */
	uint64_t judged, changed;
	uint64_t absent; /* whose bytes were not kept */
	bool damaged; /* the bytes of one cannot be read, or do not hold its
	               * text */
};

/* Judges a message that came with a signature: with the CRLs that are here, and
 * at the time it came or that of --at; and compares its text with what the
 * signed bytes hold, which a content key that was kept opens. Appends a line
 * where the verdict is another one now; where c->verbose is set for each; with
 * c->json an object for each. */
void log_verify_message(
    struct log_verify *v, const struct store_message *m, struct buf *out);
/* Appends how many were judged, unless c->json is set. */
void log_verify_end(const struct log_verify *v, struct buf *out);

#endif
