/*
 * The messages that were answered: one bounded table for all transports, so
 * that a message is shown once and answered as before however it comes again
 * (RFC 3261, 17.2.2 and RFC 3263, 4.3).
 *
 * A message is known by Call-ID, CSeq, From tag and a digest of its body, for
 * ten minutes or until newer ones need the room.
 */
#ifndef SIGNET_SRC_UA_ANSWERED_H
#define SIGNET_SRC_UA_ANSWERED_H

#include "src/base/digest.h"
#include "src/sip/sip.h"

struct answered;

/* The answer that a message got. */
struct answered_entry {
	unsigned char key[DIGEST_SIZE];
	uint64_t at; /* ms, loop_now */
	uint16_t status;
	bool held; /* it left 10 ms after the request had come */
	const char *warning; /* static words, or NULL */
	uint64_t waits; /* not answered yet: what ua_later gave, or 0 */
};

struct answered *answered_new(size_t capacity);
void answered_free(struct answered *a);
void answered_key(const struct sip_msg *m, unsigned char key[DIGEST_SIZE]);
/* NULL when it is not known (any more). Valid until the next add. */
const struct answered_entry *answered_find(const struct answered *a,
    const unsigned char key[DIGEST_SIZE], uint64_t now);
/* Changes what was added with this key, if it is still known. */
void answered_settle(
    struct answered *a, const unsigned char key[DIGEST_SIZE], uint16_t status);
void answered_add(struct answered *a, const struct answered_entry *entry);

#endif
