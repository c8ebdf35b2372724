/*
 * A program that runs beside us: a command of the shell with text on its
 * standard input, or one that has our terminal or nothing. The event loop
 * watches it; nobody waits for it.
 */
#ifndef SIGNET_SRC_BASE_CHILD_H
#define SIGNET_SRC_BASE_CHILD_H

#include <sys/types.h>

#include "src/base/bytes.h"
#include "src/base/loop.h"

struct child {
	struct loop *loop;
	pid_t pid; /* 0: it does not run */
	bool group; /* pid is its process group too */
	struct buf input;
	size_t given; /* bytes of input that it got */
	struct loop_io in; /* fd -1: it gets no input */
	struct loop_timer limit;
	bool late; /* it was killed because its time was over */
};

/* Starts `sh -c command`. It inherits descriptors 0, 1 and 2 alone (after
 * child_close_others): a pipe with input, and twice our standard error. Moves
 * input into c, empty then. The whole process group is killed after ms
 * milliseconds. The loop has to call child_ended after SIGCHLD. EX_OSERR. */
int child_start(struct child *c, struct loop *loop, const char *command,
    struct buf *input, unsigned ms, struct err *e);
/* Starts argv[0], which is looked for in PATH, without a shell. With terminal it
 * has our descriptors 0, 1 and 2 and is in our process group, so that the shell
 * that began us stops and continues both; otherwise it has /dev/null and a
 * group of its own. It may run as long as it wants. EX_OSERR. */
int child_run(struct child *c, struct loop *loop, char *const argv[],
    bool terminal, struct err *e);
/* Returns whether it has ended; *status gets waitpid's, and c can be started
 * again. */
bool child_ended(struct child *c, int *status);
/* Kills it, or its process group, and waits for the process, if it runs. */
void child_kill(struct child *c);

/* Keeps children from inheriting the descriptors above 2 that this process
 * inherited itself. Those that it opens are not inherited anyway. */
void child_close_others(void);

#endif
