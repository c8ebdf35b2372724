/*
 * The poll(2) loop: descriptors, timers and signals, one thread, no waiting
 * anywhere else.
 *
 * Descriptors and timers are structures that their owners embed; the loop
 * borrows them until they are taken out. Any handler may take out anything,
 * itself included.
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
	size_t slot; /* the loop's: 0 when not in it */
};

struct loop_timer {
	loop_fn *fn;
	void *arg;
	uint64_t due;
	size_t slot; /* the loop's: 0 when not in it */
};

int loop_new(struct loop **out, struct err *e);
void loop_free(struct loop *l);

/* Runs handlers until loop_stop. 0, or -1 when poll(2) itself fails. */
int loop_run(struct loop *l, struct err *e);
void loop_stop(struct loop *l);

/* Milliseconds on a clock that only goes forward, as of this round. */
uint64_t loop_now(const struct loop *l);

/* Puts io (fd, fn and arg filled in) into the loop, or changes the events
 * (POLLIN, POLLOUT) it waits for. */
void loop_io_set(struct loop *l, struct loop_io *io, short events);
void loop_io_del(struct loop *l, struct loop_io *io);

/* Arms t, or arms it anew, to run once in ms milliseconds. */
void loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t ms);
/* The same for a point in time, as loop_now counts. */
void loop_timer_at(struct loop *l, struct loop_timer *t, uint64_t due);
void loop_timer_del(struct loop *l, struct loop_timer *t);

/* Calls fn in a round of its own after signo arrived. One loop at a time in
 * a process may watch signals. */
int loop_signal(
    struct loop *l, int signo, loop_signal_fn *fn, void *arg, struct err *e);

#endif
