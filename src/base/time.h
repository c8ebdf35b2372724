/*
 * Times written and read.
 */
#ifndef SIGNET_SRC_BASE_TIME_H
#define SIGNET_SRC_BASE_TIME_H

#include <time.h>

#include "src/base/bytes.h"

/* Appends a time as "2005-11-19T23:34:50Z" (RFC 3339); nothing where it has
 * none. */
void time_rfc3339(struct buf *out, time_t t);

#endif
