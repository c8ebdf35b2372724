/* The calendar, and times of RFC 3339. */
#include "tests/unit/keys/keys_check.h"

#include "src/base/time.h"

static void
days_are_counted(void **state)
{
	static const struct {
		int year, month, day;
		long long days;
	} t[] = {
	    {1970, 1, 1, 0},
	    {1969, 12, 31, -1},
	    {1972, 2, 29, 789},
	    {1972, 3, 1, 790},
	    {1900, 3, 1, -25508},
	    {1900, 2, 28, -25509},
	    {2000, 2, 29, 11016},
	    {2000, 12, 31, 11322},
	    {2038, 1, 19, 24855},
	    {0, 3, 1, -719468},
	    {9999, 12, 31, 2932896},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(t); i++) {
		struct tm tm = {.tm_year = t[i].year - 1900,
		    .tm_mon = t[i].month - 1,
		    .tm_mday = t[i].day,
		    .tm_hour = 23,
		    .tm_min = 59,
		    .tm_sec = 58};

		assert_int_equal(time_utc(&tm), t[i].days * 86400 + 86398);
	}
}

static void
each_day_follows_the_one_before(void **state)
{
	time_t t;

	(void)state;
	for (t = 0; t < 200LL * 366 * 86400; t += 86400) {
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(time_utc(&tm), t);
	}
}

static void
times_are_read(void **state)
{
	static const struct {
		const char *text;
		long long t; /* -1: refused */
	} t[] = {
	    {"1970-01-01", 0},
	    {"2005-11-19T23:34:50Z", 1132443290},
	    {"2005-11-19 23:34:50z", 1132443290},
	    {"2005-11-19t23:34:50.999Z", 1132443290},
	    {"2005-11-20T00:34:50+01:00", 1132443290},
	    {"2005-11-19T18:04:50-05:30", 1132443290},
	    {"2000-02-29", 951782400},
	    {"1999-02-29", -1},
	    {"2100-02-29", -1},
	    {"1969-12-31", -1},
	    {"2005-13-01", -1},
	    {"2005-00-01", -1},
	    {"2005-04-31", -1},
	    {"2005-11-19T24:00:00Z", -1},
	    {"2005-11-19T23:60:00Z", -1},
	    {"2005-11-19T23:34:61Z", -1},
	    {"2005-11-19T23:34:50", -1},
	    {"2005-11-19T23:34:50+24:00", -1},
	    {"2005-11-19T23:34Z", -1},
	    {"2005-11-19Z", -1},
	    {"2005-11-19 ", -1},
	    {"", -1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(t); i++) {
		time_t got = 0;

		if (time_read(t[i].text, &got) != (t[i].t != -1))
			fail_msg("%s", t[i].text);
		if (t[i].t != -1)
			assert_int_equal(got, t[i].t);
	}
}

static void
times_of_this_place_are_written(void **state)
{
	static const struct {
		enum time_form form;
		const char *text;
	} t[] = {
	    {TIME_DATE, "2005-11-20"},
	    {TIME_DAY, "Sunday, 2005-11-20"},
	    {TIME_MINUTE, "2005-11-20 05:04"},
	    {TIME_SECOND, "2005-11-20 05:04:50"},
	    {TIME_ZONE, "2005-11-20 05:04:50 IST"},
	    {TIME_CLOCK, "05:04"},
	    {TIME_CLOCK_SECOND, "05:04:50"},
	};
	char out[TIME_LOCAL];

	(void)state;
	assert_int_equal(setenv("TZ", "IST-5:30", 1), 0);
	tzset();
	for (size_t i = 0; i < COUNT(t); i++) {
		time_local(out, t[i].form, 1132443290);
		assert_string_equal(out, t[i].text);
	}
	/* A year that no calendar has. */
	time_local(out, TIME_DATE, (time_t)INT64_MAX);
	assert_string_equal(out, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(days_are_counted),
	    cmocka_unit_test(each_day_follows_the_one_before),
	    cmocka_unit_test(times_are_read),
	    cmocka_unit_test(times_of_this_place_are_written),
	};

	return cmocka_run_group_tests_name("base_time", tests, NULL, NULL);
}
