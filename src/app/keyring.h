/*
 * The key store as text: certificates with their fingerprints and pictures, for
 * the verb `keys` and for the client.
 */
#ifndef SIGNET_SRC_APP_KEYRING_H
#define SIGNET_SRC_APP_KEYRING_H

#include "keys/store/keystore.h"
#include "keys/trust/trust.h"

/* The functions append lines to out, escaped for a terminal. */

/* Lists all certificates and keys, a line each. A line says it where receivers
 * refuse a certificate of ours by policy, or soon will. */
int keyring_list(struct keystore *ks, const struct policy *policy,
    struct buf *out, struct err *e);
/* Appends one item: as a line, or as a JSON object on a line. verified: of a
 * peer, that the user has compared it with theirs. */
void keyring_row(struct buf *out, const struct keystore_item *item);
void keyring_json(
    struct buf *out, const struct keystore_item *item, bool verified);
/* Finds the items of name, for keystore_items_free. EX_CONFIG if there are
 * none. */
int keyring_find(struct keystore *ks, const char *name,
    struct keystore_item **items, size_t *count, struct err *e);
/* Describes the items of name, with fingerprints and pictures. Where they are
 * of another person, and me (NULL: nobody) has a certificate here, with the
 * comparison words of both, too. Each certificate's chain is a tree, judged
 * by policy. EX_CONFIG if there are none. */
int keyring_show(struct keystore *ks, const struct policy *policy,
    const char *me, const char *name, struct buf *out, struct err *e);
/* Shows the certificates of two people for a comparison by telephone, with the
 * comparison words, fingerprints in groups and pictures: side by side if they fit into width columns, else one
 * below the other. EX_CONFIG if one of them is not here. */
int keyring_compare(struct keystore *ks, const char *me, const char *them,
    size_t width, struct buf *out, struct err *e);
/* The same of our certificate (me may be NULL, for nobody) and of the one that
 * they introduced themselves with, whose fingerprints shown are. EX_CONFIG where
 * there is none of ours. */
int keyring_compare_offered(struct keystore *ks, const char *me,
    const struct aor *them, const char *shown, size_t width, struct buf *out,
    struct err *e);
/* Reads the file path ("-": standard input) for keystore_import. out may hold a
 * private key: wipe it, on failure too. */
int keyring_read_file(const char *path, struct buf *out, struct err *e);
/* Imports the file how->path, and appends a line for each item and for what was
 * left out. who, unless it is NULL, is called with the address of each person
 * whose certificate was imported. */
typedef void keyring_who_fn(void *arg, const char *address);
int keyring_import(struct keystore *ks, const struct keystore_import_opts *how,
    keyring_who_fn *who, void *arg, struct buf *out, struct err *e);

#endif
