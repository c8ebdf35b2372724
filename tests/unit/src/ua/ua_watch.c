/* What an owner of the user agent is told: what becomes of messages, the
 * wire, how a message would leave. */
#include "tests/unit/keys/keys_make.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "src/app/config.h"
#include "src/base/loop.h"
#include "src/ua/ua.h"
#include "ui/advice.h"

/* One who writes or is written to, and what it was told: a letter an event. */
struct owner {
	struct pair *p;
	char *dir;
	struct config c;
	struct keystore *ks;
	struct ua *ua;
	struct buf told;
	char address[128]; /* where it listens */
	/* what came last */
	struct buf details, words;
	char fingerprint[65], with[128], cseq[64];
	bool pinned;
	uint64_t id;
	int exit;
};

struct pair {
	struct loop *loop;
	struct owner alice, bob;
	enum ua_event_type until; /* alice is told of this: the loop ends */
};

static void
keep(struct buf *b, const char *text)
{
	b->n = 0;
	buf_adds(b, text);
}

static void
saw(struct owner *o, const struct ua_wire *w)
{
	static const char letters[] = "qrolx"; /* as enum ua_wire_kind */

	if (w->kind == UA_WIRE_STEP) {
		keep(&o->words, w->words);
		snprintf(o->with, sizeof(o->with), "%s", w->with);
		buf_adds(&o->told, "x");
		return;
	}
	buf_addf(&o->told, "%s%c", w->out ? ">" : "<", letters[w->kind]);
	assert_true(w->flow != 0 && w->when > 1600000000000);
	assert_int_equal(strncmp(w->peer, "tcp:127.0.0.1:", 14), 0);
	if (w->kind == UA_WIRE_OPENED || w->kind == UA_WIRE_LOST) {
		assert_string_equal(w->with, "");
		assert_int_equal(w->head.n, 0);
		return;
	}
	assert_true(w->head.n > 0);
	snprintf(o->with, sizeof(o->with), "%s", w->with);
	snprintf(o->cseq, sizeof(o->cseq), "%s", w->cseq);
	assert_true(strlen(w->call_id) > 0);
}

static bool
happened(void *arg, const struct ua_event *ev)
{
	static const char letters[] = {[UA_LEFT] = 'L',
	    [UA_WAITS] = 'W',
	    [UA_SENT] = 'S',
	    [UA_MESSAGE] = 'M'};
	struct owner *o = arg;

	if (ev->type == UA_LISTENING)
		snprintf(o->address, sizeof(o->address), "%s", ev->words);
	if (ev->type == UA_WIRE)
		saw(o, ev->wire);
	if (ev->type == UA_LEFT || ev->type == UA_WAITS ||
	    ev->type == UA_SENT || ev->type == UA_MESSAGE)
		buf_addf(&o->told, "%c", letters[ev->type]);
	if (ev->sent != NULL) {
		assert_int_equal(ev->sent->id, o->id);
		o->exit = ev->sent->exit;
		keep(&o->words, ev->sent->why);
	}
	if (ev->message != NULL) {
		keep(&o->details, ev->message->details);
		snprintf(o->fingerprint, sizeof(o->fingerprint), "%s",
		    ev->message->fingerprint);
		o->pinned = ev->message->pinned;
	}
	if (o == &o->p->alice && ev->type == o->p->until)
		loop_stop(o->p->loop);
	return true;
}

static void
list_one(struct config_list *list, const char *item)
{
	list->items = xcalloc(1, sizeof(*list->items));
	list->items[0] = xstrdup(item);
	list->count = 1;
}

static void
owner_open(struct pair *p, struct owner *o, const char *aor)
{
	struct err e;

	o->p = p;
	o->dir = make_dir();
	config_init(&o->c);
	list_one(&o->c.aors, aor);
	list_one(&o->c.listens, "tcp:127.0.0.1:0");
	o->c.expires = 60;
	if (keystore_open(o->dir, true, &o->ks, &e) != 0)
		fail_msg("%s", e.text);
}

static void
owner_start(struct owner *o)
{
	struct err e;

	if (ua_new(o->p->loop, o->ks, &o->c, happened, o, &o->ua, &e) == -1)
		fail_msg("%s", e.text);
}

static void
owner_listen(struct owner *o)
{
	struct err e;

	if (ua_listen(o->ua, &e) == -1)
		fail_msg("%s", e.text);
}

static void
owner_close(struct owner *o)
{
	ua_free(o->ua);
	keystore_free(o->ks);
	config_free(&o->c);
	buf_free(&o->told);
	buf_free(&o->details);
	buf_free(&o->words);
	drop_dir(o->dir);
}

static int
setup(void **state)
{
	struct pair *p = xcalloc(1, sizeof(*p));
	struct err e;

	p->until = UA_SENT;
	assert_int_equal(loop_new(&p->loop, &e), 0);
	owner_open(p, &p->alice, "sip:alice@127.0.0.1");
	owner_open(p, &p->bob, "sip:bob@127.0.0.1");
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct pair *p = *state;

	owner_close(&p->alice);
	owner_close(&p->bob);
	loop_free(p->loop);
	free(p);
	return 0;
}

/* A self-signed certificate for address, with its key, in mine; the
 * certificate alone, pinned if that is wished, in theirs. */
static void
befriend(struct owner *mine, struct owner *theirs, const char *address,
    const struct say *say, bool pin)
{
	struct ident who = make_cert(NULL, say);
	char name[256];
	struct aor aor;
	struct err e;

	snprintf(name, sizeof(name), "user_cert_%s.pem", address);
	put_cert(mine->dir, name, who.cert);
	put_cert(theirs->dir, name, who.cert);
	snprintf(name, sizeof(name), "user_key_%s.pem", address);
	put_key(mine->dir, name, who.key);
	assert_int_equal(aor_parse(span_str(address), &aor, &e), 0);
	if (pin)
		assert_int_equal(pin_stored(theirs->ks, &aor, &e), 0);
	aor_free(&aor);
	drop_ident(&who);
}

static void
post(struct pair *p, bool sealed)
{
	struct ua_send_req letter = {
	    .text = "hello", .text_len = 5, .sign = sealed, .encrypt = sealed};
	char to[256];

	snprintf(to, sizeof(to), "sip:bob@%s;transport=tcp",
	    p->bob.address + strlen("tcp:"));
	letter.to = to;
	p->alice.id = ua_send(p->alice.ua, &letter);
}

static void
run(struct pair *p)
{
	struct err e;

	assert_int_equal(loop_run(p->loop, &e), 0);
}

static void
the_wire_is_seen_in_pairs(void **state)
{
	struct pair *p = *state;

	owner_start(&p->bob);
	owner_start(&p->alice);
	owner_listen(&p->bob);
	post(p, false);
	run(p);
	/* nobody looks, and nothing is shown */
	assert_string_equal((char *)p->alice.told.p, "LS");
	assert_string_equal((char *)p->bob.told.p, "M");
	p->alice.told.n = p->bob.told.n = 0;
	ua_watch(p->alice.ua, true);
	ua_watch(p->bob.ua, true);
	post(p, false);
	run(p);
	assert_string_equal((char *)p->alice.told.p, "x>qL<rS");
	assert_string_equal((char *)p->bob.told.p, "<qM>r");
	assert_string_equal(p->alice.with, "bob@127.0.0.1");
	assert_string_equal(p->bob.with, "alice@127.0.0.1");
	assert_string_equal(p->alice.cseq, "1 MESSAGE");
	assert_string_equal(p->bob.cseq, "1 MESSAGE");
	p->alice.told.n = 0;
	ua_watch(p->alice.ua, false);
	post(p, false);
	run(p);
	assert_string_equal((char *)p->alice.told.p, "LS");
}

static void
a_message_leaves_again_after_it_waited(void **state)
{
	struct pair *p = *state;
	char *listen;

	/* a port that nobody listens on any more */
	owner_start(&p->bob);
	owner_listen(&p->bob);
	ua_free(p->bob.ua);
	p->bob.ua = NULL;
	owner_start(&p->alice);
	p->until = UA_WAITS;
	post(p, false);
	run(p);
	assert_string_equal((char *)p->alice.told.p, "W");
	assert_non_null(strstr((char *)p->alice.words.p, "refused"));
	assert_int_not_equal(p->alice.exit, 0);
	listen = xstrdup(p->bob.address);
	free(p->bob.c.listens.items[0]);
	p->bob.c.listens.items[0] = listen;
	owner_start(&p->bob);
	owner_listen(&p->bob);
	p->until = UA_SENT;
	run(p);
	assert_string_equal((char *)p->alice.told.p, "WLS");
	assert_int_equal(p->alice.exit, 0);
}

static const struct say alice_says = {
    .cn = "Alice", .san = "URI:sip:alice@127.0.0.1"};
static const struct say bob_says = {
    .cn = "Bob", .san = "URI:sip:bob@127.0.0.1"};

static void
has(const struct buf *b, const char *text)
{
	if (b->p == NULL || strstr((char *)b->p, text) == NULL)
		fail_msg("no \"%s\" in: %s", text, (char *)b->p);
}

static void
details_come_where_they_are_wanted(void **state)
{
	struct pair *p = *state;

	befriend(&p->alice, &p->bob, "alice@127.0.0.1", &alice_says, true);
	befriend(&p->bob, &p->alice, "bob@127.0.0.1", &bob_says, true);
	owner_start(&p->bob);
	owner_start(&p->alice);
	owner_listen(&p->bob);
	post(p, true);
	run(p);
	assert_int_equal(p->alice.exit, 0);
	assert_string_equal((char *)p->bob.details.p, "");
	assert_string_equal(p->bob.fingerprint, "");
	ua_watch(p->bob.ua, true);
	post(p, true);
	run(p);
	has(&p->bob.details, "encryption\ncipher: ");
	has(&p->bob.details, "encrypted for: issuer ");
	has(&p->bob.details, "signature\ndigest: sha256\n");
	has(&p->bob.details, "signing time: 2");
	has(&p->bob.details, "name: URI sip:alice@127.0.0.1\n");
	has(&p->bob.details, "trust: pinned for alice@127.0.0.1\n");
	has(&p->bob.details, p->bob.fingerprint);
	assert_int_equal(strlen(p->bob.fingerprint), 64);
	assert_true(p->bob.pinned);
}

/* --- the preflight ------------------------------------------------------------ */

static struct ua_preflight
preflight(struct owner *o, const char *to)
{
	struct ua_preflight out;
	struct err e;

	if (ua_preflight(o->ua, to, true, &out, &e) == -1)
		fail_msg("%s", e.text);
	return out;
}

/* What a person reads of it: why, and what to do. */
static const char *
advice(struct buf *words, const struct ua_preflight *p, bool sign)
{
	char *own = (char[]){"alice@127.0.0.1"};
	const struct config c = {
	    .keys = "/a key's", .aors = {.items = &own, .count = 1}};

	buf_free(words);
	buf_adds(words, sign ? p->smime.sign_why : p->smime.encrypt_why);
	if (sign)
		advice_sign(words, &p->smime, &c);
	else
		advice_encrypt(words, &p->smime, "bob@127.0.0.1", &c);
	return (const char *)words->p;
}

static void
what_is_missing_is_known_before(void **state)
{
	struct pair *p = *state;
	struct ua_preflight out;
	struct buf words = {0};
	struct err e;

	owner_start(&p->alice);
	out = preflight(&p->alice, "bob@127.0.0.1");
	assert_non_null(
	    strstr(advice(&words, &out, true), "no certificate of yours"));
	assert_non_null(strstr(advice(&words, &out, true),
	    "signet -k '/a key'\\''s' keys new alice@127.0.0.1"));
	assert_non_null(
	    strstr(advice(&words, &out, false), "no certificate of bob"));
	assert_non_null(strstr(advice(&words, &out, false), "/import FILE"));
	assert_non_null(strstr(advice(&words, &out, false), "/encrypt off"));
	assert_false(out.smime.has_cert);
	assert_string_equal(out.way, "tls straight to 127.0.0.1:5061");

	befriend(&p->alice, &p->bob, "alice@127.0.0.1", &alice_says, false);
	befriend(&p->bob, &p->alice, "bob@127.0.0.1", &bob_says, false);
	keystore_set_refresh_interval(p->alice.ks, 0);
	out = preflight(&p->alice, "bob@127.0.0.1");
	assert_string_equal(advice(&words, &out, true), "");
	assert_true(
	    out.smime.has_cert && !out.smime.pinned && out.smime.not_after > 0);
	assert_non_null(strstr(advice(&words, &out, false), "untrusted"));
	assert_non_null(
	    strstr(advice(&words, &out, false), "/verify bob@127.0.0.1"));
	assert_non_null(
	    strstr(advice(&words, &out, false), "/trust bob@127.0.0.1"));

	assert_int_equal(
	    ua_preflight(p->alice.ua, "sip:example.com", true, &out, &e), -1);
	assert_int_equal(e.exit, EX_DATAERR);
	buf_free(&words);
}

static void
a_certificate_that_does_not_do_is_known_before(void **state)
{
	struct pair *p = *state;
	struct say expired = bob_says;
	struct ua_preflight out;
	struct buf words = {0};

	expired.from = -7200;
	expired.until = -60;
	owner_start(&p->alice);
	befriend(&p->alice, &p->bob, "alice@127.0.0.1", &alice_says, false);
	befriend(&p->bob, &p->alice, "bob@127.0.0.1", &bob_says, true);
	out = preflight(&p->alice, "sips:bob@127.0.0.1:5061");
	assert_string_equal(advice(&words, &out, false), "");
	assert_true(out.smime.has_cert && out.smime.pinned);
	assert_int_equal(strlen(out.smime.fingerprint), 64);

	/* pinned, and then another one lies there */
	befriend(&p->bob, &p->alice, "bob@127.0.0.1", &bob_says, false);
	out = preflight(&p->alice, "bob@127.0.0.1");
	assert_false(out.smime.pinned);
	assert_non_null(strstr(advice(&words, &out, false), "changed"));
	assert_non_null(
	    strstr(advice(&words, &out, false), "/verify bob@127.0.0.1"));

	befriend(&p->bob, &p->alice, "bob@127.0.0.1", &expired, true);
	out = preflight(&p->alice, "bob@127.0.0.1");
	assert_non_null(strstr(advice(&words, &out, false), "expired"));
	assert_non_null(
	    strstr(advice(&words, &out, false), "/import --force FILE"));
	assert_null(strstr(advice(&words, &out, false), "/trust"));

	drop_file(p->alice.dir, "user_key_alice@127.0.0.1.pem");
	out = preflight(&p->alice, "bob@127.0.0.1");
	assert_non_null(strstr(advice(&words, &out, true), "no private key"));
	buf_free(&words);
}

static void
the_way_is_told(void **state)
{
	struct pair *p = *state;

	owner_start(&p->alice);
	assert_string_equal(preflight(&p->alice, "bob@example.net").way,
	    "tls, as DNS says for example.net");
	assert_string_equal(preflight(&p->alice, "sip:bob@example.net").way,
	    "udp, tcp or tls, as DNS says for example.net");
	assert_string_equal(
	    preflight(&p->alice, "sip:bob@example.net;transport=tcp").way,
	    "tcp, as DNS says for example.net");
	assert_string_equal(
	    preflight(&p->alice, "sip:bob@example.net:5070;transport=tcp").way,
	    "tcp straight to example.net:5070");
	assert_string_equal(preflight(&p->alice, "sips:bob@example.net:99").way,
	    "tls straight to example.net:99");
	assert_string_equal(
	    preflight(&p->alice, "sip:bob@127.0.0.1;transport=tcp").way,
	    "tcp straight to 127.0.0.1:5060");
	assert_string_equal(preflight(&p->alice, "sips:bob@[::1]").way,
	    "tls straight to [::1]:5061");
	assert_string_equal(preflight(&p->alice, "sip:bob@[::1]:7").way,
	    "udp, or tcp where it is long straight to [::1]:7");
	assert_string_equal(
	    preflight(&p->alice, "sips:bob@example.net;maddr=127.0.0.2").way,
	    "tls straight to 127.0.0.2:5061");
	ua_free(p->alice.ua);
	p->alice.c.proxy = xstrdup("sips:proxy.example.com");
	owner_start(&p->alice);
	assert_string_equal(preflight(&p->alice, "sip:bob@example.net").way,
	    "tls by sips:proxy.example.com");
	ua_free(p->alice.ua);
	free(p->alice.c.proxy);
	p->alice.c.proxy = xstrdup("sips:proxy.example.com:4061");
	owner_start(&p->alice);
	assert_string_equal(preflight(&p->alice, "sip:bob@example.net:9").way,
	    "tls by sips:proxy.example.com:4061");
	ua_free(p->alice.ua);
	free(p->alice.c.proxy);
	p->alice.c.proxy = xstrdup("sip:127.0.0.1;transport=tcp");
	owner_start(&p->alice);
	assert_string_equal(preflight(&p->alice, "sip:bob@example.net:9").way,
	    "tcp by sip:127.0.0.1;transport=tcp (127.0.0.1:5060)");
}

/* --- resolving ------------------------------------------------------------------ */

static void
lines_came(void *arg, const char *lines)
{
	buf_adds(arg, lines);
}

static void
a_uri_is_resolved_as_a_message_would_be(void **state)
{
	struct pair *p = *state;
	struct sockaddr_in sin = {.sin_family = AF_INET};
	socklen_t len = sizeof(sin);
	struct buf lines = {0};
	char server[64];
	struct err e;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	/* a name server that never answers */
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	snprintf(server, sizeof(server), "127.0.0.1:%u", ntohs(sin.sin_port));
	list_one(&p->alice.c.dns, server);
	owner_start(&p->alice);
	assert_int_equal(ua_resolve(p->alice.ua, "sip:127.0.0.1:5070",
			     lines_came, &lines, &e),
	    0);
	assert_non_null(strstr((char *)lines.p, "numeric"));
	assert_non_null(strstr((char *)lines.p, "1  udp:127.0.0.1:5070"));
	lines.n = 0;
	assert_int_equal(
	    ua_resolve(p->alice.ua, "bob@[", lines_came, &lines, &e), -1);
	assert_int_equal(e.exit, EX_DATAERR);
	assert_int_equal(
	    ua_resolve(p->alice.ua, "bob@example.net", lines_came, &lines, &e),
	    0);
	assert_int_equal(
	    ua_resolve(p->alice.ua, "bob@example.net", lines_came, &lines, &e),
	    -1);
	assert_int_equal(e.exit, EX_TEMPFAIL);
	assert_int_equal(lines.n, 0);
	ua_free(p->alice.ua);
	p->alice.c.proxy = xstrdup("sip:127.0.0.2:5080;transport=tcp");
	owner_start(&p->alice);
	assert_int_equal(ua_resolve(p->alice.ua, "sip:bob@example.net",
			     lines_came, &lines, &e),
	    0);
	assert_non_null(
	    strstr((char *)lines.p, "by the proxy sip:127.0.0.2:5080"));
	assert_non_null(strstr((char *)lines.p, "1  tcp:127.0.0.2:5080"));
	buf_free(&lines);
	close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_wire_is_seen_in_pairs),
	    TEST(a_message_leaves_again_after_it_waited),
	    TEST(details_come_where_they_are_wanted),
	    TEST(what_is_missing_is_known_before),
	    TEST(a_certificate_that_does_not_do_is_known_before),
	    TEST(the_way_is_told),
	    TEST(a_uri_is_resolved_as_a_message_would_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
