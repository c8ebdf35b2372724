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

/* Reads a date, or a date and time of RFC 3339 with "T", "t" or a blank between
 * them, from 1970 on. Drops fractions of a second; a date alone is its midnight
 * in UTC. Returns false if s is no such time. */
bool time_read(const char *s, time_t *out);

/* Returns the time of a date in UTC, as timegm does, which POSIX.1-2008 lacks.
 * Uses tm_year to tm_sec, which must be in their ranges. */
time_t time_utc(const struct tm *tm);

#endif
