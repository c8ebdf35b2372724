/*
 * Transactions (RFC 3261, 17).
 *
 * A client transaction is one request to one target; by UDP it runs in osip's
 * non-INVITE state machine, which sends it again (17.1.2). A server transaction lives
 * until its final response, and a copy of the request that comes later is found
 * in reply_cache.h, so it needs neither timers nor a machine (17.2.2).
 */
#ifndef SIGNET_SRC_UA_TRANSACTION_H
#define SIGNET_SRC_UA_TRANSACTION_H

#include "src/base/loop.h"
#include "src/net/transport.h"
#include "src/sip/sip.h"
#include "src/ua/trace.h"

/* Timers of RFC 3261, 17, in ms; libosip2 is held to them. Whatever else waits
 * for an answer follows from Timer F. */
enum {
	SIP_T1 = 500, /* a round trip */
	SIP_T2 = 4000, /* the longest pause between two retransmissions */
	SIP_T4 = 5000, /* a message stays in the network so long */
	SIP_TIMER_F = 64 * SIP_T1 /* a request gets its answer within it */
};

struct transactions; /* of one user agent */
struct client_transaction;
struct server_transaction;

/* A provisional or final response, which is borrowed; or NULL and why there
 * will be none: EX_TEMPFAIL after Timer F, EX_UNAVAILABLE for the transport.
 * After a final response or NULL the transaction is gone. */
typedef void transaction_fn(
    void *arg, const struct sip_msg *response, const struct err *why);

/* All borrowed for its life. */
int transactions_new(struct loop *loop, struct transport *transport,
    struct trace *trace, struct transactions **out, struct err *e);
/* Ends all of them; no fn is called. */
void transactions_free(struct transactions *ts);

/* Sends request, whose bytes are copied, and again until there is an answer
 * or the time is up. fn never runs before this returns. NULL and e when it
 * cannot even be sent. */
struct client_transaction *transaction_request(struct transactions *ts,
    const struct flow_ref *route, struct span request, transaction_fn *fn,
    void *arg, struct err *e);
/* Gives it up: fn will not be called. */
void transaction_abandon(struct client_transaction *ct);
/* Gives a response to the transaction whose request it answers: branch and
 * method (17.1.3), and also Call-ID and From tag. False: nobody's. Takes
 * response in either case. */
bool transaction_response(struct transactions *ts, struct sip_msg *response);

/* Begins a transaction for request, which it takes. NULL when request only
 * repeats one that is still unanswered (17.2.3); it is freed then. */
struct server_transaction *transaction_accept(struct transactions *ts,
    const struct flow_ref *route, struct sip_msg *request);
/* The request, until the answer. */
const struct sip_msg *transaction_get_request(
    const struct server_transaction *st);
const struct flow_ref *transaction_route(const struct server_transaction *st);
/* Sends the final response, and ends the transaction. */
void transaction_answer(struct server_transaction *st, struct span response);

/* Fails the transaction whose branch a malformed response has, if any. */
void transaction_broken(struct transactions *ts, const struct sip_msg *response,
    const struct err *why);

/* Fails the client transactions on a flow that is lost. */
void transactions_lost(
    struct transactions *ts, uint64_t flow, const struct err *why);

/* Returns how many requests wait for our response; whether one of a flow
 * does. */
size_t transactions_unanswered(const struct transactions *ts);
bool transactions_owed(const struct transactions *ts, uint64_t flow);

#endif
