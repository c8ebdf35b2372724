/*
 * One registration: an AOR bound to the connection to its registrar, refreshed,
 * and made again when the connection is lost (RFC 3261, 10; RFC 5626; RFC
 * 3608).
 */
#ifndef SIGNET_SRC_UA_REGISTRAR_H
#define SIGNET_SRC_UA_REGISTRAR_H

#include "src/ua/sender.h"

struct registrar;

enum registrar_change {
	REGISTRAR_THERE, /* registered */
	REGISTRAR_LOST, /* not or no longer registered; it tries again */
	REGISTRAR_ENDED /* after registrar_end: nothing more will come */
};

struct registrar_news {
	const char *words; /* one line for the user */
	/* Of a LOST: why, and the final response; 0: there was none. */
	const struct err *why;
	int status;
};

/* The parts that it uses, all borrowed for its life. */
struct registrar_parts {
	struct loop *loop;
	const struct config *config;
	struct transport *transport;
	struct sender *sender;
	const struct aor *who;
	const char *uri; /* sip or sips URI of who, nothing more */
	/* Called when the state changes, not for each try that fails like the
	 * one before. */
	void (*changed)(void *arg, struct registrar *r,
	    enum registrar_change change, const struct registrar_news *news);
	void *arg;
};

struct registrar *registrar_new(const struct registrar_parts *parts);
/* Nothing is sent, and nobody is told. */
void registrar_free(struct registrar *r);

/* Begins to register. */
void registrar_start(struct registrar *r);
/* Takes the registration back and tells REGISTRAR_ENDED when that is answered
 * or hopeless; never before this returns. */
void registrar_end(struct registrar *r);

/* Sends a REGISTER now, whether it is registered or waits to try again. One that
 * is under way stays. */
void registrar_hurry(struct registrar *r);

/* A connection is no more; a keep-alive on one was answered. */
void registrar_lost(struct registrar *r, uint64_t flow, const struct err *why);
void registrar_pong(struct registrar *r, uint64_t flow);

/* Returns whether it is registered; if so, our address on its connection, to
 * which others' requests are sent, and its Service-Route, a Route value or
 * NULL. */
bool registrar_there(const struct registrar *r);
const struct addr *registrar_local(const struct registrar *r);
const char *registrar_routes(const struct registrar *r);

#endif
