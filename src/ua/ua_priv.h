/*
 * The user agent's insides: private to src/ua/ua*.c. Each file calls those
 * behind it: ua.c, ua_recv.c, ua_watch.c, ua_register.c, ua_owner.c.
 */
#ifndef SIGNET_SRC_UA_UA_PRIV_H
#define SIGNET_SRC_UA_UA_PRIV_H

#include "src/store/store.h"
#include "src/ua/message.h"
#include "src/ua/outbox.h"
#include "src/ua/registrar.h"
#include "src/ua/reply_cache.h"
#include "src/ua/trace.h"
#include "src/ua/ua.h"

struct delayed_reply;
struct keeping;
struct ua_lookup;

/* Whether the owner, while it is told of a message, may defer its answer, or
 * has done so. */
enum ua_deferral { UA_NOT_DEFERRABLE, UA_DEFERRABLE, UA_DEFERRED };

struct ua {
	struct loop *loop;
	struct keystore *ks;
	const struct config *config;
	ua_fn *fn;
	void *arg;
	const struct ua_format *format;
	/* Our addresses, each with its URI. */
	struct aor *aors;
	char **uris;
	size_t aor_count;
	struct registrar *
	    *registrars; /* one for each address, if we register */
	size_t registrar_count;
	size_t leaving; /* registrations that are still being taken back */
	bool stopped; /* nothing more is accepted */
	struct config_list here; /* hosts and addresses listened on */
	bool everywhere; /* a wildcard address among them */
	struct trace *trace;
	struct tls_context *tls;
	struct transport *transport;
	struct resolver *resolver;
	struct transactions *transactions;
	struct sender *sender;
	struct outbox *outbox;
	struct return_paths *return_paths;
	struct receipts *receipts; /* that our messages asked for */
	struct reply_cache *replies;
	struct reply_cache *seen; /* Message-IDs of good messages; no replies */
	struct store **histories; /* of our addresses; NULL: none */
	struct keeping *keeping; /* messages on their way to the disk */
	struct delayed_reply *delayed; /* replies that leave later */
	uint64_t delay_until; /* ms: the last delayed one leaves */
	enum ua_deferral deferral; /* of the message that is being told */
	uint64_t deferred; /* the last id that ua_defer gave */
	struct digest *digest;
	char secret[65]; /* the To tags' key, hex digits */
	bool watched; /* ua_watch is on */
	struct ua_lookup *lookup; /* of ua_resolve, or NULL */
};

/* Tells the owner, and returns what its callback returns. */
bool ua_tell(struct ua *ua, const struct ua_event *event);
/* Tells the owner that messages may leave in another way. */
void ua_way_changed(struct ua *ua);
/* Tells the owner a text. */
void ua_note(struct ua *ua, enum ua_event_type type, const char *words);

/* ua_keep.c: commits a judged message to the history of the address that it is
 * for, tells the owner after that, and settles its answer. Takes over in, and
 * defers a. False where there is no history: nothing was done then. */
bool ua_keep(struct ua *ua, const struct sip_msg *request,
    struct message_in *in, enum verdict_transport kind,
    struct reply_cache_entry *a);
void ua_forget_keeping(struct ua *ua);
/* The history of the address that a message is for, or NULL. */
struct store *ua_history_of(const struct ua *ua, const struct sip_msg *request);
/* ua_recv.c, for it. Tells the owner of a message that is on disk under a
 * number; returns the id under which the owner deferred its answer, or 0. */
uint64_t ua_tell_kept(struct ua *ua, const struct sip_msg *request,
    const struct message_in *in, enum verdict_transport kind, time_t came,
    uint64_t id);
/* The answers that wait under an id have this status; or they go on to wait
 * under another id. */
void ua_settle(struct ua *ua, uint64_t id, int status);
/* No answer that is not sent yet leaves before so many ms from now. */
void ua_delay(struct ua *ua, unsigned ms);
void ua_defer_again(struct ua *ua, uint64_t id, uint64_t other,
    const unsigned char key[DIGEST_SIZE]);

/* A transport_handler's message and has_pending (ua_recv.c). */
bool ua_received(
    void *arg, const struct flow_ref *from, const struct stream_frame *f);
bool ua_owed(void *arg, uint64_t flow);
/* Forgets the replies that have not left. */
void ua_forget_delayed(struct ua *ua);

/* ua_notices.c: takes a receipt or typing, and tells the owner where it counts.
 * Returns the status of its answer. */
int ua_take_notice(struct ua *ua, const struct sip_msg *request,
    const struct smime_result *in);

/* Gives up what ua_resolve looks up (ua_watch.c). */
void ua_forget_lookup(struct ua *ua);

/* ua_register.c: begins the registrations, after asking for passwords; takes
 * them back, after which nothing more is received; tells them of
 * connections. */
int ua_register(struct ua *ua, struct err *e);
void ua_unregister(struct ua *ua);
/* The password of one of our addresses is refused or missing. */
void ua_password_refused(void *arg, const struct aor *who, const char *words);
void ua_registrars_free(struct ua *ua);
void ua_registrars_lost(struct ua *ua, uint64_t flow, const struct err *why);
void ua_registrars_pong(void *arg, uint64_t flow);
/* Returns whether host is our address on a registered connection. */
bool ua_registered_from(const struct ua *ua, struct span host);
/* Returns the Service-Route of the first address's registrar, or NULL. */
const char *ua_routes(void *arg);

#endif
