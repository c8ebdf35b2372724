/*
 * Writes to standard output without ever blocking: queues what the reader does
 * not take yet.
 */
#ifndef SIGNET_SRC_BASE_OUTPUT_H
#define SIGNET_SRC_BASE_OUTPUT_H

#include "src/base/bytes.h"
#include "src/base/err.h"
#include "src/base/loop.h"

struct output {
	struct loop *loop;
	loop_fn *moved; /* called after some of the queue left, or failed */
	void *arg;
	struct err failed; /* exit is not 0 after a write failed */
	uint64_t added, written; /* bytes so far */
	struct buf queue;
	size_t sent; /* bytes of queue that are written */
	size_t chunk; /* bytes of one write; 0: no limit */
	struct loop_io io;
};

/* Begins. loop is borrowed. moved, with arg, is called from the loop only. */
void output_init(
    struct output *o, struct loop *loop, loop_fn *moved, void *arg);
/* Frees the queue, written or not. */
void output_end(struct output *o);

/* Queues bytes and writes what is taken at once. Returns -1 if writing has
 * failed, with EX_IOERR in o->failed. */
int output_add(struct output *o, struct span bytes);

/* Returns the number of bytes that are not written yet. */
size_t output_waiting(const struct output *o);

#endif
