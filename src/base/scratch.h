/*
 * A scratch folder: throw-away keys and what goes with them, gone at the end.
 */
#ifndef SIGNET_SRC_BASE_SCRATCH_H
#define SIGNET_SRC_BASE_SCRATCH_H

#include <stdbool.h>

#include "src/base/err.h"

enum { SCRATCH_PATH = 400 };

/* Makes "signet-WHAT.XXXXXX" (0700) where TMPDIR says. out is "" when it
 * cannot be made: EX_CANTCREAT. */
int scratch_new(const char *what, char out[300], struct err *e);

/* A folder in it, path being the whole of its name. EX_CANTCREAT. */
int scratch_folder(const char *path, struct err *e);

/* Gives the file from to the folder to, under its own name, in place of what
 * has that name there. EX_CANTCREAT. */
int scratch_give(const char *from, const char *to, struct err *e);

/* Removes a folder and all in it. */
void scratch_remove(const char *dir);

/* A process that removes dir when ours is gone, however it ended. Where there
 * can be none, nothing is lost but that. */
struct scratch_guard {
	int fd; /* a pipe that it listens at; -1: there is none */
	int pid;
};
void scratch_watch(const char *dir, struct scratch_guard *out);
/* Removes dir, and ends it. */
void scratch_end(const char *dir, struct scratch_guard *guard);

/* Signals that end a process wait while it is held: until there is somebody
 * to clean up, nothing ends us. */
void scratch_hold(bool hold);

#endif
