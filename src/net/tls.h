/*
 * TLS over a connected socket (RFC 8446, RFC 5246), with the checks of names
 * in certificates that draft-ietf-sip-sec-flows-01, section 8, asks for.
 *
 * keys/trust judges the peer's certificate inside the handshake, so that a
 * connection with a bad certificate is never completed.
 */
#ifndef SIGNET_SRC_NET_TLS_H
#define SIGNET_SRC_NET_TLS_H

#include "keys/store/keystore.h"
#include "keys/trust/trust.h"

struct tls_context; /* shared by all connections of a user agent */
struct tls; /* one connection */
struct tls_event;

/* How a listener treats client certificates. */
enum tls_client_certs { TLS_ASK, TLS_REQUIRE, TLS_NO };

/* Tells a person something: a problem, or just information. text is one line
 * and may hold text from the wire. */
typedef void tls_note_fn(void *arg, bool problem, const char *text);

struct tls_settings {
	struct keystore *ks; /* borrowed for the context's life */
	const struct policy *policy; /* borrowed likewise */
	enum tls_client_certs client_certs;
	unsigned max; /* highest version, 0x0303 is TLS 1.2; 0: the newest */
	tls_note_fn *note;
	void *arg;
};

enum tls_result {
	TLS_OK,
	TLS_WANT_READ,
	TLS_WANT_WRITE,
	TLS_CLOSED, /* the peer sent close_notify */
	TLS_FAILED /* err says why; EX_NOPERM: a certificate is refused */
};

/* Makes a context, for tls_context_free. If the environment variable
 * SSLKEYLOGFILE names a file, the secrets of all connections are appended to
 * it, and a note says so once. */
int tls_context_new(
    const struct tls_settings *s, struct tls_context **out, struct err *e);
void tls_context_free(struct tls_context *c);

/* Calls fn for each record of the connections that begin from now on, and for
 * the begin and end of their TCP connections; NULL ends that. fn runs inside
 * OpenSSL's callback: it must not call tls_*. */
typedef void tls_event_fn(void *arg, const struct tls_event *event);
void tls_watch(struct tls_context *c, tls_event_fn *fn, void *arg);

/* Shows the domain certificate of domain, if the key store has it, to servers
 * called host (the proxy or a registrar) that request a client certificate. No
 * other server is shown one. Copies both. */
void tls_add_client_cert(
    struct tls_context *c, struct span host, const char *domain);

/* Chooses the host whose certificate listeners show to clients that send no
 * SNI, or a name without a certificate here: *shown is the first of hosts, a
 * list ended by NULL, that has one in the key store. Checks that it can be used
 * for TLS. EX_CONFIG if there is none or it cannot be used. */
int tls_choose_default(struct tls_context *c, const char *const *hosts,
    const char **shown, struct err *e);

/* Begins a connection as client; for tls_free. fd is borrowed. flow is the
 * number that events name the connection by. host is the domain of the URI that
 * was resolved, or an address: the certificate must bear it, and it is sent as
 * SNI unless it is numeric. */
int tls_client(struct tls_context *c, int fd, uint64_t flow, const char *host,
    struct tls **out, struct err *e);
/* The same as server. shown is the host from tls_choose_default. */
int tls_server(struct tls_context *c, int fd, uint64_t flow, const char *shown,
    struct tls **out, struct err *e);
void tls_free(struct tls *t);

/* Continues the handshake, until TLS_OK. */
enum tls_result tls_handshake(struct tls *t, struct err *e);
/* Reads at most cap bytes; *n is their number if the result is TLS_OK. */
enum tls_result tls_read(
    struct tls *t, void *p, size_t cap, size_t *n, struct err *e);
/* Returns whether OpenSSL holds bytes already, which poll(2) does not show. */
bool tls_pending(const struct tls *t);
/* Writes bytes of s; *n is their number if the result is TLS_OK. */
enum tls_result tls_write(
    struct tls *t, struct span s, size_t *n, struct err *e);
/* Sends close_notify; does not wait for the peer's. */
void tls_shutdown(struct tls *t);

/* Reports the FIN that we sent (ours), or that the peer sent, to tls_watch's
 * fn, once each. */
void tls_fin(struct tls *t, bool ours);
/* Reports the FINs that closing fd, which is about to happen, means: the
 * kernel sends ours unless there are unread bytes. */
void tls_closing(struct tls *t);

/* Returns whether the peer is a client whose certificate was judged good. */
bool tls_mutual(const struct tls *t);
/* Returns whether tls_mutual is true and that certificate names host (RFC
 * 5923). */
bool tls_client_names(const struct tls *t, struct span host);

/* Returns lines about the connection, for free: version, cipher suite and
 * whether the session was resumed; SNI and ALPN; the peer's certificate. May
 * hold text from the wire. */
char *tls_describe(const struct tls *t);

#endif
