/*
 * Writes and reads times (RFC 3339).
 */
#ifndef SIGNET_SRC_BASE_TIME_H
#define SIGNET_SRC_BASE_TIME_H

#include <time.h>

#include "src/base/bytes.h"

/* Appends a time as "2005-11-19T23:34:50Z"; nothing if the year is too
 * large. */
void time_rfc3339(struct buf *out, time_t t);

/* How a time of this place is written. */
enum time_form {
	TIME_DATE, /* 2005-11-19 */
	TIME_DAY, /* Saturday, 2005-11-19 */
	TIME_MINUTE, /* 2005-11-19 23:34 */
	TIME_SECOND, /* 2005-11-19 23:34:50 */
	TIME_ZONE, /* 2005-11-19 23:34:50 CET */
	TIME_CLOCK, /* 23:34 */
	TIME_CLOCK_SECOND /* 23:34:50 */
};
enum { TIME_LOCAL = 80 };
/* Writes a time of this place; "" where it is none. */
void time_local(char out[TIME_LOCAL], enum time_form form, time_t t);

/* Reads a date, or a date and time of RFC 3339 with "T", "t" or a blank between
 * them, from 1970 on. Drops fractions of a second; a date alone is its midnight
 * in UTC. Returns false if s is no such time. */
bool time_read(const char *s, time_t *out);

/* Returns the time of a date in UTC, as timegm does, which POSIX.1-2008 lacks.
 * Uses tm_year to tm_sec, which must be in their ranges. */
time_t time_utc(const struct tm *tm);

#endif
