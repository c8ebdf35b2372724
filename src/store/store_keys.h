/*
 * A history while the keys of its owner change: for the verb `keys`.
 */
#ifndef SIGNET_SRC_STORE_STORE_KEYS_H
#define SIGNET_SRC_STORE_STORE_KEYS_H

#include "src/store/store.h"

/* What hangs on the private keys of who that are here. */
struct store_look {
	bool mine; /* one of them opens the history, as far as that is known
	            * without its passphrase */
	uint64_t messages; /* that are in it, if mine */
};
/* Looks into the history of who at path. It asks for no passphrase.
 * EX_NOINPUT where there is none; else as store_open. */
int store_keys_look(struct keystore *ks, const struct aor *who,
    const char *path, struct store_look *out, struct err *e);

/* Opens the database key of who's history at path and keeps it, for
 * store_keys_free. It may ask for a passphrase. Errors as store_open to read. */
struct store_keys;
int store_keys_open(struct keystore *ks, const struct aor *who,
    const char *path, struct store_keys **out, struct err *e);
/* Wipes it. k may be NULL. */
void store_keys_free(struct store_keys *k);
/* Wraps the key for what who will sign and decrypt with, as a
 * keystore_change_fn is told. When it returns, that is on disk. */
int store_keys_add(const struct store_keys *k, struct keystore *ks,
    const struct aor *who, const struct keystore_owner *next, struct err *e);

#endif
