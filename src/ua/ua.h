/*
 * The user agent: sends messages, receives them, and tells its one owner what
 * happened. All that an owner (a verb, the client) sees of SIP.
 */
#ifndef SIGNET_SRC_UA_UA_H
#define SIGNET_SRC_UA_UA_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "keys/smime/smime.h"
#include "src/base/err.h"
#include "src/ua/event.h"

struct ua;
struct loop;
struct keystore;
struct config;
struct ua_format;

/* Returns false for a UA_MESSAGE that could not be given to the person: it is
 * answered 480 then. Who has to wait before that is known says ua_later. */
typedef bool ua_fn(void *arg, const struct ua_event *event);

/* loop, ks and config are borrowed for its life. Opens nothing yet. */
int ua_new(struct loop *loop, struct keystore *ks, const struct config *config,
    ua_fn *fn, void *arg, struct ua **out, struct err *e);
/* The same for an agent that writes in a format of its own (src/ua/format.h),
 * borrowed for its life. */
int ua_new_formatted(struct loop *loop, struct keystore *ks,
    const struct config *config, const struct ua_format *format, ua_fn *fn,
    void *arg, struct ua **out, struct err *e);
void ua_free(struct ua *ua);

/* Listens, and registers, where the settings say; where it registers and no
 * place to listen is named, what comes, comes over that connection. Passwords
 * are asked for here (EX_CONFIG). What cannot be listened on is a UA_PROBLEM,
 * and an error when it is all there was: EX_CONFIG where TLS has no
 * certificate. */
int ua_listen(struct ua *ua, struct err *e);

/* What ua_send takes. */
struct ua_letter {
	const char *to; /* a sip or sips URI; without a scheme, sips */
	const char *text;
	size_t text_len;
	bool sign, encrypt;
	/* The one place where it goes, "tls:127.0.0.1:5061"; NULL: where its URI
	 * leads. */
	const char *at;
};

/* Takes a message to be sent, after those that wait for the same URI.
 * UA_SENT tells its end, never before this returns. Returns its id. */
uint64_t ua_send(struct ua *ua, const struct ua_letter *letter);

/* Whether the settings want it registered. */
bool ua_registers(const struct ua *ua);

/* Whether the owner wants to know more than what happens: UA_WIRE events, and
 * each message's details. Both cost. A UA_WIRE_TLS is told amid the work of
 * TLS: the owner looks at it, and calls nothing of the user agent there. */
void ua_watch(struct ua *ua, bool more);

/* How a message to somebody would leave now, as far as that is known here. */
struct ua_preflight {
	char way[300]; /* "tls by sips:proxy.example.com" */
	struct smime_preflight smime;
};
/* to as in ua_letter. EX_DATAERR when it is no address. */
int ua_preflight(
    struct ua *ua, const char *to, struct ua_preflight *out, struct err *e);

/* Resolves a URI as a message there would be, and gives the steps and targets
 * as `signet resolve` prints them, once, maybe before this returns. At most one
 * at a time: EX_TEMPFAIL. */
typedef void ua_text_fn(void *arg, const char *lines);
int ua_resolve(
    struct ua *ua, const char *uri, ua_text_fn *fn, void *arg, struct err *e);

/* Messages that ua_send took and that have not ended. */
size_t ua_waiting(const struct ua *ua);

/* For a handler that is told of a UA_MESSAGE and will return true: its answer,
 * and that of each copy that comes meanwhile, waits until ua_given says with
 * the id that this returns whether the person has it. 0: nobody needs to say,
 * since the message is refused anyway. */
uint64_t ua_later(struct ua *ua);
void ua_given(struct ua *ua, uint64_t id, bool given);

/* Takes registrations back, and then takes in nothing more; what is on its way
 * out may still leave. */
void ua_deafen(struct ua *ua);

/* Ends every connection now, in good order (close_notify). What is under way
 * fails, or goes another way, as when a connection is lost; the next message
 * opens a new one. */
void ua_hang_up(struct ua *ua);

/* Whether an answer, a message or a goodbye to a registrar is still on its way
 * out. */
bool ua_busy(const struct ua *ua);

#endif
