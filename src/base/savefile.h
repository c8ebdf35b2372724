/*
 * Small files that are read and written as a whole: after a failure the old one
 * is still there.
 */
#ifndef SIGNET_SRC_BASE_SAVEFILE_H
#define SIGNET_SRC_BASE_SAVEFILE_H

#include "src/base/bytes.h"
#include "src/base/err.h"

enum { SAVEFILE_MAX = 16 << 20 };

/* Appends what is in path to out. *there is false, and nothing is wrong, when
 * there is no such file. EX_CONFIG when it cannot be read, is no plain file or
 * is larger than SAVEFILE_MAX. */
int savefile_read(
    const char *path, struct buf *out, bool *there, struct err *e);

/* Writes a temporary file (0600) beside path and, when the disk has it, gives
 * it the name. Folders that are missing are made (0700). A symbolic link is
 * followed, so that it stays one. EX_IOERR, and path is as it was. */
int savefile_write(const char *path, struct span data, struct err *e);

/* The same for a file (0600) that must not be there yet, in a folder that is
 * there. EX_CANTCREAT, and there is none. */
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
