/*
 * What the user agent tells: one event, with the message, the end of a message
 * or the piece of the wire that it is about.
 */
#ifndef SIGNET_SRC_UA_EVENT_H
#define SIGNET_SRC_UA_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "keys/x509/identity.h"
#include "keys/x509/verdict.h"
#include "src/base/bytes.h"
#include "src/base/err.h"

struct tls_event;

/* A received message, shown or refused. All strings are wire text. */
struct ua_message {
	uint64_t id; /* in the history; 0: it is not kept */
	time_t time;
	const char *from, *to; /* user@host, or a URI as it was written */
	const char *call_id;
	const char *content_type; /* of what is shown, or of the body */
	const char *text; /* NULL: nothing is shown */
	size_t text_len;
	enum verdict_transport transport;
	bool judged; /* verdict is set */
	struct verdict verdict;
	const char *reason; /* why it was refused, or a remark; "": none */
	int status; /* the answer */
	/* Nothing that is done with the message may change or delay its answer:
	 * it tells nothing of what CBC content was. */
	bool answer_stands;
	const char *details; /* lines: signers, their chains and dates; "" if
			      * there are none, or ua_watch is off */
	const char *fingerprint; /* of the signer's certificate, 64 hex
				  * digits, or ""; only where ua_watch is on */
	bool pinned; /* that certificate is pinned */
	/* What a message/cpim says under a good signature (see
	 * smime_result). */
	const char *signed_to;
	time_t signed_at;
	const char *message_id;
	unsigned wants;
};

/* The end of a message that ua_send took. */
struct ua_sent {
	uint64_t id; /* as ua_send gave it */
	uint64_t row; /* in the history; 0: in none */
	const char *to; /* as it was given */
	size_t text_len;
	int status; /* 0: there was no answer */
	const char *phrase; /* wire text, "" without an answer */
	const char *target; /* tls:127.0.0.1:5061, "" before there was one */
	const char *call_id;
	int exit; /* sysexits: what send ends with */
	const char *why; /* the reason; "" if exit is 0 */
	const struct err *failure; /* the same, with its cause */
};

/* A piece of the wire: a message, the life of a connection, a resolution. */
enum ua_wire_kind {
	UA_WIRE_REQUEST,
	UA_WIRE_RESPONSE,
	UA_WIRE_OPENED, /* words: TLS version, cipher, the peer's certificate */
	UA_WIRE_LOST, /* words: why a connection ended */
	UA_WIRE_STEP, /* words: a step of RFC 3263, lines */
	UA_WIRE_TLS /* tls: a record of TLS, or its TCP connection */
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
	const struct tls_event *tls; /* of a TLS */
};

/* A receipt for a message of ours, or somebody who types. It was protected as
 * much as what it is about. */
enum ua_notice_kind {
	UA_DELIVERED,
	UA_DISPLAYED,
	UA_NOT_DELIVERED,
	UA_TYPES,
	UA_TYPES_NOT
};
struct ua_notice {
	enum ua_notice_kind kind;
	const char *from; /* user@host */
	uint64_t id, row; /* of the message, as in ua_sent; of a receipt */
	unsigned refresh; /* s after which a TYPES is over by itself */
};

/* Somebody sent their certificates: nothing is proved by that. */
struct ua_introduction {
	const struct aor *from;
	struct span pem; /* the certificates, theirs first */
};

enum ua_event_type {
	UA_LISTENING, /* words: an address, "tls:127.0.0.1:5061" */
	UA_REGISTERED, /* words: who, and where */
	UA_UNREGISTERED, /* words: who, and why; it is tried again */
	UA_PASSWORD, /* words: whose is refused or missing; account */
	UA_MESSAGE,
	UA_LEFT, /* sent: its id and to; it is on its way to a target */
	UA_WAITS, /* sent: its id and to; why there is no way now */
	UA_SENT,
	UA_NOTICE, /* notice: a receipt, or typing */
	UA_INTRODUCED, /* introduction: for keys/store/offers.h */
	UA_RESUMED, /* sent: its id, row and to: a message of an earlier run */
	UA_WAY, /* what ua_preflight says may have changed */
	UA_WIRE, /* where ua_watch is on */
	UA_PROBLEM, /* words: something a person should know */
	UA_NOTE /* words: something a person may want to know */
};

struct ua_event {
	enum ua_event_type type;
	const char *words;
	/* Of an UNREGISTERED: why, and the final response; 0: there was none. */
	const struct err *why;
	int status;
	const struct ua_message *message;
	const struct ua_sent *sent;
	const struct ua_wire *wire;
	const struct ua_notice *notice;
	const struct ua_introduction *introduction;
	size_t account; /* of a PASSWORD: the number of the address */
};

#endif
