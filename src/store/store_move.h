/*
 * A history moved as one encrypted file: for the verb `log`.
 */
#ifndef SIGNET_SRC_STORE_STORE_MOVE_H
#define SIGNET_SRC_STORE_STORE_MOVE_H

#include "src/store/store.h"

/* Writes all of who's history at path into a new file (0600), and counts its
 * messages. The file has a key of its own, signed by who and encrypted to them;
 * all else is authenticated under it, its order and its end too. What waits to
 * be sent waits in both histories then, and goes out from each. EX_CANTCREAT
 * where the file is there already or cannot be written; EX_DATAERR for a record
 * that is damaged: there is no file then. */
int store_export(struct keystore *ks, const struct aor *who, const char *path,
    const char *file, uint64_t *count, struct err *e);

/* Reads such a file into who's history at path, as one transaction, and counts
 * the messages that were not there. They stand where their time is. What is
 * there of a person beside messages stays. A copy of a message that came to the
 * old history is not known here. EX_TEMPFAIL while a process runs that sends
 * what waits in it; EX_NOPERM for a file that who did not sign; EX_CONFIG where
 * no key of theirs opens it; EX_DATAERR for what is no such file, was cut or
 * changed: nothing is taken then. */
int store_import(struct keystore *ks, const struct aor *who, const char *path,
    const char *file, uint64_t *count, struct err *e);

#endif
