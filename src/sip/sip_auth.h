/*
 * Reads Digest challenges and writes credentials (RFC 3261, 20.7, 20.27, 20.28
 * and 20.44; RFC 7616; RFC 8760).
 */
#ifndef SIGNET_SRC_SIP_SIP_AUTH_H
#define SIGNET_SRC_SIP_SIP_AUTH_H

#include "src/sip/sip.h"

/* One Digest challenge, borrowed from the message. Quoted strings lack their
 * quotes, but keep their backslashes: the digest is over these bytes. */
struct sip_challenge {
	struct span realm, nonce, opaque;
	struct span algorithm; /* default: "MD5" */
	bool stale; /* the nonce was too old, the password may be right */
	bool qop; /* there is a qop */
	bool qop_auth; /* "auth" is in its list */
};

/* Reads the next Digest challenge of a WWW-Authenticate or Proxy-Authenticate
 * value, which may hold several; *at is 0 for the first. Other schemes, and
 * challenges without realm or nonce, are passed over; what is not well formed
 * ends the walk. False at the end. */
bool sip_challenge_next(
    struct span value, size_t *at, struct sip_challenge *out);

/* The answer to a challenge. */
struct sip_credentials {
	struct span user; /* any bytes; sip_add_credentials quotes it */
	const struct sip_challenge *challenge;
	struct span uri; /* the Request-URI of the request */
	const char *response; /* hex */
	const char *cnonce; /* hex; unused without qop */
	uint32_t count; /* nc */
};

/* Appends "NAME: Digest ..."; name is Authorization or Proxy-Authorization.
 * Returns -1 as sip_add does. */
int sip_add_credentials(struct buf *b, const char *name,
    const struct sip_credentials *c, struct err *e);

#endif
