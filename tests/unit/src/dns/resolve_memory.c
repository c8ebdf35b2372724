/* The memory of a resolver: cached answers, and targets that failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <poll.h>

#include <cmocka.h>

#include "src/dns/resolve.h"

/* A name server in the same loop. It gives three addresses for every name, with
 * a TTL of ttl seconds, and no records of other types. */
struct server {
	struct loop *loop;
	struct loop_io io;
	struct resolver *r;
	struct loop_timer end;
	unsigned char ttl;
	bool silent;
	size_t asked; /* questions for A */
	/* the last result */
	struct target targets[RESOLVE_TARGETS];
	size_t count, answers;
	int exit;
};

static void
serve(void *arg, short revents)
{
	struct server *s = arg;
	unsigned char q[2048];
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	ssize_t n = recvfrom(
	    s->io.fd, q, sizeof(q) - 256, 0, (struct sockaddr *)&peer, &len);
	size_t at = 12;
	bool is_a;

	(void)revents;
	assert_true(n > 17);
	while (q[at] != 0)
		at += q[at] + 1u;
	is_a = q[at + 2] == 1;
	s->asked += is_a;
	at += 5;
	if (s->silent)
		return;
	q[2] = 0x81;
	q[3] = 0x80;
	q[7] = is_a ? 3 : 0;
	q[9] = q[11] = 0;
	for (unsigned char i = 1; is_a && i <= 3; i++) {
		unsigned char rr[16] = {
		    0xc0, 12, 0, 1, 0, 1, 0, 0, 0, s->ttl, 0, 4, 127, 0, 0, i};

		memcpy(q + at, rr, sizeof(rr));
		at += sizeof(rr);
	}
	assert_true(sendto(s->io.fd, q, at, 0, (struct sockaddr *)&peer, len) ==
	    (ssize_t)at);
}

static void
found(void *arg, const struct target *targets, size_t count,
    const struct err *why)
{
	struct server *s = arg;

	if (count > 0)
		memcpy(s->targets, targets, count * sizeof(*targets));
	s->count = count;
	s->exit = why->exit;
	s->answers++;
	loop_stop(s->loop);
}

static struct resolve_query *
ask(struct server *s, const char *text)
{
	struct uri uri;
	struct err e;

	assert_int_equal(uri_parse(span_str(text), &uri, &e), 0);
	return resolve_uri(s->r, &uri, 0, found, s);
}

/* Resolves a URI and returns "1 2 3": the last bytes of the addresses. */
static const char *
order(struct server *s, const char *text)
{
	static char out[256];
	struct err e;

	if (ask(s, text) != NULL)
		assert_int_equal(loop_run(s->loop, &e), 0);
	out[0] = '\0';
	for (size_t i = 0; i < s->count; i++) {
		char host[ADDR_TEXT];

		addr_host(&s->targets[i].addr, host);
		(void)strcat(
		    strcat(out, i > 0 ? " " : ""), strrchr(host, '.') + 1);
	}
	return out;
}

static int
setup(void **state)
{
	struct server *s = xcalloc(1, sizeof(*s));
	struct addr a;
	char text[ADDR_TEXT];
	struct err e;

	*state = s;
	assert_int_equal(loop_new(&s->loop, &e), 0);
	s->ttl = 100;
	s->io = (struct loop_io){.fn = serve, .arg = s};
	assert_true(addr_numeric(span_str("127.0.0.1"), 0, &a));
	s->io.fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(s->io.fd, (struct sockaddr *)&a.sa, a.len), 0);
	assert_int_equal(
	    getsockname(s->io.fd, (struct sockaddr *)&a.sa, &a.len), 0);
	loop_io_set(s->loop, &s->io, POLLIN);
	addr_text(&a, text);
	s->r = resolver_new(s->loop, &(char *){text}, 1);
	return 0;
}

static int
teardown(void **state)
{
	struct server *s = *state;

	resolver_free(s->r);
	loop_io_del(s->loop, &s->io);
	(void)close(s->io.fd);
	loop_free(s->loop);
	free(s);
	return 0;
}

static void
an_answer_is_kept_for_its_ttl(void **state)
{
	struct server *s = *state;

	assert_string_equal(order(s, "sip:b@h.test:5060"), "1 2 3");
	assert_string_equal(order(s, "sips:b@H.Test:5061"), "1 2 3");
	assert_int_equal(s->asked, 1);
	assert_string_equal(order(s, "sip:b@i.test:5060"), "1 2 3");
	assert_int_equal(s->asked, 2);
}

static void
an_answer_without_ttl_is_asked_for_again(void **state)
{
	struct server *s = *state;

	s->ttl = 0;
	assert_string_equal(order(s, "sip:b@h.test:5060"), "1 2 3");
	assert_string_equal(order(s, "sip:b@h.test:5060"), "1 2 3");
	assert_int_equal(s->asked, 2);
}

static void
one_question_serves_all_who_ask(void **state)
{
	struct server *s = *state;
	struct err e;

	assert_non_null(ask(s, "sip:b@h.test:5060"));
	assert_non_null(ask(s, "sip:c@h.test:5060"));
	while (s->answers < 2)
		assert_int_equal(loop_run(s->loop, &e), 0);
	assert_int_equal(s->asked, 1);
}

static void
five_hundred_names_at_once_lose_no_question(void **state)
{
	struct server *s = *state;
	char uri[64];
	struct err e;

	for (unsigned i = 0; i < 500; i++) {
		(void)snprintf(uri, sizeof(uri), "sips:b@h%u.test", i);
		assert_non_null(ask(s, uri));
	}
	while (s->answers < 500) {
		assert_int_equal(loop_run(s->loop, &e), 0);
		assert_int_equal(s->count, 3);
	}
	/* No question was lost: it would have been repeated. */
	assert_int_equal(s->asked, 500);
}

static void
a_cancelled_question_is_not_asked_later(void **state)
{
	struct server *s = *state;
	struct resolve_query *q[500];
	char uri[64];

	for (unsigned i = 0; i < 500; i++) {
		(void)snprintf(uri, sizeof(uri), "sips:b@h%u.test", i);
		q[i] = ask(s, uri);
	}
	for (unsigned i = 0; i < 500; i++)
		resolve_cancel(q[i]);
	assert_string_equal(order(s, "sip:b@i.test:5060"), "1 2 3");
	assert_in_range(s->asked, 1, 100);
}

static void
many_names_do_not_outgrow_the_memory(void **state)
{
	struct server *s = *state;
	char uri[64];

	for (unsigned i = 0; i < 700; i++) {
		(void)snprintf(uri, sizeof(uri), "sip:b@h%u.test:5060", i);
		assert_string_equal(order(s, uri), "1 2 3");
	}
	/* The newest are still cached, the oldest are not. */
	s->asked = 0;
	assert_string_equal(order(s, "sip:b@h699.test:5060"), "1 2 3");
	assert_int_equal(s->asked, 0);
	assert_string_equal(order(s, "sip:b@h0.test:5060"), "1 2 3");
	assert_int_equal(s->asked, 1);
}

static void
stop(void *arg)
{
	struct server *s = arg;

	loop_stop(s->loop);
}

static void
a_cancelled_query_says_nothing(void **state)
{
	struct server *s = *state;
	struct err e;

	resolve_cancel(ask(s, "sip:b@h.test:5060"));
	s->end = (struct loop_timer){.fn = stop, .arg = s};
	/* Wait for another answer: that of the ended query came before. */
	assert_string_equal(order(s, "sip:b@i.test:5060"), "1 2 3");
	assert_int_equal(s->answers, 1);
	loop_timer_set(s->loop, &s->end, 0);
	assert_int_equal(loop_run(s->loop, &e), 0);
	assert_int_equal(s->answers, 1);
}

static void
a_resolver_may_end_while_it_asks(void **state)
{
	struct server *s = *state;

	s->silent = true;
	assert_non_null(ask(s, "sips:b@h.test"));
	resolver_free(s->r);
	s->r = NULL;
	assert_int_equal(s->answers, 0);
}

static void
a_failed_target_comes_last_for_a_while(void **state)
{
	struct server *s = *state;
	struct err e;

	(void)order(s, "sip:b@h.test:5060");
	resolver_avoid(s->r, &s->targets[0], 20);
	assert_string_equal(order(s, "sip:b@h.test:5060"), "2 3 1");
	/* Another port or transport is another target. */
	assert_string_equal(order(s, "sip:b@h.test:5070"), "1 2 3");
	assert_string_equal(
	    order(s, "sip:b@h.test:5060;transport=tcp"), "1 2 3");
	s->end = (struct loop_timer){.fn = stop, .arg = s};
	loop_timer_set(s->loop, &s->end, 21);
	assert_int_equal(loop_run(s->loop, &e), 0);
	assert_string_equal(order(s, "sip:b@h.test:5060"), "1 2 3");
}

static void
failed_targets_keep_their_order(void **state)
{
	struct server *s = *state;

	(void)order(s, "sip:b@h.test:5060");
	resolver_avoid(s->r, &s->targets[1], 60000);
	resolver_avoid(s->r, &s->targets[0], 60000);
	assert_string_equal(order(s, "sip:b@h.test:5060"), "3 1 2");
	resolver_avoid(s->r, &s->targets[0], 60000); /* the third */
	assert_string_equal(order(s, "sip:b@h.test:5060"), "1 2 3");
}

static void
the_soonest_forgotten_makes_room(void **state)
{
	struct server *s = *state;
	struct target t;

	(void)order(s, "sip:b@h.test:5060");
	t = s->targets[0];
	resolver_avoid(s->r, &t, 60000);
	for (unsigned port = 1; port <= 63; port++) {
		addr_set_port(&t.addr, port);
		resolver_avoid(s->r, &t, 70000);
	}
	assert_string_equal(order(s, "sip:b@h.test:5060"), "2 3 1");
	addr_set_port(&t.addr, 64);
	resolver_avoid(s->r, &t, 70000);
	assert_string_equal(order(s, "sip:b@h.test:5060"), "1 2 3");
	assert_string_equal(order(s, "sip:b@h.test:64"), "2 3 1");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(an_answer_is_kept_for_its_ttl),
	    TEST(an_answer_without_ttl_is_asked_for_again),
	    TEST(one_question_serves_all_who_ask),
	    TEST(five_hundred_names_at_once_lose_no_question),
	    TEST(a_cancelled_question_is_not_asked_later),
	    TEST(many_names_do_not_outgrow_the_memory),
	    TEST(a_cancelled_query_says_nothing),
	    TEST(a_resolver_may_end_while_it_asks),
	    TEST(a_failed_target_comes_last_for_a_while),
	    TEST(failed_targets_keep_their_order),
	    TEST(the_soonest_forgotten_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
