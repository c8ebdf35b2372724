/*
 * The thread that writes: takes what was asked for meanwhile as one
 * transaction, and hands it back when it is on disk. Private to src/store/.
 */
#ifndef SIGNET_SRC_STORE_THREAD_H
#define SIGNET_SRC_STORE_THREAD_H

#include "src/base/loop.h"
#include "src/store/write.h"

struct thread;

/* Begins. loop is borrowed, the writer's parts are taken over. EX_OSERR; they
 * are still the caller's then. */
int thread_new(struct loop *loop, const struct writer *writer,
    struct thread **out, struct err *e);
/* Waits until all is on disk, and ends; no function of a write is called. */
void thread_free(struct thread *t);

/* Takes over w. Its function is called from the loop. */
void thread_add(struct thread *t, struct write *w);
/* Returns whether the function of some write was not called yet. */
bool thread_busy(const struct thread *t);

#endif
