/* Return paths: what is kept of whom, and what may go by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "src/ua/return_path.h"

static struct aor
person(const char *address)
{
	struct aor who;
	struct err e;

	assert_int_equal(aor_parse(span_str(address), &who, &e), 0);
	return who;
}

static bool
keep(struct return_paths *r, const struct aor *who, uint64_t flow)
{
	struct return_path path = {
	    .flow = {.flow = flow, .kind = TRANSPORT_TCP}, .signer = "aa"};

	return return_paths_keep(r, who, &path);
}

static void
a_connection_is_offered_then_taken_and_forgotten_at_its_end(void **state)
{
	struct return_paths *r = return_paths_new();
	struct aor bob = person("bob@example.com");
	struct aor eve = person("eve@example.com");

	(void)state;
	assert_null(return_paths_find(r, &bob));
	assert_false(return_paths_offer(r, &bob));
	assert_false(keep(r, &bob, 7));
	assert_false(keep(r, &eve, 8));
	assert_int_equal(return_paths_find(r, &bob)->state, RETURN_KNOWN);
	assert_true(return_paths_offer(r, &bob));
	assert_false(return_paths_offer(r, &bob)); /* once */
	return_paths_take(r, &bob);
	assert_int_equal(return_paths_find(r, &bob)->state, RETURN_TAKEN);
	assert_false(return_paths_offer(r, &bob));

	/* another message on the same connection asks nothing again */
	assert_false(keep(r, &bob, 7));
	assert_int_equal(return_paths_find(r, &bob)->state, RETURN_TAKEN);
	/* one on another connection does, and the way changes */
	assert_true(keep(r, &bob, 9));
	assert_int_equal(return_paths_find(r, &bob)->state, RETURN_KNOWN);
	assert_false(keep(r, &bob, 10));
	assert_false(return_paths_lost(r, 7));
	/* and one by a proxy leaves none */
	assert_true(return_paths_offer(r, &bob));
	assert_true(return_paths_keep(r, &bob, NULL));
	assert_null(return_paths_find(r, &bob));
	assert_false(return_paths_keep(r, &bob, NULL));

	assert_true(return_paths_offer(r, &eve));
	assert_true(return_paths_lost(r, 8));
	assert_null(return_paths_find(r, &eve));
	aor_free(&bob);
	aor_free(&eve);
	return_paths_free(r);
}

static void
an_offer_ends_when_their_uri_leads_somewhere(void **state)
{
	struct return_paths *r = return_paths_new();
	struct aor bob = person("bob@example.com");

	(void)state;
	assert_false(return_paths_withdraw(r, &bob));
	(void)keep(r, &bob, 7);
	assert_false(return_paths_withdraw(r, &bob));
	assert_true(return_paths_offer(r, &bob));
	assert_true(return_paths_withdraw(r, &bob));
	assert_int_equal(return_paths_find(r, &bob)->state, RETURN_KNOWN);
	/* One that the person took stays. */
	assert_true(return_paths_offer(r, &bob));
	return_paths_take(r, &bob);
	assert_false(return_paths_withdraw(r, &bob));
	assert_int_equal(return_paths_find(r, &bob)->state, RETURN_TAKEN);
	aor_free(&bob);
	return_paths_free(r);
}

static void
what_may_go_by_it_depends_on_certificates(void **state)
{
	static const struct {
		bool named, sips;
		const char *recipient;
		bool allowed;
	} cases[] = {
	    {false, false, "aa", true}, /* to whom signed */
	    {false, false, "bb", false}, /* to another certificate */
	    {false, false, "", false}, /* in clear */
	    {false, true, "aa", false}, /* sips needs the domain */
	    {true, true, "aa", true},
	    {true, true, "bb", true},
	    {true, true, "", true},
	    {true, false, "", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct return_path path = {
		    .named = cases[i].named, .signer = "aa"};

		print_message("case %zu\n", i);
		assert_int_equal(return_path_allows(
				     &path, cases[i].sips, cases[i].recipient),
		    cases[i].allowed);
	}
	/* a signer that is not known is nobody's certificate */
	assert_false(return_path_allows(
	    &(struct return_path){.named = false}, false, ""));
}

static void
so_many_people_are_kept_and_the_oldest_goes(void **state)
{
	struct return_paths *r = return_paths_new();
	struct aor first = person("u0@example.com"), last;

	(void)state;
	for (int i = 0; i <= 1024; i++) {
		char address[64];

		snprintf(address, sizeof(address), "u%d@example.com", i);
		last = person(address);
		(void)keep(r, &last, (uint64_t)i + 1);
		if (i < 1024)
			aor_free(&last);
	}
	assert_null(return_paths_find(r, &first));
	assert_non_null(return_paths_find(r, &last));
	aor_free(&first);
	aor_free(&last);
	return_paths_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_connection_is_offered_then_taken_and_forgotten_at_its_end),
	    cmocka_unit_test(an_offer_ends_when_their_uri_leads_somewhere),
	    cmocka_unit_test(what_may_go_by_it_depends_on_certificates),
	    cmocka_unit_test(so_many_people_are_kept_and_the_oldest_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
