/* What every unit test of keys/ includes: cmocka and what it wants first. */
#ifndef SIGNET_TESTS_UNIT_KEYS_KEYS_CHECK_H
#define SIGNET_TESTS_UNIT_KEYS_KEYS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
