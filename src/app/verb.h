/*
 * Shared by the verbs and the client: opening the key store, asking for
 * passphrases, and messages on standard error.
 */
#ifndef SIGNET_SRC_APP_VERB_H
#define SIGNET_SRC_APP_VERB_H

#include "keys/store/keystore.h"
#include "src/app/config.h"

/* Unlocks the keys of all of our addresses (c->aors), and asks for their
 * passphrases where necessary. */
int verb_ready_keys(const struct config *c, struct keystore *ks, struct err *e);

/* Keeps locked keys locked from now on: signet neither asks for a passphrase
 * nor runs the passphrase command. c must live as long as ks. */
void verb_ask_no_more(const struct config *c, struct keystore *ks);

/* Prints "signet: TEXT" on standard error, escaped and in one line. Returns
 * e->exit, or EX_SOFTWARE if that is 0. */
int verb_fail(const struct err *e);
/* Prints a note of the same form, unless c->quiet is set. */
void verb_note(const struct config *c, const char *text);

/* Returns a warning if the key store trusts the well-known root, or NULL. */
const char *verb_keystore_warning(struct keystore *ks);
/* Opens the key store c->keys, and prints its warning. Passphrases come from
 * c->passphrase_command or the terminal. */
int verb_keystore(
    const struct config *c, bool create, struct keystore **out, struct err *e);

#endif
