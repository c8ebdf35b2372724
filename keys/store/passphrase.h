/*
 * Reads a passphrase from the terminal, without echo.
 */
#ifndef SIGNET_KEYS_STORE_PASSPHRASE_H
#define SIGNET_KEYS_STORE_PASSPHRASE_H

#include "src/base/bytes.h"
#include "src/base/err.h"

enum { PASSPHRASE_MAX = 1024 };

/* Asks on the controlling terminal, twice when again is set. The caller wipes
 * out. EX_CONFIG where there is no terminal. */
int passphrase_read(
    const char *prompt, bool again, struct buf *out, struct err *e);

#endif
