/*
 * Prints handshake messages and alerts of TLS 1.2 (RFC 5246, 7) and 1.3
 * (RFC 8446, 4).
 */
#include <string.h>

#include "keys/x509/cert_words.h"
#include "src/base/text.h"
#include "src/show/ssldump_priv.h"

static bool
ssldump_is_13(const struct ssldump_message *m)
{
	return m->conn->version >= SSLDUMP_TLS13;
}

/* Returns whether the name of the cipher suite begins with prefix: in TLS 1.2
 * it tells the key exchange. */
static bool
ssldump_suite_is(const struct ssldump_message *m, const char *prefix)
{
	struct buf name = {0};
	bool is;

	ssldump_name(&name, SSLDUMP_SUITES, m->conn->suite);
	is = strncmp((const char *)name.p, prefix, strlen(prefix)) == 0;
	buf_free(&name);
	return is;
}

/* Appends only the length of what is left. */
static void
ssldump_skip(struct ssldump_reader *r)
{
	if (r->left.n > 0) {
		ssldump_line(r->m, SSLDUMP_FIELD, "%s", "");
		ssldump_length(r->m, r->left.n, false);
		buf_adds(r->m->out, " bytes\n");
	}
	r->left = span_cut(r->left, r->left.n, r->left.n);
}

static void
ssldump_message_extensions(struct ssldump_reader *r, unsigned message)
{
	struct ssldump_reader list = ssldump_vector(r, 2, "the extensions");

	if (list.left.n > 0)
		ssldump_line(r->m, SSLDUMP_FIELD, "extensions\n");
	ssldump_extensions(&list, message);
}

/* --- certificates --------------------------------------------------------- */

/* Appends a line about a certificate. Its serial number is random. Its digest
 * is left out: it is not part of the message, and too long for the line. */
static void
ssldump_certificate_line(struct ssldump_message *m, struct span line)
{
	bool random = span_starts_nocase(line, "serial: ");

	if (span_starts_nocase(line, "SHA-256: "))
		return;
	if (random && m->hide)
		line = span_cut(line, 0, span_find(line, ' ', 0) + 1);
	ssldump_line(m, SSLDUMP_ITEM, "%s", "");
	text_escape(m->out, line, false);
	buf_adds(m->out, random && m->hide ? "<random>\n" : "\n");
}

static void
ssldump_certificate(struct ssldump_message *m, struct span der)
{
	struct buf text = {0};

	ssldump_line(m, SSLDUMP_FIELD, "certificate");
	ssldump_length(m, der.n, false);
	ssldump_end(m);
	if (!cert_words_der(&text, der))
		ssldump_line(m, SSLDUMP_ITEM, "it cannot be read\n");
	for (size_t at = 0, end; at < text.n; at = end + 1) {
		end = span_find(span_buf(&text), '\n', at);
		ssldump_certificate_line(m, span_cut(span_buf(&text), at, end));
	}
	buf_free(&text);
}

static void
ssldump_certificates(struct ssldump_reader *r)
{
	struct ssldump_reader list, one;

	if (ssldump_is_13(r->m))
		(void)ssldump_vector(r, 1, "the request's context");
	list = ssldump_vector(r, 3, "the certificates");
	if (list.left.n == 0 && r->m->broken == NULL)
		ssldump_line(r->m, SSLDUMP_FIELD, "none\n");
	while (list.left.n > 0) {
		one = ssldump_vector(&list, 3, "a certificate");
		if (one.left.n > 0)
			ssldump_certificate(r->m, one.left);
		if (ssldump_is_13(r->m))
			ssldump_message_extensions(&list, SSLDUMP_CERTIFICATE);
	}
}

static void
ssldump_certificate_status(struct ssldump_reader *r)
{
	unsigned long kind;

	if (!ssldump_number(r, 1, "its type", &kind))
		return;
	ssldump_line(r->m, SSLDUMP_FIELD,
	    kind == 1 ? "OCSP response" : "status of another kind");
	ssldump_length(
	    r->m, ssldump_vector(r, 3, "the response").left.n, false);
	ssldump_end(r->m);
}

/* Appends the fields of TLS 1.2 that became extensions: signature algorithms by
 * name, and the number of authorities. */
static void
ssldump_request_12(struct ssldump_reader *r)
{
	struct ssldump_message *m = r->m;
	struct ssldump_reader list;
	size_t count = 0;
	unsigned long v;

	list = ssldump_vector(r, 1, "the certificate types");
	ssldump_line(m, SSLDUMP_FIELD, "certificate_types");
	while (list.left.n > 0 &&
	    ssldump_number(&list, 1, "the certificate types", &v))
		ssldump_word(m,
		    v == 1        ? "rsa_sign"
			: v == 2  ? "dss_sign"
			: v == 64 ? "ecdsa_sign"
				  : "another");
	list = ssldump_vector(r, 2, "the signature algorithms");
	ssldump_line(m, SSLDUMP_FIELD, "signature_algorithms");
	while (list.left.n > 0 &&
	    ssldump_number(&list, 2, "the signature algorithms", &v))
		ssldump_name_word(m, SSLDUMP_SIGNATURE_NAMES, v);
	list = ssldump_vector(r, 2, "the certificate authorities");
	for (; list.left.n > 0; count++)
		(void)ssldump_vector(&list, 2, "the certificate authorities");
	ssldump_line(
	    m, SSLDUMP_FIELD, "certificate_authorities of %zu\n", count);
}

static void
ssldump_request(struct ssldump_reader *r)
{
	if (!ssldump_is_13(r->m)) {
		ssldump_request_12(r);
		return;
	}
	(void)ssldump_vector(r, 1, "the request's context");
	ssldump_message_extensions(r, SSLDUMP_REQUEST);
}

/* --- keys ----------------------------------------------------------------- */

static void
ssldump_signature(struct ssldump_reader *r)
{
	unsigned long v;

	if (!ssldump_number(r, 2, "the signature algorithm", &v))
		return;
	ssldump_line(r->m, SSLDUMP_FIELD, "algorithm");
	ssldump_name_word(r->m, SSLDUMP_SIGNATURE_NAMES, v);
	ssldump_random(r->m, SSLDUMP_FIELD, "signature",
	    ssldump_vector(r, 2, "the signature").left, false);
}

/* RFC 8422, 5.4; RFC 5246, 7.4.3. */
static void
ssldump_server_key(struct ssldump_reader *r)
{
	static const char what[] = "the public key";
	unsigned long kind, group;

	if (ssldump_suite_is(r->m, "TLS_ECDHE_PSK_") ||
	    ssldump_suite_is(r->m, "TLS_DHE_PSK_"))
		ssldump_skip(r);
	else if (ssldump_suite_is(r->m, "TLS_ECDHE_")) {
		if (!ssldump_number(r, 1, "the curve", &kind) ||
		    !ssldump_number(r, 2, "the curve", &group))
			return;
		ssldump_line(r->m, SSLDUMP_FIELD, "curve");
		ssldump_name_word(r->m, SSLDUMP_GROUP_NAMES, group);
		ssldump_random(r->m, SSLDUMP_FIELD, "public_key",
		    ssldump_vector(r, 1, what).left, true);
		ssldump_signature(r);
	} else if (ssldump_suite_is(r->m, "TLS_DHE_")) {
		ssldump_line(r->m, SSLDUMP_FIELD, "prime");
		ssldump_length(
		    r->m, ssldump_vector(r, 2, "the prime").left.n, true);
		(void)ssldump_vector(r, 2, "the generator");
		ssldump_random(r->m, SSLDUMP_FIELD, "public_key",
		    ssldump_vector(r, 2, what).left, false);
		ssldump_signature(r);
	} else
		ssldump_skip(r);
}

static void
ssldump_client_key(struct ssldump_reader *r)
{
	static const char what[] = "the public key";

	r->m->varies = true;
	if (ssldump_suite_is(r->m, "TLS_RSA_WITH_"))
		ssldump_random(r->m, SSLDUMP_FIELD, "EncryptedPreMasterSecret",
		    ssldump_vector(r, 2, "the secret").left, true);
	else if (ssldump_suite_is(r->m, "TLS_ECDHE_") &&
	    !ssldump_suite_is(r->m, "TLS_ECDHE_PSK_"))
		ssldump_random(r->m, SSLDUMP_FIELD, "public_key",
		    ssldump_vector(r, 1, what).left, true);
	else if (ssldump_suite_is(r->m, "TLS_DHE_") &&
	    !ssldump_suite_is(r->m, "TLS_DHE_PSK_"))
		ssldump_random(r->m, SSLDUMP_FIELD, "public_key",
		    ssldump_vector(r, 2, what).left, false);
	else
		ssldump_skip(r);
}

static void
ssldump_new_ticket(struct ssldump_reader *r)
{
	struct ssldump_message *m = r->m;
	bool is13 = ssldump_is_13(m);
	unsigned long v;

	if (!ssldump_number(r, 4, "the lifetime", &v))
		return;
	ssldump_line(m, SSLDUMP_FIELD, "lifetime %lu s\n", v);
	if (is13) {
		ssldump_random(m, SSLDUMP_FIELD, "ticket_age_add",
		    ssldump_bytes(r, 4, "what is added to its age"), true);
		ssldump_random(m, SSLDUMP_FIELD, "ticket_nonce",
		    ssldump_vector(r, 1, "the nonce").left, true);
	}
	ssldump_random(m, SSLDUMP_FIELD, "ticket",
	    ssldump_vector(r, 2, "the ticket").left, false);
	if (is13)
		ssldump_message_extensions(r, SSLDUMP_NEW_TICKET);
}

static void
ssldump_finished(struct ssldump_reader *r)
{
	ssldump_random(r->m, SSLDUMP_FIELD, "verify_data",
	    ssldump_bytes(r, r->left.n, "verify_data"), true);
}

static void
ssldump_key_update(struct ssldump_reader *r)
{
	unsigned long v;

	if (ssldump_number(r, 1, "whether one is asked for", &v))
		ssldump_line(r->m, SSLDUMP_FIELD, "%s\n",
		    v == 0 ? "update_not_requested" : "update_requested");
}

/* --- all of them ---------------------------------------------------------- */

static void
ssldump_fields(struct ssldump_reader *r, unsigned long type, bool retry)
{
	switch (type) {
	case SSLDUMP_CLIENT_HELLO:
		ssldump_client_hello(r);
		break;
	case SSLDUMP_SERVER_HELLO:
		ssldump_server_hello(r, retry);
		break;
	case SSLDUMP_NEW_TICKET:
		ssldump_new_ticket(r);
		break;
	case SSLDUMP_ENCRYPTED:
		ssldump_message_extensions(r, SSLDUMP_ENCRYPTED);
		break;
	case SSLDUMP_CERTIFICATE:
		ssldump_certificates(r);
		break;
	case SSLDUMP_SERVER_KEY:
		ssldump_server_key(r);
		break;
	case SSLDUMP_REQUEST:
		ssldump_request(r);
		break;
	case SSLDUMP_VERIFY:
		ssldump_signature(r);
		break;
	case SSLDUMP_CLIENT_KEY:
		ssldump_client_key(r);
		break;
	case SSLDUMP_FINISHED:
		ssldump_finished(r);
		break;
	case SSLDUMP_CERT_STATUS:
		ssldump_certificate_status(r);
		break;
	case SSLDUMP_KEY_UPDATE:
		ssldump_key_update(r);
		break;
	case SSLDUMP_HELLO_REQUEST:
	case SSLDUMP_HELLO_DONE:
		break;
	default:
		ssldump_skip(r);
		break;
	}
}

/* Reports a message that is too short or too long. */
static void
ssldump_tell_end(struct ssldump_message *m, const struct ssldump_reader *r)
{
	ssldump_end(m);
	if (m->broken != NULL)
		ssldump_line(
		    m, SSLDUMP_FIELD, "it breaks off in %s\n", m->broken);
	else if (r->left.n > 0)
		ssldump_line(m, SSLDUMP_FIELD,
		    "%zu bytes more than it should have\n", r->left.n);
}

void
ssldump_handshake(struct ssldump_message *m, struct span s, bool decrypted)
{
	struct ssldump_reader r = {m, s}, body;
	unsigned long type, n;
	bool retry;

	if (!ssldump_number(&r, 1, "its type", &type)) {
		ssldump_tell_end(m, &r);
		return;
	}
	ssldump_line(m, SSLDUMP_NAME, "%s", "");
	ssldump_name(m->out, SSLDUMP_MESSAGE_NAMES, (unsigned)type);
	body = (struct ssldump_reader){.m = m};
	if (ssldump_number(&r, 3, "its length", &n))
		body.left = span_cut(r.left, 0, n);
	retry = type == SSLDUMP_SERVER_HELLO && ssldump_is_retry(body.left);
	buf_addf(m->out, "%s%s\n", retry ? " (HelloRetryRequest)" : "",
	    decrypted ? ", decrypted" : "");
	if (m->broken == NULL) {
		ssldump_fields(&body, type, retry);
		/* No field was cut off, but the message is. */
		if (r.left.n < n && m->broken == NULL)
			m->broken = "its end";
		if (r.left.n > n)
			body.left.n += r.left.n - n;
	}
	ssldump_tell_end(m, &body);
}

void
ssldump_alert(struct ssldump_message *m, struct span s, bool decrypted)
{
	struct ssldump_reader r = {m, s};
	unsigned long v;

	ssldump_line(
	    m, SSLDUMP_NAME, "Alert%s\n", decrypted ? ", decrypted" : "");
	if (ssldump_number(&r, 1, "the level", &v))
		ssldump_line(m, SSLDUMP_FIELD, "level %s\n",
		    v == 1       ? "warning"
			: v == 2 ? "fatal"
				 : "unknown");
	if (ssldump_number(&r, 1, "the description", &v)) {
		ssldump_line(m, SSLDUMP_FIELD, "description ");
		ssldump_name(m->out, SSLDUMP_ALERT_NAMES, (unsigned)v);
		ssldump_end(m);
	}
	ssldump_tell_end(m, &r);
}
