/*
 * Secrets: where passphrases come from, so that none is ever an argument.
 */
#ifndef SIGNET_SRC_APP_SECRET_H
#define SIGNET_SRC_APP_SECRET_H

#include "src/base/bytes.h"
#include "src/base/err.h"

/* A keystore_ask_fn whose arg is the passphrase command, or NULL to ask on
 * the terminal. A new key's passphrase is asked for only where standard input
 * is a terminal: a script's keys without a command are not encrypted. */
int secret_ask(
    void *arg, const char *what, bool fresh, struct buf *out, struct err *e);

/* The SIP password of who, for the caller to wipe: the first line of what
 * command prints or, without one, of a file that nobody else may read; asked
 * for on the terminal where both are NULL. */
int secret_password(const char *command, const char *file, const char *who,
    struct buf *out, struct err *e);

/* The first line that a shell command prints, for the caller to wipe. */
int secret_command(const char *command, struct buf *out, struct err *e);

#endif
