/*
 * TLS: a record layer over a connected socket, and whom it lets in
 * (RFC 8446, RFC 5246; names as draft-ietf-sip-sec-flows-01 section 8 asks).
 *
 * Peers are judged by keys/trust inside the handshake, so that a connection
 * with a bad certificate is never completed.
 */
#ifndef SIGNET_SRC_NET_TLS_H
#define SIGNET_SRC_NET_TLS_H

#include "keys/store/keystore.h"
#include "keys/trust/trust.h"

struct tls_context; /* what all connections of a user agent share */
struct tls; /* one connection */
struct tls_event;

/* Whether a listener wants the certificates of those who call. */
enum tls_client_certs { TLS_ASK, TLS_REQUIRE, TLS_NO };

/* Something that a person should know (problem) or may want to know; words
 * may hold wire text. */
typedef void tls_note_fn(void *arg, bool problem, const char *words);

struct tls_settings {
	struct keystore *ks; /* borrowed for the context's life */
	const struct policy *policy; /* the same */
	enum tls_client_certs client_certs;
	unsigned max; /* the highest version, 0x0303: TLS 1.2; 0: the newest */
	tls_note_fn *note;
	void *arg;
};

enum tls_result {
	TLS_OK,
	TLS_WANT_READ,
	TLS_WANT_WRITE,
	TLS_CLOSED, /* the peer ended it in good order */
	TLS_FAILED /* err says why; EX_NOPERM for a certificate */
};

/* Where the environment's SSLKEYLOGFILE names a file, the secrets of all
 * connections are added to it, and a note says so once. */
int tls_context_new(
    const struct tls_settings *s, struct tls_context **out, struct err *e);
void tls_context_free(struct tls_context *c);

/* Tells fn of each record of the connections that begin from now on, and of
 * their TCP connections; NULL tells nobody. fn runs inside OpenSSL's callback: it
 * must not call tls_*. */
typedef void tls_event_fn(void *arg, const struct tls_event *event);
void tls_watch(struct tls_context *c, tls_event_fn *fn, void *arg);

/* Servers of the name host, the proxy or a registrar, that ask for a
 * certificate are shown the one of the domain, where the key store has it. No
 * other server is shown any. */
void tls_add_client_cert(
    struct tls_context *c, struct span host, const char *domain);

/* Makes sure that a certificate can be shown by a listener and chooses whose
 * it shows to clients that ask for no name (or for one that we do not have):
 * *shown is the first of hosts, a NULL-ended list, that the key store has.
 * EX_CONFIG when it has none. */
int tls_choose_default(struct tls_context *c, const char *const *hosts,
    const char **shown, struct err *e);

/* fd is borrowed. flow is a number that who watches knows the connection by.
 * host is the domain of the URI that was resolved, or an address; it goes out
 * as SNI unless it is numeric. */
int tls_client(struct tls_context *c, int fd, uint64_t flow, const char *host,
    struct tls **out, struct err *e);
/* shown is what tls_choose_default chose for the listener. */
int tls_server(struct tls_context *c, int fd, uint64_t flow, const char *shown,
    struct tls **out, struct err *e);
void tls_free(struct tls *t);

enum tls_result tls_handshake(struct tls *t, struct err *e);
/* At most cap bytes; *n is how many when the result is TLS_OK. */
enum tls_result tls_read(
    struct tls *t, void *p, size_t cap, size_t *n, struct err *e);
/* Whether bytes wait inside, which poll(2) does not see. */
bool tls_pending(const struct tls *t);
enum tls_result tls_write(
    struct tls *t, struct span s, size_t *n, struct err *e);
/* Says goodbye (close_notify) without waiting for the peer's. */
void tls_shutdown(struct tls *t);

/* For who watches: our side of the TCP connection has been ended in order, or
 * the peer's has; and: fd is about to be closed, which ends it so where nothing
 * that came is unread. */
void tls_fin(struct tls *t, bool ours);
void tls_closing(struct tls *t);

/* Whether it is a client's connection to us whose certificate was judged and
 * is good. */
bool tls_mutual(const struct tls *t);

/* "TLSv1.3 TLS_AES_256_GCM_SHA384", "resumed" where it goes on with an earlier
 * session; on lines below, the name that was asked for and the peer's
 * certificate. Wire text, for the caller to free. */
char *tls_describe(const struct tls *t);

#endif
