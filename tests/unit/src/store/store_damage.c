/* The history on disk: what somebody else sees of it, and what damage does. */
#include "tests/unit/src/store/store_place.h"

#include <sqlite3.h>

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

/* A trigger in the file would take away what was just answered. */
static void
a_trigger_in_the_file_does_nothing(void **state)
{
	struct place *p = *state;
	struct store_message m = theirs("bob@example.com", "a text");
	sqlite3 *sql = NULL;

	store_close(p->s);
	p->s = NULL;
	assert_int_equal(sqlite3_open(p->path, &sql), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sql,
			     "CREATE TRIGGER t AFTER INSERT ON messages "
			     "BEGIN DELETE FROM messages; END;",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(sql);
	start(p);
	add(p, &m, "key");
	wait(p);
	assert_int_equal(p->result, STORE_DONE);
	holds(p, NULL, "1:a text ");
	/* what belongs to a message goes with it still */
	m.raw = span_str("raw");
	add(p, &m, "other");
	wait(p);
	store_forget(p->s, m.peer, told, p);
	wait(p);
	assert_int_equal(p->result, STORE_DONE);
	assert_int_equal(store_raw(p->s, 2, &(struct buf){0}, &(struct buf){0},
			     &(struct err){0}),
	    -1);
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

/* What was made by hand, or by a tool that saved some tables alone. */
static void
a_history_that_lost_a_part_says_so(void **state)
{
	static const char *const losses[] = {"DROP TABLE messages",
	    "DROP TABLE signed", "DROP TABLE inputs", "DROP TABLE wraps",
	    "DROP TABLE meta", "ALTER TABLE people DROP COLUMN box",
	    "ALTER TABLE people RENAME COLUMN minute TO hour",
	    "PRAGMA user_version = 0",
	    "DROP TABLE requests; CREATE VIEW requests AS SELECT 1"};
	struct place *p = *state;
	struct buf whole;
	struct store *s = NULL;

	store_close(p->s);
	p->s = NULL;
	whole = file(p, "");
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		struct err e = {0};
		sqlite3 *sql = NULL;

		put_file(p->dir, "history.db", whole.p, whole.n);
		assert_int_equal(sqlite3_open(p->path, &sql), SQLITE_OK);
		if (sqlite3_exec(sql, losses[i], NULL, NULL, NULL) != SQLITE_OK)
			fail_msg("%s: %s", losses[i], sqlite3_errmsg(sql));
		sqlite3_close(sql);
		for (int writes = 0; writes < 2; writes++) {
			assert_int_equal(store_open(writes ? p->loop : NULL,
					     p->ks, &p->who, p->path, &s, &e),
			    -1);
			assert_int_equal(e.exit, EX_DATAERR);
			if (strstr(e.text, "has lost a part") == NULL ||
			    strstr(e.text, p->path) == NULL)
				fail_msg("%s: %s", losses[i], e.text);
		}
	}
	put_file(p->dir, "history.db", whole.p, whole.n);
	start(p);
	buf_free(&whole);
}

/* A file that was named ours and then left, by a crash, has its tables made. */
static void
a_history_that_was_just_begun_goes_on(void **state)
{
	struct place *p = *state;
	sqlite3 *sql = NULL;

	store_close(p->s);
	p->s = NULL;
	drop_file(p->dir, "history.db");
	assert_int_equal(sqlite3_open(p->path, &sql), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sql, "PRAGMA application_id = 0x7369676e",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(sql);
	start(p);
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
	const struct CMUnitTest tests[] = {
	    TEST(nothing_stands_in_clear),
	    TEST(a_flipped_bit_shows_nothing_wrong),
	    TEST(a_trigger_in_the_file_does_nothing),
	    TEST(a_database_of_another_key_is_refused),
	    TEST(a_file_that_is_no_history_is_refused),
	    TEST(a_history_that_lost_a_part_says_so),
	    TEST(a_history_that_was_just_begun_goes_on),
	    TEST(what_is_forgotten_is_in_no_byte),
	    TEST(a_plain_message_takes_little_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
