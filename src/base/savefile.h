/*
 * Reads and writes small files as a whole. After a failed write the old file is
 * still there.
 */
#ifndef SIGNET_SRC_BASE_SAVEFILE_H
#define SIGNET_SRC_BASE_SAVEFILE_H

#include "src/base/bytes.h"
#include "src/base/err.h"

enum { SAVEFILE_MAX = 16 << 20 };

/* Appends the content of path to out. If there is no such file it succeeds with
 * *there false. EX_CONFIG if it cannot be read, is not a regular file, or has
 * more than SAVEFILE_MAX bytes. */
int savefile_read(
    const char *path, struct buf *out, bool *there, struct err *e);

/* Writes a temporary file (0600) beside path, brings it to the disk and renames
 * it to path. Makes missing folders (0700). Follows a symbolic link, so that it
 * stays one. EX_IOERR; path is unchanged then. */
int savefile_write(const char *path, struct span data, struct err *e);

/* Writes a new file (0600), which must not exist, in a folder that does.
 * EX_CANTCREAT; there is no file then. */
int savefile_new(const char *path, struct span data, struct err *e);

/* Makes the missing folders above path (0700). Errors show when the file itself
 * is made. */
void savefile_folders(const char *path);

/* --- the steps of an atomic write ----------------------------------------- */

/* Writes all of data to fd, in as many writes as it takes. False, with errno,
 * when that fails. */
bool savefile_put(int fd, struct span data);
/* Writes data to fd, brings it to the disk and closes fd. False, with errno,
 * when one of these fails; fd is closed then too. */
bool savefile_finish(int fd, struct span data);
/* Gives the file tmp the name path, which must not exist. False with errno,
 * EEXIST if it does; tmp is still there then. Where the file system has no hard
 * links, a file made at the same moment may be replaced. */
bool savefile_link(const char *tmp, const char *path);
/* Brings the names in the folder of path to the disk. Errors are ignored: not
 * every file system can fsync a directory. */
void savefile_sync(const char *path);

#endif
