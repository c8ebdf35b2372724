/*
 * The outbox: messages on their way out, one at a time to one URI, each signed
 * and encrypted when its turn comes and given to the request sender.
 */
#ifndef SIGNET_SRC_UA_OUTBOX_H
#define SIGNET_SRC_UA_OUTBOX_H

#include "src/store/store.h"
#include "src/ua/receipts.h"
#include "src/ua/return_path.h"
#include "src/ua/sender.h"
#include "src/ua/ua.h"

struct outbox;

/* The parts that it uses, all borrowed for its life. */
struct outbox_parts {
	struct loop *loop;
	struct keystore *ks;
	const struct config *config;
	struct sender *sender;
	const struct ua_format *format;
	const struct aor *from; /* NULL: nobody, and nothing can be sent */
	const char *from_uri;
	struct return_paths *return_paths;
	struct receipts *receipts;
	/* Tells of a message: UA_LEFT, UA_WAITS or UA_SENT; or of none (sent is
	 * NULL): UA_WAY. */
	void (*tell)(
	    void *arg, enum ua_event_type what, const struct ua_sent *sent);
	/* Tells something that a person may want to know. */
	void (*note)(void *arg, const char *words);
	void *arg;
};

struct outbox *outbox_new(const struct outbox_parts *parts);
void outbox_free(struct outbox *o);
/* Takes a message; see ua_send. */
uint64_t outbox_add(struct outbox *o, const struct ua_send_req *letter);
/* Returns whether no message to a URI is under way or waits. */
bool outbox_is_free(const struct outbox *o, const char *to);
/* Keeps messages in a history from now on, which is borrowed for its life: one
 * is on disk before its first byte leaves, and has the same request in all its
 * tries, over restarts too. */
void outbox_set_history(struct outbox *o, struct store *store);
/* Takes up the messages of the history that have no answer, each told as
 * UA_RESUMED, and those that other processes put in from now on. Returns 1 where
 * another process does so: a message stands in the history when it has ended,
 * then, and one that waits does not outlive this process. EX_IOERR, EX_OSERR. */
int outbox_resume(struct outbox *o, struct err *e);
/* Puts a message into the history, for whoever sends what waits there. fn is
 * told when it is on disk. EX_DATAERR. */
int outbox_store(struct outbox *o, const struct ua_send_req *letter,
    store_fn *fn, void *arg, struct err *e);
/* See ua_pending and ua_drop. */
void outbox_pending(const struct outbox *o,
    void (*fn)(void *, const struct ua_pending *), void *arg);
bool outbox_drop(struct outbox *o, uint64_t id);
/* Messages that have not ended. */
size_t outbox_waiting(const struct outbox *o);

/* Reads whom a person writes to: a URI with its scheme, and whose it is. Both
 * are the caller's to free. EX_DATAERR. */
int outbox_address(
    const char *typed, char **uri, struct aor *to, bool *sips, struct err *e);

/* Returns user@host whose message the argument of a resolve_uri is for; NULL:
 * it is for none. */
const char *outbox_resolves(const struct outbox *o, const void *of);

/* There may be a way again: messages to who (NULL: to anybody) that wait are
 * tried at once. */
void outbox_kick(struct outbox *o, const struct aor *who);

/* Returns the return path of who that a message to a URI of theirs may take
 * now, or NULL. recipient is as in return_path_allows. */
const struct return_path *outbox_return_path(const struct outbox *o,
    const char *uri, const struct aor *who, const char *recipient);

#endif
