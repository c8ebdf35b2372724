/* The order of SRV records (RFC 2782) and of addresses (RFC 6724, 8305). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/dns/resolve_order.h"

enum { DRAWS = 10000 };

/* --- SRV ------------------------------------------------------------------ */

/* Counts how often each record comes first in DRAWS draws. */
static void
count_first(const struct order_srv *records, size_t count, size_t *first)
{
	size_t order[64];

	memset(first, 0, count * sizeof(*first));
	for (int i = 0; i < DRAWS; i++) {
		order_srv(records, count, order_random, NULL, order);
		first[order[0]]++;
	}
}

/* Returns Pearson's chi-square statistic against the expected shares. */
static double
chi_squared(const size_t *seen, const double *shares, size_t count, double n)
{
	double sum = 0, statistic = 0;

	for (size_t i = 0; i < count; i++)
		sum += shares[i];
	for (size_t i = 0; i < count; i++) {
		double expected = n * shares[i] / sum;
		double off = (double)seen[i] - expected;

		statistic += off * off / expected;
	}
	return statistic;
}

static void
weights_are_shares_of_the_first_place(void **state)
{
	static const struct order_srv records[] = {
	    {5, 10}, {5, 1}, {5, 60}, {5, 20}, {5, 9}};
	static const double shares[] = {10, 1, 60, 20, 9};
	size_t first[5];

	(void)state;
	count_first(records, 5, first);
	/* 4 degrees of freedom: exceeded once in a million times. */
	assert_true(chi_squared(first, shares, 5, DRAWS) < 33.4);
}

static void
weights_are_shares_of_the_second_place_too(void **state)
{
	static const struct order_srv records[] = {{5, 1}, {5, 2}, {5, 3}};
	/* P(i first) * P(j second, i gone), for the six orders */
	static const double shares[] = {1. / 6 * 2 / 5, 1. / 6 * 3 / 5,
	    2. / 6 * 1 / 4, 2. / 6 * 3 / 4, 3. / 6 * 1 / 3, 3. / 6 * 2 / 3};
	size_t seen[6] = {0}, order[3];

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		size_t lower;

		order_srv(records, 3, order_random, NULL, order);
		lower = order[0] == 0 ? 1 : 0;
		seen[order[0] * 2 + (order[1] != lower)]++;
	}
	/* 5 degrees of freedom */
	assert_true(chi_squared(seen, shares, 6, DRAWS) < 35.9);
}

static void
without_weights_each_is_as_likely(void **state)
{
	static const struct order_srv records[4] = {{0}};
	static const double shares[] = {1, 1, 1, 1};
	size_t first[4];

	(void)state;
	count_first(records, 4, first);
	/* 3 degrees of freedom */
	assert_true(chi_squared(first, shares, 4, DRAWS) < 30.7);
}

static void
a_weight_of_0_is_chosen_seldom_but_is(void **state)
{
	static const struct order_srv records[] = {{5, 0}, {5, 99}};
	static const double shares[] = {1, 99};
	size_t first[2];

	(void)state;
	count_first(records, 2, first);
	assert_true(first[0] > 0);
	/* 1 degree of freedom */
	assert_true(chi_squared(first, shares, 2, DRAWS) < 23.9);
}

static void
lower_priorities_come_first_whatever_the_weights(void **state)
{
	static const struct order_srv records[] = {
	    {40, 65535}, {10, 0}, {30, 65535}, {20, 1}, {10, 1}, {65535, 0}};
	size_t order[6];

	(void)state;
	for (int i = 0; i < 100; i++) {
		bool seen[6] = {false};

		order_srv(records, 6, order_random, NULL, order);
		for (size_t j = 0; j < 6; j++) {
			assert_false(seen[order[j]]);
			seen[order[j]] = true;
			assert_true(j == 0 ||
			    records[order[j]].priority >=
				records[order[j - 1]].priority);
		}
	}
}

/* Draws given numbers, and checks that each is in the demanded range. */
struct script {
	uint32_t draws[4], lasts[4];
	size_t at;
};

static uint32_t
scripted(void *arg, uint32_t last)
{
	struct script *s = arg;

	assert_in_range(s->draws[s->at], 0, last);
	s->lasts[s->at] = last;
	return s->draws[s->at++];
}

static void
the_draw_is_over_the_sum_of_what_is_left(void **state)
{
	static const struct order_srv records[] = {{1, 10}, {1, 20}, {1, 70}};
	struct script s = {.draws = {10, 79, 0}};
	size_t order[3];

	(void)state;
	order_srv(records, 3, scripted, &s, order);
	assert_int_equal(s.lasts[0], 99);
	assert_int_equal(order[0], 1); /* 10 is the first of its twenty */
	assert_int_equal(s.lasts[1], 79);
	assert_int_equal(order[1], 2);
	assert_int_equal(order[2], 0);
}

static void
the_largest_weights_do_not_overflow(void **state)
{
	struct order_srv records[64];
	size_t order[64], sum = 0;

	(void)state;
	for (size_t i = 0; i < 64; i++)
		records[i] = (struct order_srv){1, 65535};
	order_srv(records, 64, order_random, NULL, order);
	for (size_t i = 0; i < 64; i++)
		sum += order[i];
	assert_int_equal(sum, 63 * 64 / 2);
	order_srv(records, 0, order_random, NULL, order);
}

/* --- addresses ------------------------------------------------------------ */

static void
addresses_come_in_this_order(
    const char *given, const char *unusable, const char *wanted)
{
	struct order_addr addrs[16] = {0};
	char words[256], got[256] = "", text[ADDR_TEXT];
	size_t n = 0;
	char *word, *rest = words;

	(void)strcpy(words, given);
	while ((word = strtok_r(rest, " ", &rest)) != NULL) {
		assert_true(addr_numeric(span_str(word), 1, &addrs[n].addr));
		addrs[n++].unusable = strstr(unusable, word) != NULL;
	}
	order_addrs(addrs, n);
	for (size_t i = 0; i < n; i++) {
		addr_host(&addrs[i].addr, text);
		(void)strcat(strcat(got, i > 0 ? " " : ""), text);
	}
	assert_string_equal(got, wanted);
}

static void
families_alternate_and_begin_with_the_better(void **state)
{
	(void)state;
	addresses_come_in_this_order(
	    "192.0.2.1 192.0.2.2 192.0.2.3 2001:db8::1 2001:db8::2", "",
	    "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 192.0.2.3");
	addresses_come_in_this_order("2001:db8::1 2001:db8::2 192.0.2.1", "",
	    "2001:db8::1 192.0.2.1 2001:db8::2");
}

static void
one_family_stays_as_it_came(void **state)
{
	(void)state;
	addresses_come_in_this_order("192.0.2.3 192.0.2.1 192.0.2.2", "",
	    "192.0.2.3 192.0.2.1 192.0.2.2");
	addresses_come_in_this_order("", "", "");
}

static void
what_cannot_be_reached_comes_last(void **state)
{
	(void)state;
	addresses_come_in_this_order("192.0.2.1 192.0.2.2 2001:db8::1",
	    "2001:db8::1", "192.0.2.1 192.0.2.2 2001:db8::1");
	addresses_come_in_this_order("2001:db8::1 2001:db8::2 192.0.2.1",
	    "2001:db8::1 2001:db8::2", "192.0.2.1 2001:db8::1 2001:db8::2");
}

static void
makeshift_ipv6_comes_after_ipv4(void **state)
{
	(void)state;
	addresses_come_in_this_order("2002::1 2001:0:1::1 fd00::1 192.0.2.1",
	    "", "192.0.2.1 2002::1 2001:0:1::1 fd00::1");
	addresses_come_in_this_order("127.0.0.1 ::1", "", "::1 127.0.0.1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(weights_are_shares_of_the_first_place),
	    cmocka_unit_test(weights_are_shares_of_the_second_place_too),
	    cmocka_unit_test(without_weights_each_is_as_likely),
	    cmocka_unit_test(a_weight_of_0_is_chosen_seldom_but_is),
	    cmocka_unit_test(lower_priorities_come_first_whatever_the_weights),
	    cmocka_unit_test(the_draw_is_over_the_sum_of_what_is_left),
	    cmocka_unit_test(the_largest_weights_do_not_overflow),
	    cmocka_unit_test(families_alternate_and_begin_with_the_better),
	    cmocka_unit_test(one_family_stays_as_it_came),
	    cmocka_unit_test(what_cannot_be_reached_comes_last),
	    cmocka_unit_test(makeshift_ipv6_comes_after_ipv4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
