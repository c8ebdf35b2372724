/*
 * The event loop over poll(2): descriptors, timers and signals in one thread.
 * Nothing else waits.
 *
 * The structures of descriptors and timers are embedded in those of their
 * owners; the loop borrows them until they are removed. A handler may remove
 * any of them, its own included.
 */
#ifndef SIGNET_SRC_BASE_LOOP_H
#define SIGNET_SRC_BASE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

struct loop;

/* revents as poll(2) gives them. */
typedef void loop_io_fn(void *arg, short revents);
typedef void loop_fn(void *arg);
typedef void loop_signal_fn(void *arg, int signo);

struct loop_io {
	int fd;
	loop_io_fn *fn;
	void *arg;
	size_t slot; /* set by the loop; 0: not in it */
};

struct loop_timer {
	loop_fn *fn;
	void *arg;
	uint64_t due; /* ms, as loop_now counts */
	size_t slot; /* set by the loop; 0: not in it */
};

/* Makes a loop, for loop_free. Cannot fail today. */
int loop_new(struct loop **out, struct err *e);
void loop_free(struct loop *l);

/* Runs handlers until loop_stop. EX_OSERR if poll(2) fails. */
int loop_run(struct loop *l, struct err *e);
void loop_stop(struct loop *l);

/* Returns the time at which this round began, in ms of a monotonic clock. */
uint64_t loop_now(const struct loop *l);

/* Adds io, with fd, fn and arg filled in, to the loop, or changes the events
 * (POLLIN, POLLOUT) that it waits for. */
void loop_io_set(struct loop *l, struct loop_io *io, short events);
void loop_io_del(struct loop *l, struct loop_io *io);

/* Arms t, or arms it again, to run once in ms milliseconds from now. */
void loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t ms);
/* The same at a time as loop_now counts. */
void loop_timer_at(struct loop *l, struct loop_timer *t, uint64_t due);
void loop_timer_del(struct loop *l, struct loop_timer *t);

/* Calls fn from the loop after signo arrived. Only one loop of a process at a
 * time may watch signals. EX_OSERR or EX_SOFTWARE. */
int loop_signal(
    struct loop *l, int signo, loop_signal_fn *fn, void *arg, struct err *e);

#endif
