/*
 * Reasons why TLS failed, for people: the old version or suites that a peer
 * offered, or a refused certificate.
 */
#include <errno.h>
#include <string.h>

#include <openssl/err.h>

#include "src/net/tls_priv.h"

enum {
	TEXT_SUITES = 4, /* kinds of old suites that are named */
	SERVER_HELLO = 2 /* handshake type (RFC 5246, 7.4) */
};

static const char *
tls_version_name(unsigned version)
{
	switch (version) {
	case 0x0002:
		return "SSL 2.0";
	case SSL3_VERSION:
		return "SSL 3.0";
	case TLS1_VERSION:
		return "TLS 1.0";
	case TLS1_1_VERSION:
		return "TLS 1.1";
	default:
		return version > TLS1_1_VERSION && version >> 8 == 3 ? "TLS 1.2"
								     : "no TLS";
	}
}

/* Returns the weak algorithm of an old cipher suite, or NULL. */
static const char *
tls_suite_kind(unsigned suite)
{
	switch (suite) {
	case 0x0004:
	case 0x0005:
	case 0x0018:
	case 0xc002:
	case 0xc007:
	case 0xc00c:
	case 0xc011:
	case 0xc016:
		return "RC4";
	case 0x000a:
	case 0x000d:
	case 0x0010:
	case 0x0013:
	case 0x0016:
	case 0x001b:
	case 0xc003:
	case 0xc008:
	case 0xc00d:
	case 0xc012:
	case 0xc017:
		return "3DES";
	case 0x0001:
	case 0x0002:
	case 0x003b:
	case 0xc001:
	case 0xc006:
	case 0xc00b:
	case 0xc010:
	case 0xc015:
		return "NULL";
	case 0x0003:
	case 0x0006:
	case 0x0008:
	case 0x0009:
	case 0x000b:
	case 0x000c:
	case 0x000e:
	case 0x000f:
	case 0x0011:
	case 0x0012:
	case 0x0014:
	case 0x0015:
	case 0x0017:
	case 0x0019:
	case 0x001a:
		return "DES";
	default:
		return NULL;
	}
}

/* --- the ClientHello ------------------------------------------------------ */

/* Returns the highest version in the ClientHello, without those of GREASE
 * (RFC 8701). Versions above TLS 1.3 are fine. */
static unsigned
tls_offered_version(SSL *ssl)
{
	unsigned best = SSL_client_hello_get0_legacy_version(ssl);
	const unsigned char *p;
	size_t n;

	if (SSL_client_hello_isv2(ssl))
		return 0x0002;
	if (SSL_client_hello_get0_ext(
		ssl, TLSEXT_TYPE_supported_versions, &p, &n) != 1)
		return best;
	best = 0;
	for (size_t i = 1; i + 1 < n; i += 2) {
		unsigned v = (unsigned)p[i] << 8 | p[i + 1];

		if (v > best && (v & 0x0f0f) != 0x0a0a)
			best = v;
	}
	return best;
}

/* Returns whether the client offers a suite that we accept. If not, kinds lists
 * the weak algorithms that it offers. */
static bool
tls_offers_ours(SSL *ssl, struct buf *kinds)
{
	STACK_OF(SSL_CIPHER) *ours = SSL_get_ciphers(ssl);
	const char *told[TEXT_SUITES] = {NULL};
	const unsigned char *p;
	size_t n = SSL_client_hello_get0_ciphers(ssl, &p), count = 0;

	for (size_t i = 0; i + 1 < n; i += 2) {
		const SSL_CIPHER *c = SSL_CIPHER_find(ssl, p + i);
		const char *kind = tls_suite_kind(
		    (unsigned)p[i] << 8 | p[i + 1]);
		size_t k = 0;

		if (c != NULL && sk_SSL_CIPHER_find(ours, c) >= 0)
			return true;
		while (k < count && told[k] != kind)
			k++;
		if (kind == NULL || k < count || count == TEXT_SUITES)
			continue;
		told[count++] = kind;
		buf_addf(kinds, "%s%s", count > 1 ? ", " : "", kind);
	}
	return false;
}

static int
tls_client_hello(SSL *ssl, int *alert, void *arg)
{
	struct tls *t = SSL_get_app_data(ssl);
	unsigned version = tls_offered_version(ssl);
	struct buf kinds = {0};
	struct err e;
	bool ours;

	(void)arg;
	if (version < TLS1_2_VERSION) {
		(void)err_set(&e, EX_UNAVAILABLE,
		    "the client offers %s at most; TLS 1.2 is needed",
		    tls_version_name(version));
		err_keep(&t->refusal, &e);
		*alert = SSL_AD_PROTOCOL_VERSION;
		return SSL_CLIENT_HELLO_ERROR;
	}
	ours = tls_offers_ours(ssl, &kinds);
	if (!ours) {
		(void)err_set(&e, EX_UNAVAILABLE,
		    "the client offers no cipher suite that is safe today%s%s",
		    kinds.n > 0 ? ", but " : "",
		    kinds.n > 0 ? (const char *)kinds.p : "");
		err_keep(&t->refusal, &e);
		*alert = SSL_AD_HANDSHAKE_FAILURE;
	}
	buf_free(&kinds);
	return ours ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
}

/* --- the ServerHello ------------------------------------------------------ */

void
tls_text_on_message(int out, int version, int type, const void *data, size_t n,
    SSL *ssl, void *arg)
{
	struct tls *t = SSL_get_app_data(ssl);
	const unsigned char *p = data;
	size_t at;

	(void)version;
	(void)arg;
	if (out != 0 || t == NULL)
		return;
	if (type == SSL3_RT_HEADER && n >= 3 && p[0] == SSL3_RT_ALERT &&
	    t->alert_version == 0)
		t->alert_version = (unsigned)p[1] << 8 | p[2];
	/* Type, length of 3 bytes, version, random of 32, session id. */
	if (type != SSL3_RT_HANDSHAKE || n < 39 || p[0] != SERVER_HELLO)
		return;
	t->version = (unsigned)p[4] << 8 | p[5];
	at = 39 + (size_t)p[38];
	if (at + 2 <= n)
		t->suite = (unsigned)p[at] << 8 | p[at + 1];
}

/* --- failures ------------------------------------------------------------- */

/* Returns the exit status for the oldest error of OpenSSL's queue. */
static int
tls_exit_status(unsigned long code)
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
	case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
		return EX_NOPERM;
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_HTTP_REQUEST:
	case SSL_R_PACKET_LENGTH_TOO_LONG:
	case SSL_R_EXCESSIVE_MESSAGE_SIZE:
	case SSL_R_UNEXPECTED_MESSAGE:
		return EX_PROTOCOL;
	default:
		return EX_UNAVAILABLE;
	}
}

/* Explains a failure that comes from an old server. False if it is another. */
static bool
tls_text_old_server(const struct tls *t, int reason, struct err *e)
{
	const char *kind = tls_suite_kind(t->suite);

	switch (reason) {
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_WRONG_SSL_VERSION:
		if (t->version == 0 || t->version >= TLS1_2_VERSION)
			return false;
		(void)err_set(e, EX_UNAVAILABLE,
		    "the server of %s speaks %s at most; TLS 1.2 is needed",
		    t->host, tls_version_name(t->version));
		return true;
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		(void)err_set(e, EX_UNAVAILABLE,
		    "the server of %s does not speak TLS 1.2 or later%s%s",
		    t->host,
		    t->alert_version < TLS1_2_VERSION ? "; it answers in " : "",
		    t->alert_version < TLS1_2_VERSION
			? tls_version_name(t->alert_version)
			: "");
		return true;
	case SSL_R_WRONG_CIPHER_RETURNED:
	case SSL_R_UNKNOWN_CIPHER_RETURNED:
		(void)err_set(e, EX_UNAVAILABLE,
		    "the server of %s chose a cipher suite (%04X%s%s) that "
		    "was not offered: it is not safe today",
		    t->host, t->suite, kind != NULL ? ", " : "",
		    kind != NULL ? kind : "");
		return true;
	default:
		return false;
	}
}

/* Explains an alert of a server, whose number alone says little. False if it is
 * another. */
static bool
tls_text_alert(const struct tls *t, int reason, struct err *e)
{
	if (reason != SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE &&
	    reason != SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED)
		return false;
	if (t->cert_requested && !t->cert_shown)
		(void)err_set(e, EX_NOPERM,
		    "the server of %s requires a client certificate, and we "
		    "showed none",
		    t->host);
	else if (t->version == 0)
		(void)err_set(e, EX_UNAVAILABLE,
		    "the server of %s accepts none of the cipher suites that "
		    "are safe today; it may support only old ones, such as "
		    "RC4 and 3DES",
		    t->host);
	else
		return false;
	return true;
}

void
tls_text_failure(struct tls *t, int kind, struct err *e)
{
	unsigned long code = ERR_peek_error();
	int lib = ERR_GET_LIB(code), reason = ERR_GET_REASON(code);
	int exit = tls_exit_status(code);

	if (t->refusal.exit != 0)
		err_recall(&t->refusal, e);
	else if (kind == SSL_ERROR_SYSCALL && code == 0 && errno != 0)
		(void)err_system(e, EX_UNAVAILABLE, errno);
	else if ((kind == SSL_ERROR_SYSCALL && code == 0) ||
	    (lib == ERR_LIB_SSL &&
		reason == SSL_R_UNEXPECTED_EOF_WHILE_READING))
		(void)err_set(e, EX_UNAVAILABLE, "the connection was cut off");
	else if (lib == ERR_LIB_SSL && t->client &&
	    (tls_text_old_server(t, reason, e) || tls_text_alert(t, reason, e)))
		;
	else if (lib == ERR_LIB_SSL &&
	    reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
		(void)err_set(e, exit,
		    "the client showed no certificate, and client-certs is "
		    "require");
	else if (exit == EX_NOPERM)
		(void)err_ssl(e, exit, "%s refused our certificate",
		    t->client ? "the server" : "the client");
	else
		(void)err_ssl(e, exit, "TLS failed");
}

void
tls_text_set_up(struct tls_context *c)
{
	SSL_CTX_set_client_hello_cb(c->server, tls_client_hello, NULL);
	SSL_CTX_set_msg_callback(c->client, tls_text_on_message);
}
