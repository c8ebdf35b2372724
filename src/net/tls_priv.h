/*
 * TLS as the files of it see it. Private to src/tls*.c.
 */
#ifndef SIGNET_SRC_NET_TLS_PRIV_H
#define SIGNET_SRC_NET_TLS_PRIV_H

#include <openssl/ssl.h>

#include "src/net/addr.h"
#include "src/net/tls.h"

/* A server to which we may show a certificate, and whose. */
struct tls_client_cert {
	char *host, *domain;
	struct tls_client_cert *next;
};

struct tls_context {
	SSL_CTX *client, *server;
	struct tls_settings s;
	struct tls_client_cert *certs;
	struct tls_kept *kept; /* sessions, the last used first */
	const char *keylog; /* SSLKEYLOGFILE, or NULL */
	int keylog_fd; /* -1 before the first secret */
	unsigned count; /* connections ever */
	tls_event_fn *watch; /* who watches, or NULL */
	void *watch_arg;
};

/* The record that went by last in one direction. */
struct tls_record {
	unsigned type, version, inner;
	size_t length;
	bool waits; /* for a message to tell it with */
};

/* What is kept of a connection for who watches; [1] is what we say. */
struct tls_watched {
	bool on;
	struct addr local, peer;
	struct tls_record records[2];
	bool fin[2]; /* told */
};

struct tls {
	SSL *ssl;
	struct tls_context *context;
	bool client;
	char *host; /* whom the client wants; in a server, whose certificate
	                 * is shown by default */
	int refused; /* the exit status of a refusal of ours, or 0 */
	char *refusal; /* why we refused the peer, or NULL */
	bool cert_requested,
	    cert_shown; /* of a client, for a certificate of ours */
	unsigned version; /* that the ServerHello chose, 0 before it */
	unsigned suite; /* the same */
	unsigned alert_version; /* of the record of the peer's first alert */
	struct buf staple; /* the OCSP response, empty without one */
	unsigned number; /* of the context's connections, from 1 */
	uint64_t flow; /* what its owner calls it */
	struct tls_watched watched;
};

/* --- tls_peer.c: what the peer shows, and what we do -------------------------- */

void tls_peer_set_up(struct tls_context *c);
/* Whether what a server of that name showed is good now. */
int tls_judge_server(const struct tls_context *c, const char *host,
    STACK_OF(X509) *chain, struct span staple, struct err *e);
/* The same of a client. */
int tls_judge_client(
    const struct tls_context *c, STACK_OF(X509) *chain, struct err *e);

/* --- tls_session.c: connections that go on with an earlier one ----------------- */

void tls_session_set_up(struct tls_context *c);
void tls_session_free(struct tls_context *c);
/* Offers t's server the session that is kept for it. */
void tls_session_offer(struct tls *t);

/* --- tls_text.c: failures as a person reads them ------------------------------ */

void tls_text_set_up(struct tls_context *c);
/* OpenSSL's msg_callback: looks at what comes to a client before OpenSSL judges
 * it. */
void tls_text_on_message(int out, int version, int type, const void *data,
    size_t n, SSL *ssl, void *arg);
/* Keeps why a callback of ours makes OpenSSL fail, for tls_text_failure. */
void tls_text_refuse(struct tls *t, const struct err *why);
/* Fills e with why the handshake or the connection failed: our own refusal if
 * there was one, else by OpenSSL's error queue and errno. kind is what
 * SSL_get_error returned. */
void tls_text_failure(struct tls *t, int kind, struct err *e);

/* --- tls_watch.c: TLS as it is spoken, for who watches --------------------------- */

/* The connection begins. */
void tls_watch_begin(struct tls *t);

/* --- tls_keylog.c ----------------------------------------------------------------- */

void tls_keylog_set_up(struct tls_context *c);
void tls_keylog_free(struct tls_context *c);

#endif
