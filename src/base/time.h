/*
 * Writes and reads times, and counts days.
 */
#ifndef SIGNET_SRC_BASE_TIME_H
#define SIGNET_SRC_BASE_TIME_H

#include <time.h>

#include "src/base/bytes.h"

/* Appends a time as "2005-11-19T23:34:50Z" (RFC 3339); nothing where the year
 * is too large to be written. */
void time_rfc3339(struct buf *out, time_t t);

/* Reads a date, or a date and time of RFC 3339 with "T", "t" or a blank between
 * them, from 1970 on; fractions of a second are dropped, a date alone is its
 * midnight in UTC. False when s is no such time. */
bool time_read(const char *s, time_t *out);

/* Returns the time of a date in UTC: timegm, which POSIX.1-2008 lacks. Uses
 * tm_year to tm_sec, which must be in their ranges. */
time_t time_utc(const struct tm *tm);

#endif
