/*
 * Certificates in the handshake: judges the peer's by keys/trust, and chooses
 * the domain certificate that we show.
 */
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "keys/x509/identity.h"
#include "src/net/tls_priv.h"

/* Certificates in a chain; a longer one is refused unread. */
enum { PEER_CHAIN = 16 };

/* --- judging -------------------------------------------------------------- */

/* A chain in DER, the peer's own certificate first. */
struct chain {
	struct span certs[PEER_CHAIN];
	size_t count;
};

static int
tls_chain_der(STACK_OF(X509) *certs, struct chain *out, struct err *e)
{
	int n = sk_X509_num(certs);

	*out = (struct chain){.count = 0};
	if (n > PEER_CHAIN)
		return err_set(e, EX_NOPERM,
		    "it showed a chain of %d certificates; at most %d are "
		    "accepted",
		    n, (int)PEER_CHAIN);
	while (out->count < (size_t)(n < 0 ? 0 : n)) {
		unsigned char *der = NULL;
		int len = i2d_X509(sk_X509_value(certs, (int)out->count), &der);

		if (len < 0)
			return err_ssl(
			    e, EX_NOPERM, "its certificate cannot be read");
		out->certs[out->count++] = (struct span){der, (size_t)len};
	}
	return 0;
}

static void
tls_chain_free(struct chain *c)
{
	for (size_t i = 0; i < c->count; i++)
		OPENSSL_free((void *)(uintptr_t)c->certs[i].p);
}

/* Judges the stapled OCSP response, or that there is none (empty). */
static int
tls_judge_staple(const struct tls_context *c, const char *host,
    const struct chain *chain, struct span staple, struct err *e)
{
	if (staple.n == 0)
		staple.p = NULL;
	return trust_stapled(c->s.ks, c->s.policy, chain->certs, chain->count,
	    staple, span_str(host), e);
}

int
tls_judge_server(const struct tls_context *c, const char *host,
    STACK_OF(X509) *certs, struct span staple, struct err *e)
{
	struct chain chain;
	int rc = tls_chain_der(certs, &chain, e);

	if (rc == 0)
		rc = trust_server(c->s.ks, c->s.policy, chain.certs,
		    chain.count, span_str(host), e);
	if (rc == 0)
		rc = tls_judge_staple(c, host, &chain, staple, e);
	tls_chain_free(&chain);
	return rc;
}

int
tls_judge_client(
    const struct tls_context *c, STACK_OF(X509) *certs, struct err *e)
{
	struct chain chain;
	int rc = tls_chain_der(certs, &chain, e);

	if (rc == 0)
		rc = trust_client(
		    c->s.ks, c->s.policy, chain.certs, chain.count, e);
	tls_chain_free(&chain);
	return rc;
}

/* Judges a client's certificate. Where one is only asked for, a person's counts
 * as none: some clients show the one that signs their messages. */
static int
tls_judge_caller(struct tls *t, STACK_OF(X509) *certs, struct err *e)
{
	struct tls_context *c = t->context;
	struct chain chain;
	int rc = tls_chain_der(certs, &chain, e);

	if (rc == 0 && c->s.client_certs == TLS_ASK &&
	    trust_is_persons(chain.certs, chain.count)) {
		t->cert_ignored = true;
		c->s.note(c->s.arg, false,
		    "a TLS client showed a person's certificate, which proves "
		    "no host: it counts as one that showed none");
	} else if (rc == 0)
		rc = trust_client(
		    c->s.ks, c->s.policy, chain.certs, chain.count, e);
	tls_chain_free(&chain);
	return rc;
}

/* Judges the certificate in the handshake. A server's stapled response comes
 * later: tls_on_ocsp_response judges it. */
static int
tls_judge_shown(struct tls *t, STACK_OF(X509) *certs, struct err *e)
{
	struct chain chain;
	int rc;

	if (!t->client)
		return tls_judge_caller(t, certs, e);
	rc = tls_chain_der(certs, &chain, e);
	if (rc == 0)
		rc = trust_server(t->context->s.ks, t->context->s.policy,
		    chain.certs, chain.count, span_str(t->host), e);
	tls_chain_free(&chain);
	return rc;
}

/* OpenSSL's cert_verify_callback. */
static int
tls_verify_peer(X509_STORE_CTX *store, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
	    store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *t = SSL_get_app_data(ssl);
	struct err e = {0};

	(void)arg;
	if (tls_judge_shown(t, X509_STORE_CTX_get0_untrusted(store), &e) == 0) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	err_keep(&t->refusal, &e);
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

/* OpenSSL's tlsext_status_cb, which runs once in each handshake of a client,
 * with or without a response. For a resumed session tls_session_offer has
 * judged the response of the first handshake. */
static int
tls_on_ocsp_response(SSL *ssl, void *arg)
{
	struct tls *t = SSL_get_app_data(ssl);
	const unsigned char *p = NULL;
	long n = SSL_get_tlsext_status_ocsp_resp(ssl, &p);
	struct chain chain;
	struct err e = {0};
	int rc;

	(void)arg;
	if (SSL_session_reused(ssl) == 1)
		return 1;
	if (p != NULL && n > 0)
		buf_add(&t->staple, p, (size_t)n);
	rc = tls_chain_der(SSL_get_peer_cert_chain(ssl), &chain, &e);
	if (rc == 0)
		rc = tls_judge_staple(
		    t->context, t->host, &chain, span_buf(&t->staple), &e);
	tls_chain_free(&chain);
	if (rc != 0)
		err_keep(&t->refusal, &e);
	return rc == 0;
}

/* --- showing -------------------------------------------------------------- */

static int
tls_use_domain(SSL *ssl, const struct trust_domain *d, struct err *e)
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
tls_show_domain(
    struct tls_context *c, SSL *ssl, const char *host, struct err *e)
{
	struct trust_domain d;
	int rc;

	if (trust_domain_get(c->s.ks, host, &d, e) == -1)
		return -1;
	rc = tls_use_domain(ssl, &d, e);
	trust_domain_free(&d);
	if (rc == -1)
		return err_in(e, "domain certificate of %s", host);
	return 0;
}

/* OpenSSL's cert_cb of a server: shows the certificate of the name in the
 * client's SNI, else the default one. */
static int
tls_choose_certificate(SSL *ssl, void *arg)
{
	struct tls_context *c = arg;
	struct tls *t = SSL_get_app_data(ssl);
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	struct err e = {0};

	if (name == NULL || !trust_has_domain(c->s.ks, name))
		name = t->host;
	if (tls_show_domain(c, ssl, name, &e) == 0)
		return 1;
	err_keep(&t->refusal, &e);
	return 0;
}

/* Shows h's certificate. Where the key store has none, or it is for servers
 * only and would be refused, none is shown: returns 0 with the reason in
 * note. Returns -1, with e, if it cannot be used. */
static int
tls_show_client_cert(struct tls *t, const struct tls_client_cert *h,
    struct err *note, struct err *e)
{
	struct tls_context *c = t->context;
	struct trust_domain d;
	int rc = 0;

	if (!trust_has_domain(c->s.ks, h->domain)) {
		(void)err_set(note, EX_NOPERM,
		    "the key store has no domain certificate of %s", h->domain);
		return 0;
	}
	if (trust_domain_get(c->s.ks, h->domain, &d, e) == -1)
		return -1;
	if (trust_for_client(span_buf(&d.cert))) {
		t->cert_shown = true;
		rc = tls_use_domain(t->ssl, &d, e);
	} else
		(void)err_set(note, EX_NOPERM,
		    "the domain certificate of %s is not for TLS clients, so "
		    "it is not shown",
		    h->domain);
	trust_domain_free(&d);
	return rc;
}

/* OpenSSL's cert_cb of a client: the server requests a certificate. */
static int
tls_on_cert_request(SSL *ssl, void *arg)
{
	struct tls *t = SSL_get_app_data(ssl);
	struct tls_context *c = t->context;
	const struct tls_client_cert *h = c->certs;
	struct err note = {0}, e = {0};

	(void)arg;
	t->cert_requested = true;
	while (h != NULL && !host_equal(span_str(h->host), span_str(t->host)))
		h = h->next;
	if (h == NULL)
		(void)err_set(&note, EX_NOPERM,
		    "only the proxy and the registrar are shown one");
	else if (tls_show_client_cert(t, h, &note, &e) == -1) {
		err_keep(&t->refusal, &e);
		return 0;
	}
	if (note.exit != 0) {
		(void)err_in(
		    &note, "the server of %s asks for a certificate", t->host);
		c->s.note(c->s.arg, false, note.text);
	}
	return 1;
}

int
tls_choose_default(struct tls_context *c, const char *const *hosts,
    const char **shown, struct err *e)
{
	const char *wanted = *hosts;
	SSL *ssl;
	int rc;

	while (*hosts != NULL && !trust_has_domain(c->s.ks, *hosts))
		hosts++;
	if (*hosts == NULL) {
		(void)err_set(e, EX_CONFIG,
		    "the key store has no domain certificate of %s to show",
		    wanted);
		return err_because(e, CAUSE_NO_DOMAIN_CERT, wanted);
	}
	*shown = *hosts;
	/* A certificate that cannot be used is an error now, not when the first
	 * client connects. */
	ssl = SSL_new(c->server);
	if (ssl == NULL)
		return err_ssl(e, EX_SOFTWARE, "cannot make a TLS connection");
	rc = tls_show_domain(c, ssl, *shown, e);
	SSL_free(ssl);
	return rc;
}

/* --- contexts ------------------------------------------------------------- */

void
tls_peer_set_up(struct tls_context *c)
{
	int mode = c->s.client_certs == TLS_NO ? SSL_VERIFY_NONE
	    : c->s.client_certs == TLS_REQUIRE
	    ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
	    : SSL_VERIFY_PEER;

	SSL_CTX_set_verify(c->client, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_verify(c->server, mode, NULL);
	SSL_CTX_set_cert_verify_callback(c->client, tls_verify_peer, NULL);
	SSL_CTX_set_cert_verify_callback(c->server, tls_verify_peer, NULL);
	SSL_CTX_set_cert_cb(c->client, tls_on_cert_request, NULL);
	SSL_CTX_set_cert_cb(c->server, tls_choose_certificate, c);
	(void)SSL_CTX_set_tlsext_status_type(c->client, TLSEXT_STATUSTYPE_ocsp);
	(void)SSL_CTX_set_tlsext_status_cb(c->client, tls_on_ocsp_response);
}
