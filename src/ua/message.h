/*
 * MESSAGE, out and in (RFC 3428): the request that carries a body, and what a
 * request that came is answered.
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

/* What a user agent is to those who send to it. */
struct message_self {
	struct keystore *ks;
	bool details; /* of signatures and seals are wanted, which costs */
	const struct policy *policy;
	const struct aor *aors;
	size_t aor_count;
	/* Whether host is an address or a name that it listens on. */
	bool (*is_here)(void *arg, struct span host);
	void *arg;
};

/* What came of a request. */
struct message_in {
	int status;
	const char *warning; /* static words, or NULL */
	const char *why; /* static words on a refusal, or NULL */
	bool judged; /* opened is set: the body was looked at */
	struct smime_result opened;
};

/* Decides on a request: RFC 3261 8.2 in its order, then the body. Does no
 * I/O beyond the key store. For message_in_free. */
void message_receive(const struct message_self *self,
    const struct sip_msg *request, struct message_in *out);
/* Judges the body of a message, answered or not, and of a stored one. */
void message_open(struct keystore *ks, const struct policy *policy,
    const struct sip_msg *m, bool details, struct smime_result *out);
void message_in_free(struct message_in *in);

/* Calls fn with a message as owners are told of it, and returns what fn does.
 * The strings live as long as the call. */
bool message_tell(const struct sip_msg *m, const struct message_in *in,
    enum verdict_transport kind, time_t when,
    bool (*fn)(void *arg, const struct ua_message *told), void *arg);

/* Appends the whole answer to request. */
int message_answer(struct buf *out, const struct sip_msg *request, int status,
    const char *warning, const char *to_tag, const struct addr *source);

#endif
