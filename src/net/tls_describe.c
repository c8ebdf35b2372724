/*
 * Describes an open TLS connection for a person.
 */
#include <stdlib.h>

#include "keys/x509/cert_words.h"
#include "src/net/tls_priv.h"

/* Appends the lines of SNI and ALPN. */
static void
tls_add_asked(struct buf *b, const struct tls *t)
{
	const char *name = SSL_get_servername(
	    t->ssl, TLSEXT_NAMETYPE_host_name);
	const unsigned char *alpn;
	unsigned n = 0;

	buf_adds(b, "asked for: ");
	if (name != NULL && *name != '\0')
		cert_words_text(b, span_str(name));
	else
		buf_adds(b, "no name");
	buf_adds(b, " (SNI)\n");
	SSL_get0_alpn_selected(t->ssl, &alpn, &n);
	if (n > 0) {
		buf_adds(b, "protocol: ");
		cert_words_text(b, (struct span){alpn, n});
		buf_adds(b, " (ALPN)\n");
	}
}

char *
tls_describe(const struct tls *t)
{
	X509 *peer = SSL_get0_peer_certificate(t->ssl);
	struct buf b = {0};

	buf_addf(&b, "%s %s%s\n", SSL_get_version(t->ssl),
	    SSL_get_cipher_name(t->ssl),
	    SSL_session_reused(t->ssl) == 1 ? ", resumed" : "");
	tls_add_asked(&b, t);
	if (peer == NULL)
		buf_addf(&b, "the %s showed no certificate\n",
		    t->client ? "server" : "client");
	else {
		buf_addf(&b, "certificate of the %s:\n",
		    t->client ? "server" : "client");
		cert_words(&b, peer, "  ");
	}
	return (char *)b.p;
}
