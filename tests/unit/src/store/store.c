/* The history on disk: what is written is read again, and nothing else is. */
#include "tests/unit/keys/keys_make.h"

#include "src/base/loop.h"
#include "src/store/store.h"

/* A folder with a key store and a history, and what was told last. */
struct place {
	char *dir, path[4200];
	struct aor who;
	struct keystore *ks;
	struct loop *loop;
	struct store *s;
	size_t told;
	enum store_result result;
	uint64_t id;
	int status;
	struct err why;
};

static void
start(struct place *p)
{
	struct err e = {0};

	if (store_open(p->loop, p->ks, &p->who, p->path, &p->s, &e) == -1)
		fail_msg("%s", e.text);
}

static void
restart(struct place *p)
{
	store_close(p->s);
	p->s = NULL;
	start(p);
}

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));
	struct keystore_new how = {.days = 30};
	struct err e = {0};

	p->dir = make_dir();
	snprintf(p->path, sizeof(p->path), "%s/history.db", p->dir);
	assert_int_equal(aor_parse(span_str("me@example.com"), &p->who, &e), 0);
	assert_int_equal(keystore_open(p->dir, true, &p->ks, &e), 0);
	assert_int_equal(keystore_make(p->ks, "me@example.com", &how, &e), 0);
	assert_int_equal(loop_new(&p->loop, &e), 0);
	start(p);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	store_close(p->s);
	loop_free(p->loop);
	keystore_free(p->ks);
	aor_free(&p->who);
	drop_dir(p->dir);
	free(p);
	return 0;
}

static void
told(void *arg, enum store_result result, uint64_t id, int status,
    const struct err *e)
{
	struct place *p = arg;

	p->told++;
	p->result = result;
	p->id = id;
	p->status = status;
	p->why = *e;
	if (!store_busy(p->s))
		loop_stop(p->loop);
}

/* Runs the loop until all is told. */
static void
wait(struct place *p)
{
	struct err e;

	assert_true(store_busy(p->s));
	assert_int_equal(loop_run(p->loop, &e), 0);
}

static struct store_message
theirs(const char *peer, const char *text)
{
	return (struct store_message){.direction = STORE_IN,
	    .state = STORE_SHOWN,
	    .arrived = 1795000000,
	    .peer = peer,
	    .from = peer,
	    .to = "me@example.com",
	    .call_id = "a84b4c76e66710@pc33",
	    .content_type = "text/plain",
	    .text = text,
	    .text_len = strlen(text),
	    .status = 200,
	    .transport = TRANSPORT_TLS,
	    .judged = true,
	    .verdict = {.signature = SIGNATURE_GOOD,
		.signer = "bob@example.com",
		.digest = "sha-256",
		.encryption = ENCRYPTION_OPENED,
		.cipher = "aes-128-gcm",
		.covers = COVERS_TEXT}};
}

static void
add(struct place *p, const struct store_message *m, const char *key)
{
	unsigned char bytes[32] = {0};

	if (key != NULL)
		memcpy(bytes, key, strlen(key));
	store_add(p->s, m, key != NULL ? bytes : NULL, told, p);
}

/* Writes the texts of a query, each behind its number, and '!' for damage. */
static bool
collect(void *arg, const struct store_message *m, bool damaged)
{
	struct buf *b = arg;

	buf_addf(b, "%llu:%s ", (unsigned long long)m->id,
	    damaged               ? "!"
		: m->text != NULL ? m->text
				  : "-");
	return true;
}

static void
holds(struct place *p, const struct store_query *q, const char *wanted)
{
	static const struct store_query all;
	struct buf b = {0};
	struct err e = {0};

	buf_adds(&b, "");
	if (store_read(p->s, q != NULL ? q : &all, collect, &b, &e) == -1)
		fail_msg("%s", e.text);
	assert_string_equal((char *)b.p, wanted);
	buf_free(&b);
}

static bool
keep_last(void *arg, const struct store_message *m, bool damaged)
{
	struct store_message *out = arg;

	assert_false(damaged);
	*out = *m;
	out->peer = strdup(m->peer);
	out->from = strdup(m->from);
	out->to = strdup(m->to);
	out->text = strdup(m->text);
	return true;
}

/* --- the tests ------------------------------------------------------------- */

static void
what_is_written_is_read_again(void **state)
{
	struct place *p = *state;
	struct store_message m = theirs("bob@example.com", "hello"), got;
	struct store_query q = {.peer = "bob@example.com"};
	struct buf raw = {0};
	struct err e = {0};

	m.raw = span_str("MESSAGE sip:me@example.com SIP/2.0\r\n\r\n");
	add(p, &m, "one");
	wait(p);
	assert_int_equal(p->result, STORE_DONE);
	restart(p);
	assert_int_equal(store_read(p->s, &q, keep_last, &got, &e), 0);
	assert_int_equal(got.id, p->id);
	assert_int_equal(got.direction, STORE_IN);
	assert_int_equal(got.state, STORE_SHOWN);
	assert_int_equal(got.arrived, 1795000000);
	assert_string_equal(got.from, "bob@example.com");
	assert_string_equal(got.to, "me@example.com");
	assert_string_equal(got.text, "hello");
	assert_int_equal(got.status, 200);
	assert_int_equal(got.transport, TRANSPORT_TLS);
	assert_true(got.judged);
	assert_memory_equal(&got.verdict, &m.verdict, sizeof(got.verdict));
	assert_int_equal(store_raw(p->s, p->id, &raw, &e), 0);
	assert_true(span_eq(span_buf(&raw), m.raw));
	assert_int_equal(store_raw(p->s, p->id + 1, &raw, &e), -1);
	assert_int_equal(e.exit, EX_NOINPUT);
	buf_free(&raw);
	free((char *)got.peer);
	free((char *)got.from);
	free((char *)got.to);
	free((char *)got.text);
}

static void
a_copy_is_known_over_restarts(void **state)
{
	struct place *p = *state;
	struct store_message m = theirs("bob@example.com", "once");

	m.status = 202;
	add(p, &m, "one");
	wait(p);
	restart(p);
	add(p, &m, "one");
	wait(p);
	assert_int_equal(p->result, STORE_KNOWN);
	assert_int_equal(p->status, 202);
	/* also in one transaction */
	add(p, &m, "two");
	add(p, &m, "two");
	wait(p);
	assert_int_equal(p->result, STORE_KNOWN);
	holds(p, NULL, "1:once 2:once ");
}

static void
many_are_committed_in_their_order(void **state)
{
	struct place *p = *state;
	struct buf wanted = {0};

	for (int i = 1; i <= 500; i++) {
		char text[32];
		struct store_message m;

		snprintf(text, sizeof(text), "t%d", i);
		m = theirs("bob@example.com", text);
		add(p, &m, NULL);
		buf_addf(&wanted, "%d:t%d ", i, i);
	}
	wait(p);
	assert_int_equal(p->told, 500);
	holds(p, NULL, (char *)wanted.p);
	buf_free(&wanted);
}

static void
queries_choose(void **state)
{
	static const char *const who[] = {"bob@example.com", "eve@example.com"};
	struct place *p = *state;

	for (int i = 0; i < 6; i++) {
		char text[2] = {(char)('a' + i), '\0'};
		struct store_message m = theirs(who[i % 2], text);

		add(p, &m, NULL);
	}
	wait(p);
	holds(p, &(struct store_query){.peer = who[1]}, "2:b 4:d 6:f ");
	holds(p, &(struct store_query){.peer = who[0], .backward = true},
	    "5:e 3:c 1:a ");
	holds(p, &(struct store_query){.after = 2, .before = 5}, "3:c 4:d ");
	holds(p, &(struct store_query){.peer = "nobody@example.com"}, "");
	holds(p, &(struct store_query){.until = 60}, "");
	holds(p, &(struct store_query){.since = time(NULL) - 3600},
	    "1:a 2:b 3:c 4:d 5:e 6:f ");
}

static void
what_waits_keeps_its_request_until_it_is_over(void **state)
{
	struct place *p = *state;
	struct store_message m = theirs("bob@example.com", "out");
	struct store_request r = {.call_id = "c",
				 .from_tag = "t",
				 .cseq = 2,
				 .content_type = "text/plain",
				 .body = {(const unsigned char *)"b\0dy", 4}},
			     got;
	struct store_query waiting = {.waiting = true};
	struct err e = {0};
	uint64_t id;

	m.direction = STORE_OUT;
	m.state = STORE_WAITING;
	add(p, &m, NULL);
	wait(p);
	id = p->id;
	assert_int_equal(store_get_request(p->s, id, &got, &e), -1);
	assert_int_equal(e.exit, EX_NOINPUT);
	store_keep_request(p->s, id, &r, told, p);
	store_set_state(p->s, id, STORE_SENT, 0, NULL, 0, told, p);
	wait(p);
	restart(p);
	holds(p, &waiting, "1:out ");
	assert_int_equal(store_get_request(p->s, id, &got, &e), 0);
	assert_string_equal(got.call_id, "c");
	assert_string_equal(got.from_tag, "t");
	assert_int_equal(got.cseq, 2);
	assert_true(span_eq(got.body, r.body));
	store_request_free(&got);
	store_set_state(
	    p->s, id, STORE_DELIVERED, 200, NULL, 1795000001, told, p);
	wait(p);
	holds(p, &waiting, "");
	holds(p, NULL, "1:out ");
	assert_int_equal(store_get_request(p->s, id, &got, &e), -1);
}

/* Reads or changes the database as anybody could. */
static struct buf
file(const struct place *p, const char *more)
{
	char path[4300], chunk[4096];
	struct buf b = {0};
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", p->path, more);
	f = fopen(path, "rb");
	while (f != NULL && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&b, chunk, n);
	if (f != NULL)
		fclose(f);
	return b;
}

static bool
found(const struct buf *b, struct span what)
{
	for (size_t i = 0; i + what.n <= b->n; i++)
		if (memcmp(b->p + i, what.p, what.n) == 0)
			return true;
	return false;
}

static void
nothing_stands_in_clear(void **state)
{
	static const char *const secrets[] = {"very secret words",
	    "bob@example.com", "a84b4c76e66710", "text/plain", "draft of mine"};
	static const char *const files[] = {"", "-wal", "-shm"};
	struct place *p = *state;
	struct store_message m = theirs(
	    "bob@example.com", "these are very secret words");
	struct store_person person = {
	    .peer = "bob@example.com", .draft = "a draft of mine"};

	m.raw = span_str("MESSAGE sip:bob@example.com very secret words");
	store_set_person(p->s, &person);
	store_add_input(p->s, "bob@example.com", span_str("very secret words"));
	add(p, &m, "key");
	wait(p);
	for (size_t i = 0; i < 3; i++) {
		struct buf b = file(p, files[i]);

		assert_true(b.n > 0);
		for (size_t k = 0; k < 5; k++)
			assert_false(found(&b, span_str(secrets[k])));
		buf_free(&b);
	}
}

static bool
count_damaged(void *arg, const struct store_message *m, bool damaged)
{
	size_t *counts = arg;

	counts[damaged ? 1 : 0]++;
	if (!damaged)
		assert_string_equal(m->text, "a text");
	return true;
}

/* A bit of any byte of the file is flipped: what is read is what was written, or
 * told as damaged, or nothing is read and an error says why. */
static void
a_flipped_bit_shows_nothing_wrong(void **state)
{
	static const struct store_query all;
	struct place *p = *state;
	struct store_message m = theirs("bob@example.com", "a text");
	size_t told_damaged = 0;
	struct buf before;

	for (int i = 0; i < 3; i++)
		add(p, &m, NULL);
	wait(p);
	store_close(p->s); /* which empties the WAL */
	p->s = NULL;
	before = file(p, "");
	for (size_t at = 0; at < before.n; at += 97) {
		size_t counts[2] = {0, 0};
		struct err e = {0};
		FILE *f = fopen(p->path, "wb");

		before.p[at] ^= 1;
		fwrite(before.p, 1, before.n, f);
		fclose(f);
		before.p[at] ^= 1;
		if (store_open(NULL, p->ks, &p->who, p->path, &p->s, &e) ==
		    -1) {
			assert_true(e.exit != 0 && e.text[0] != '\0');
			continue;
		}
		if (store_read(p->s, &all, count_damaged, counts, &e) == -1)
			assert_true(e.text[0] != '\0');
		else
			assert_true(counts[0] + counts[1] <= 3);
		told_damaged += counts[1];
		assert_true(counts[1] <= 1);
		store_close(p->s);
		p->s = NULL;
	}
	assert_true(told_damaged > 5);
	buf_free(&before);
}

static void
a_database_of_another_key_is_refused(void **state)
{
	struct place *p = *state;
	struct keystore_new how = {.days = 30, .force = true};
	struct err e = {0};
	struct store *s = NULL;

	store_close(p->s);
	p->s = NULL;
	/* the key is gone, and a new one is there */
	assert_int_equal(keystore_make(p->ks, "me@example.com", &how, &e), 0);
	assert_int_equal(
	    store_open(p->loop, p->ks, &p->who, p->path, &s, &e), -1);
	assert_int_equal(e.exit, EX_CONFIG);
	assert_null(s);
}

static void
a_file_that_is_no_history_is_refused(void **state)
{
	static const char zeros[8192];
	struct place *p = *state;
	struct store *s = NULL;
	struct err e = {0};
	FILE *f;

	store_close(p->s);
	p->s = NULL;
	f = fopen(p->path, "wb");
	fputs("this is a text, and long enough to be looked at by anybody who "
	      "opens it to see whether it is a database, which it is not at "
	      "all, however often it is read",
	    f);
	fclose(f);
	assert_int_equal(
	    store_open(p->loop, p->ks, &p->who, p->path, &s, &e), -1);
	assert_int_equal(e.exit, EX_DATAERR);
	f = fopen(p->path, "wb");
	fwrite(zeros, 1, sizeof(zeros), f);
	fclose(f);
	assert_int_equal(
	    store_open(p->loop, p->ks, &p->who, p->path, &s, &e), -1);
	assert_true(e.exit != 0 && e.text[0] != '\0');
}

static void
what_is_forgotten_is_in_no_byte(void **state)
{
	struct place *p = *state;
	struct store_message bob = theirs("bob@example.com", "bob's");
	struct store_message eve = theirs("eve@example.com", "eve's");
	struct buf before, after, wal;
	struct span piece;
	size_t lost = 0;

	add(p, &bob, NULL);
	add(p, &eve, NULL);
	wait(p);
	before = file(p, "-wal");
	store_forget(p->s, "bob@example.com", told, p);
	wait(p);
	assert_int_equal(p->result, STORE_DONE);
	holds(p, NULL, "2:eve's ");
	after = file(p, "");
	wal = file(p, "-wal");
	assert_int_equal(wal.n, 0);
	/* Of the bytes that the WAL had, whole pieces are nowhere now. */
	for (size_t i = 0; i + 32 < before.n; i += 32) {
		piece = span_cut(span_buf(&before), i, i + 32);
		lost += !found(&after, piece);
	}
	assert_true(lost > 0);
	buf_free(&before);
	buf_free(&after);
	buf_free(&wal);
}

static bool
add_line(void *arg, struct span line)
{
	buf_addspan(arg, line);
	buf_adds(arg, "|");
	return true;
}

static bool
add_person(void *arg, const struct store_person *p)
{
	buf_addf(arg, "%s %s %llu %d|", p->peer,
	    p->draft != NULL ? p->draft : "-", (unsigned long long)p->read,
	    p->off);
	return true;
}

static void
people_and_lines_are_kept(void **state)
{
	struct place *p = *state;
	struct store_person bob = {
	    .peer = "bob@example.com", .read = 7, .off = true};
	struct store_message m = theirs("bob@example.com", "x");
	struct buf b = {0};
	struct err e;

	bob.draft = "half a line";
	store_set_person(p->s, &bob);
	bob.draft = NULL;
	store_set_person(p->s, &bob);
	store_add_input(p->s, "bob@example.com", span_str("first"));
	store_add_input(p->s, "eve@example.com", span_str("to eve"));
	add(p, &m, NULL);
	wait(p);
	restart(p);
	assert_int_equal(store_people(p->s, add_person, &b, &e), 0);
	(void)store_inputs(p->s, "bob@example.com", add_line, &b, &e);
	assert_string_equal((char *)b.p, "bob@example.com - 7 1|first|");
	assert_true(store_is_off(p->s, bob.peer));
	store_forget(p->s, bob.peer, told, p);
	wait(p);
	b.n = 0;
	(void)store_people(p->s, add_person, &b, &e);
	(void)store_inputs(p->s, bob.peer, add_line, &b, &e);
	(void)store_inputs(p->s, "eve@example.com", add_line, &b, &e);
	assert_string_equal((char *)b.p, "to eve|");
	buf_free(&b);
}

static void
a_plain_message_takes_little_room(void **state)
{
	struct place *p = *state;
	struct store_message m = theirs("someone@example.com",
	    "The quick brown fox jumps over the lazy dog, and then over it "
	    "once more today.");
	struct buf b;

	m.verdict = (struct verdict){.signature = SIGNATURE_NONE};
	m.call_id = "0123456789abcdef0123456789abcdef";
	for (int i = 0; i < 2000; i++) {
		char key[16];

		snprintf(key, sizeof(key), "%d", i);
		add(p, &m, key);
	}
	wait(p);
	store_close(p->s);
	p->s = NULL;
	b = file(p, "");
	print_message("%zu bytes a message\n", b.n / 2000);
	assert_true(b.n / 2000 <= 600);
	buf_free(&b);
	start(p);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(what_is_written_is_read_again),
	    TEST(a_copy_is_known_over_restarts),
	    TEST(many_are_committed_in_their_order),
	    TEST(queries_choose),
	    TEST(what_waits_keeps_its_request_until_it_is_over),
	    TEST(nothing_stands_in_clear),
	    TEST(a_flipped_bit_shows_nothing_wrong),
	    TEST(a_database_of_another_key_is_refused),
	    TEST(a_file_that_is_no_history_is_refused),
	    TEST(what_is_forgotten_is_in_no_byte),
	    TEST(people_and_lines_are_kept),
	    TEST(a_plain_message_takes_little_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
