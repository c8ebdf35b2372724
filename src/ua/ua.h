/*
 * The user agent: sends messages, receives them, and tells its one owner what
 * happened. All that an owner (a verb, the client) sees of SIP.
 */
#ifndef SIGNET_SRC_UA_UA_H
#define SIGNET_SRC_UA_UA_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "keys/smime/smime.h"
#include "src/base/err.h"
#include "src/store/store.h"
#include "src/ua/event.h"

struct ua;
struct loop;
struct keystore;
struct config;
struct ua_format;

/* The owner's callback. It returns false for a UA_MESSAGE that it cannot keep,
 * which is then answered 480; an owner that knows this only later calls
 * ua_defer. */
typedef bool ua_fn(void *arg, const struct ua_event *event);

/* loop, ks and config are borrowed for its life. Opens nothing yet. */
int ua_new(struct loop *loop, struct keystore *ks, const struct config *config,
    ua_fn *fn, void *arg, struct ua **out, struct err *e);
/* The same for an agent that writes in a format of its own (src/ua/format.h),
 * borrowed for its life. */
int ua_new_formatted(struct loop *loop, struct keystore *ks,
    const struct config *config, const struct ua_format *format, ua_fn *fn,
    void *arg, struct ua **out, struct err *e);
void ua_free(struct ua *ua);

/* Listens and registers as the settings say. A user agent that registers and
 * has no address to listen on receives over the registered connection.
 * Passwords are asked for here (EX_CONFIG). An address that cannot be listened
 * on is told as a UA_PROBLEM; it is an error if no other is left: EX_CONFIG
 * where TLS has no certificate. */
int ua_listen(struct ua *ua, struct err *e);

/* What is sent: texts are kept in the history and wait for a way; the others are
 * dropped where there is none, receipts and typing without a word. */
enum ua_kind { UA_TEXT, UA_RECEIPT, UA_TYPING, UA_INTRODUCTION };

/* A message to be sent; all is copied by ua_send. */
struct ua_send_req {
	enum ua_kind kind; /* UA_TEXT, but in the user agent itself */
	const char *to; /* a sip or sips URI; without a scheme, sips */
	const char *text;
	size_t text_len;
	bool sign, encrypt;
	/* The one place where it goes, "tls:127.0.0.1:5061"; NULL: where its
	 * URI leads. */
	const char *at;
};

/* From now on the terminal is not touched for a password, since a screen is on
 * it: where one is missing or refused, UA_PASSWORD tells so. */
void ua_ask_nobody(struct ua *ua);
/* Takes what a person typed as the password of the i-th of our addresses, and
 * registers with it at once where the settings ask for it. */
void ua_type_password(struct ua *ua, size_t i, struct span typed);
/* Has the passwords of all our addresses read again, and registers at once. */
void ua_reread_passwords(struct ua *ua);

/* Keeps what comes for our address with that index in a history, which is
 * borrowed for the agent's life and closed before it. A message is committed
 * before the owner is told and before it is answered; a copy that comes again,
 * even years later, is answered as before. Called before ua_listen. */
void ua_set_history(struct ua *ua, size_t index, struct store *store);

/* Takes up the messages of ours in the history of our first address that have no
 * answer yet; UA_RESUMED tells of each. Returns 1 where another process does so:
 * a message that waits does not outlive this one then. EX_IOERR, EX_OSERR. */
int ua_resume(struct ua *ua, struct err *e);
/* Puts a message into the history of our first address, and sends nothing: the
 * process does that that runs with it, or the next one. fn is a store_fn.
 * EX_DATAERR. */
int ua_store(struct ua *ua, const struct ua_send_req *req, store_fn *fn,
    void *arg, struct err *e);

/* Queues a message behind those to the same URI, and returns its id. UA_SENT
 * tells its end, never before this returns. */
uint64_t ua_send(struct ua *ua, const struct ua_send_req *req);

/* The receipts that a message asks for, and that may be given: nothing is told
 * of CBC content by one where the signature is only around it (RFC 5438).
 * Returns CPIM_WANTS_* bits. */
unsigned ua_receipts_for(const struct ua_message *m);
/* Tells the sender of a message with that Message-ID, at their URI, that it came
 * or was displayed: signed, and encrypted where the message was. It does not
 * wait for a way. */
void ua_send_receipt(struct ua *ua, const char *to, const char *message_id,
    bool encrypt, bool displayed);
/* Tells `to` that the person types, or has stopped, where their good messages
 * showed that they take it. It is sent at once or not at all; refresh is in
 * seconds (RFC 3994, 3.3). */
void ua_send_typing(
    struct ua *ua, const struct ua_send_req *as, bool active, unsigned refresh);

/* Sends our certificates to somebody who does not have them (RFC 8551, 3.2.2).
 * Returns its id, as ua_send; it does not wait for a way. */
uint64_t ua_introduce(struct ua *ua, const char *to);

/* A message of ours that has no answer. */
struct ua_pending {
	uint64_t id;
	const char *to; /* as it was given */
	const char *text;
	size_t text_len;
	time_t since; /* it was written */
	bool left; /* it is on its way, or was once */
	const char *why; /* why it waits, or "" */
};
/* Gives fn all of them, those to one URI in their order; fn must not call the
 * user agent. */
void ua_pending(
    struct ua *ua, void (*fn)(void *, const struct ua_pending *), void *arg);
/* Gives a message up, also in the history; UA_SENT tells its end, possibly
 * before this returns. One that has left may have got there, and the reason
 * says so. Returns false where there is none with that id. */
bool ua_drop(struct ua *ua, uint64_t id);

/* Returns whether the settings ask for registration. */
bool ua_registers(const struct ua *ua);

/* Turns UA_WIRE events and the details of messages on or off. Both cost time. A
 * UA_WIRE_TLS is told inside OpenSSL's callback: the owner must not call the
 * user agent there. */
void ua_watch(struct ua *ua, bool more);

/* How a message would leave if it were sent now. */
struct ua_preflight {
	char way[300]; /* "tls by sips:proxy.example.com" */
	/* Their URI led nowhere, and this is the connection that they wrote
	 * their last good message on, "tls:192.0.2.1:4242", for ua_answer_back.
	 * "": there is none, or it is not needed, or it is the way already. */
	char offer[80];
	struct smime_preflight smime;
};
/* Checks this for a recipient; to is as in ua_send_req, and encrypt is whether
 * the message is to be encrypted. EX_DATAERR where it is no address. */
int ua_preflight(struct ua *ua, const char *to, bool encrypt,
    struct ua_preflight *out, struct err *e);

/* Has messages to an address go by the connection that was offered, until it
 * ends; those that wait go at once. EX_UNAVAILABLE where none is offered. */
int ua_answer_back(struct ua *ua, const char *to, struct err *e);

/* Resolves a URI as for a message there, and gives fn the steps and targets as
 * `signet resolve` prints them: once, possibly before this returns. One at a
 * time, else EX_TEMPFAIL. */
typedef void ua_text_fn(void *arg, const char *lines);
int ua_resolve(
    struct ua *ua, const char *uri, ua_text_fn *fn, void *arg, struct err *e);

/* Returns how many messages of ua_send have not ended. */
size_t ua_waiting(const struct ua *ua);

/* Called by an owner that is being told of a UA_MESSAGE and will return true:
 * the answer, and that to each copy of the message, waits until ua_complete is
 * called with the id that this returns. given: the owner keeps the message;
 * else it is answered 480. 0: the message is refused anyway, and nothing
 * waits. */
uint64_t ua_defer(struct ua *ua);
void ua_complete(struct ua *ua, uint64_t id, bool given);

/* Takes registrations back, and then accepts nothing more. Messages on their
 * way out may still leave. */
void ua_stop_accepting(struct ua *ua);

/* Closes every connection now, with close_notify. Requests under way fail or go
 * another way, as when a connection is lost; the next message opens a new
 * one. */
void ua_close_all(struct ua *ua);

/* Returns whether an answer, a message or the end of a registration is still on
 * its way out. */
bool ua_busy(const struct ua *ua);

#endif
