/*
 * One process sends what waits in a history: it holds a lock, which dies with
 * it, and others wake it through a local socket. Private to src/store/.
 */
#ifndef SIGNET_SRC_STORE_WAKE_H
#define SIGNET_SRC_STORE_WAKE_H

#include "src/base/err.h"
#include "src/base/loop.h"

struct wake;

/* Takes the lock of the history at path, and calls fn from the loop whenever
 * somebody wakes us. *out is NULL where another process has the lock. EX_OSERR
 * where there can be no lock or socket. */
int wake_new(struct loop *loop, const char *path, loop_fn *fn, void *arg,
    struct wake **out, struct err *e);
/* The lock alone, which is a file of its own: returns its descriptor, for
 * close(). -1 with errno, EWOULDBLOCK where somebody else has it. */
int wake_lock(const char *path);
/* w may be NULL. */
void wake_free(struct wake *w);

/* Wakes the process that has the lock; nobody may have it. */
void wake_send(const char *path);

#endif
