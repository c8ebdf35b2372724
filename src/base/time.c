#include "src/base/time.h"

#include <stdio.h>
#include <string.h>

void
time_rfc3339(struct buf *out, time_t t)
{
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	buf_adds(out, text);
}

/* Each format is a literal, so that the compiler checks it. */
static size_t
time_write(char *out, enum time_form form, const struct tm *tm)
{
	switch (form) {
	case TIME_DATE:
		return strftime(out, TIME_LOCAL, "%Y-%m-%d", tm);
	case TIME_DAY:
		return strftime(out, TIME_LOCAL, "%A, %Y-%m-%d", tm);
	case TIME_MINUTE:
		return strftime(out, TIME_LOCAL, "%Y-%m-%d %H:%M", tm);
	case TIME_SECOND:
		return strftime(out, TIME_LOCAL, "%Y-%m-%d %H:%M:%S", tm);
	case TIME_ZONE:
		return strftime(out, TIME_LOCAL, "%Y-%m-%d %H:%M:%S %Z", tm);
	case TIME_CLOCK:
		return strftime(out, TIME_LOCAL, "%H:%M", tm);
	case TIME_CLOCK_SECOND:
		return strftime(out, TIME_LOCAL, "%H:%M:%S", tm);
	}
	return 0;
}

void
time_local(char out[TIME_LOCAL], enum time_form form, time_t t)
{
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL || time_write(out, form, &tm) == 0)
		out[0] = '\0';
}

time_t
time_utc(const struct tm *tm)
{
	/* Years begin in March, so that a leap day is the last of its year;
	 * eras are of 400 years, after which the calendar repeats. */
	long long year = tm->tm_year + 1900LL - (tm->tm_mon < 2);
	long long era = (year >= 0 ? year : year - 399) / 400;
	long long of_era = year - era * 400;
	long long month = (tm->tm_mon + 10) % 12;
	long long days = era * 146097 + of_era * 365 + of_era / 4 -
	    of_era / 100 + (153 * month + 2) / 5 + tm->tm_mday - 1 - 719468;

	return (time_t)(days * 86400 + tm->tm_hour * 3600LL +
	    tm->tm_min * 60LL + tm->tm_sec);
}

/* Returns whether s begins like shape, where a 'd' is any digit: sscanf would
 * take blanks and signs for some. */
static bool
time_has_shape(const char *s, const char *shape)
{
	for (; *shape != '\0'; s++, shape++)
		if (*shape == 'd' ? *s < '0' || *s > '9' : *s != *shape)
			return false;
	return true;
}

/* Reads "T23:34:50.5+01:00" and moves *s behind it. *east gets the offset in
 * seconds. */
static bool
time_read_clock(const char **s, struct tm *tm, time_t *east)
{
	int n = 0, hours, minutes;
	char sign;

	if (!time_has_shape(*s + 1, "dd:dd:dd") ||
	    sscanf(*s + 1, "%2d:%2d:%2d%n", &tm->tm_hour, &tm->tm_min,
		&tm->tm_sec, &n) != 3 ||
	    n != 8)
		return false;
	*s += 9;
	if (**s == '.')
		*s += 1 + strspn(*s + 1, "0123456789");
	sign = **s;
	if (sign == 'Z' || sign == 'z') {
		(*s)++;
		return true;
	}
	if ((sign != '+' && sign != '-') || !time_has_shape(*s + 1, "dd:dd") ||
	    sscanf(*s + 1, "%2d:%2d%n", &hours, &minutes, &n) != 2 || n != 5 ||
	    hours > 23 || minutes > 59)
		return false;
	*s += 6;
	*east = (sign == '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
	return true;
}

static int
time_days_in(int year, int month)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

bool
time_read(const char *s, time_t *out)
{
	struct tm tm = {0};
	int year, month, day, n = 0;
	time_t east = 0;

	if (!time_has_shape(s, "dddd-dd-dd") ||
	    sscanf(s, "%4d-%2d-%2d%n", &year, &month, &day, &n) != 3 || n != 10)
		return false;
	s += n;
	if ((*s == 'T' || *s == 't' || *s == ' ') &&
	    !time_read_clock(&s, &tm, &east))
		return false;
	if (*s != '\0' || year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > time_days_in(year, month) || tm.tm_hour > 23 ||
	    tm.tm_min > 59 || tm.tm_sec > 60)
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	*out = time_utc(&tm) - east;
	return true;
}
