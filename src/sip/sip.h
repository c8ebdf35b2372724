/*
 * SIP messages: parsed by libosip2, held to RFC 3261's grammar by us, and
 * written byte for byte. All spans that accessors give live as long as their
 * message.
 */
#ifndef SIGNET_SRC_SIP_SIP_H
#define SIGNET_SRC_SIP_SIP_H

#include <sys/types.h>
#include <sys/socket.h>

#include "keys/x509/identity.h"
#include "keys/x509/uri.h"

struct sip_msg; /* owns its bytes */

/* Parses a framed message, whose bytes are copied. Never NULL: what is wrong
 * is in sip_fault. A head that was cut off in stream_frame is taken as well.
 * on_stream: a missing Content-Length is an error. A body that is longer than
 * its Content-Length is cut. For sip_free. */
struct sip_msg *sip_parse(struct span head, struct span body, bool on_stream);
/* The same for a whole request that we have written, field by field: what
 * sip_add and its like refuse is not looked for again, though what
 * transactions go by (Via, From, To, Call-ID, CSeq) is. */
struct sip_msg *sip_ours(struct span request);
void sip_free(struct sip_msg *m);

/* What strictness says of a message: 0 when it is sound; otherwise the status
 * a request is refused with, statelessly, or -1 when it gets no answer (a bad
 * response, an ACK, a request without a Via). *why is static words for the
 * Warning or the log, NULL when sound. The accessors below give what can be
 * read of a faulty message, and nothing for the rest.
 *   400  what RFC 3261's grammar does not allow, but where RFC 4475 takes it;
 *        the methods of start line and CSeq differ
 *   416  the Request-URI of a MESSAGE or OPTIONS is neither sip nor sips
 *   501  as 400, for CSeq's method, when the request's own is unknown
 *   505  the version is not SIP/2.0
 * Which methods, users and extensions are served is for the user agent. */
int sip_fault(const struct sip_msg *m, const char **why);

bool sip_is_request(const struct sip_msg *m);
struct span sip_head(const struct sip_msg *m); /* as it came */
struct span sip_body(const struct sip_msg *m);
struct span sip_method(const struct sip_msg *m); /* of CSeq in a response */
/* Whether a method is registered at all: one that is and is not served gets
 * 405, one that is not 501 (RFC 3261, 8.2.1 and 21.5.2; RFC 4475, 3.1.1.2). */
bool sip_method_known(struct span method);
struct span sip_request_uri(const struct sip_msg *m); /* raw, may be tel: */
int sip_status(const struct sip_msg *m);
struct span sip_reason(const struct sip_msg *m); /* wire text, maybe empty */

/* The index-th field of this name, unfolded and trimmed; compact and long
 * forms are one. Empty when absent. Takes log(number of fields). */
struct span sip_header(const struct sip_msg *m, const char *name, size_t index);
size_t sip_header_count(const struct sip_msg *m, const char *name);
/* The long form of a field's name that may be compact, or name itself. */
struct span sip_long_name(struct span name);

/* Retry-After in ms, a day at most; or otherwise, where there is none that can
 * be read. */
uint64_t sip_retry_after(const struct sip_msg *m, uint64_t otherwise);

struct span sip_call_id(const struct sip_msg *m);
uint32_t sip_cseq(const struct sip_msg *m);
struct span sip_from_tag(const struct sip_msg *m);
struct span sip_to_tag(const struct sip_msg *m);
struct span sip_from_uri(const struct sip_msg *m);
struct span sip_to_uri(const struct sip_msg *m);
struct span sip_branch(const struct sip_msg *m); /* of the first Via */
struct span sip_via_host(const struct sip_msg *m); /* sent-by */
unsigned sip_via_port(const struct sip_msg *m); /* 0: none */
bool sip_via_rport(const struct sip_msg *m); /* has the rport parameter */

/* Writing: everything is appended to b, or nothing and -1 with EX_DATAERR. No
 * other function puts foreign text into a message. */

/* "METHOD URI SIP/2.0". The URI is held to its grammar, has no headers, and no
 * escaped NUL, CR or LF. */
int sip_request_start(
    struct buf *b, const char *method, struct span request_uri, struct err *e);
/* "NAME: VALUE". A name that is no token, and a value with a control character
 * (HTAB aside) or bytes that are not UTF-8, are refused. */
int sip_add(struct buf *b, const char *name, struct span value, struct err *e);

/* The start line and header fields of a response to req, up to but without
 * Content-Length and the empty line (8.2.6.2): Via (the first with received
 * and rport of RFC 3261 18.2.1 and RFC 3581 from source, where that is not
 * NULL), From, To (with to_tag unless it has one), Call-ID, CSeq as they came,
 * in one line each, quoted control characters left out. reason NULL:
 * sip_phrase's. req may be faulty: what it lacks the answer lacks. -1, and
 * nothing appended, for a response and for what has no Via. */
int sip_answer(struct buf *b, const struct sip_msg *req, int status,
    const char *reason, const char *to_tag,
    const struct sockaddr_storage *source);
/* Content-Length, the empty line, body. */
void sip_finish(struct buf *b, struct span body);

/* The phrase of RFC 3261, 21, or of the RFC that registered the status (202,
 * 428, 437, 494, ...), or "Unknown". Static. */
const char *sip_phrase(int status);

#endif
