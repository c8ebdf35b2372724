/*
 * A command that the shell runs beside us, in a process group of its own, with
 * text on its standard input. The event loop watches it; nobody waits for it.
 */
#ifndef SIGNET_SRC_BASE_CHILD_H
#define SIGNET_SRC_BASE_CHILD_H

#include <sys/types.h>

#include "src/base/bytes.h"
#include "src/base/loop.h"

struct child {
	struct loop *loop;
	pid_t pid; /* also its process group; 0: it does not run */
	struct buf input;
	size_t given; /* bytes of input that it got */
	struct loop_io in;
	struct loop_timer limit;
	bool late; /* it was killed because its time was over */
};

/* Starts `sh -c command`. It inherits descriptors 0, 1 and 2 alone (after
 * child_close_others): a pipe with input, and twice our standard error. Moves
 * input into c, empty then. The whole process group is killed after ms
 * milliseconds. The loop has to call child_ended after SIGCHLD. EX_OSERR. */
int child_start(struct child *c, struct loop *loop, const char *command,
    struct buf *input, unsigned ms, struct err *e);
/* Returns whether it has ended; *status gets waitpid's, and c can be started
 * again. */
bool child_ended(struct child *c, int *status);
/* Kills the process group, and waits for the process, if it runs. */
void child_kill(struct child *c);

/* Keeps children from inheriting the descriptors above 2 that this process
 * inherited itself. Those that it opens are not inherited anyway. */
void child_close_others(void);

#endif
