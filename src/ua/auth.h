/*
 * Digest access authentication: what our own registrar and outbound proxy ask
 * for, and nobody else gets (RFC 3261, 22; RFC 7616; RFC 8760).
 */
#ifndef SIGNET_SRC_UA_AUTH_H
#define SIGNET_SRC_UA_AUTH_H

#include "src/app/config.h"
#include "src/base/digest.h"
#include "src/sip/sip.h"

/* One account: its address, its password, and the challenges that came. */
struct auth;

/* The challenges that one request has answered: all zero for a new one. */
struct auth_round {
	unsigned char answered[2]; /* of 401 and of 407 */
	unsigned
	    password; /* the number of the password that it answered with */
};

/* Told when a server has refused a password, or asks for one and there is none.
 * One that is read again and is refused again is not told. */
typedef void auth_refused_fn(
    void *arg, const struct aor *who, const char *words);

/* config and who are borrowed for its life. The user is that of who, or the
 * setting auth-user; the realm the domain of who, or the setting realm. refused
 * may be NULL. */
struct auth *auth_new(const struct config *config, const struct aor *who,
    auth_refused_fn *refused, void *arg);
void auth_free(struct auth *a); /* wipes */

/* Reads the password, where that has not been done: by the password-command,
 * from the password-file, or asked for on the terminal. This may wait. */
int auth_password(struct auth *a, struct err *e);

/* From now on the terminal is left alone. */
void auth_ask_nobody(struct auth *a);
/* Takes a password that a person typed, in the place of any other. */
void auth_type(struct auth *a, struct span password);
/* Wipes the password, so that it is read again when it is needed. */
void auth_forget_password(struct auth *a);

/* Takes the challenges of a 401 or 407 to a request whose hop is known to be
 * ours: the same request may then go again, with auth_add's fields. secure:
 * it came by TLS, without which MD5 is not answered. -1 with EX_NOPERM for a
 * realm that is not ours, for what cannot be answered, and for a password
 * that was refused; EX_CONFIG without a password.
 *
 * A refused password that was typed is asked for again on the terminal,
 * SECRET_TRIES times in all, until a server took one. One of a command or file
 * is wiped, and read again for the next request. */
int auth_challenged(struct auth *a, struct auth_round *round,
    const struct sip_msg *response, bool secure, struct err *e);
/* A request with this round was answered by a 2xx: its password is right. */
void auth_taken(struct auth *a, const struct auth_round *round);

/* The parts of a digest. */
struct auth_digest {
	struct span algorithm, user, realm, password, nonce;
	bool qop; /* auth: with cnonce and count (nc) */
	struct span cnonce;
	uint32_t count;
	struct span method, uri;
};

/* The response of RFC 7616, 3.4.1, in hex. False for an algorithm that
 * digest_hex does not know. */
bool auth_response(const struct auth_digest *d, char out[DIGEST_HEX]);

/* Appends the Authorization and Proxy-Authorization lines that were asked for
 * so far, if any, for a request of this method and Request-URI. The answer to a
 * 401 goes only to who asked: in a REGISTER, or where this request's round
 * answers one; a proxy would pass it on to the callee. measure: only the size
 * is wanted, and no use of a nonce is counted. EX_DATAERR. */
int auth_add(struct auth *a, const struct auth_round *round, bool measure,
    struct buf *b, const char *method, const char *uri, struct err *e);

#endif
