/*
 * How long to wait before what failed is tried again.
 */
#ifndef SIGNET_SRC_UA_BACKOFF_H
#define SIGNET_SRC_UA_BACKOFF_H

#include <stdint.h>

/* Milliseconds before the next try, after so many failures in a row (1 or
 * more): doubled from a second on, never above max, and of that a random half
 * off, so that all who lost one server do not come back at once (RFC 5626,
 * 4.5). */
uint64_t backoff_ms(unsigned failures, uint64_t max);

#endif
