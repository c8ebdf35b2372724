/*
 * MESSAGE (RFC 3428): the request that carries a body is written; a received
 * request is judged and answered.
 */
#ifndef SIGNET_SRC_UA_MESSAGE_H
#define SIGNET_SRC_UA_MESSAGE_H

#include "keys/smime/smime.h"
#include "src/net/transport.h"
#include "src/ua/request.h"
#include "src/ua/ua.h"

/* Appends the request as it leaves by this transport from this address, with
 * a Date. EX_DATAERR; see request_start. */
int message_write(struct buf *out, const struct request *r,
    const struct smime_body *body, enum verdict_transport kind,
    const struct addr *local, time_t date, struct err *e);

/* The local identity that received requests are checked against. */
struct message_local {
	struct keystore *ks;
	bool details; /* of signatures and encryption are wanted; costs time */
	bool keep_key; /* see smime_raw */
	struct span content_key; /* see smime_raw */
	const struct policy *policy;
	const struct aor *aors; /* ours; none: a signed To may name anybody */
	size_t aor_count;
	/* Returns whether host is an address or a name that we listen on. */
	bool (*is_here)(void *arg, struct span host);
	void *arg;
};

/* The decision on a request. */
struct message_in {
	int status;
	const char *warning; /* static words, or NULL */
	const char *why; /* static words on a refusal, or NULL */
	bool judged; /* the body was judged, and opened is set */
	struct smime_result opened;
};

/* Decides on a request: the checks of RFC 3261, 8.2 in their order, then the
 * body. Reads the key store, and does no other I/O. For message_in_free. */
void message_receive(const struct message_local *self,
    const struct sip_msg *request, struct message_in *out);
/* Judges the body of a message, received now or stored; self needs no is_here.
 * For smime_result_free. */
void message_judge(const struct message_local *self, const struct sip_msg *m,
    struct smime_result *out);
void message_in_free(struct message_in *in);

/* Calls fn with the message in the form that owners are told, and returns what
 * fn returns. The strings live as long as the call. */
bool message_tell(const struct sip_msg *m, const struct message_in *in,
    enum verdict_transport kind, time_t when,
    bool (*fn)(void *arg, const struct ua_message *told), void *arg);

/* Appends the whole response to request, which came from source. -1 where the
 * request cannot be answered. */
int message_answer(struct buf *out, const struct sip_msg *request, int status,
    const char *warning, const char *to_tag, const struct addr *source);

#endif
