/*
 * SIP messages: parsed by libosip2, held to RFC 3261's grammar by us, and
 * written byte for byte.
 */
#ifndef SIGNET_SRC_SIP_H
#define SIGNET_SRC_SIP_H

#include <sys/types.h>
#include <sys/socket.h>

#include "../keys/identity.h"
#include "../keys/uri.h"

struct sip_msg; /* owns its bytes */

/* Parses a framed message. Never NULL: what is wrong is in sip_fault.
 * on_stream: a missing Content-Length is an error. For sip_free. */
struct sip_msg *sip_parse(struct span head, struct span body, bool on_stream);
void sip_free(struct sip_msg *m);

/* What strictness says of a message: 0 when it is sound; otherwise the status
 * a request is refused with (400, 413, 416, 505, ...), or -1 when it gets no
 * answer (a bad response, an ACK, a request of which no answer can be made).
 * *why is words for the Warning or the log. */
int sip_fault(const struct sip_msg *m, const char **why);

bool sip_is_request(const struct sip_msg *m);
struct span sip_start_line(const struct sip_msg *m);
struct span sip_head(const struct sip_msg *m);  /* as it came */
struct span sip_body(const struct sip_msg *m);
struct span sip_method(const struct sip_msg *m); /* of CSeq in a response */
struct span sip_request_uri(const struct sip_msg *m); /* raw, may be tel: */
int sip_status(const struct sip_msg *m);
struct span sip_reason(const struct sip_msg *m);

/* The index-th field of this name, unfolded and trimmed; compact and long
 * forms are one. Empty when absent. */
struct span sip_header(const struct sip_msg *m, const char *name, size_t index);
size_t sip_header_count(const struct sip_msg *m, const char *name);
/* Whether one of the comma-separated tokens of any field of this name is
 * token (no case). */
bool sip_header_has(const struct sip_msg *m, const char *name,
    const char *token);

struct span sip_call_id(const struct sip_msg *m);
uint32_t sip_cseq(const struct sip_msg *m);
struct span sip_from_tag(const struct sip_msg *m);
struct span sip_to_tag(const struct sip_msg *m);
struct span sip_from_uri(const struct sip_msg *m);
struct span sip_to_uri(const struct sip_msg *m);
struct span sip_branch(const struct sip_msg *m); /* of the first Via */
struct span sip_via_transport(const struct sip_msg *m);
struct span sip_via_host(const struct sip_msg *m); /* sent-by */
unsigned sip_via_port(const struct sip_msg *m);    /* 0: none */
bool sip_via_rport(const struct sip_msg *m); /* has the rport parameter */
struct span sip_via_maddr(const struct sip_msg *m);

/* Writing. A header value with CR, LF or NUL, or a name that is no token, is
 * refused by sip_add; nothing else puts foreign text into a message. */
int sip_add(struct buf *b, const char *name, struct span value, struct err *e);

/* The start line and header fields of a response to req, up to but without
 * Content-Length and the empty line: Via (the first with received and rport
 * of RFC 3261 18.2.1 and RFC 3581 from source), From, To (with to_tag unless
 * it has one), Call-ID, CSeq as they came. req may be faulty. -1 where it has
 * not what an answer needs. */
int sip_answer(struct buf *b, const struct sip_msg *req, int status,
    const char *reason, const char *to_tag,
    const struct sockaddr_storage *source);
/* Content-Length, the empty line, body. */
void sip_finish(struct buf *b, struct span body);

/* The phrase of RFC 3261, 21 (and 428, 437, 493, ...), or "Unknown". */
const char *sip_phrase(int status);

#endif
