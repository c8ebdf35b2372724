/*
 * Shows what is printed in the user's pager.
 */
#ifndef SIGNET_SRC_APP_PAGING_H
#define SIGNET_SRC_APP_PAGING_H

#include <stdbool.h>
#include <signal.h>
#include <sys/types.h>

struct paging {
	pid_t pid; /* of the pager; 0: there is none */
	int out, err; /* the terminal: standard output and error before; err
	               * is -1 where that is no terminal */
	struct sigaction interrupt, quit; /* as they were before */
};

/* Where standard output is a terminal: starts sh -c $PAGER, or less where that
 * is not set, with LESS=FRX where LESS is not set. Standard output goes to it
 * from now on, and standard error, too, where that is a terminal. No pager is
 * started where PAGER is empty or "cat", or if it cannot be. Until paging_end
 * ^C ends the pager alone, unless it has a handler. */
void paging_begin(struct paging *p);
/* Restores what paging_begin changed, and waits for the pager to end. Returns
 * whether it had ended before all was written. */
bool paging_end(struct paging *p);

#endif
