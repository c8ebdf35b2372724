/*
 * The outbox's insides: private to src/ua/outbox*.c.
 *
 * Each file calls those below it: outbox.c has a queue for each destination;
 * outbox_keep.c keeps messages in the history; outbox_send.c makes the request
 * of its first message; outbox_queue.c moves it from state to state;
 * outbox_answer.c says what a final response means.
 */
#ifndef SIGNET_SRC_UA_OUTBOX_PRIV_H
#define SIGNET_SRC_UA_OUTBOX_PRIV_H

#include "src/ua/message.h"
#include "src/ua/outbox.h"

enum {
	OUTBOX_QUEUES = 1024, /* kept for what they know, while unused */
	OUTBOX_NOTICES = 32 /* receipts and typing to one URI at once */
};

/* A message, from ua_send to its end. */
struct queued_msg {
	uint64_t id;
	enum ua_kind kind;
	char *text; /* wiped at its end: it may be meant to be encrypted */
	size_t text_len;
	bool sign, encrypt;
	char message_id[33]; /* hex digits, in its message/cpim; "": it has
	                      * none, or its body is not made yet */
	bool unwrapped; /* it goes without message/cpim, which was refused */
	char *at; /* the one target, or NULL: where the URI leads */
	uint64_t deadline; /* ms, or UINT64_MAX: when every target failed */
	time_t since; /* it was written */
	bool left; /* some of its bytes have left, in this run or before */
	bool dropped; /* it is given up, as soon as it is on disk */
	uint64_t row; /* in the history; 0: in none, or not yet */
	bool keeping; /* it is on its way to the disk: it cannot begin */
	struct err_kept lost; /* set: it could not be written */
	struct dest_queue *queue;
	struct queued_msg *next;
};

enum queue_state {
	QUEUE_IDLE, /* no message is under way */
	QUEUE_KEEPING, /* its request is on its way to the disk */
	QUEUE_SENDING, /* the first message is with the request sender */
	QUEUE_LEFT, /* the same, and its connection is open */
	QUEUE_WAITING /* there was no way; it is tried again later */
};

/* The messages to one URI, in order; the first may be under way. Receipts and
 * typing have a queue of their own, so that no text waits for them. */
struct dest_queue {
	struct outbox *o;
	char *to; /* as it was given */
	bool notices; /* it has these */
	size_t count; /* of messages in it */
	enum queue_state state;
	struct queued_msg *first, *last;
	struct loop_timer step; /* begins a message, or tries it again */
	struct loop_timer expiry;
	struct dest_queue *next;

	/* Of the message under way. */
	char *request_uri; /* `to` with its scheme, as a URI */
	char *to_uri; /* the AOR alone, for the To field */
	struct smime_body body;
	struct sender_job *job;
	unsigned keeping; /* writes of requests that are not on disk, */
	uint64_t kept; /* and the row that the last of them is for */
	unsigned failures; /* in a row */
	int status; /* of the last response after which it waits, or 0 */
	char *phrase; /* of that, or NULL */
	int cause; /* sysexits: why it waits; 0: it does not */
	char *cause_text; /* the same in words, as they were told */
};

struct outbox {
	struct outbox_parts p;
	struct dest_queue *queues;
	size_t count; /* of queues */
	uint64_t ids;
	size_t waiting; /* messages */
	struct store *store; /* NULL: there is no history */
	bool ours; /* what waits in the history is ours to send */
	unsigned writing; /* messages and states that are not on disk yet */
	struct loop_timer woken; /* looks again for what others put in */
};

/* outbox.c: the queue of a destination; makes a message the last of its queue,
 * which begins when it can. */
struct dest_queue *outbox_queue_find(
    struct outbox *o, const char *to, bool notices);
struct queued_msg *outbox_append(
    struct dest_queue *q, const struct ua_send_req *letter);

/* outbox_keep.c, nothing of which does anything where there is no history. Writes
 * a new message. */
void keep_message(struct queued_msg *m);
/* Writes the request of the message under way. Returns whether it has to wait:
 * queue_kept is called when it is on disk. */
bool keep_request(struct dest_queue *q);
/* Gets the request that the first message had before: its body, and its
 * identity for sender_request. 1: it had none. -1: it cannot be sent again as it
 * was, and e says why. identity's strings are *kept's, for
 * store_request_free. */
int keep_restore(struct dest_queue *q, const struct aor *to,
    struct store_request *kept, struct sender_identity *identity,
    struct err *e);
/* The message under way is in this state. */
void keep_state(const struct queued_msg *m, enum store_state state, int status,
    const char *reason);

/* outbox_send.c: the request is on disk, or (why) cannot be written. */
void queue_kept(struct dest_queue *q, const struct err *why);

/* Signs and encrypts the first message and gives it to the request sender. */
void queue_begin(struct dest_queue *q);

/* Gives its request to the request sender, now or again. */
void queue_start(struct dest_queue *q);
/* The URI of the message under way led nowhere. Returns whether the return path
 * of the person is offered now and was not before. */
bool queue_offer_return(struct dest_queue *q);
/* The URI of the message under way led to somebody who answered. Returns whether
 * the person's return path was offered and is no more. */
bool queue_withdraw_return(struct dest_queue *q);
/* Returns whether the message under way is for who. */
bool queue_is_to(const struct dest_queue *q, const struct aor *who);

/* Frees a message; its text is wiped. */
void queued_msg_free(struct queued_msg *m);
/* Forgets the message under way. */
void queue_clear(struct dest_queue *q);
/* The end of the message under way; why->exit 0: it got there. status 0:
 * there was no response. */
void queue_end(struct dest_queue *q, int status, const char *phrase,
    const struct err *why);
/* The end of any message that was given up. */
void queue_drop(struct queued_msg *m);
/* It is on its way: told once, until it waits. */
void queue_left(struct dest_queue *q);
/* The request sender has come to an end with it: the message ends, or waits
 * for another time. */
void queue_done(struct dest_queue *q, const struct sender_result *result);

/* Puts the status that send ends with, and words, into why (a
 * sender_request's explain). A 482 to a retry means that the first try got
 * there. */
void answer_explain(const struct sip_msg *m, bool retried, struct err *why);

#endif
