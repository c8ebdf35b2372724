/*
 * Writing into the key store, for the store itself and for the test CA.
 */
#ifndef SIGNET_KEYS_STORE_KEYSTORE_WRITE_H
#define SIGNET_KEYS_STORE_KEYSTORE_WRITE_H

#include "keys/store/keystore_certs.h"

enum { STORE_FILE_MAX = 1 << 20 }; /* bytes of a file */

/* Reads a file of at most max bytes. EX_NOINPUT, EX_DATAERR, EX_IOERR. */
int keystore_slurp(const char *path, size_t max, struct buf *out,
    struct store_stamp *stamp, struct err *e);
/* Appends the file name for a kind's NAME, escaped. */
void keystore_file_name(
    struct buf *out, enum store_kind kind, struct span name);

/* A file to write together with others. */
struct store_write {
	const char *file; /* name in the directory */
	struct span data;
	mode_t mode; /* 0600 or 0644 */
};
/* Writes all of them or none: each to a temporary file in the directory, fsync,
 * then rename, with signals blocked meanwhile. Temporary files older than an
 * hour, left by a process that was killed, are removed first. EX_CANTCREAT
 * without force when one is there already, EX_IOERR when the disk is full or
 * fails. */
int keystore_write(struct keystore *ks, const struct store_write *w,
    size_t count, bool force, struct err *e);
/* Locks the store against other signets, to read, change and write one file.
 * Returns -1 without a lock, which keystore_unlock accepts. */
int keystore_lock(struct keystore *ks);
void keystore_unlock(int lock);

#endif
