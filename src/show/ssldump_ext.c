/*
 * Prints the extensions of TLS messages: names, and contents that matter.
 */
#include <stdio.h>

#include "src/show/ssldump_priv.h"

static bool
ssldump_is_list(const struct ssldump_reader *r)
{
	return r->left.n > 0;
}

/* Appends a list of two-byte numbers by name. */
static void
ssldump_ext_names(
    struct ssldump_reader *r, enum ssldump_table table, const char *what)
{
	struct ssldump_reader list = ssldump_vector(r, 2, what);
	unsigned long v;

	while (ssldump_is_list(&list) && ssldump_number(&list, 2, what, &v))
		ssldump_name_word(r->m, table, v);
}

/* Appends a list of one-byte numbers, of which the first count have names. */
static void
ssldump_small_names(struct ssldump_reader *r, const char *const *known,
    size_t count, const char *what)
{
	struct ssldump_reader list = ssldump_vector(r, 1, what);
	unsigned long v;
	char number[8];

	while (ssldump_is_list(&list) && ssldump_number(&list, 1, what, &v)) {
		(void)snprintf(number, sizeof(number), "%lu", v);
		ssldump_word(r->m, v < count ? known[v] : number);
	}
}

static void
ssldump_server_names(struct ssldump_reader *r)
{
	static const char what[] = "server_name";
	struct ssldump_reader list;
	unsigned long kind;

	/* In a server's message it is empty. */
	if (r->left.n == 0)
		return;
	list = ssldump_vector(r, 2, what);
	while (ssldump_is_list(&list) && ssldump_number(&list, 1, what, &kind))
		ssldump_text(r->m, ssldump_vector(&list, 2, what).left);
}

static void
ssldump_protocols(struct ssldump_reader *r)
{
	static const char what[] = "application_layer_protocol_negotiation";
	struct ssldump_reader list = ssldump_vector(r, 2, what);

	while (ssldump_is_list(&list))
		ssldump_text(r->m, ssldump_vector(&list, 1, what).left);
}

static void
ssldump_version(struct ssldump_reader *r, bool chosen)
{
	unsigned long v;
	char text[32];

	if (!ssldump_number(r, 2, "supported_versions", &v))
		return;
	(void)snprintf(text, sizeof(text), "%lu.%lu", v >> 8, v & 0xff);
	ssldump_word(r->m, text);
	if (chosen)
		r->m->conn->version = (unsigned)v;
}

static void
ssldump_versions(struct ssldump_reader *r, unsigned message)
{
	struct ssldump_reader list;

	if (message != SSLDUMP_CLIENT_HELLO) {
		ssldump_version(r, true);
		return;
	}
	list = ssldump_vector(r, 1, "supported_versions");
	while (ssldump_is_list(&list))
		ssldump_version(&list, false);
}

static void
ssldump_status(struct ssldump_reader *r, unsigned message)
{
	static const char what[] = "status_request";
	struct ssldump_reader response;
	unsigned long kind;

	if (r->left.n == 0 || !ssldump_number(r, 1, what, &kind))
		return;
	ssldump_word(r->m, kind == 1 ? "ocsp" : "of another kind");
	if (message == SSLDUMP_CERTIFICATE) {
		response = ssldump_vector(r, 3, what);
		ssldump_word(r->m, "response");
		ssldump_length(r->m, response.left.n, false);
	} else {
		(void)ssldump_vector(r, 2, what);
		(void)ssldump_vector(r, 2, what);
	}
}

static void
ssldump_share(struct ssldump_reader *r, bool key)
{
	static const char what[] = "key_share";
	struct buf name = {0};
	unsigned long group;

	if (!ssldump_number(r, 2, what, &group))
		return;
	if (!key) {
		ssldump_name_word(r->m, SSLDUMP_GROUP_NAMES, group);
		return;
	}
	ssldump_name(&name, SSLDUMP_GROUP_NAMES, (unsigned)group);
	ssldump_random(r->m, SSLDUMP_DETAIL, (const char *)name.p,
	    ssldump_vector(r, 2, what).left, true);
	buf_free(&name);
}

static void
ssldump_key_shares(struct ssldump_reader *r, unsigned message)
{
	struct ssldump_reader list;

	if (message != SSLDUMP_CLIENT_HELLO) {
		ssldump_share(r, message != SSLDUMP_RETRY);
		return;
	}
	list = ssldump_vector(r, 2, "key_share");
	while (ssldump_is_list(&list))
		ssldump_share(&list, true);
}

static void
ssldump_psks(struct ssldump_reader *r, unsigned message)
{
	static const char what[] = "pre_shared_key";
	struct ssldump_message *m = r->m;
	struct ssldump_reader list;
	unsigned long v;

	if (message != SSLDUMP_CLIENT_HELLO) {
		if (ssldump_number(r, 2, what, &v))
			buf_addf(m->out, " selected_identity %lu", v);
		return;
	}
	list = ssldump_vector(r, 2, what);
	while (ssldump_is_list(&list)) {
		ssldump_random(m, SSLDUMP_DETAIL, "identity",
		    ssldump_vector(&list, 2, what).left, false);
		if (!ssldump_number(&list, 4, what, &v))
			break;
		ssldump_line(m, SSLDUMP_DETAIL, "obfuscated_ticket_age ");
		if (m->hide)
			buf_adds(m->out, "<random>");
		else
			buf_addf(m->out, "%lu", v);
	}
	list = ssldump_vector(r, 2, what);
	while (ssldump_is_list(&list))
		ssldump_random(m, SSLDUMP_DETAIL, "binder",
		    ssldump_vector(&list, 1, what).left, true);
}

static void
ssldump_authorities(struct ssldump_reader *r)
{
	static const char what[] = "certificate_authorities";
	struct ssldump_reader list = ssldump_vector(r, 2, what);
	size_t count = 0;

	for (; ssldump_is_list(&list); count++)
		(void)ssldump_vector(&list, 2, what);
	buf_addf(r->m->out, " of %zu", count);
}

/* Prints the content of an extension and takes it off r. An unknown extension
 * is taken without a print. */
static void
ssldump_content(struct ssldump_reader *r, unsigned long type, unsigned message)
{
	static const char *const points[] = {"uncompressed",
	    "ansiX962_compressed_prime", "ansiX962_compressed_char2"};
	static const char *const modes[] = {"psk_ke", "psk_dhe_ke"};
	unsigned long v;

	switch (type) {
	case SSLDUMP_SERVER_NAME:
		ssldump_server_names(r);
		return;
	case SSLDUMP_STATUS:
		ssldump_status(r, message);
		return;
	case SSLDUMP_GROUPS:
		ssldump_ext_names(r, SSLDUMP_GROUP_NAMES, "supported_groups");
		return;
	case SSLDUMP_POINTS:
		ssldump_small_names(r, points, 3, "ec_point_formats");
		return;
	case SSLDUMP_SIGNATURES:
	case SSLDUMP_SIGNATURES_CERT:
		ssldump_ext_names(
		    r, SSLDUMP_SIGNATURE_NAMES, "signature_algorithms");
		return;
	case SSLDUMP_ALPN:
		ssldump_protocols(r);
		return;
	case SSLDUMP_VERSIONS:
		ssldump_versions(r, message);
		return;
	case SSLDUMP_PSK_MODES:
		ssldump_small_names(r, modes, 2, "psk_key_exchange_modes");
		return;
	case SSLDUMP_KEY_SHARE:
		ssldump_key_shares(r, message);
		return;
	case SSLDUMP_PSK:
		ssldump_psks(r, message);
		return;
	case SSLDUMP_AUTHORITIES:
		ssldump_authorities(r);
		return;
	case SSLDUMP_EARLY:
		if (message == SSLDUMP_NEW_TICKET &&
		    ssldump_number(r, 4, "early_data", &v))
			buf_addf(r->m->out, " at most %lu bytes", v);
		return;
	case SSLDUMP_TICKET:
		if (r->left.n > 0)
			ssldump_random(
			    r->m, SSLDUMP_DETAIL, "ticket", r->left, false);
		break;
	case SSLDUMP_COOKIE:
		ssldump_random(r->m, SSLDUMP_DETAIL, "cookie",
		    ssldump_vector(r, 2, "cookie").left, false);
		return;
	default:
		break;
	}
	r->left = span_cut(r->left, r->left.n, r->left.n);
}

/* Returns whether the length of an extension does not depend on random
 * values. */
static bool
ssldump_is_fixed(unsigned long type, unsigned message, size_t n)
{
	switch (type) {
	case SSLDUMP_TICKET:
		return n == 0;
	case SSLDUMP_PSK:
		return message != SSLDUMP_CLIENT_HELLO;
	case SSLDUMP_STATUS:
		return message != SSLDUMP_CERTIFICATE;
	case SSLDUMP_COOKIE:
	case 21: /* padding, which depends on the whole length */
		return false;
	default:
		return true;
	}
}

void
ssldump_extensions(struct ssldump_reader *r, unsigned message)
{
	struct ssldump_message *m = r->m;
	struct ssldump_reader body;
	unsigned long type;

	while (ssldump_is_list(r) &&
	    ssldump_number(r, 2, "an extension's type", &type)) {
		body = ssldump_vector(r, 2, "an extension");
		ssldump_line(m, SSLDUMP_ITEM, "%s", "");
		ssldump_name(m->out, SSLDUMP_EXTENSION_NAMES, (unsigned)type);
		ssldump_length(m, body.left.n,
		    ssldump_is_fixed(type, message, body.left.n));
		ssldump_content(&body, type, message);
		if (body.left.n > 0)
			ssldump_line(m, SSLDUMP_DETAIL,
			    "%zu bytes more than it should have", body.left.n);
		ssldump_end(m);
	}
}
