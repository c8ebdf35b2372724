/*
 * Temporary folders for throw-away keys, removed at the end.
 */
#ifndef SIGNET_SRC_BASE_SCRATCH_H
#define SIGNET_SRC_BASE_SCRATCH_H

#include <stdbool.h>

#include "src/base/err.h"

enum { SCRATCH_PATH = 400 }; /* bytes of a path in such a folder */

/* Makes the folder "signet-WHAT.XXXXXX" (0700) in TMPDIR, or /tmp.
 * EX_CANTCREAT; out is "" then. */
int scratch_new(const char *what, char out[300], struct err *e);

/* Makes a folder with this full path in it. EX_CANTCREAT. */
int scratch_folder(const char *path, struct err *e);

/* Puts the file from into the folder to under its own name, as a hard link or a
 * copy; replaces a file of that name. EX_CANTCREAT, EX_NOINPUT or EX_CONFIG. */
int scratch_give(const char *from, const char *to, struct err *e);

/* Removes a folder and all that is in it. */
void scratch_remove(const char *dir);

/* A process that removes dir after ours has ended, in whatever way. If it
 * cannot be made, dir stays when we are killed; that is no error. */
struct scratch_guard {
	int fd; /* write end of its pipe; -1: there is no process */
	int pid;
};
void scratch_watch(const char *dir, struct scratch_guard *out);
/* Removes dir and ends the process. */
void scratch_end(const char *dir, struct scratch_guard *guard);

/* Blocks (hold) or unblocks SIGINT, SIGQUIT, SIGTERM and SIGHUP: nothing ends
 * us between making the folder and scratch_watch. */
void scratch_hold(bool hold);

#endif
