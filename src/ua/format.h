/*
 * How a user agent writes: its random names, its clock, and the layout of its
 * requests and answers. A run that is to come out the same each time, or as the
 * Internet-Draft's messages, hands in a table of its own; nothing else in the
 * user agent knows of such runs.
 */
#ifndef SIGNET_SRC_UA_FORMAT_H
#define SIGNET_SRC_UA_FORMAT_H

#include <time.h>

#include "keys/smime/smime.h"
#include "src/ua/request.h"

struct ua_format {
	void *arg; /* of the functions */
	/* Writes so many hex digits, 64 at most, and a NUL: what Call-IDs, tags
	 * and branches are made of. purpose tells uses apart. */
	void (*name)(void *arg, const char *purpose, char *out, size_t digits);
	time_t (*now)(void *arg);
	/* How an S/MIME body is made; NULL is the default. */
	const struct smime_form *(*body)(void *arg);
	/* Appends a MESSAGE; see message_write. */
	int (*message)(void *arg, struct buf *out, const struct request *r,
	    const struct smime_body *body, enum verdict_transport kind,
	    const struct addr *local, struct err *e);
	/* Appends a response; see message_answer. */
	int (*answer)(void *arg, struct buf *out, const struct sip_msg *request,
	    int status, const char *warning, const char *to_tag,
	    const struct addr *source);
	unsigned tls_max; /* the highest TLS version, 0x0303: TLS 1.2; 0: the
	                   * newest */
};

/* Random names, the time that it is, and the layout of message.h. */
extern const struct ua_format ua_format_default;

#endif
