/*
 * The key store for people: its certificates in words and drawings, for the
 * verb `keys` and for the client.
 */
#ifndef SIGNET_SRC_KEYRING_H
#define SIGNET_SRC_KEYRING_H

#include "../keys/keystore.h"

/* Each appends lines to out, harmless to a terminal. */

/* Everything, a line each. */
int keyring_list(struct keystore *ks, struct buf *out, struct err *e);
/* All that is here of NAME, with fingerprints and their pictures. EX_CONFIG
 * when there is nothing. */
int keyring_show(struct keystore *ks, const char *name, struct buf *out,
    struct err *e);
/* My certificate and theirs, the fingerprints in groups and the pictures, side
 * by side where width columns have room: what two people compare by
 * telephone. */
int keyring_compare(struct keystore *ks, const char *me, const char *them,
    size_t width, struct buf *out, struct err *e);
/* Takes a file ("-": standard input) in; a line for each certificate. who is
 * told the address of each person that was taken. */
typedef void keyring_who_fn(void *arg, const char *address);
int keyring_import(struct keystore *ks, const struct keystore_import *how,
    keyring_who_fn *who, void *arg, struct buf *out, struct err *e);

#endif
