/* Times as people give them to `log`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/cmd/log_when.h"

enum { NOW = 1767225600, DAY = 86400 }; /* 2026-01-01T00:00:00Z */

static void
a_time_or_how_long_ago(void **state)
{
	static const struct {
		const char *text;
		time_t wanted;
	} cases[] = {
	    {"2025-12-31", NOW - DAY},
	    {"2025-12-31T23:00:00Z", NOW - 3600},
	    {"2026-01-01T01:00:00+01:00", NOW},
	    {"2 days", NOW - 2 * DAY},
	    {"1 day", NOW - DAY},
	    {"1 days", NOW - DAY},
	    {"2days", NOW - 2 * DAY},
	    {"2d", NOW - 2 * DAY},
	    {" 2  Days ago ", NOW - 2 * DAY},
	    {"90m", NOW - 5400},
	    {"90 minutes", NOW - 5400},
	    {"3 hours ago", NOW - 3 * 3600},
	    {"5s", NOW - 5},
	    {"1 week", NOW - 7 * DAY},
	    {"0 days", NOW},
	    {"1767225600 seconds", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		time_t t = -1;

		if (!log_when(cases[i].text, NOW, &t))
			fail_msg("\"%s\" is no time", cases[i].text);
		if (t != cases[i].wanted)
			fail_msg("\"%s\" is %lld", cases[i].text,
			    (long long)(t - NOW));
	}
}

static void
nothing_else(void **state)
{
	static const char *const cases[] = {"", " ", "2", "days", "-2 days",
	    "2 fortnights", "2 dayss", "two days", "2.5 days", "2 ago", "ago",
	    "2 daysago", "1767225601 seconds", "99999999999 days",
	    "4294967295 weeks", "2 days 3 hours", "+2 days", "2025-13-01"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		time_t t;

		if (log_when(cases[i], NOW, &t))
			fail_msg("\"%s\" is a time", cases[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_time_or_how_long_ago),
	    cmocka_unit_test(nothing_else),
	};

	return cmocka_run_group_tests_name("cmd_log_when", tests, NULL, NULL);
}
