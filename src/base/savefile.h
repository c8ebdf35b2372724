/*
 * Small files of our own that are read whole and written whole: all of the new
 * one is there, or all of the old one still is.
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

/* Makes the folders that path is in where they are missing (0700). What goes
 * wrong is told when the file is made. */
void savefile_folders(const char *path);

/* Writes all of data to fd, however many writes that takes. False, with errno,
 * where that fails. */
bool savefile_put(int fd, struct span data);

#endif
