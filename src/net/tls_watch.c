/*
 * Reports each TLS record, and the messages in it, to tls_watch's function.
 *
 * OpenSSL's msg_callback gets the header of a record, in TLS 1.3 the encrypted
 * content type, and each message when it is whole. So a message in many records
 * comes with the last of them, and several in one record come one by one. There
 * is no call for application data, and for ChangeCipherSpec only if we send it.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "src/net/tls_event.h"
#include "src/net/tls_priv.h"

enum { HEADER = 5 /* of a record: type, version, length */ };

static const struct span nothing;

/* --- reporting ------------------------------------------------------------ */

/* Calls the watching function with an event of the last record in that
 * direction. */
static void
tls_report(
    struct tls *t, bool out, enum tls_event_kind kind, struct span content)
{
	const struct tls_record *r = &t->watched.records[out];
	const struct addr *local = &t->watched.local, *peer = &t->watched.peer;
	char name[ADDR_TEXT + 8] = "tls:";
	struct tls_event event = {.kind = kind,
	    .number = t->number,
	    .client = t->client,
	    .out = out,
	    .flow = t->flow,
	    .peer = name,
	    .to_server = out == t->client,
	    .client_port = addr_port(t->client ? local : peer),
	    .server_port = addr_port(t->client ? peer : local),
	    .type = r->type,
	    .version = r->version,
	    .length = r->length,
	    .inner = r->inner,
	    .content = content};
	int saved = errno; /* OpenSSL still needs it */

	if (t->context->watch == NULL)
		return;
	addr_host(t->client ? local : peer, event.client_host);
	addr_host(t->client ? peer : local, event.server_host);
	addr_text(peer, name + strlen(name));
	t->context->watch(t->context->watch_arg, &event);
	errno = saved;
}

/* Reports the last record, if it is not yet: no message ended in it. */
static void
tls_report_waiting(struct tls *t, bool out)
{
	if (!t->watched.records[out].waits)
		return;
	t->watched.records[out].waits = false;
	tls_report(t, out, TLS_EVENT_RECORD, nothing);
}

/* Reports a message, with the record if it is the first in it. */
static void
tls_report_content(struct tls *t, bool out, struct span content)
{
	struct tls_record *r = &t->watched.records[out];
	bool first = r->waits;

	r->waits = false;
	tls_report(t, out, first ? TLS_EVENT_RECORD : TLS_EVENT_MORE, content);
}

/* --- what OpenSSL calls --------------------------------------------------- */

static void
tls_record_begins(struct tls *t, bool out, const unsigned char *p)
{
	struct tls_record *r = &t->watched.records[out];

	/* In the handshake we send only after a whole record came, so the
	 * waiting one is complete. Application data may be sent while a record
	 * is still coming. */
	tls_report_waiting(t, out);
	if (p[0] != SSL3_RT_APPLICATION_DATA || !out)
		tls_report_waiting(t, !out);
	*r = (struct tls_record){.type = p[0],
	    .version = (unsigned)p[1] << 8 | p[2],
	    .length = (size_t)p[3] << 8 | p[4],
	    .waits = true};
	if (r->type == SSL3_RT_CHANGE_CIPHER_SPEC ||
	    (r->type == SSL3_RT_APPLICATION_DATA &&
		SSL_version(t->ssl) < TLS1_3_VERSION))
		tls_report_waiting(t, out);
}

/* OpenSSL's msg_callback. */
static void
tls_on_protocol_message(int out, int version, int type, const void *data,
    size_t n, SSL *ssl, void *arg)
{
	struct tls *t = SSL_get_app_data(ssl);
	const unsigned char *p = data;

	if (t == NULL)
		return;
	if (t->client)
		tls_text_on_message(out, version, type, data, n, ssl, arg);
	if (t->context->watch == NULL || !t->watched.on)
		return;
	if (type == SSL3_RT_HEADER && n >= HEADER)
		tls_record_begins(t, out != 0, p);
	else if (type == SSL3_RT_INNER_CONTENT_TYPE && n == 1) {
		t->watched.records[out != 0].inner = p[0];
		if (p[0] == SSL3_RT_APPLICATION_DATA)
			tls_report_waiting(t, out != 0);
	} else if (type == SSL3_RT_HANDSHAKE || type == SSL3_RT_ALERT)
		tls_report_content(t, out != 0, (struct span){p, n});
	else if (version == SSL2_VERSION) {
		t->watched.records[out != 0] = (struct tls_record){
		    .version = SSL2_VERSION, .length = n, .waits = true};
		tls_report_content(t, out != 0, (struct span){p, n});
	}
}

/* --- life ----------------------------------------------------------------- */

void
tls_watch(struct tls_context *c, tls_event_fn *fn, void *arg)
{
	c->watch = fn;
	c->watch_arg = arg;
	SSL_CTX_set_msg_callback(c->client,
	    fn != NULL ? tls_on_protocol_message : tls_text_on_message);
	SSL_CTX_set_msg_callback(
	    c->server, fn != NULL ? tls_on_protocol_message : NULL);
}

void
tls_watch_begin(struct tls *t)
{
	struct tls_watched *w = &t->watched;
	int fd = SSL_get_fd(t->ssl);

	if (t->context->watch == NULL)
		return;
	w->on = true;
	w->local.len = sizeof(w->local.sa);
	w->peer.len = sizeof(w->peer.sa);
	(void)getsockname(fd, (struct sockaddr *)&w->local.sa, &w->local.len);
	(void)getpeername(fd, (struct sockaddr *)&w->peer.sa, &w->peer.len);
	tls_report(t, t->client, TLS_EVENT_TCP, nothing);
}

void
tls_fin(struct tls *t, bool ours)
{
	if (!t->watched.on || t->watched.fin[ours])
		return;
	tls_report_waiting(t, false);
	tls_report_waiting(t, true);
	t->watched.fin[ours] = true;
	tls_report(t, ours, TLS_EVENT_FIN, nothing);
}

void
tls_closing(struct tls *t)
{
	unsigned char byte;
	ssize_t n;

	if (!t->watched.on)
		return;
	tls_report_waiting(t, false);
	tls_report_waiting(t, true);
	n = recv(SSL_get_fd(t->ssl), &byte, 1, MSG_PEEK);
	if (n == 0)
		tls_fin(t, false);
	/* If there are unread bytes the kernel resets the connection instead of
	 * sending FIN. The socket does not block. */
	if (n == 0 || (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)))
		tls_fin(t, true);
}
