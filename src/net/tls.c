#include "src/net/tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "keys/x509/uri.h"
#include "src/net/tls_priv.h"

/* --- contexts ------------------------------------------------------------- */

static SSL_CTX *
tls_new_ctx(const SSL_METHOD *method, const struct tls_settings *s)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (ctx == NULL)
		return NULL;
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
	    (s->max != 0 &&
		SSL_CTX_set_max_proto_version(ctx, (int)s->max) != 1)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	if (s->policy->legacy)
		SSL_CTX_set_security_level(ctx, 0);
	(void)SSL_CTX_set_mode(ctx,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	/* Reads header and body of a record, and more records, in one
	 * read(2). */
	SSL_CTX_set_read_ahead(ctx, 1);
	(void)SSL_CTX_set_options(ctx,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		SSL_OP_CIPHER_SERVER_PREFERENCE);
	return ctx;
}

int
tls_context_new(
    const struct tls_settings *s, struct tls_context **out, struct err *e)
{
	struct tls_context *c = xcalloc(1, sizeof(*c));

	c->s = *s;
	c->keylog_fd = -1;
	c->client = tls_new_ctx(TLS_client_method(), s);
	c->server = tls_new_ctx(TLS_server_method(), s);
	if (c->client == NULL || c->server == NULL) {
		tls_context_free(c);
		return err_ssl(e, EX_SOFTWARE, "cannot set up TLS");
	}
	tls_peer_set_up(c);
	tls_session_set_up(c);
	tls_text_set_up(c);
	tls_keylog_set_up(c);
	*out = c;
	return 0;
}

void
tls_context_free(struct tls_context *c)
{
	if (c == NULL)
		return;
	tls_session_free(c);
	tls_keylog_free(c);
	SSL_CTX_free(c->client);
	SSL_CTX_free(c->server);
	while (c->certs != NULL) {
		struct tls_client_cert *h = c->certs;

		c->certs = h->next;
		free(h->host);
		free(h->domain);
		free(h);
	}
	free(c);
}

void
tls_add_client_cert(struct tls_context *c, struct span host, const char *domain)
{
	struct tls_client_cert **p = &c->certs;

	while (*p != NULL)
		p = &(*p)->next;
	*p = xcalloc(1, sizeof(**p));
	(*p)->host = xstrndup(host);
	(*p)->domain = xstrdup(domain);
}

/* --- connections ---------------------------------------------------------- */

static int
tls_connection_new(struct tls_context *c, SSL_CTX *ctx, int fd, uint64_t flow,
    struct tls **out, struct err *e)
{
	struct tls *t = xcalloc(1, sizeof(*t));

	t->context = c;
	t->number = ++c->count;
	t->flow = flow;
	t->ssl = SSL_new(ctx);
	if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1) {
		tls_free(t);
		return err_ssl(e, EX_SOFTWARE, "cannot make a TLS connection");
	}
	SSL_set_app_data(t->ssl, t);
	*out = t;
	return 0;
}

int
tls_client(struct tls_context *c, int fd, uint64_t flow, const char *host,
    struct tls **out, struct err *e)
{
	enum uri_host_kind kind;
	struct span name = span_str(host);
	char *sni;
	struct tls *t;
	int rc = 1;

	if (tls_connection_new(c, c->client, fd, flow, &t, e) == -1)
		return -1;
	t->client = true;
	t->host = xstrdup(host);
	/* RFC 6066, 3: SNI is no address and has no dot at the end. */
	if (uri_host_kind(name, &kind) && kind == HOST_NAME) {
		if (name.p[name.n - 1] == '.')
			name.n--;
		sni = xstrndup(name);
		rc = (int)SSL_set_tlsext_host_name(t->ssl, sni);
		free(sni);
	}
	if (rc != 1) {
		tls_free(t);
		return err_ssl(e, EX_DATAERR, "%s cannot be sent as SNI", host);
	}
	tls_session_offer(t);
	SSL_set_connect_state(t->ssl);
	tls_watch_begin(t);
	*out = t;
	return 0;
}

int
tls_server(struct tls_context *c, int fd, uint64_t flow, const char *shown,
    struct tls **out, struct err *e)
{
	if (tls_connection_new(c, c->server, fd, flow, out, e) == -1)
		return -1;
	(*out)->host = xstrdup(shown);
	SSL_set_accept_state((*out)->ssl);
	tls_watch_begin(*out);
	return 0;
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	free(t->host);
	err_kept_free(&t->refusal);
	buf_free(&t->staple);
	free(t);
}

/* --- input and output ----------------------------------------------------- */

static enum tls_result
tls_map_result(struct tls *t, int rc, struct err *e)
{
	int kind = SSL_get_error(t->ssl, rc);

	switch (kind) {
	case SSL_ERROR_NONE:
		return TLS_OK;
	case SSL_ERROR_WANT_READ:
		return TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_CLOSED;
	default:
		tls_text_failure(t, kind, e);
		ERR_clear_error();
		return TLS_FAILED;
	}
}

/* SSL_get_error reads the thread's error queue and errno: both must be empty
 * before the call that it is asked about. */
static void
tls_forget_errors(void)
{
	ERR_clear_error();
	errno = 0;
}

enum tls_result
tls_handshake(struct tls *t, struct err *e)
{
	tls_forget_errors();
	return tls_map_result(t, SSL_do_handshake(t->ssl), e);
}

enum tls_result
tls_read(struct tls *t, void *p, size_t cap, size_t *n, struct err *e)
{
	tls_forget_errors();
	return tls_map_result(t, SSL_read_ex(t->ssl, p, cap, n), e);
}

enum tls_result
tls_write(struct tls *t, struct span s, size_t *n, struct err *e)
{
	tls_forget_errors();
	return tls_map_result(t, SSL_write_ex(t->ssl, s.p, s.n, n), e);
}

bool
tls_pending(const struct tls *t)
{
	return SSL_has_pending(t->ssl) == 1;
}

void
tls_shutdown(struct tls *t)
{
	tls_forget_errors();
	if (SSL_is_init_finished(t->ssl))
		(void)SSL_shutdown(t->ssl);
	ERR_clear_error();
}

bool
tls_mutual(const struct tls *t)
{
	return !t->client && !t->cert_ignored &&
	    SSL_get0_peer_certificate(t->ssl) != NULL;
}

bool
tls_client_names(const struct tls *t, struct span host)
{
	const struct tls_context *c = t->context;
	unsigned char *der = NULL;
	int n = tls_mutual(t)
	    ? i2d_X509(SSL_get0_peer_certificate(t->ssl), &der)
	    : 0;
	bool names = n > 0 &&
	    trust_client_names(
		c->s.policy, (struct span){der, (size_t)n}, host);

	OPENSSL_free(der);
	return names;
}
