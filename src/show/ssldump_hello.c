/*
 * Prints ClientHello and ServerHello (RFC 8446, 4.1; RFC 5246, 7.4.1).
 */
#include <string.h>

#include "src/show/ssldump_priv.h"

enum { RANDOM = 32 };

/* Reads version and random value. */
static void
ssldump_begin(struct ssldump_reader *r, bool retry, unsigned long *version)
{
	struct ssldump_message *m = r->m;
	bool hide = m->hide;
	struct span random;

	*version = 0;
	if (!ssldump_number(r, 2, "the version", version))
		return;
	ssldump_line(m, SSLDUMP_FIELD, "Version %lu.%lu\n", *version >> 8,
	    *version & 0xff);
	random = ssldump_bytes(r, RANDOM, "the random value");
	/* That of a HelloRetryRequest is constant. */
	m->hide = hide && !retry;
	ssldump_random(m, SSLDUMP_FIELD, "random", random, true);
	m->hide = hide;
}

static void
ssldump_session_id(struct ssldump_reader *r)
{
	struct ssldump_reader id = ssldump_vector(r, 1, "the session ID");

	if (id.left.n > 0)
		ssldump_random(
		    r->m, SSLDUMP_FIELD, "session_id", id.left, true);
}

/* Appends a compression method after the spaces that SSLDump prints. */
static void
ssldump_compression(struct ssldump_message *m, int spaces, unsigned long method)
{
	buf_addf(m->out, "%*s", spaces, "");
	if (method == 0)
		buf_adds(m->out, "NULL\n");
	else
		buf_addf(m->out, "%lu\n", method);
}

/* Appends the extensions. An old hello may end before them. */
static void
ssldump_hello_extensions(struct ssldump_reader *r, unsigned message)
{
	struct ssldump_reader list;

	if (r->left.n == 0)
		return;
	list = ssldump_vector(r, 2, "the extensions");
	ssldump_line(r->m, SSLDUMP_FIELD, "extensions\n");
	ssldump_extensions(&list, message);
}

void
ssldump_client_hello(struct ssldump_reader *r)
{
	struct ssldump_message *m = r->m;
	unsigned long version, v;
	struct ssldump_reader list;

	ssldump_begin(r, false, &version);
	ssldump_session_id(r);
	list = ssldump_vector(r, 2, "the cipher suites");
	ssldump_line(m, SSLDUMP_FIELD, "cipher suites\n");
	while (list.left.n > 0 &&
	    ssldump_number(&list, 2, "the cipher suites", &v)) {
		ssldump_line(m, SSLDUMP_FIELD, "%s", "");
		ssldump_name(m->out, SSLDUMP_SUITES, (unsigned)v);
		ssldump_end(m);
	}
	list = ssldump_vector(r, 1, "the compression methods");
	ssldump_line(m, SSLDUMP_FIELD, "compression methods\n");
	while (list.left.n > 0 &&
	    ssldump_number(&list, 1, "the compression methods", &v))
		ssldump_compression(m, 18, v);
	ssldump_hello_extensions(r, SSLDUMP_CLIENT_HELLO);
}

void
ssldump_server_hello(struct ssldump_reader *r, bool retry)
{
	struct ssldump_message *m = r->m;
	unsigned long version, v;

	ssldump_begin(r, retry, &version);
	ssldump_session_id(r);
	/* TLS 1.3 has its version in an extension, which is read later. */
	m->conn->version = (unsigned)version;
	if (ssldump_number(r, 2, "the cipher suite", &v)) {
		m->conn->suite = (unsigned)v;
		ssldump_line(m, SSLDUMP_FIELD, "cipherSuite         ");
		ssldump_name(m->out, SSLDUMP_SUITES, (unsigned)v);
		ssldump_end(m);
	}
	if (ssldump_number(r, 1, "the compression method", &v)) {
		ssldump_line(m, SSLDUMP_FIELD, "compressionMethod");
		ssldump_compression(m, 19, v);
	}
	ssldump_hello_extensions(
	    r, retry ? SSLDUMP_RETRY : SSLDUMP_SERVER_HELLO);
}

bool
ssldump_is_retry(struct span fields)
{
	/* SHA-256 of "HelloRetryRequest". */
	static const unsigned char random[RANDOM] = {0xcf, 0x21, 0xad, 0x74,
	    0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8,
	    0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e,
	    0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

	return span_eq(
	    span_cut(fields, 2, 2 + RANDOM), (struct span){random, RANDOM});
}
