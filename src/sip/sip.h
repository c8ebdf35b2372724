/*
 * SIP messages (RFC 3261): parses and checks them, and writes them byte for
 * byte. All spans that accessors return are borrowed from the message.
 */
#ifndef SIGNET_SRC_SIP_SIP_H
#define SIGNET_SRC_SIP_SIP_H

#include <sys/types.h>
#include <sys/socket.h>

#include "keys/x509/identity.h"
#include "keys/x509/uri.h"

struct sip_msg; /* owns its bytes */

/* Parses a framed message; copies its bytes. Never returns NULL: sip_fault
 * tells what is wrong. head may be incomplete, as of a STREAM_BROKEN frame.
 * on_stream: a missing Content-Length is an error. A body that is longer than
 * its Content-Length is cut. For sip_free. */
struct sip_msg *sip_parse(struct span head, struct span body, bool on_stream);
/* What a whole request of ours, as the functions below write it, is matched by
 * (RFC 3261, 17.1.3): spans of it, and where its body begins. False if one is
 * missing. */
struct sip_ids {
	struct span method, branch, call_id, from_tag;
	size_t body;
};
bool sip_own_ids(struct span request, struct sip_ids *out);
void sip_free(struct sip_msg *m);

/* Returns 0 for a sound message; otherwise the status to refuse the request
 * with, statelessly, or -1 if there is nothing to answer (a response, an ACK, a
 * request without a Via). *why is the reason for a Warning or the log, static,
 * or NULL. The accessors below return what can be read of a faulty message, and
 * empty spans for the rest.
 *   400  RFC 3261's grammar does not allow it, and RFC 4475 does not accept it
 *        either; or the methods of start line and CSeq differ
 *   416  the Request-URI of a MESSAGE or OPTIONS is neither sip nor sips
 *   501  the methods differ, and that of the start line is unknown
 *   505  the version is not SIP/2.0
 * The user agent decides which methods, users and extensions it serves. */
int sip_fault(const struct sip_msg *m, const char **why);
/* Finds the first malformed header field that is ignored, since no decision
 * rests on it (RFC 3261, 8.2.2): its name, borrowed from m, and a static reason.
 * False where there is none. */
bool sip_odd(const struct sip_msg *m, struct span *name, const char **why);

bool sip_is_request(const struct sip_msg *m);
struct span sip_head(const struct sip_msg *m); /* as it came */
struct span sip_body(const struct sip_msg *m);
struct span sip_method(const struct sip_msg *m); /* a response: CSeq's */
/* Returns whether IANA has registered the method: a known one that is not
 * served gets 405, an unknown one 501 (RFC 3261, 8.2.1 and 21.5.2). */
bool sip_method_known(struct span method);
struct span sip_request_uri(const struct sip_msg *m); /* raw, any scheme */
int sip_status(const struct sip_msg *m);
struct span sip_reason(const struct sip_msg *m); /* wire text, maybe empty */

/* Returns the index-th field (from 0) of this name in any case, long or
 * compact; unfolded and trimmed. Empty if there is none. Takes log(number of
 * fields). */
struct span sip_header(const struct sip_msg *m, const char *name, size_t index);
size_t sip_header_count(const struct sip_msg *m, const char *name);
/* Returns the long form of a compact field name, else name itself. */
struct span sip_long_name(struct span name);

/* Returns Retry-After in ms, or the value of otherwise if it is missing,
 * malformed or above a day. */
uint64_t sip_retry_after(const struct sip_msg *m, uint64_t otherwise);

struct span sip_call_id(const struct sip_msg *m);
uint32_t sip_cseq(const struct sip_msg *m);
struct span sip_from_tag(const struct sip_msg *m);
struct span sip_to_tag(const struct sip_msg *m);
struct span sip_from_uri(const struct sip_msg *m);
struct span sip_to_uri(const struct sip_msg *m);
struct span sip_branch(const struct sip_msg *m); /* of the first Via */
struct span sip_via_host(const struct sip_msg *m); /* sent-by */
unsigned sip_via_port(const struct sip_msg *m); /* sent-by; 0: none */
bool sip_via_rport(const struct sip_msg *m); /* has the rport parameter */

/* Writing: each function appends to b; or appends nothing and returns -1, with
 * EX_DATAERR in e. Only these put text of others into a message. */

/* "METHOD URI SIP/2.0". Refuses a URI that is malformed, has headers, or an
 * escaped NUL, CR or LF. */
int sip_request_start(
    struct buf *b, const char *method, struct span request_uri, struct err *e);
/* "NAME: VALUE". Refuses a name that is no token, and a value that has control
 * characters other than HTAB or is not UTF-8. */
int sip_add(struct buf *b, const char *name, struct span value, struct err *e);

/* The start line and header fields of a response to req (8.2.6.2), without
 * Content-Length and the empty line: Via, From, To (with to_tag, unless it has
 * a tag or to_tag is NULL), Call-ID and CSeq as they came, each in one line,
 * without quoted control characters. If source is not NULL the first Via gets
 * received and rport from it (18.2.1; RFC 3581). reason NULL means
 * sip_phrase(status). req may be faulty: a field that it lacks is left out.
 * Returns -1, and appends nothing, if req is a response or has no Via. */
int sip_answer(struct buf *b, const struct sip_msg *req, int status,
    const char *reason, const char *to_tag,
    const struct sockaddr_storage *source);
/* Appends Content-Length, the empty line and body. */
void sip_finish(struct buf *b, struct span body);

/* Returns the reason phrase of RFC 3261, 21, or of the RFC that registered the
 * status, or "Unknown". Static. */
const char *sip_phrase(int status);

#endif
