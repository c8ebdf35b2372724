/* A history that is read into another one. */
#include "tests/unit/src/store/store_place.h"

#include <sqlite3.h>

#include "src/store/store_move.h"

/* Adds a message from bob that came so many seconds after the first. */
static uint64_t
came(struct place *p, int when, const char *text)
{
	struct store_message m = theirs("bob@example.com", text);

	m.arrived += when;
	m.raw = span_str(text);
	m.content_key = span_str("key");
	add(p, &m, text);
	wait(p);
	assert_int_equal(p->result, STORE_DONE);
	return p->id;
}

/* Adds one of ours that waits, with the request that it left with. */
static uint64_t
waits(struct place *p, int when, const char *text)
{
	struct store_message m = theirs("bob@example.com", text);
	struct store_request r = {.call_id = text,
	    .from_tag = "tag",
	    .cseq = 1,
	    .content_type = "text/plain",
	    .body = span_str(text)};

	m.direction = STORE_OUT;
	m.state = STORE_WAITING;
	m.sent = m.arrived + when;
	m.judged = false;
	store_add(p->s, &m, NULL, told, p);
	wait(p);
	store_keep_request(p->s, p->id, &r, told, p);
	wait(p);
	assert_int_equal(p->result, STORE_DONE);
	return p->id;
}

/* The history p->path is put aside as an export, and p goes on with another. */
static void
export_and_begin(struct place *p, char *file, size_t size)
{
	uint64_t count;
	struct err e = {0};

	snprintf(file, size, "%s/moved", p->dir);
	store_close(p->s);
	p->s = NULL;
	if (store_export(p->ks, &p->who, p->path, file, &count, &e) == -1)
		fail_msg("%s", e.text);
	snprintf(p->path, sizeof(p->path), "%s/other.db", p->dir);
	start(p);
}

static void
import(struct place *p, const char *file, uint64_t expected)
{
	uint64_t count = 99;
	struct err e = {0};

	store_close(p->s);
	p->s = NULL;
	if (store_import(p->ks, &p->who, p->path, file, &count, &e) == -1)
		fail_msg("%s", e.text);
	assert_int_equal(count, expected);
	start(p);
}

struct checking {
	struct place *p;
	struct buf texts;
};

/* Collects texts; what belongs to each is its own. */
static bool
check_row(void *arg, const struct store_message *m, bool damaged)
{
	struct checking *c = arg;
	struct store_request r;
	struct buf raw = {0}, key = {0};
	struct err e = {0};

	assert_false(damaged);
	buf_addf(&c->texts, "%s ", m->text);
	if (m->direction == STORE_IN) {
		assert_int_equal(store_raw(c->p->s, m->id, &raw, &key, &e), 0);
		assert_true(span_eq(span_buf(&raw), span_str(m->text)));
		assert_true(span_eq(span_buf(&key), span_str("key")));
	} else {
		assert_int_equal(store_get_request(c->p->s, m->id, &r, &e), 0);
		assert_string_equal(r.call_id, m->text);
		store_request_free(&r);
	}
	buf_free(&raw);
	buf_free(&key);
	return true;
}

static void
is(struct place *p, const char *texts)
{
	struct store_query q = {.peer = NULL};
	struct checking c = {.p = p};
	struct err e = {0};

	assert_int_equal(store_read(p->s, &q, check_row, &c, &e), 0);
	buf_add(&c.texts, "", 1);
	assert_string_equal((const char *)c.texts.p, texts);
	buf_free(&c.texts);
}

static uint64_t
id_of(struct place *p, const char *text)
{
	for (uint64_t id = 1; id < 100; id++) {
		struct buf raw = {0}, key = {0};
		struct err e;
		bool found = store_raw(p->s, id, &raw, &key, &e) == 0 &&
		    span_eq(span_buf(&raw), span_str(text));

		buf_free(&raw);
		buf_free(&key);
		if (found)
			return id;
	}
	fail_msg("there is no %s", text);
	return 0;
}

static bool
get_read(void *arg, const struct store_person *person)
{
	*(uint64_t *)arg = person->read;
	return true;
}

static void
messages_come_where_their_time_is(void **state)
{
	struct place *p = *state;
	struct store_person bob = {.peer = "bob@example.com"};
	struct err e = {0};
	char file[4300];
	uint64_t read = 0, last;

	(void)came(p, 10, "a");
	(void)waits(p, 30, "c");
	(void)came(p, 50, "e");
	export_and_begin(p, file, sizeof(file));
	(void)came(p, 5, "0");
	(void)came(p, 20, "b");
	(void)waits(p, 40, "d");
	bob.read = came(p, 45, "d2");
	last = came(p, 60, "f");
	store_set_person(p->s, &bob);
	import(p, file, 3);
	is(p, "0 a b c d d2 e f ");
	/* What was read stays read, and no number is used again. */
	assert_int_equal(store_people(p->s, get_read, &read, &e), 0);
	assert_int_equal(read, id_of(p, "d2"));
	assert_int_equal(id_of(p, "0"), 1);
	assert_true(id_of(p, "a") > last);
	/* Nothing comes twice, and a copy is still known. */
	import(p, file, 0);
	is(p, "0 a b c d d2 e f ");
	{
		struct store_message m = theirs("bob@example.com", "f");

		add(p, &m, "f");
		wait(p);
		assert_int_equal(p->result, STORE_KNOWN);
	}
}

static void
newer_messages_come_behind(void **state)
{
	struct place *p = *state;
	char file[4300];

	(void)came(p, 100, "x");
	(void)came(p, 110, "y");
	export_and_begin(p, file, sizeof(file));
	(void)came(p, 1, "a");
	(void)came(p, 2, "b");
	import(p, file, 2);
	is(p, "a b x y ");
	assert_int_equal(id_of(p, "a"), 1);
	assert_int_equal(id_of(p, "b"), 2);
}

/* One text twice in a second is two messages, not one. */
static void
two_that_look_alike_are_two(void **state)
{
	struct place *p = *state;
	char file[4300];

	(void)waits(p, 1, "same");
	(void)waits(p, 1, "same");
	export_and_begin(p, file, sizeof(file));
	(void)waits(p, 1, "same");
	import(p, file, 1);
	is(p, "same same ");
	import(p, file, 0);
	is(p, "same same ");
}

/* An empty history gets all, with how far was read. */
static void
a_new_history_gets_all(void **state)
{
	struct place *p = *state;
	struct store_person bob = {.peer = "bob@example.com", .draft = "d"};
	struct err e = {0};
	uint64_t read = 0;
	char file[4300];

	(void)came(p, 1, "gone");
	store_forget(p->s, "bob@example.com", told, p);
	wait(p);
	(void)came(p, 1, "a");
	bob.read = came(p, 2, "b");
	(void)came(p, 3, "c");
	store_set_person(p->s, &bob);
	export_and_begin(p, file, sizeof(file));
	import(p, file, 3);
	is(p, "a b c ");
	assert_int_equal(store_people(p->s, get_read, &read, &e), 0);
	assert_int_equal(read, id_of(p, "b"));
}

static void
nobody(void *arg)
{
	(void)arg;
}

static void
a_history_in_use_takes_none(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	uint64_t count;
	char file[4300];
	bool ours;

	(void)came(p, 1, "a");
	export_and_begin(p, file, sizeof(file));
	assert_int_equal(store_take_outbox(p->s, nobody, NULL, &ours, &e), 0);
	assert_true(ours);
	assert_int_equal(
	    store_import(p->ks, &p->who, p->path, file, &count, &e), -1);
	assert_int_equal(e.exit, EX_TEMPFAIL);
	is(p, "");
}

static void
many_keep_their_order(void **state)
{
	struct place *p = *state;
	struct buf expected = {0};
	char file[4300], text[16];

	for (int i = 0; i < 90; i += 3) {
		snprintf(text, sizeof(text), "m%02d", i);
		(void)came(p, i, text);
	}
	export_and_begin(p, file, sizeof(file));
	for (int i = 0; i < 90; i++) {
		snprintf(text, sizeof(text), "m%02d", i);
		if (i % 3 != 0)
			(void)came(p, i, text);
		buf_addf(&expected, "%s ", text);
	}
	import(p, file, 30);
	is(p, (const char *)expected.p);
	buf_free(&expected);
}

static bool
count_row(void *arg, const struct store_message *m, bool damaged)
{
	buf_adds(arg, damaged ? "! " : m->text);
	return true;
}

/* What cannot be opened cannot be sealed for another number. */
static void
what_is_damaged_stays_where_it_is(void **state)
{
	struct place *p = *state;
	struct store_query q = {.peer = NULL};
	struct buf texts = {0};
	struct err e = {0};
	sqlite3 *sql = NULL;
	char file[4300];

	(void)came(p, 1, "a");
	export_and_begin(p, file, sizeof(file));
	(void)came(p, 2, "b");
	(void)came(p, 3, "c");
	store_close(p->s);
	p->s = NULL;
	assert_int_equal(sqlite3_open(p->path, &sql), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(sql, "UPDATE messages SET minute = 1 WHERE id = 1",
		NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(sql);
	start(p);
	import(p, file, 1);
	assert_int_equal(store_read(p->s, &q, count_row, &texts, &e), 0);
	buf_add(&texts, "", 1);
	assert_string_equal((const char *)texts.p, "! ac");
	buf_free(&texts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(messages_come_where_their_time_is),
	    TEST(newer_messages_come_behind),
	    TEST(two_that_look_alike_are_two),
	    TEST(a_new_history_gets_all),
	    TEST(a_history_in_use_takes_none),
	    TEST(many_keep_their_order),
	    TEST(what_is_damaged_stays_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
