/*
 * Standard output, written as fast as it is read and without ever waiting:
 * what is not taken yet stands in a queue.
 */
#ifndef SIGNET_SRC_BASE_OUTPUT_H
#define SIGNET_SRC_BASE_OUTPUT_H

#include "src/base/bytes.h"
#include "src/base/err.h"
#include "src/base/loop.h"

struct output {
	struct loop *loop;
	loop_fn *moved; /* some of the queue left, or failed */
	void *arg;
	struct err failed; /* exit is set once it cannot be written to */
	uint64_t added, written; /* bytes ever */
	struct buf queue;
	size_t sent; /* bytes of queue that have left */
	size_t chunk; /* bytes at a time; 0: any number */
	struct loop_io io;
};

/* loop is borrowed; moved runs from the loop alone. */
void output_init(
    struct output *o, struct loop *loop, loop_fn *moved, void *arg);
void output_end(struct output *o);

/* Adds bytes, and writes what is taken at once. -1 when it has failed:
 * EX_IOERR in o->failed. */
int output_add(struct output *o, struct span bytes);

/* Bytes that have not left yet. */
size_t output_waiting(const struct output *o);

#endif
