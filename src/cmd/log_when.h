/*
 * Times as people give them to `log`.
 */
#ifndef SIGNET_SRC_CMD_LOG_WHEN_H
#define SIGNET_SRC_CMD_LOG_WHEN_H

#include <stdbool.h>
#include <time.h>

/* Reads a time as time_read does, or how long before now: a number and a unit,
 * "2 days", "90m", "1 week ago"; with seconds, minutes, hours, days or weeks, or
 * their first letter. False for anything else, and for a time before 1970. */
bool log_when(const char *s, time_t now, time_t *out);

#endif
