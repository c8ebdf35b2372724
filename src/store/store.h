/*
 * The history: what was said, and what waits to be sent, encrypted on disk.
 *
 * One SQLite database for each address of ours. Each record is AES-256-GCM
 * under keys that come from one random database key; that key lies in the
 * database, signed by its owner and encrypted to them (keys/smime/history_key.h).
 *
 * Writes go to a thread of their own, so that nobody waits for the disk: they
 * are committed in the order in which they were asked for, as many together as
 * have come meanwhile, and then their functions are called from the loop. Reads
 * are made at once, and see what was committed.
 */
#ifndef SIGNET_SRC_STORE_STORE_H
#define SIGNET_SRC_STORE_STORE_H

#include <time.h>

#include "keys/store/keystore.h"
#include "keys/x509/identity.h"
#include "keys/x509/verdict.h"
#include "src/base/loop.h"

struct store;
struct config;

enum store_direction { STORE_IN, STORE_OUT };

/* What has become of a message. */
enum store_state {
	/* Ours: */
	STORE_WAITING, /* it has not left, or found no way */
	STORE_SENT, /* it has left, and there is no answer */
	STORE_ACCEPTED, /* 202: a server keeps it for them */
	STORE_DELIVERED,
	STORE_DISPLAYED,
	STORE_FAILED, /* it will not be tried again by itself */
	STORE_DROPPED, /* the person gave it up */
	/* Theirs: */
	STORE_SHOWN,
	STORE_REFUSED
};
/* "waiting", "sent", .. as `signet log --json` has them. */
const char *store_state_name(enum store_state s);

/* A message of the history. As an argument all is borrowed for the call; given
 * to a function of the owner it is valid for that call. Strings are NULL where
 * there is nothing, wire text otherwise. */
struct store_message {
	uint64_t id; /* of the row; set by the store */
	enum store_direction direction;
	enum store_state state;
	time_t sent; /* ours: when it was written; theirs: the signing time, or
	              * 0 */
	time_t arrived; /* theirs: when it came; ours: when it was answered, or
	                 * 0 */
	const char *peer; /* user@host of the other side: the conversation */
	const char *from, *to; /* as ua_message has them */
	const char *uri; /* ours: where it goes */
	const char *call_id, *content_type;
	const char *text; /* NULL: nothing is shown */
	size_t text_len;
	const char *reason;
	int status; /* the answer that was given, or that came; 0: none */
	enum verdict_transport transport;
	bool judged; /* verdict is set */
	struct verdict verdict;
	const char *fingerprint; /* of the signer's certificate, hex */
	/* What a message/cpim says under a good signature; of ours: its
	 * Message-ID. */
	const char *signed_to;
	time_t signed_at; /* 0: it says nothing */
	const char *message_id;
	bool sign, encrypt; /* ours: as it was asked for */
	/* The whole SIP message as it came, so that its signature can be judged
	 * again. Only written; see store_raw. */
	struct span raw;
	/* What opens its encrypted part again, beside raw: see smime_result. */
	struct span content_key;
	/* The record is made at least so long: what CBC content was must not
	 * show in a size. */
	size_t fill;
};

/* --- opening -------------------------------------------------------------- */

/* Appends the path of who's history: history-file, which is that of our first
 * address, or $XDG_DATA_HOME/signet/history-AOR.db. */
void store_path(const struct config *c, const struct aor *who, struct buf *out);

/* Opens the history of who at path, and makes it where there is none. ks has to
 * have who's certificate and private key, which may ask for its passphrase. loop
 * is where the functions of writes are called; NULL: for reading alone, and
 * nothing is made. EX_CONFIG without a certificate or key; EX_NOPERM for a
 * database key that its owner did not sign; EX_DATAERR for what is no history
 * or of a newer signet; EX_NOINPUT where there is none to read; EX_IOERR. */
int store_open(struct loop *loop, struct keystore *ks, const struct aor *who,
    const char *path, struct store **out, struct err *e);
/* The same where the settings say, with their history-days. */
int store_open_set(struct loop *loop, struct keystore *ks,
    const struct config *c, const struct aor *who, struct store **out,
    struct err *e);
/* Waits until all writes are on disk, and calls none of their functions. s may
 * be NULL. */
void store_close(struct store *s);

/* Returns whether writes are not on disk yet. */
bool store_busy(const struct store *s);

/* --- writing -------------------------------------------------------------- */

enum store_result {
	STORE_DONE, /* it is on disk */
	STORE_KNOWN, /* a message that came before: nothing was written */
	STORE_LOST /* it could not be written; e says why */
};
/* Told from the loop when a write has ended. id is the row; status, with
 * STORE_KNOWN, the answer that the message got when it came first. It must not
 * close the store. */
typedef void store_fn(void *arg, enum store_result result, uint64_t id,
    int status, const struct err *e);

/* Adds a message. key is what tells that the same message came again (32 bytes,
 * of a reply_cache_entry), or NULL for one of ours. */
void store_add(struct store *s, const struct store_message *m,
    const unsigned char *key, store_fn *fn, void *arg);

/* What a message of ours is sent with in all its tries: the body as it left
 * first, and the identity of its request. */
struct store_request {
	const char *call_id, *from_tag;
	uint32_t cseq;
	const char *content_type, *disposition; /* or NULL */
	struct span body;
	char recipient[65]; /* see smime_body */
	/* The Message-ID of its message/cpim, or NULL. It goes to the message,
	 * and is not got again with the request. */
	const char *message_id;
};
/* Before its first byte leaves, and when its CSeq changes: keeps the request of
 * a message that waits. */
void store_keep_request(struct store *s, uint64_t id,
    const struct store_request *r, store_fn *fn, void *arg);
/* A message of ours has come to a state. For a final one its request is
 * deleted. fn may be NULL. */
void store_set_state(struct store *s, uint64_t id, enum store_state state,
    int status, const char *reason, time_t when, store_fn *fn, void *arg);

/* Deletes a message again. */
void store_delete(struct store *s, uint64_t id);

/* What is kept of a person beside messages. */
struct store_person {
	const char *peer; /* user@host */
	const char *draft; /* or NULL */
	uint64_t read; /* the last message that was read */
	bool off; /* nothing of them is kept */
};
void store_set_person(struct store *s, const struct store_person *p);
/* Whether nothing of that person is to be kept. Who adds messages asks
 * first. */
bool store_is_off(const struct store *s, const char *peer);
/* Adds a line to the input line's history with a peer; the oldest of all beyond
 * 1,000 go. */
void store_add_input(struct store *s, const char *peer, struct span line);

/* Deletes a conversation, what is kept of its person, and their lines, so that no byte of db and WAL holds it. */
void store_forget(struct store *s, const char *peer, store_fn *fn, void *arg);
/* Deletes what is older than so many days. */
void store_expire(struct store *s, unsigned days);

/* Becomes the one process that sends what waits in this history, until it is
 * closed or we end: *ours. woken is called from the loop whenever another
 * process has put a message in. EX_OSERR where that cannot be arranged. */
int store_take_outbox(
    struct store *s, loop_fn *woken, void *arg, bool *ours, struct err *e);
/* Whoever does so is woken when this one is closed and all is on disk. */
void store_wake_outbox(struct store *s);

/* --- reading -------------------------------------------------------------- */

/* Is given messages one after the other; damaged: the row with that id cannot be
 * read, and nothing else of m is set. Returns false to end the reading. */
typedef bool store_each_fn(
    void *arg, const struct store_message *m, bool damaged);

struct store_query {
	const char *peer; /* NULL: everybody */
	uint64_t before, after; /* ids, exclusive; 0: no bound */
	time_t since, until; /* of the minute in which they came; 0: no bound */
	bool backward; /* from the newest on */
	/* Only those of ours that have no answer, whoever they are to. */
	bool waiting;
};
/* Finds the message with a Message-ID: one that came, by its signer (as
 * verdict.signer), or one of ours, by its recipient (as peer). The first of
 * several. *id is 0 where there is none. EX_IOERR. */
int store_find_said(struct store *s, enum store_direction direction,
    const char *who, const char *message_id, uint64_t *id, struct err *e);
/* Gives fn the messages of a query. EX_IOERR. */
int store_read(struct store *s, const struct store_query *q, store_each_fn *fn,
    void *arg, struct err *e);
/* Appends the SIP message as it came, and the content key that was kept with it,
 * for the caller to wipe. EX_NOINPUT where it was not kept. */
int store_raw(struct store *s, uint64_t id, struct buf *out,
    struct buf *content_key, struct err *e);
/* Gets the request of a message that left and has no answer; strings are the
 * caller's to free by store_request_free. EX_NOINPUT: it has not left yet. On
 * failure out is as it was, or has nothing in it. */
int store_get_request(
    struct store *s, uint64_t id, struct store_request *out, struct err *e);
void store_request_free(struct store_request *r);

/* Give fn what is kept of people, and the lines of the input's history with a
 * peer, the oldest first. */
int store_people(struct store *s,
    bool (*fn)(void *, const struct store_person *), void *arg, struct err *e);
int store_inputs(struct store *s, const char *peer,
    bool (*fn)(void *, struct span line), void *arg, struct err *e);

#endif
