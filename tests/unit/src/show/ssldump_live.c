/* TLS between two user agents, watched from both sides. */
#include "tests/unit/keys/keys_make.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

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
static void
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

static bool
happened(void *arg, const struct ua_event *ev)
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

static void
side_open(struct pair *p, struct side *o, const char *aor)
{
	struct err e;

	o->p = p;
	o->dir = make_dir();
	config_throw_away(&o->c, o->dir, aor, "tls:127.0.0.1:0");
	if (keystore_open(o->dir, true, &o->ks, &e) != 0)
		fail_msg("%s", e.text);
}

static void
side_start(struct side *o, unsigned max, bool hide)
{
	struct err e;

	o->format = ua_format_default;
	o->format.tls_max = max;
	o->dump = ssldump_new(hide);
	o->text.n = o->seen.n = 0;
	if (ua_new_formatted(o->p->loop, o->ks, &o->c, &o->format, happened, o,
		&o->ua, &e) == -1)
		fail_msg("%s", e.text);
	ua_watch(o->ua, true);
}

static void
side_stop(struct side *o)
{
	ua_free(o->ua);
	ssldump_free(o->dump);
	o->ua = NULL;
	o->dump = NULL;
}

static void
side_close(struct side *o)
{
	side_stop(o);
	keystore_free(o->ks);
	config_free(&o->c);
	buf_free(&o->text);
	buf_free(&o->seen);
	drop_dir(o->dir);
}

static int
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

static int
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

static void
start(struct pair *p, unsigned max, bool hide)
{
	struct err e;

	side_start(&p->bob, max, hide);
	side_start(&p->alice, 0, hide);
	if (ua_listen(p->bob.ua, &e) == -1)
		fail_msg("%s", e.text);
}

static void
post_to(struct pair *p, const char *address)
{
	struct ua_letter letter = {.text = "hello", .text_len = 5};
	char to[256];
	struct err e;

	snprintf(to, sizeof(to), "sips:bob@%s", address);
	letter.to = to;
	(void)ua_send(p->alice.ua, &letter);
	assert_int_equal(loop_run(p->loop, &e), 0);
}

static void
post(struct pair *p)
{
	post_to(p, p->bob.address + strlen("tls:"));
}

static void
saw(const struct side *o, const char *expected)
{
	assert_string_equal((const char *)o->seen.p, expected);
}

static void
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

static void
both_sides_see_the_same(void **state)
{
	struct pair *p = *state;

	start(p, 0, false);
	post(p);
	assert_int_equal(p->alice.exit, 0);
	saw(&p->alice, WHOLE_13 "C>S Certificate\nC>S Finished\n" SPEAKS_13);
	saw(&p->bob, WHOLE_13 "C>S Certificate\nC>S Finished\n" HEARS_13);
	has(&p->alice, "          name: IP 127.0.0.1\n");
	has(&p->alice, "      Certificate, decrypted\n        none\n");
	/* the same ends, the client's first */
	assert_true(strncmp((char *)p->alice.text.p, (char *)p->bob.text.p,
			strcspn((char *)p->bob.text.p, "\n") + 1) == 0);
	side_stop(&p->alice);
	side_stop(&p->bob);
	start(p, TLS12, false);
	post(p);
	saw(&p->alice, SPEAKS_12);
	saw(&p->bob, SPEAKS_12);
	has(&p->alice, "  S>CV3.3(4)  Handshake\n      ServerHelloDone\n");
	has(&p->bob, "supported_versions[5] 3.4 3.3\n");
}

/* The name is not in the certificate, or the root is unknown. */
static void
a_refused_certificate_ends_with_an_alert(void **state)
{
	struct pair *p = *state;

	drop_file(p->alice.dir, "root_cert_test.pem");
	start(p, 0, false);
	post(p);
	assert_int_equal(p->alice.exit, EX_NOPERM);
	saw(&p->alice,
	    OPENS_13 "S>C CertificateRequest\nS>C Certificate\n" BYE);
	has(&p->alice,
	    "      Alert\n        level fatal\n"
	    "        description ");
	assert_null(strstr((char *)p->alice.text.p, "close_notify"));
	side_stop(&p->alice);
	side_stop(&p->bob);
	start(p, TLS12, false);
	post(p);
	assert_int_equal(p->alice.exit, EX_NOPERM);
	assert_non_null(strstr((char *)p->alice.seen.p, "S>C Certificate\n"));
	assert_string_equal(strstr((char *)p->alice.seen.p, "C>S Alert"), BYE);
	has(&p->alice,
	    "C>SV3.3(2)  Alert\n      Alert\n"
	    "        level fatal\n");
}

static void
hung_up_connections_are_resumed(void **state)
{
	struct pair *p = *state;

	start(p, 0, false);
	post(p);
	ua_hang_up(p->alice.ua);
	post(p);
	assert_int_equal(p->alice.exit, 0);
	saw(&p->alice,
	    WHOLE_13 "C>S Certificate\nC>S Finished\n" SPEAKS_13 BYE RESUMED_13
		SPEAKS_13);
	has(&p->alice, "pre_shared_key[2] selected_identity 0\n");
	has(&p->alice, "New TCP connection #2: 127.0.0.1(");
	has(&p->alice, "\n1    0.0");
	/* the other side sends close_notify, too */
	assert_non_null(strstr((char *)p->bob.seen.p,
	    "C>S Alert\nS>C Alert\nC>S FIN\nS>C FIN\n" RESUMED_13));
	side_stop(&p->alice);
	side_stop(&p->bob);
	start(p, TLS12, false);
	post(p);
	ua_hang_up(p->alice.ua);
	post(p);
	saw(&p->alice, SPEAKS_12 BYE RESUMED_12);
	has(&p->alice, "          session_ticket[1");
	has(&p->alice, "description close_notify\n");
}

/* Prints a full handshake, its end, and a resumed one. */
static struct buf
hidden(struct pair *p, unsigned max)
{
	struct buf copy = {0};

	start(p, max, true);
	post(p);
	ua_hang_up(p->alice.ua);
	post(p);
	buf_addspan(&copy, span_buf(&p->alice.text));
	side_stop(&p->alice);
	side_stop(&p->bob);
	return copy;
}

static void
what_is_hidden_is_the_same_each_time(void **state)
{
	struct pair *p = *state;

	for (unsigned max = 0; max <= TLS12; max += TLS12) {
		struct buf first = hidden(p, max);

		/* signatures of ECDSA are of three lengths */
		for (int i = 0; i < 8; i++) {
			struct buf next = hidden(p, max);

			assert_string_equal((char *)next.p, (char *)first.p);
			buf_free(&next);
		}
		assert_non_null(
		    strstr((char *)first.p, "signature[<random>]="));
		buf_free(&first);
	}
}

static void
who_does_not_watch_is_told_nothing(void **state)
{
	struct pair *p = *state;

	start(p, 0, false);
	ua_watch(p->alice.ua, false);
	post(p);
	assert_int_equal(p->alice.exit, 0);
	assert_int_equal(p->alice.seen.n, 0);
	/* nor of a connection that was open before */
	ua_watch(p->alice.ua, true);
	post(p);
	assert_int_equal(p->alice.seen.n, 0);
	ua_hang_up(p->alice.ua);
	assert_int_equal(p->alice.seen.n, 0);
	post(p);
	has(&p->alice, "New TCP connection #2: ");
	/* the end of the user agent is not reported */
	p->alice.seen.n = 0;
	ua_free(p->alice.ua);
	p->alice.ua = NULL;
	assert_int_equal(p->alice.seen.n, 0);
}

static void
what_is_under_way_fails_when_hung_up(void **state)
{
	struct pair *p = *state;
	struct err e;

	start(p, 0, false);
	post(p);
	p->until_left = true;
	post(p);
	p->until_left = false;
	assert_int_equal(p->sent, 1);
	ua_hang_up(p->alice.ua);
	assert_int_equal(loop_run(p->loop, &e), 0);
	assert_int_equal(p->sent, 2);
	assert_int_equal(p->alice.exit, EX_UNAVAILABLE);
	saw(&p->alice,
	    WHOLE_13 "C>S Certificate\nC>S Finished\n" SPEAKS_13 BYE);
}

/* --- records cut otherwise ------------------------------------------------ */

static int
local_socket(struct sockaddr_in *sin)
{
	socklen_t len = sizeof(*sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*sin = (struct sockaddr_in){.sin_family = AF_INET};
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)sin, len) == -1 ||
	    listen(fd, 1) == -1 ||
	    getsockname(fd, (struct sockaddr *)sin, &len) == -1)
		fail_msg("no socket");
	return fd;
}

/* Reads n bytes, or ends the process. */
static void
read_all(int fd, unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got <= 0)
			_exit(1);
		p += got;
		n -= (size_t)got;
	}
}

/* Forwards a flight in clear, up to the message of type last, in records of at
 * most size bytes. */
static void
reframe(int from, int to, unsigned char last, size_t size)
{
	struct buf flight = {0}, out = {0};
	unsigned char head[5], body[65536];

	do {
		size_t n;

		read_all(from, head, sizeof(head));
		n = (size_t)head[3] << 8 | head[4];
		read_all(from, body, n);
		buf_add(&flight, body, n);
	} while (body[0] != last);
	for (size_t at = 0; at < flight.n; at += size) {
		struct span s = span_cut(span_buf(&flight), at, at + size);

		head[3] = (unsigned char)(s.n >> 8);
		head[4] = (unsigned char)s.n;
		buf_add(&out, head, sizeof(head));
		buf_addspan(&out, s);
	}
	if (write(to, out.p, out.n) != (ssize_t)out.n)
		_exit(1);
	buf_free(&flight);
	buf_free(&out);
}

/* A proxy between the two, in a process of its own: it forwards the messages in
 * clear of TLS 1.2 in records of that size. */
static void
stand_between(int listener, const char *address, size_t size)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	int fds[2] = {
	    accept(listener, NULL, NULL), socket(AF_INET, SOCK_STREAM, 0)};
	struct pollfd polls[2] = {
	    {.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLIN}};
	unsigned char data[65536];

	alarm(60);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin.sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1));
	if (connect(fds[1], (struct sockaddr *)&sin, sizeof(sin)) == -1)
		_exit(1);
	reframe(fds[0], fds[1], 1, size);
	reframe(fds[1], fds[0], 14, size);
	while (poll(polls, 2, -1) > 0)
		for (int i = 0; i < 2; i++)
			if (polls[i].revents != 0) {
				ssize_t n = read(fds[i], data, sizeof(data));

				if (n <= 0 ||
				    write(fds[!i], data, (size_t)n) != n)
					_exit(0);
			}
}

static void
post_between(struct pair *p, size_t size)
{
	struct sockaddr_in sin;
	int listener = local_socket(&sin);
	char address[64];
	pid_t pid;

	start(p, TLS12, false);
	pid = fork();
	if (pid == 0) {
		stand_between(listener, p->bob.address, size);
		_exit(0);
	}
	close(listener);
	snprintf(address, sizeof(address), "127.0.0.1:%u", ntohs(sin.sin_port));
	post_to(p, address);
	assert_int_equal(p->alice.exit, 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Removes the records in which no message ends, and counts them. */
static size_t
drop_parts(struct buf *seen)
{
	static const char part[] = " no message ends in it\n";
	size_t count = 0;
	char *at;

	while ((at = strstr((char *)seen->p, part)) != NULL) {
		memmove(
		    at - 3, at + strlen(part), strlen(at + strlen(part)) + 1);
		count++;
	}
	return count;
}

static void
messages_share_records_and_span_them(void **state)
{
	struct pair *p = *state;
	const char *at;

	post_between(p, 65535);
	saw(&p->alice, SPEAKS_12);
	/* one record, which is numbered once */
	at = strstr((char *)p->alice.text.p, "\n1 3 ");
	assert_non_null(at);
	assert_int_equal(strncmp(strchr(at + 1, '\n'),
			     "\n      Certificate\n"
			     "        none\n",
			     32),
	    0);
	side_stop(&p->alice);
	side_stop(&p->bob);
	post_between(p, 50);
	assert_true(drop_parts(&p->alice.seen) > 5);
	saw(&p->alice, SPEAKS_12);
	assert_true(drop_parts(&p->bob.seen) > 3);
	saw(&p->bob, SPEAKS_12);
	has(&p->alice, "1 2  0.0");
	has(&p->alice,
	    "  S>CV3.3(50)  Handshake\n"
	    "      no message ends in it\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(both_sides_see_the_same),
	    TEST(a_refused_certificate_ends_with_an_alert),
	    TEST(hung_up_connections_are_resumed),
	    TEST(what_is_hidden_is_the_same_each_time),
	    TEST(who_does_not_watch_is_told_nothing),
	    TEST(what_is_under_way_fails_when_hung_up),
	    TEST(messages_share_records_and_span_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
