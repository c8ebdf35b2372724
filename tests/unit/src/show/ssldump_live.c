/* TLS between two user agents, watched from both sides. */
#include "tests/unit/src/show/ssldump_pair.h"

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
	ua_close_all(p->alice.ua);
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
	ua_close_all(p->alice.ua);
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
	ua_close_all(p->alice.ua);
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
	ua_close_all(p->alice.ua);
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
	ua_close_all(p->alice.ua);
	assert_int_equal(loop_run(p->loop, &e), 0);
	assert_int_equal(p->sent, 2);
	assert_int_equal(p->alice.exit, EX_UNAVAILABLE);
	saw(&p->alice,
	    WHOLE_13 "C>S Certificate\nC>S Finished\n" SPEAKS_13 BYE);
}

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
