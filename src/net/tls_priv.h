/*
 * Private to src/net/tls*.c.
 *
 * Calls go down this list: tls.c; tls_session.c, tls_watch.c; tls_peer.c;
 * tls_text.c, tls_keylog.c.
 */
#ifndef SIGNET_SRC_NET_TLS_PRIV_H
#define SIGNET_SRC_NET_TLS_PRIV_H

#include <openssl/ssl.h>

#include "src/net/addr.h"
#include "src/net/tls.h"

/* A server that we show the certificate of domain; see tls_add_client_cert. */
struct tls_client_cert {
	char *host, *domain;
	struct tls_client_cert *next;
};

struct tls_context {
	SSL_CTX *client, *server;
	struct tls_settings s;
	struct tls_client_cert *certs;
	struct tls_kept *kept; /* sessions, most recently used first */
	const char *keylog; /* path of SSLKEYLOGFILE, or NULL */
	int keylog_fd; /* -1 until the first secret */
	unsigned count; /* connections so far */
	tls_event_fn *watch; /* see tls_watch; NULL: nobody watches */
	void *watch_arg;
};

/* The last record of one direction. */
struct tls_record {
	unsigned type, version, inner;
	size_t length;
	bool waits; /* not reported yet: a message may end in it */
};

/* The state of tls_watch for a connection; [1] is what we send. */
struct tls_watched {
	bool on;
	struct addr local, peer;
	struct tls_record records[2];
	bool fin[2]; /* reported */
};

struct tls {
	SSL *ssl;
	struct tls_context *context;
	bool client;
	char *host; /* client: the server's name; server: the host whose
	             * certificate is shown by default */
	struct err_kept refusal; /* why a callback of ours refused the peer */
	bool cert_requested; /* client: the server requested a certificate */
	bool cert_shown; /* client: we showed one */
	bool cert_ignored; /* server: the client showed a person's */
	unsigned version; /* chosen by the ServerHello, 0 before it */
	unsigned suite; /* likewise */
	unsigned alert_version; /* record version of the peer's first alert */
	struct buf staple; /* the OCSP response, or empty */
	unsigned number; /* counts the context's connections, from 1 */
	uint64_t flow; /* the number that its caller gave */
	struct tls_watched watched;
};

/* --- tls_peer.c: certificates in the handshake ---------------------------- */

void tls_peer_set_up(struct tls_context *c);
/* Judges, as of now, the chain and the stapled OCSP response (empty: none) that
 * the server host showed. 0, or -1 with EX_NOPERM. */
int tls_judge_server(const struct tls_context *c, const char *host,
    STACK_OF(X509) *chain, struct span staple, struct err *e);
/* Judges the chain of a client. */
int tls_judge_client(
    const struct tls_context *c, STACK_OF(X509) *chain, struct err *e);

/* --- tls_session.c: resumption -------------------------------------------- */

void tls_session_set_up(struct tls_context *c);
void tls_session_free(struct tls_context *c);
/* Offers the server the session kept for it, if its certificate is still
 * good. */
void tls_session_offer(struct tls *t);

/* --- tls_text.c: reasons of failures for people --------------------------- */

void tls_text_set_up(struct tls_context *c);
/* An OpenSSL msg_callback: keeps the version and suite of the ServerHello, and
 * the version of an alert, before OpenSSL may refuse them. */
void tls_text_on_message(int out, int version, int type, const void *data,
    size_t n, SSL *ssl, void *arg);
/* Fills e with why the handshake or the connection failed: our own refusal if
 * there was one, else by OpenSSL's error queue and errno. kind is what
 * SSL_get_error returned. */
void tls_text_failure(struct tls *t, int kind, struct err *e);

/* --- tls_watch.c: events for tls_watch ------------------------------------ */

/* Reports that the TCP connection is open. */
void tls_watch_begin(struct tls *t);

/* --- tls_keylog.c: SSLKEYLOGFILE ------------------------------------------ */

void tls_keylog_set_up(struct tls_context *c);
void tls_keylog_free(struct tls_context *c);

#endif
