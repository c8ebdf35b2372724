/*
 * Session resumption (RFC 8446, 2.2; RFC 5077). The certificate of the first
 * handshake is judged again before its session is resumed.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/x509.h>

#include "keys/x509/identity.h"
#include "src/net/tls_priv.h"

enum {
	SESSION_KEPT = 64, /* servers whose session is kept */
	SESSION_TIMEOUT = 3600 /* s */
};

/* A session of a server, with the chain and the OCSP response that the server
 * showed in the full handshake. */
struct tls_kept {
	char *host;
	SSL_SESSION *session;
	STACK_OF(X509) *chain;
	struct buf staple;
	struct tls_kept *next;
};

/* --- as a client ---------------------------------------------------------- */

static void
tls_kept_free(struct tls_kept *k)
{
	free(k->host);
	SSL_SESSION_free(k->session);
	sk_X509_pop_free(k->chain, X509_free);
	buf_free(&k->staple);
	free(k);
}

/* Takes the session of host out of the list; NULL if there is none. */
static struct tls_kept *
tls_kept_take(struct tls_context *c, const char *host)
{
	for (struct tls_kept **p = &c->kept; *p != NULL; p = &(*p)->next) {
		struct tls_kept *k = *p;

		if (host_equal(span_str(k->host), span_str(host))) {
			*p = k->next;
			return k;
		}
	}
	return NULL;
}

/* Puts k at the front; frees the least recently used beyond SESSION_KEPT. */
static void
tls_kept_put(struct tls_context *c, struct tls_kept *k)
{
	size_t count = 0;

	k->next = c->kept;
	c->kept = k;
	for (struct tls_kept **p = &c->kept; *p != NULL; p = &(*p)->next)
		if (++count == SESSION_KEPT && (*p)->next != NULL) {
			tls_kept_free((*p)->next);
			(*p)->next = NULL;
		}
}

/* OpenSSL's new_session_cb: keeps the session. Returns 1 if it takes over the
 * reference. */
static int
tls_on_session(SSL *ssl, SSL_SESSION *session)
{
	struct tls *t = SSL_get_app_data(ssl);
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
	struct tls_kept *k;

	if (t == NULL || chain == NULL ||
	    SSL_SESSION_is_resumable(session) != 1)
		return 0;
	k = tls_kept_take(t->context, t->host);
	if (k != NULL)
		tls_kept_free(k);
	k = xcalloc(1, sizeof(*k));
	k->host = xstrdup(t->host);
	k->session = session;
	k->chain = X509_chain_up_ref(chain);
	buf_addspan(&k->staple, span_buf(&t->staple));
	tls_kept_put(t->context, k);
	return 1;
}

void
tls_session_offer(struct tls *t)
{
	struct tls_kept *k = tls_kept_take(t->context, t->host);
	struct err ignored;

	if (k == NULL)
		return;
	/* The certificate may have been revoked or expired since, or the OCSP
	 * response be too old. Then a full handshake says what is wrong. */
	if (k->chain == NULL || SSL_SESSION_is_resumable(k->session) != 1 ||
	    tls_judge_server(t->context, t->host, k->chain,
		span_buf(&k->staple), &ignored) == -1 ||
	    SSL_set_session(t->ssl, k->session) != 1) {
		tls_kept_free(k);
		return;
	}
	buf_addspan(&t->staple, span_buf(&k->staple));
	/* A ticket of TLS 1.3 is used once, so that observers cannot link two
	 * connections by it (RFC 8446, C.4). */
	if (SSL_SESSION_get_protocol_version(k->session) >= TLS1_3_VERSION)
		tls_kept_free(k);
	else
		tls_kept_put(t->context, k);
}

/* --- as a server ---------------------------------------------------------- */

/* OpenSSL's ticket callback: a ticket of ours came back and was decrypted. The
 * client certificate in it is judged again, with the CA certificates in the key
 * store. If that fails the ticket is ignored: a full handshake then brings the
 * whole chain, or says what is wrong. */
static SSL_TICKET_RETURN
tls_on_ticket(SSL *ssl, SSL_SESSION *session, const unsigned char *name,
    size_t name_len, SSL_TICKET_STATUS status, void *arg)
{
	STACK_OF(X509) *chain;
	struct err ignored;
	X509 *peer;
	bool good;

	(void)name;
	(void)name_len;
	if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW)
		return SSL_TICKET_RETURN_IGNORE_RENEW;
	peer = SSL_SESSION_get0_peer(session);
	if (peer != NULL) {
		chain = sk_X509_new_null();
		good = chain != NULL && sk_X509_push(chain, peer) > 0 &&
		    tls_judge_client(arg, chain, &ignored) == 0;
		sk_X509_free(chain);
		if (!good)
			return SSL_TICKET_RETURN_IGNORE_RENEW;
	}
	return status == SSL_TICKET_SUCCESS_RENEW ||
		SSL_version(ssl) >= TLS1_3_VERSION
	    ? SSL_TICKET_RETURN_USE_RENEW
	    : SSL_TICKET_RETURN_USE;
}

/* --- contexts ------------------------------------------------------------- */

void
tls_session_set_up(struct tls_context *c)
{
	static const unsigned char us[] = "signet";

	(void)SSL_CTX_set_session_cache_mode(
	    c->client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(c->client, tls_on_session);
	/* As server we keep no session: tickets hold them, encrypted with a key
	 * that lives as long as the process. One for a connection is enough. */
	(void)SSL_CTX_set_session_cache_mode(c->server, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_session_id_context(c->server, us, sizeof(us) - 1);
	(void)SSL_CTX_set_num_tickets(c->server, 1);
	(void)SSL_CTX_set_session_ticket_cb(c->server, NULL, tls_on_ticket, c);
	(void)SSL_CTX_set_timeout(c->server, SESSION_TIMEOUT);
	(void)SSL_CTX_set_timeout(c->client, SESSION_TIMEOUT);
}

void
tls_session_free(struct tls_context *c)
{
	while (c->kept != NULL) {
		struct tls_kept *k = c->kept;

		c->kept = k->next;
		tls_kept_free(k);
	}
}
