/*
 * Return paths: the connections on which people wrote their last good messages,
 * for answers to those whose URI leads nowhere (RFC 5923).
 */
#ifndef SIGNET_SRC_UA_RETURN_PATH_H
#define SIGNET_SRC_UA_RETURN_PATH_H

#include "keys/x509/identity.h"
#include "src/net/transport.h"

struct return_paths;

enum return_state {
	RETURN_KNOWN, /* nobody needs it yet */
	RETURN_OFFERED, /* their URI led nowhere; the person may take it */
	RETURN_TAKEN /* the person took it: what is written to them goes there,
	              * while it lives */
};

/* A person's return path. */
struct return_path {
	struct flow_ref flow;
	enum return_state state;
	/* Its client certificate names the domain of the person's URI. */
	bool named;
	/* SHA-256, hex, of the certificate that signed that message. */
	char signer[65];
};

struct return_paths *return_paths_new(void);
void return_paths_free(struct return_paths *r);

/* Returns whether nobody has a path. */
bool return_paths_empty(const struct return_paths *r);

/* A good message came from who: on path, which is copied, or (NULL) in a way
 * that no answer may take. The state of the same connection stays. Returns
 * whether another one, which was offered or taken, is forgotten for it. */
bool return_paths_keep(struct return_paths *r, const struct aor *who,
    const struct return_path *path);
/* A connection has ended. Returns whether it was offered or taken. */
bool return_paths_lost(struct return_paths *r, uint64_t flow);

/* Returns who's path, or NULL. It is valid until the next call of a function
 * that takes r without const. */
const struct return_path *return_paths_find(
    const struct return_paths *r, const struct aor *who);
/* Who's URI led nowhere. Returns whether their path is offered now and was not
 * before. */
bool return_paths_offer(struct return_paths *r, const struct aor *who);
/* Who's URI leads somewhere. Returns whether their path was offered, which it is
 * no more: it is only known. */
bool return_paths_withdraw(struct return_paths *r, const struct aor *who);
/* The person takes who's path. */
void return_paths_take(struct return_paths *r, const struct aor *who);

/* Returns whether a message may go by path: to a sips URI only where the
 * client's certificate names its domain; to a sip URI else only what is
 * encrypted to the certificate of their message. recipient is the fingerprint
 * of the certificate that it is encrypted to, "" for what is in clear. */
bool return_path_allows(
    const struct return_path *path, bool sips, const char *recipient);

#endif
