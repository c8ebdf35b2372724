/*
 * The request sender: takes a request to one final response, or to one reason
 * why there will be none (RFC 3261, 8.1; RFC 3263, 4).
 *
 * It resolves the next hop, tries the targets one after the other, races two
 * address families (RFC 8305), answers challenges for our own accounts, and
 * follows redirections. It does not know what a request is about: whoever
 * sends one writes it and says what its failures mean.
 */
#ifndef SIGNET_SRC_UA_SENDER_H
#define SIGNET_SRC_UA_SENDER_H

#include "src/app/config.h"
#include "src/dns/resolve.h"
#include "src/ua/format.h"
#include "src/ua/request.h"
#include "src/ua/transaction.h"

struct sender; /* what all requests of a user agent share */
struct sender_job; /* one request, from its first try to its last */

/* All borrowed for the sender's life. */
struct sender_parts {
	struct loop *loop;
	const struct config *config;
	struct transport *transport;
	struct resolver *resolver;
	struct transactions *transactions;
	const struct ua_format *format;
	const struct aor *aors; /* our accounts */
	size_t aor_count;
	/* The value of a Route field that our registrar asks for now (RFC
	 * 3608), or NULL. */
	const char *(*service_route)(void *arg);
	/* The password of an account was refused, or is missing; see
	 * auth_refused_fn. */
	void (*refused)(void *arg, const struct aor *who, const char *words);
	void *arg;
};

struct sender *sender_new(const struct sender_parts *parts);
/* Its jobs must be gone. */
void sender_free(struct sender *s);

/* Reads the password of account who, where that was not done yet. This may
 * wait for a person. EX_CONFIG. */
int sender_password(struct sender *s, const struct aor *who, struct err *e);
/* From now on nobody is asked on the terminal. */
void sender_ask_nobody(struct sender *s);
/* Takes what a person typed as the password of who. */
void sender_type_password(
    struct sender *s, const struct aor *who, struct span typed);
/* Wipes the password of who: it is read again when a server asks for it. */
void sender_forget_password(struct sender *s, const struct aor *who);

/* A connection of ours has opened: of two that race, it wins. */
void sender_opened(struct sender *s, uint64_t flow);

/* Finds the first hop of a request to uri, by the settings and the registration
 * now, and appends its URI to hop. */
enum sender_way { SENDER_STRAIGHT, SENDER_PROXY, SENDER_REGISTRAR };
enum sender_way sender_hop(
    const struct sender *s, const char *uri, struct buf *hop);
/* Resolves a hop for somebody who only wants to know; see resolve_uri. */
struct resolve_query *sender_resolve(
    struct sender *s, const struct uri *hop, resolve_fn *fn, void *arg);

/* How a request ended. All borrowed for the call. */
struct sender_result {
	const struct sip_msg *response; /* the final response, or NULL */
	/* The status and phrase of the last final response, which may be that
	 * of a target before the last; 0 and "" without one. */
	int status;
	const char *phrase;
	/* ms of the loop's clock: a server asked not to be tried before
	 * (Retry-After); 0: none did. */
	uint64_t not_before;
	/* Why it failed, exit 0 for a 2xx. cause is the failure of all tries
	 * that tells a person most, with its target. */
	const struct err *why, *cause;
};

/* What a request keeps in all its tries. */
struct sender_identity {
	const char *call_id, *from_tag;
	uint32_t cseq;
};

/* A request to be sent; all is borrowed for the job's life. */
struct sender_request {
	const char *method;
	const char *uri; /* the Request-URI */
	const char *to, *from; /* sip or sips URIs of AORs */
	const struct aor *who; /* of the accounts, whose credentials it bears;
	                        * NULL: nobody's */
	const char *at; /* the one target, "tls:127.0.0.1:5061"; NULL: as the
	                 * URI says */
	/* Of tries before this job; NULL: it gets a new one. */
	const struct sender_identity *identity;
	bool service_route; /* it goes by our registrar's Service-Route */
	/* It may be done twice: each try has a CSeq of its own, and any error
	 * of a server leads to the next target. Otherwise all tries are one
	 * request to whoever gets it: they keep Call-ID, CSeq and From tag. */
	bool repeatable;

	/* Appends the whole request as it leaves by kind from local. */
	int (*write)(void *arg, const struct request *r,
	    enum verdict_transport kind, const struct addr *local,
	    struct buf *out, struct err *e);
	/* Says what a final response means, in why; exit 0 for success.
	 * retried: an earlier try may have been received. */
	void (*explain)(void *arg, const struct sip_msg *response, bool retried,
	    struct err *why);
	/* A challenge has raised its CSeq. Returns whether the next try waits for
	 * sender_job_go. May be NULL. */
	bool (*renumbered)(void *arg);
	/* It is on its way to a target: its connection is open. Told for each
	 * target. May be NULL. */
	void (*left)(void *arg);
	/* It has ended. The job may be freed, or started again. */
	void (*done)(void *arg, const struct sender_result *result);
	void *arg;
};

/* A job with a Call-ID and a From tag of its own, which it keeps. Nothing is
 * sent yet. */
struct sender_job *sender_job_new(
    struct sender *s, const struct sender_request *request);
/* Without a word to anybody; job may be NULL. */
void sender_job_free(struct sender_job *job);

/* From its next start on the job goes by flow, a connection that the peer
 * opened, without a Route or anybody's credentials; NULL: where its URI leads.
 * flow is copied. */
void sender_job_by(struct sender_job *job, const struct flow_ref *flow);
/* Sends it, or sends it again: from the resolution of its URI on. done may be
 * called before this returns. */
void sender_job_start(struct sender_job *job);
/* Sends it again to the target that answered last; one that was redirected
 * starts anew. done is never called before this returns. */
void sender_job_again(struct sender_job *job);
/* Makes the try that renumbered holds back. */
void sender_job_go(struct sender_job *job);
/* Gives it up: done is not called. */
void sender_job_stop(struct sender_job *job);

/* Returns whether it is under way. */
bool sender_job_busy(const struct sender_job *job);
const char *sender_job_call_id(const struct sender_job *job);
/* Its identity now; the strings are borrowed from the job. */
struct sender_identity sender_job_identity(const struct sender_job *job);
/* "tls:127.0.0.1:5061": the target of the last try, "" before the first. */
void sender_job_target(const struct sender_job *job, char out[TARGET_TEXT]);
/* The flow of the last try, and our address on it. */
const struct flow_ref *sender_job_flow(const struct sender_job *job);
const struct addr *sender_job_local(const struct sender_job *job);

#endif
