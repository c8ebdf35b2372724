/*
 * The key store for people: its certificates in words and drawings, for the
 * verb `keys` and for the client.
 */
#ifndef SIGNET_SRC_APP_KEYRING_H
#define SIGNET_SRC_APP_KEYRING_H

#include "keys/store/keystore.h"

/* Each appends lines to out, harmless to a terminal. */

/* Everything, a line each. */
int keyring_list(struct keystore *ks, struct buf *out, struct err *e);
/* One of them: a line, or a JSON object on a line. */
void keyring_row(struct buf *out, const struct keystore_item *item);
void keyring_json(struct buf *out, const struct keystore_item *item);
/* Everything of NAME, for keystore_items_free. EX_CONFIG when there is
 * nothing. */
int keyring_find(struct keystore *ks, const char *name,
    struct keystore_item **items, size_t *count, struct err *e);
/* All that is here of NAME, with fingerprints and their pictures. EX_CONFIG
 * when there is nothing. */
int keyring_show(
    struct keystore *ks, const char *name, struct buf *out, struct err *e);
/* The fingerprint of who's certificate here, for keystore_trust. It is
 * asked for before the certificate is shown, so that what changes meanwhile is
 * not pinned. EX_CONFIG when there is none. */
int keyring_fingerprint(
    struct keystore *ks, const struct aor *who, char hex[65], struct err *e);
/* My certificate and theirs, the fingerprints in groups and the pictures, side
 * by side where width columns have room: what two people compare by
 * telephone. EX_CONFIG when one of the two is not here. */
int keyring_compare(struct keystore *ks, const char *me, const char *them,
    size_t width, struct buf *out, struct err *e);
/* Takes a file ("-": standard input) in: how->path is read. The items are for
 * keystore_items_free, on failure too. */
int keyring_import_items(struct keystore *ks,
    const struct keystore_import_opts *how, struct keystore_item **items,
    size_t *count, struct err *e);
/* The same; a line for each certificate. who, which may be NULL, is told the
 * address of each person that was taken. */
typedef void keyring_who_fn(void *arg, const char *address);
int keyring_import(struct keystore *ks, const struct keystore_import_opts *how,
    keyring_who_fn *who, void *arg, struct buf *out, struct err *e);

#endif
