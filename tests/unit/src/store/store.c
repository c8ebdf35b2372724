/* The history on disk: what is written is read again. */
#include "tests/unit/src/store/store_place.h"

#include "src/store/store_move.h"

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

static void
keep_result(void *arg, enum store_result result, uint64_t id, int status,
    const struct err *e)
{
	enum store_result *out = arg;

	(void)id;
	(void)status;
	(void)e;
	*out = result;
}

/* --- the tests ------------------------------------------------------------- */

static void
what_is_written_is_read_again(void **state)
{
	struct place *p = *state;
	struct store_message m = theirs("bob@example.com", "hello"), got;
	struct store_query q = {.peer = "bob@example.com"};
	struct buf raw = {0}, key = {0};
	struct err e = {0};

	m.raw = span_str("MESSAGE sip:me@example.com SIP/2.0\r\n\r\n");
	m.content_key = span_str("what opens it");
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
	assert_int_equal(store_raw(p->s, p->id, &raw, &key, &e), 0);
	assert_true(span_eq(span_buf(&raw), m.raw));
	assert_true(span_eq(span_buf(&key), m.content_key));
	assert_int_equal(store_raw(p->s, p->id + 1, &raw, &key, &e), -1);
	assert_int_equal(e.exit, EX_NOINPUT);
	buf_free(&raw);
	buf_free(&key);
	free((char *)got.peer);
	free((char *)got.from);
	free((char *)got.to);
	free((char *)got.text);
}

/* A text is so many bytes, with whatever in it and behind it. */
static void
a_text_need_not_end(void **state)
{
	static const char text[] = "one\0two\nthree";
	struct place *p = *state;
	struct store_message m = theirs("bob@example.com", text), got;
	struct store_query q = {.peer = "bob@example.com"};
	struct err e = {0};

	m.text_len = 7;
	add(p, &m, NULL);
	wait(p);
	assert_int_equal(store_read(p->s, &q, keep_last, &got, &e), 0);
	assert_int_equal(got.text_len, 7);
	assert_string_equal(got.text, "one");
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

/* What was forgotten while it waited has no place for its request; what came
 * meanwhile is kept all the same. */
static void
a_request_without_a_message_harms_no_other(void **state)
{
	struct place *p = *state;
	struct store_message mine = theirs("bob@example.com", "out");
	struct store_message came = theirs("eve@example.com", "in");
	struct store_request r = {.call_id = "c",
	    .from_tag = "t",
	    .cseq = 1,
	    .content_type = "text/plain"};
	enum store_result results[3] = {STORE_KNOWN};

	mine.direction = STORE_OUT;
	mine.state = STORE_WAITING;
	add(p, &mine, NULL);
	wait(p);
	store_forget(p->s, mine.peer, keep_result, &results[0]);
	store_keep_request(p->s, p->id, &r, keep_result, &results[1]);
	store_add(p->s, &came, NULL, keep_result, &results[2]);
	add(p, &came, NULL);
	wait(p);
	assert_int_equal(results[0], STORE_DONE);
	assert_int_equal(results[1], STORE_LOST);
	assert_int_equal(results[2], STORE_DONE);
	assert_int_equal(p->result, STORE_DONE);
	holds(p, NULL, "2:in 3:in ");
}

static void
a_message_to_oneself_has_both_sides(void **state)
{
	struct place *p = *state;
	struct store_message m = theirs("me@example.com", "note"), got;
	struct store_query q = {.peer = "me@example.com"};
	struct err e = {0};

	for (int i = 0; i < 2; i++) {
		m.direction = i == 0 ? STORE_IN : STORE_OUT;
		add(p, &m, NULL);
		wait(p);
		assert_int_equal(store_read(p->s, &q, keep_last, &got, &e), 0);
		assert_string_equal(got.from, "me@example.com");
		assert_string_equal(got.to, "me@example.com");
		free((char *)got.peer);
		free((char *)got.from);
		free((char *)got.to);
		free((char *)got.text);
		q.after = got.id;
	}
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
people_and_lines_move(void **state)
{
	struct place *p = *state;
	struct store_person bob = {.peer = "bob@example.com", .read = 7};
	struct store_message m = theirs("bob@example.com", "x");
	char file[4300], path[sizeof(p->path)];
	struct buf b = {0};
	uint64_t count;
	struct err e;

	store_set_person(p->s, &bob);
	store_add_input(p->s, "bob@example.com", span_str("first"));
	store_add_input(p->s, "eve@example.com", span_str("to eve"));
	store_add_input(p->s, "", span_str("/help"));
	add(p, &m, NULL);
	wait(p);
	snprintf(file, sizeof(file), "%s/moved", p->dir);
	snprintf(path, sizeof(path), "%s/other.db", p->dir);
	assert_int_equal(
	    store_export(p->ks, &p->who, p->path, file, &count, &e), 0);
	assert_int_equal(
	    store_import(p->ks, &p->who, path, file, &count, &e), 0);
	assert_int_equal(count, 1);
	store_close(p->s);
	memcpy(p->path, path, sizeof(path));
	start(p);
	(void)store_people(p->s, add_person, &b, &e);
	(void)store_inputs(p->s, "bob@example.com", add_line, &b, &e);
	(void)store_inputs(p->s, "", add_line, &b, &e);
	assert_string_equal((char *)b.p, "bob@example.com - 1 0|first|/help|");
	store_forget(p->s, bob.peer, told, p);
	wait(p);
	b.n = 0;
	(void)store_people(p->s, add_person, &b, &e);
	(void)store_inputs(p->s, bob.peer, add_line, &b, &e);
	(void)store_inputs(p->s, "eve@example.com", add_line, &b, &e);
	assert_string_equal((char *)b.p, "to eve|");
	buf_free(&b);
	/* It is empty again, and takes the file once more; a second time there
	 * is nothing new in it. */
	store_close(p->s);
	p->s = NULL;
	assert_int_equal(
	    store_import(p->ks, &p->who, path, file, &count, &e), 0);
	assert_int_equal(count, 1);
	assert_int_equal(
	    store_import(p->ks, &p->who, path, file, &count, &e), 0);
	assert_int_equal(count, 0);
	start(p);
	holds(p, NULL, "2:x ");
}

static void
nobody(void *arg)
{
	(void)arg;
}

/* One of two has the outbox, until it is closed, whoever opens and closes the
 * file of the lock meanwhile. */
static void
one_of_two_sends_what_waits(void **state)
{
	struct place *p = *state;
	char lock[4300];
	struct store *other = NULL;
	struct err e = {0};
	bool ours;
	FILE *f;

	snprintf(lock, sizeof(lock), "%s-lock", p->path);
	assert_int_equal(
	    store_open(p->loop, p->ks, &p->who, p->path, &other, &e), 0);
	assert_int_equal(store_take_outbox(p->s, nobody, NULL, &ours, &e), 0);
	assert_true(ours);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    store_take_outbox(other, nobody, NULL, &ours, &e), 0);
		assert_false(ours);
		f = fopen(lock, "r");
		assert_non_null(f);
		fclose(f);
	}
	store_close(p->s);
	p->s = NULL;
	assert_int_equal(store_take_outbox(other, nobody, NULL, &ours, &e), 0);
	assert_true(ours);
	store_close(other);
	start(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_is_written_is_read_again),
	    TEST(a_text_need_not_end),
	    TEST(a_copy_is_known_over_restarts),
	    TEST(many_are_committed_in_their_order),
	    TEST(queries_choose),
	    TEST(what_waits_keeps_its_request_until_it_is_over),
	    TEST(a_request_without_a_message_harms_no_other),
	    TEST(a_message_to_oneself_has_both_sides),
	    TEST(people_and_lines_are_kept),
	    TEST(people_and_lines_move),
	    TEST(one_of_two_sends_what_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
