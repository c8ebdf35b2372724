/*
 * The user agent: sends messages, receives them, and tells its one owner what
 * happened. All that an owner (a verb, the client) sees of SIP.
 */
#ifndef SIGNET_SRC_UA_H
#define SIGNET_SRC_UA_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "../keys/bytes.h"
#include "../keys/err.h"
#include "../keys/verdict.h"

struct ua;
struct loop;
struct keystore;
struct config;
struct form;

/* A message that came, shown or refused. All strings are wire text. */
struct ua_message {
	time_t time;
	const char *from, *to; /* user@host, or a URI as it was written */
	const char *call_id;
	const char *content_type; /* of what is shown, or of the body */
	const char *text; /* NULL: nothing is shown */
	size_t text_len;
	enum verdict_transport transport;
	bool judged; /* verdict is set */
	struct verdict verdict;
	const char *reason; /* why it was refused, or what to know of it */
	int status; /* the answer */
	const char *details; /* lines: signers, their chains and dates; "" where
			      * there is no more to say, or ua_watch is off */
	const char *fingerprint; /* of the signer's certificate, 64 hex
				  * digits, or ""; only where ua_watch is on */
	bool pinned; /* and it is the pinned one */
};

/* The end of a message that ua_send took. */
struct ua_sent {
	uint64_t id; /* as ua_send gave it */
	const char *to; /* as it was given */
	size_t text_len;
	int status; /* 0: there was no answer */
	const char *phrase; /* wire text, "" without an answer */
	const char *target; /* tls:127.0.0.1:5061, "" before there was one */
	const char *call_id;
	int exit; /* sysexits: what send ends with */
	const char *why; /* words, unless exit is 0 */
};

/* What went over the wire, or was found out on the way there. */
enum ua_wire_kind {
	UA_WIRE_REQUEST,
	UA_WIRE_RESPONSE,
	UA_WIRE_OPENED, /* words: TLS version, cipher, the peer's certificate */
	UA_WIRE_LOST, /* words: why a connection ended */
	UA_WIRE_STEP, /* words: a step of RFC 3263, lines */
	UA_WIRE_TLS /* tls: a record of TLS, or its TCP connection */
};

enum ua_tls_what {
	UA_TLS_TCP, /* the TCP connection is there, and TLS begins */
	UA_TLS_RECORD, /* a record, with the message that ends in it, if any */
	UA_TLS_MORE, /* the next message in the record that came last */
	UA_TLS_FIN /* one side has ended the TCP connection in order */
};

/* TLS as it is spoken. Only connections that begin while ua_watch is on are
 * told of, record by record; a handshake that fails up to its alert. */
struct ua_tls {
	enum ua_tls_what what;
	unsigned number; /* of the user agent's TLS connections, from 1 */
	bool client; /* that is what we are */
	bool to_server; /* the client said it */
	char client_host[64], server_host[64]; /* numeric */
	unsigned client_port, server_port;
	/* Of a record, as it went over the wire; type 0, version 2 is the
	 * ClientHello of SSL 2.0, which has none. */
	unsigned type, version;
	size_t length;
	unsigned inner; /* TLS 1.3: the type that was encrypted; 0: none */
	/* A handshake message with its header, or an alert, decrypted: wire
	 * bytes. Empty for application data, ChangeCipherSpec, and a record
	 * that no message ends in. */
	struct span content;
};

struct ua_wire {
	enum ua_wire_kind kind;
	uint64_t when; /* ms since the epoch */
	bool out;
	const char *peer; /* tls:127.0.0.1:5061, "" for a STEP */
	uint64_t flow; /* its connection; 0: none */
	const char *with; /* user@host of the other side, "" where it is about
			   * nobody, or many */
	const char *call_id, *cseq; /* "" where there is none */
	struct span head, body; /* of a message; without digests */
	const char *words;
	const struct ua_tls *tls; /* of a TLS */
};

enum ua_event_type {
	UA_LISTENING, /* words: an address, "tls:127.0.0.1:5061" */
	UA_REGISTERED, /* words: who, and where */
	UA_UNREGISTERED, /* words: who, and why; it is tried again */
	UA_MESSAGE,
	UA_LEFT, /* sent: its id and to; it is on its way to a target */
	UA_WAITS, /* sent: its id and to; why there is no way now */
	UA_SENT,
	UA_WIRE, /* where ua_watch is on */
	UA_PROBLEM, /* words: something a person should know */
	UA_NOTE /* words: something a person may want to know */
};

struct ua_event {
	enum ua_event_type type;
	const char *words;
	const struct ua_message *message;
	const struct ua_sent *sent;
	const struct ua_wire *wire;
};

/* Returns false for a UA_MESSAGE that could not be given to the person: it is
 * answered 480 then. Who has to wait before that is known says ua_later. */
typedef bool ua_fn(void *arg, const struct ua_event *event);

/* loop, ks and config are borrowed for its life. Opens nothing yet. */
int ua_new(struct loop *loop, struct keystore *ks, const struct config *config,
    ua_fn *fn, void *arg, struct ua **out, struct err *e);
void ua_free(struct ua *ua);

/* Listens, and registers, where the settings say; where it registers and no
 * place to listen is named, what comes, comes over that connection. Passwords
 * are asked for here (EX_CONFIG). What cannot be listened on is a UA_PROBLEM,
 * and an error when it is all there was: EX_CONFIG where TLS has no
 * certificate. */
int ua_listen(struct ua *ua, struct err *e);

/* What ua_send takes. */
struct ua_letter {
	const char *to; /* a sip or sips URI; without a scheme, sips */
	const char *text;
	size_t text_len;
	bool sign, encrypt;
	/* For flows: its form, or NULL, which lives until UA_SENT; and where
	 * it goes, "tls:127.0.0.1:5061", instead of where its URI leads. */
	const struct form *form;
	const char *at;
};

/* Takes a message to be sent, after those that wait for the same URI.
 * UA_SENT tells its end, never before this returns. Returns its id. */
uint64_t ua_send(struct ua *ua, const struct ua_letter *letter);

/* Writes answers in a form from here on, which lives as long as ua; NULL: ours.
 * For flows. */
void ua_answer_in(struct ua *ua, const struct form *form);

/* Whether the settings want it registered. */
bool ua_registers(const struct ua *ua);

/* Whether the owner wants to know more than what happens: UA_WIRE events, and
 * each message's details. Both cost. A UA_WIRE_TLS is told amid the work of
 * TLS: the owner looks at it, and calls nothing of the user agent there. */
void ua_watch(struct ua *ua, bool more);

/* How a message to somebody would leave now, as far as that is known here. */
struct ua_outlook {
	char way[300]; /* "tls by sips:proxy.example.com" */
	char sign_problem[400]; /* why it cannot be signed, and what to do */
	char seal_problem[900]; /* why it cannot be sealed, and what to do */
	/* The certificate here that it would be sealed to. */
	bool has_cert, pinned;
	char fingerprint[65];
	time_t not_after;
};
/* to as in ua_letter. EX_DATAERR when it is no address. */
int ua_outlook(
    struct ua *ua, const char *to, struct ua_outlook *out, struct err *e);

/* Resolves a URI as a message there would be, and gives the steps and targets
 * as `signet resolve` prints them, once, maybe before this returns. At most one
 * at a time: EX_TEMPFAIL. */
typedef void ua_text_fn(void *arg, const char *lines);
int ua_resolve(
    struct ua *ua, const char *uri, ua_text_fn *fn, void *arg, struct err *e);

/* Messages that ua_send took and that have not ended. */
size_t ua_waiting(const struct ua *ua);

/* For a handler that is told of a UA_MESSAGE and will return true: its answer,
 * and that of each copy that comes meanwhile, waits until ua_given says with
 * the id that this returns whether the person has it. 0: nobody needs to say,
 * since the message is refused anyway. */
uint64_t ua_later(struct ua *ua);
void ua_given(struct ua *ua, uint64_t id, bool given);

/* Takes registrations back, and then takes in nothing more; what is on its way
 * out may still leave. */
void ua_deafen(struct ua *ua);

/* Ends every connection now, in good order (close_notify). What is under way
 * fails, or goes another way, as when a connection is lost; the next message
 * opens a new one. */
void ua_hang_up(struct ua *ua);

/* Whether an answer, a message or a goodbye to a registrar is still on its way
 * out. */
bool ua_busy(const struct ua *ua);

#endif
