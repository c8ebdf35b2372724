/*
 * Passphrases and the SIP password: from a command, a file or the terminal, so
 * that none is ever a command-line argument.
 */
#ifndef SIGNET_SRC_APP_SECRET_H
#define SIGNET_SRC_APP_SECRET_H

#include "src/base/bytes.h"
#include "src/base/err.h"

enum { SECRET_TRIES = 3 }; /* times that a person may type one */

/* Gets a key's passphrase. It is a keystore_ask_fn whose arg is the passphrase
 * command, or NULL to ask on the terminal. For a new key (fresh) it asks only
 * if standard input is a terminal; else the passphrase is empty, and the key is
 * stored unencrypted. */
int secret_passphrase(
    void *arg, const char *what, bool fresh, struct buf *out, struct err *e);

/* Keeps the passphrase of the key that the setup made for the first question
 * for any key, so that it is not asked for again; an empty one is not kept. */
void secret_keep(struct span passphrase);
/* Wipes it. */
void secret_forget(void);

/* Where the SIP password comes from, by the two settings. */
enum secret_source {
	SECRET_TYPED, /* neither is set: a person types it */
	SECRET_COMMAND,
	SECRET_FILE, /* can be read again */
	SECRET_ONCE /* a file that gives it once: a pipe */
};
enum secret_source secret_source(const char *command, const char *file);

/* Gets the SIP password of who, for the caller to wipe: the first line that
 * command prints, or else of file, which others must not be able to read. If
 * both are NULL, it asks on the terminal. */
int secret_password(const char *command, const char *file, const char *who,
    struct buf *out, struct err *e);
/* The same while the terminal is not to be touched, since a screen is on it:
 * nobody is asked (EX_CONFIG), and the command gets no standard input and no
 * standard error. */
int secret_password_quietly(const char *command, const char *file,
    const char *who, struct buf *out, struct err *e);
/* Asks on the terminal once more, and says that the last one was refused.
 * EX_CONFIG where there is no terminal, or it belongs to another job. */
int secret_password_again(const char *who, struct buf *out, struct err *e);

/* Appends the first line that a shell command prints, for the caller to wipe.
 * EX_CONFIG if the command fails or the line is too long. */
int secret_command(const char *command, struct buf *out, struct err *e);

#endif
