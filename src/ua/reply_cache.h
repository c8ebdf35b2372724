/*
 * The replies that messages got: one bounded table for all transports, so that
 * a message is shown once, and answered as before however it comes again
 * (RFC 3261, 17.2.2; RFC 3263, 4.3).
 *
 * A message is recognized by Call-ID, CSeq, From tag and a digest of its body,
 * for ten minutes, or until newer ones need the room.
 */
#ifndef SIGNET_SRC_UA_REPLY_CACHE_H
#define SIGNET_SRC_UA_REPLY_CACHE_H

#include "src/base/digest.h"
#include "src/sip/sip.h"

struct reply_cache;

/* The reply to one message. */
struct reply_cache_entry {
	unsigned char key[DIGEST_SIZE];
	uint64_t at; /* ms, loop_now */
	uint16_t status;
	bool delayed; /* it leaves 10 ms after the request came */
	const char *warning; /* static words, or NULL */
	uint64_t deferred; /* ua_defer's id while the status is open, or 0 */
};

/* capacity: entries, 1 or more; the oldest makes room. */
struct reply_cache *reply_cache_new(size_t capacity);
void reply_cache_free(struct reply_cache *a);

/* Computes the key of a message, with d as digest_spans has it. */
void reply_cache_key(
    struct digest *d, const struct sip_msg *m, unsigned char key[DIGEST_SIZE]);
/* Finds an entry; now is ms, loop_now. NULL where there is none, or it is too
 * old. Borrowed until the next reply_cache_add. */
const struct reply_cache_entry *reply_cache_find(const struct reply_cache *a,
    const unsigned char key[DIGEST_SIZE], uint64_t now);
/* Puts the status of a deferred reply in, if its entry is still there. */
void reply_cache_settle(struct reply_cache *a,
    const unsigned char key[DIGEST_SIZE], uint16_t status);
/* The reply of an entry is deferred under another id. */
void reply_cache_defer(
    struct reply_cache *a, const unsigned char key[DIGEST_SIZE], uint64_t id);
/* The message was not taken after all: one that comes again is judged anew. */
void reply_cache_forget(
    struct reply_cache *a, const unsigned char key[DIGEST_SIZE], uint64_t now);
/* Copies an entry into the table. */
void reply_cache_add(
    struct reply_cache *a, const struct reply_cache_entry *entry);

#endif
