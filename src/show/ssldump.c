#include "src/show/ssldump.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "src/net/tls_event.h"
#include "src/show/ssldump_priv.h"
#include "src/ua/event.h"

/* Connections that are kept; the oldest is dropped for a new one. */
enum { SSLDUMP_CONNS = 256 };

/* Bytes that TLS 1.3 adds to a record: its type, and the tag (RFC 8446, 5.2;
 * RFC 6655). */
enum { ADDED = 17, ADDED_CCM8 = 9 };

struct ssldump {
	bool hide;
	struct ssldump_conn *conns; /* the newest first */
};

struct ssldump *
ssldump_new(bool hide)
{
	struct ssldump *s = xcalloc(1, sizeof(*s));

	s->hide = hide;
	return s;
}

void
ssldump_free(struct ssldump *s)
{
	if (s == NULL)
		return;
	while (s->conns != NULL) {
		struct ssldump_conn *c = s->conns;

		s->conns = c->next;
		free(c);
	}
	free(s);
}

/* --- connections ---------------------------------------------------------- */

static uint64_t
ssldump_now_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static struct ssldump_conn *
ssldump_conn_of(struct ssldump *s, unsigned number, uint64_t now)
{
	struct ssldump_conn *c = s->conns, **p = &s->conns;
	size_t count = 1;

	while (c != NULL && c->number != number)
		c = c->next;
	if (c != NULL)
		return c;
	c = xcalloc(1, sizeof(*c));
	c->number = number;
	c->began = c->last = now;
	c->next = s->conns;
	s->conns = c;
	while (*p != NULL && count++ <= SSLDUMP_CONNS)
		p = &(*p)->next;
	free(*p);
	*p = NULL;
	return c;
}

static void
ssldump_conn_ended(struct ssldump *s, struct ssldump_conn *c, bool to_server)
{
	struct ssldump_conn **p = &s->conns;

	c->fin[to_server] = true;
	if (!c->fin[!to_server])
		return;
	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	free(c);
}

/* --- lines ---------------------------------------------------------------- */

/* Appends "127.0.0.1(5061)". */
static void
ssldump_add_end(
    struct ssldump *s, struct buf *out, const char *host, unsigned port)
{
	buf_adds(out, host);
	if (s->hide)
		buf_adds(out, "(<port>)");
	else
		buf_addf(out, "(%u)", port);
}

/* Appends "1 10 0.3274 (0.2643)  C>S", or, for what is no record,
 * "1    9.2491 (8.9166)  C>S". */
static void
ssldump_add_begin(struct ssldump *s, struct ssldump_conn *c,
    const struct tls_event *t, uint64_t now, struct buf *out)
{
	char number[16] = "";

	if (t->kind == TLS_EVENT_RECORD)
		(void)snprintf(number, sizeof(number), "%u", ++c->records);
	buf_addf(out, "%u %-2s ", c->number, number);
	if (s->hide)
		buf_adds(out, "<time> (<time>)");
	else
		buf_addf(out, "%.4f (%.4f)", (double)(now - c->began) / 1e6,
		    (double)(now - c->last) / 1e6);
	c->last = now;
	buf_adds(out, t->to_server ? "  C>S" : "  S>C");
}

/* Returns the content type of a record, encrypted or not. */
static unsigned
ssldump_real_type(const struct tls_event *t)
{
	return t->inner != 0 ? t->inner : t->type;
}

bool
ssldump_asks_certificate(const struct tls_event *t)
{
	return ssldump_real_type(t) == SSLDUMP_HANDSHAKE && t->content.n > 0 &&
	    t->content.p[0] == SSLDUMP_REQUEST;
}

bool
ssldump_refuses_certificate(const struct tls_event *t)
{
	enum {
		HANDSHAKE_FAILURE = 40,
		BAD_CERTIFICATE = 42,
		CERTIFICATE_UNKNOWN = 46,
		UNKNOWN_CA = 48,
		ACCESS_DENIED = 49
	};
	unsigned char why;

	if (ssldump_real_type(t) != SSLDUMP_ALERT || !t->to_server ||
	    t->content.n != 2)
		return false;
	why = t->content.p[1];
	return (why >= BAD_CERTIFICATE && why <= CERTIFICATE_UNKNOWN) ||
	    why == HANDSHAKE_FAILURE || why == UNKNOWN_CA ||
	    why == ACCESS_DENIED;
}

/* Appends the message in a record. */
static void
ssldump_add_content(struct ssldump_message *m, const struct tls_event *t)
{
	unsigned type = ssldump_real_type(t);
	bool decrypted = t->inner != 0 || m->conn->secret[t->to_server];

	if (t->content.n > 0 && type == 0)
		ssldump_line(m, SSLDUMP_NAME, "ClientHello of SSL 2.0\n");
	else if (t->content.n > 0 && type == SSLDUMP_ALERT)
		ssldump_alert(m, t->content, decrypted);
	else if (t->content.n > 0)
		ssldump_handshake(m, t->content, decrypted);
	else {
		m->varies = type != SSLDUMP_CHANGE;
		if (type == SSLDUMP_HANDSHAKE || type == SSLDUMP_ALERT)
			ssldump_line(
			    m, SSLDUMP_NAME, "no message ends in it\n");
	}
}

/* Returns whether a record holds more than this message: then its length may
 * depend on random values of the others. */
static bool
ssldump_is_shared(const struct ssldump_message *m, const struct tls_event *t)
{
	size_t added = t->length - t->content.n;

	if (t->type == SSLDUMP_CHANGE || t->length < t->content.n)
		return false;
	if (t->inner != 0)
		return added != ADDED && added != ADDED_CCM8;
	return added != 0 && !m->conn->secret[t->to_server];
}

static void
ssldump_add_record(struct ssldump *s, struct ssldump_conn *c,
    const struct tls_event *t, uint64_t now, struct buf *out)
{
	struct buf lines = {0};
	struct ssldump_message m = {.conn = c, .hide = s->hide, .out = &lines};

	ssldump_add_content(&m, t);
	ssldump_add_begin(s, c, t, now, out);
	buf_addf(out, "V%u.%u(", t->version >> 8, t->version & 0xff);
	if (s->hide && (m.varies || ssldump_is_shared(&m, t)))
		buf_adds(out, "<random>)  ");
	else
		buf_addf(out, "%zu)  ", t->length);
	ssldump_name(out, SSLDUMP_RECORD_NAMES, t->type);
	buf_adds(out, "\n");
	buf_addspan(out, span_buf(&lines));
	buf_free(&lines);
	/* In TLS 1.3 ChangeCipherSpec has no meaning. */
	if (t->type == SSLDUMP_CHANGE && c->version != 0 &&
	    c->version <= SSLDUMP_TLS12)
		c->secret[t->to_server] = true;
}

void
ssldump_print(struct ssldump *s, const struct ua_wire *wire, struct buf *out)
{
	const struct tls_event *t = wire->tls;
	uint64_t now = ssldump_now_us();
	struct ssldump_message m = {.hide = s->hide, .out = out};

	if (wire->kind != UA_WIRE_TLS)
		return;
	m.conn = ssldump_conn_of(s, t->number, now);
	switch (t->kind) {
	case TLS_EVENT_TCP:
		buf_addf(out, "New TCP connection #%u: ", t->number);
		ssldump_add_end(s, out, t->client_host, t->client_port);
		buf_adds(out, " <-> ");
		ssldump_add_end(s, out, t->server_host, t->server_port);
		buf_adds(out, "\n");
		break;
	case TLS_EVENT_RECORD:
		ssldump_add_record(s, m.conn, t, now, out);
		break;
	case TLS_EVENT_MORE:
		ssldump_add_content(&m, t);
		break;
	case TLS_EVENT_FIN:
		ssldump_add_begin(s, m.conn, t, now, out);
		buf_adds(out, "  TCP FIN\n");
		ssldump_conn_ended(s, m.conn, t->to_server);
		break;
	}
}
