/*
 * One registration: an AOR bound to the connection to its registrar, kept
 * fresh, and made again when what led there dies (RFC 3261, 10; RFC 5626;
 * RFC 3608).
 */
#ifndef SIGNET_SRC_UA_REGISTRAR_H
#define SIGNET_SRC_UA_REGISTRAR_H

#include "src/ua/sender.h"

struct registrar;

enum registrar_change {
	REGISTRAR_THERE, /* registered: first, again, or by another way */
	REGISTRAR_LOST, /* no more; it is being tried again by itself */
	REGISTRAR_ENDED /* after registrar_end: nothing more will come */
};

/* What it works with, all borrowed for its life. */
struct registrar_parts {
	struct loop *loop;
	const struct config *config;
	struct transport *transport;
	struct sender *sender;
	const struct aor *who;
	const char *uri; /* sip or sips URI of who, nothing more */
	/* words: one line for the person. Told of a change alone, not of
	 * each try that fails as the one before. */
	void (*changed)(void *arg, struct registrar *r,
	    enum registrar_change change, const char *words);
	void *arg;
};

struct registrar *registrar_new(const struct registrar_parts *parts);
/* Without a word to anybody. */
void registrar_free(struct registrar *r);

/* Begins. */
void registrar_start(struct registrar *r);
/* Takes the registration back and tells REGISTRAR_ENDED when that is answered
 * or hopeless; never before this returns. */
void registrar_end(struct registrar *r);

/* A connection is no more; a keep-alive on one was answered. */
void registrar_lost(struct registrar *r, uint64_t flow, const struct err *why);
void registrar_pong(struct registrar *r, uint64_t flow);

/* Whether it is there now; then: our address on its connection (what others'
 * requests are sent to), and what the registrar wants requests routed by, a
 * Route value or NULL. */
bool registrar_there(const struct registrar *r);
const struct addr *registrar_local(const struct registrar *r);
const char *registrar_routes(const struct registrar *r);

#endif
