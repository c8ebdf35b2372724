/*
 * Challenges read, and credentials written (RFC 3261, 20.7, 20.27, 20.28 and
 * 20.44; RFC 7616; RFC 8760).
 */
#ifndef SIGNET_SRC_SIP_SIP_AUTH_H
#define SIGNET_SRC_SIP_SIP_AUTH_H

#include "src/sip/sip.h"

/* One Digest challenge, borrowed from the message. Quoted strings are without
 * their quotes and otherwise as they came, since the digest is over that. */
struct sip_challenge {
	struct span realm, nonce, opaque;
	struct span algorithm; /* "MD5" where none is named */
	bool stale; /* the nonce was too old, not the password wrong */
	bool qop; /* a qop was offered at all */
	bool qop_auth; /* "auth" is among them */
};

/* Reads the value of a WWW-Authenticate or Proxy-Authenticate field. False
 * for another scheme, for a challenge without realm or nonce, and for what is
 * not well formed. */
bool sip_challenge_read(struct span value, struct sip_challenge *out);

/* What answers a challenge. */
struct sip_credentials {
	struct span user; /* any bytes: it is quoted here */
	const struct sip_challenge *challenge;
	struct span uri; /* the Request-URI of the request */
	const char *response; /* hex */
	const char *cnonce; /* hex; unused without qop */
	uint32_t count; /* nc */
};

/* Appends "NAME: Digest ..." (Authorization or Proxy-Authorization). -1 and
 * nothing where the field could not be sent. */
int sip_add_credentials(struct buf *b, const char *name,
    const struct sip_credentials *c, struct err *e);

#endif
