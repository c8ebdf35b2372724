/*
 * Two user agents that talk over TLS, each with what it saw of it.
 */
#ifndef SIGNET_TESTS_UNIT_SRC_SHOW_SSLDUMP_PAIR_H
#define SIGNET_TESTS_UNIT_SRC_SHOW_SSLDUMP_PAIR_H

#include "tests/unit/keys/keys_make.h"

#include "src/app/config.h"
#include "src/base/loop.h"
#include "src/net/tls_event.h"
#include "src/show/ssldump.h"
#include "src/ua/format.h"
#include "src/ua/ua.h"

enum { TLS12 = 0x0303 };

struct side {
	struct pair *p;
	char *dir;
	struct config c;
	struct ua_format format;
	struct keystore *ks;
	struct ua *ua;
	struct ssldump *dump;
	struct buf text, seen; /* the dump; its messages, a line each */
	char address[128];
	int exit;
};

struct pair {
	struct loop *loop;
	struct side alice, bob;
	struct ident root, server;
	unsigned sent;
	bool until_left; /* the loop ends after a message is sent */
};

/* Appends "C>S ClientHello\n", or the record's name if it has no message. */
static inline void
add_seen(struct buf *seen, const struct tls_event *tls, struct span lines)
{
	static const char *const whats[] = {
	    [TLS_EVENT_TCP] = "TCP", [TLS_EVENT_FIN] = "FIN"};
	size_t end = span_find(lines, '\n', 0);

	if (tls->kind != TLS_EVENT_TCP)
		buf_adds(seen, tls->to_server ? "C>S " : "S>C ");
	if (tls->kind == TLS_EVENT_TCP || tls->kind == TLS_EVENT_FIN)
		buf_adds(seen, whats[tls->kind]);
	else if (tls->kind == TLS_EVENT_RECORD && end + 1 == lines.n)
		buf_adds(seen, tls->type == 20 ? "ChangeCipherSpec" : "data");
	else {
		/* the line below the record's, without ", decrypted" */
		if (tls->kind == TLS_EVENT_RECORD)
			lines = span_cut(lines, end + 1, lines.n);
		end = span_find(lines, '\n', 0);
		assert_int_equal(strncmp((char *)lines.p, "      ", 6), 0);
		buf_addspan(seen,
		    span_cut(span_cut(lines, 0, end), 6,
			span_find(span_cut(lines, 0, end), ',', 0)));
	}
	buf_adds(seen, "\n");
}

static inline bool
on_event(void *arg, const struct ua_event *ev)
{
	struct side *o = arg;
	struct buf lines = {0};

	if (ev->type == UA_LISTENING)
		snprintf(o->address, sizeof(o->address), "%s", ev->words);
	if (ev->type == UA_WIRE) {
		assert_int_equal(
		    ev->wire->kind == UA_WIRE_TLS, ev->wire->tls != NULL);
		ssldump_print(o->dump, ev->wire, &lines);
		if (ev->wire->tls != NULL)
			add_seen(&o->seen, ev->wire->tls, span_buf(&lines));
		else
			assert_int_equal(lines.n, 0);
		buf_addspan(&o->text, span_buf(&lines));
		buf_free(&lines);
	}
	if (ev->type == UA_LEFT && o->p->until_left)
		loop_stop(o->p->loop);
	if (ev->type == UA_SENT) {
		o->exit = ev->sent->exit;
		o->p->sent++;
		loop_stop(o->p->loop);
	}
	return true;
}

static inline void
side_open(struct pair *p, struct side *o, const char *aor)
{
	struct err e;

	o->p = p;
	o->dir = make_dir();
	config_ephemeral(&o->c, o->dir, aor, "tls:127.0.0.1:0");
	if (keystore_open(o->dir, true, &o->ks, &e) != 0)
		fail_msg("%s", e.text);
}

static inline void
side_start(struct side *o, unsigned max, bool hide)
{
	struct err e;

	o->format = ua_format_default;
	o->format.tls_max = max;
	o->dump = ssldump_new(hide);
	o->text.n = o->seen.n = 0;
	if (ua_new_formatted(o->p->loop, o->ks, &o->c, &o->format, on_event, o,
		&o->ua, &e) == -1)
		fail_msg("%s", e.text);
	ua_watch(o->ua, true);
}

static inline void
side_stop(struct side *o)
{
	ua_free(o->ua);
	ssldump_free(o->dump);
	o->ua = NULL;
	o->dump = NULL;
}

static inline void
side_close(struct side *o)
{
	side_stop(o);
	keystore_free(o->ks);
	config_free(&o->c);
	buf_free(&o->text);
	buf_free(&o->seen);
	drop_dir(o->dir);
}

static inline int
setup(void **state)
{
	static const struct say root = {.cn = "Root", .ca = true};
	static const struct say server = {
	    .cn = "x", .san = "IP:127.0.0.1,DNS:example.net"};
	struct pair *p = xcalloc(1, sizeof(*p));
	struct err e;

	assert_int_equal(loop_new(&p->loop, &e), 0);
	side_open(p, &p->alice, "sips:alice@127.0.0.1");
	side_open(p, &p->bob, "sips:bob@127.0.0.1");
	p->root = make_cert(NULL, &root);
	p->server = make_cert(&p->root, &server);
	put_cert(p->alice.dir, "root_cert_test.pem", p->root.cert);
	put_cert(p->bob.dir, "domain_cert_127.0.0.1.pem", p->server.cert);
	put_key(p->bob.dir, "domain_key_127.0.0.1.pem", p->server.key);
	*state = p;
	return 0;
}

static inline int
teardown(void **state)
{
	struct pair *p = *state;

	side_close(&p->alice);
	side_close(&p->bob);
	drop_ident(&p->root);
	drop_ident(&p->server);
	loop_free(p->loop);
	free(p);
	return 0;
}

static inline void
start(struct pair *p, unsigned max, bool hide)
{
	struct err e;

	side_start(&p->bob, max, hide);
	side_start(&p->alice, 0, hide);
	if (ua_listen(p->bob.ua, &e) == -1)
		fail_msg("%s", e.text);
}

static inline void
post_to(struct pair *p, const char *address)
{
	struct ua_send_req letter = {.text = "hello", .text_len = 5};
	char to[256];
	struct err e;

	snprintf(to, sizeof(to), "sips:bob@%s", address);
	letter.to = to;
	(void)ua_send(p->alice.ua, &letter);
	assert_int_equal(loop_run(p->loop, &e), 0);
}

static inline void
post(struct pair *p)
{
	post_to(p, p->bob.address + strlen("tls:"));
}

static inline void
saw(const struct side *o, const char *expected)
{
	assert_string_equal((const char *)o->seen.p, expected);
}

static inline void
has(const struct side *o, const char *text)
{
	if (strstr((const char *)o->text.p, text) == NULL)
		fail_msg("no \"%s\" in: %s", text, (char *)o->text.p);
}

#define OPENS_13                 \
	"TCP\n"                  \
	"C>S ClientHello\n"      \
	"S>C ServerHello\n"      \
	"S>C ChangeCipherSpec\n" \
	"S>C EncryptedExtensions\n"
#define WHOLE_13                   \
	OPENS_13                   \
	"S>C CertificateRequest\n" \
	"S>C Certificate\n"        \
	"S>C CertificateVerify\n"  \
	"S>C Finished\n"           \
	"C>S ChangeCipherSpec\n"
#define RESUMED_13               \
	OPENS_13                 \
	"S>C Finished\n"         \
	"C>S ChangeCipherSpec\n" \
	"C>S Finished\n"
/* The client sends at once; the ticket comes after that. */
#define SPEAKS_13                \
	"C>S data\n"             \
	"S>C NewSessionTicket\n" \
	"S>C data\n"
#define HEARS_13                 \
	"S>C NewSessionTicket\n" \
	"C>S data\n"             \
	"S>C data\n"
#define WHOLE_12                   \
	"TCP\n"                    \
	"C>S ClientHello\n"        \
	"S>C ServerHello\n"        \
	"S>C Certificate\n"        \
	"S>C ServerKeyExchange\n"  \
	"S>C CertificateRequest\n" \
	"S>C ServerHelloDone\n"
#define SPEAKS_12                 \
	WHOLE_12                  \
	"C>S Certificate\n"       \
	"C>S ClientKeyExchange\n" \
	"C>S ChangeCipherSpec\n"  \
	"C>S Finished\n"          \
	"S>C NewSessionTicket\n"  \
	"S>C ChangeCipherSpec\n"  \
	"S>C Finished\n"          \
	"C>S data\n"              \
	"S>C data\n"
#define RESUMED_12               \
	"TCP\n"                  \
	"C>S ClientHello\n"      \
	"S>C ServerHello\n"      \
	"S>C ChangeCipherSpec\n" \
	"S>C Finished\n"         \
	"C>S ChangeCipherSpec\n" \
	"C>S Finished\n"         \
	"C>S data\n"             \
	"S>C data\n"
#define BYE           \
	"C>S Alert\n" \
	"C>S FIN\n"

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
