#include "tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "../keys/uri.h"

/* A chain longer than this is nobody's: refused before it is judged. */
enum { TLS_CHAIN = 16 };

struct tls_context {
	SSL_CTX *client, *server;
	struct keystore *ks;
	const struct policy *policy;
};

struct tls {
	SSL *ssl;
	struct tls_context *context;
	char *host;     /* whom the client wants; in a server, whose certificate
	                 * is shown by default */
	struct err why; /* what the verification or the choice found */
};

/* --- verification of a server's certificate -------------------------------- */

static int
chain_der(STACK_OF(X509) *certs, struct span *chain, size_t *count,
    struct err *e)
{
	int n = sk_X509_num(certs);

	if (n > TLS_CHAIN)
		return err_set(e, EX_NOPERM,
		    "it showed a chain of %d certificates, and %d are more "
		    "than enough",
		    n, (int)TLS_CHAIN);
	for (*count = 0; *count < (size_t)n; ++*count) {
		unsigned char *der = NULL;
		int len =
		    i2d_X509(sk_X509_value(certs, (int)*count), &der);

		if (len < 0)
			return err_ssl(e, EX_NOPERM,
			    "its certificate cannot be read");
		chain[*count] = (struct span){der, (size_t)len};
	}
	return 0;
}

static int
judge_server(struct tls *t, X509_STORE_CTX *store)
{
	struct span chain[TLS_CHAIN] = {{NULL, 0}};
	STACK_OF(X509) *certs = X509_STORE_CTX_get0_untrusted(store);
	size_t count = 0;
	int rc = chain_der(certs, chain, &count, &t->why);

	if (rc == 0)
		rc = trust_server(t->context->ks, t->context->policy, chain,
		    count, span_str(t->host), &t->why);
	for (size_t i = 0; i < count; i++)
		OPENSSL_free((void *)(uintptr_t)chain[i].p);
	return rc;
}

static int
verify(X509_STORE_CTX *store, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store,
	    SSL_get_ex_data_X509_STORE_CTX_idx());

	(void)arg;
	if (judge_server(SSL_get_app_data(ssl), store) == 0)
		return 1;
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

/* --- the certificate a listener shows --------------------------------------- */

static int
use_domain(SSL *ssl, const struct keystore_domain *d, struct err *e)
{
	const unsigned char *key = d->key.p;
	EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &key, (long)d->key.n);
	int ok = pkey != NULL &&
	    SSL_use_certificate_ASN1(ssl, d->cert.p, (int)d->cert.n) == 1 &&
	    SSL_use_PrivateKey(ssl, pkey) == 1;

	EVP_PKEY_free(pkey);
	for (size_t i = 0; ok && i < d->above_count; i++) {
		const unsigned char *p = d->above[i].p;
		X509 *x = d2i_X509(NULL, &p, (long)d->above[i].n);

		ok = x != NULL && SSL_add1_chain_cert(ssl, x) == 1;
		X509_free(x);
	}
	if (!ok)
		return err_ssl(e, EX_CONFIG, "it cannot be used for TLS");
	return 0;
}

static int
show_domain(struct tls_context *c, SSL *ssl, const char *host, struct err *e)
{
	struct keystore_domain d;
	int rc;

	if (keystore_domain(c->ks, host, &d, e) == -1)
		return -1;
	rc = use_domain(ssl, &d, e);
	keystore_domain_free(&d);
	if (rc == -1)
		return err_in(e, "domain certificate of %s", host);
	return 0;
}

static int
choose_certificate(SSL *ssl, void *arg)
{
	struct tls_context *c = arg;
	struct tls *t = SSL_get_app_data(ssl);
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	if (name == NULL || !keystore_has_domain(c->ks, name))
		name = t->host;
	return show_domain(c, ssl, name, &t->why) == 0;
}

int
tls_serve(struct tls_context *c, const char *const *hosts,
    const char **shown, struct err *e)
{
	const char *wanted = *hosts;
	SSL *ssl;
	int rc;

	while (*hosts != NULL && !keystore_has_domain(c->ks, *hosts))
		hosts++;
	if (*hosts == NULL)
		return err_set(e, EX_CONFIG,
		    "the key store has no domain certificate of %s to show; "
		    "import one, or make one with signet keys new %s",
		    wanted, wanted);
	*shown = *hosts;
	/* What is wrong with it is said now, not to the first who calls. */
	ssl = SSL_new(c->server);
	if (ssl == NULL)
		return err_ssl(e, EX_SOFTWARE, "no TLS connection can be made");
	rc = show_domain(c, ssl, *shown, e);
	SSL_free(ssl);
	return rc;
}

/* --- contexts --------------------------------------------------------------- */

static SSL_CTX *
context_new(const SSL_METHOD *method, const struct policy *policy)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (ctx == NULL)
		return NULL;
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	if (policy->legacy)
		SSL_CTX_set_security_level(ctx, 0);
	(void)SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
		SSL_MODE_RELEASE_BUFFERS);
	/* A record's header and body in one read(2), and the next one's. */
	SSL_CTX_set_read_ahead(ctx, 1);
	(void)SSL_CTX_set_options(ctx,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		SSL_OP_CIPHER_SERVER_PREFERENCE);
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	return ctx;
}

int
tls_context_new(struct keystore *ks, const struct policy *policy,
    struct tls_context **out, struct err *e)
{
	struct tls_context *c = xcalloc(1, sizeof(*c));

	c->ks = ks;
	c->policy = policy;
	c->client = context_new(TLS_client_method(), policy);
	c->server = context_new(TLS_server_method(), policy);
	if (c->client == NULL || c->server == NULL) {
		tls_context_free(c);
		return err_ssl(e, EX_SOFTWARE, "TLS cannot be set up");
	}
	SSL_CTX_set_verify(c->client, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(c->client, verify, NULL);
	SSL_CTX_set_cert_cb(c->server, choose_certificate, c);
	/* No session is kept here, so one ticket a connection is plenty. */
	(void)SSL_CTX_set_num_tickets(c->server, 1);
	*out = c;
	return 0;
}

void
tls_context_free(struct tls_context *c)
{
	if (c == NULL)
		return;
	SSL_CTX_free(c->client);
	SSL_CTX_free(c->server);
	free(c);
}

/* --- connections ------------------------------------------------------------ */

static int
connection_new(struct tls_context *c, SSL_CTX *ctx, int fd, struct tls **out,
    struct err *e)
{
	struct tls *t = xcalloc(1, sizeof(*t));

	t->context = c;
	t->ssl = SSL_new(ctx);
	if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1) {
		tls_free(t);
		return err_ssl(e, EX_SOFTWARE, "no TLS connection can be made");
	}
	SSL_set_app_data(t->ssl, t);
	*out = t;
	return 0;
}

int
tls_client(struct tls_context *c, int fd, const char *host, struct tls **out,
    struct err *e)
{
	enum uri_host_kind kind;
	struct tls *t;

	if (connection_new(c, c->client, fd, &t, e) == -1)
		return -1;
	t->host = xstrdup(host);
	if (uri_host_kind(span_str(host), &kind) && kind == HOST_NAME &&
	    SSL_set_tlsext_host_name(t->ssl, host) != 1) {
		tls_free(t);
		return err_ssl(e, EX_DATAERR, "%s cannot be asked for", host);
	}
	SSL_set_connect_state(t->ssl);
	*out = t;
	return 0;
}

int
tls_server(struct tls_context *c, int fd, const char *shown, struct tls **out,
    struct err *e)
{
	if (connection_new(c, c->server, fd, out, e) == -1)
		return -1;
	(*out)->host = xstrdup(shown);
	SSL_set_accept_state((*out)->ssl);
	return 0;
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	free(t->host);
	free(t);
}

/* --- input and output ------------------------------------------------------- */

/* What the error at the front of OpenSSL's queue means for an exit status:
 * the peer refused our certificate, or speaks no TLS at all. */
static int
cause(unsigned long code)
{
	if (ERR_GET_LIB(code) != ERR_LIB_SSL)
		return EX_UNAVAILABLE;
	switch (ERR_GET_REASON(code)) {
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
	case SSL_R_SSLV3_ALERT_NO_CERTIFICATE:
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
	case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
		return EX_NOPERM;
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_HTTP_REQUEST:
	case SSL_R_PACKET_LENGTH_TOO_LONG:
	case SSL_R_UNEXPECTED_MESSAGE:
		return EX_PROTOCOL;
	default:
		return EX_UNAVAILABLE;
	}
}

static enum tls_result
failed(struct tls *t, int kind, struct err *e)
{
	unsigned long code = ERR_peek_error();

	if (t->why.exit != 0)
		*e = t->why;
	else if (kind == SSL_ERROR_SYSCALL && code == 0)
		(void)err_set(e, EX_UNAVAILABLE, "%s",
		    errno == 0 ? "the connection was cut off"
			       : strerror(errno));
	else if (ERR_GET_LIB(code) == ERR_LIB_SSL &&
	    ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
		(void)err_set(e, EX_UNAVAILABLE, "the connection was cut off");
	else
		(void)err_ssl(e, cause(code), "TLS failed");
	ERR_clear_error();
	return TLS_FAILED;
}

static enum tls_result
result(struct tls *t, int rc, struct err *e)
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
		return failed(t, kind, e);
	}
}

/* SSL_get_error looks at the thread's error queue and errno, which must hold
 * nothing older than the call. */
static void
forget_errors(void)
{
	ERR_clear_error();
	errno = 0;
}

enum tls_result
tls_handshake(struct tls *t, struct err *e)
{
	forget_errors();
	return result(t, SSL_do_handshake(t->ssl), e);
}

enum tls_result
tls_read(struct tls *t, void *p, size_t cap, size_t *n, struct err *e)
{
	forget_errors();
	return result(t, SSL_read_ex(t->ssl, p, cap, n), e);
}

enum tls_result
tls_write(struct tls *t, struct span s, size_t *n, struct err *e)
{
	forget_errors();
	return result(t, SSL_write_ex(t->ssl, s.p, s.n, n), e);
}

bool
tls_pending(const struct tls *t)
{
	return SSL_has_pending(t->ssl) == 1;
}

void
tls_shutdown(struct tls *t)
{
	forget_errors();
	if (SSL_is_init_finished(t->ssl))
		(void)SSL_shutdown(t->ssl);
	ERR_clear_error();
}

char *
tls_describe(const struct tls *t)
{
	X509 *peer = SSL_get0_peer_certificate(t->ssl);
	char subject[256] = "";
	struct buf b = {0};

	if (peer != NULL)
		(void)X509_NAME_oneline(X509_get_subject_name(peer), subject,
		    sizeof(subject));
	buf_addf(&b, "%s %s", SSL_get_version(t->ssl),
	    SSL_get_cipher_name(t->ssl));
	if (subject[0] != '\0')
		buf_addf(&b, ", certificate of %s", subject);
	return (char *)b.p;
}
