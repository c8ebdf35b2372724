#include "src/app/paging.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not everyone has less. */
static const char paging_default[] =
    "if command -v less >/dev/null; then exec less; else exec cat; fi";

/* Returns the command, or NULL: none. */
static const char *
paging_command(void)
{
	const char *command = getenv("PAGER");

	if (command == NULL)
		return paging_default;
	return command[0] == '\0' || strcmp(command, "cat") == 0 ? NULL
								 : command;
}

/* Becomes the pager, which reads from fd. */
static void
paging_exec(const char *command, int fd)
{
	struct sigaction usual;

	memset(&usual, 0, sizeof(usual));
	usual.sa_handler = SIG_DFL;
	(void)sigemptyset(&usual.sa_mask);
	(void)sigaction(SIGPIPE, &usual, NULL);
	(void)sigaction(SIGXFSZ, &usual, NULL);
	(void)setenv("LESS", "FRX", 0);
	if (dup2(fd, STDIN_FILENO) != -1)
		(void)execl("/bin/sh", "sh", "-c", command, (const char *)NULL);
	_exit(127);
}

static int
paging_keep(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* Sends what is printed to fd, and leaves ^C to the pager. */
static void
paging_turn(struct paging *p, int fd)
{
	struct sigaction ignore;

	(void)dup2(fd, STDOUT_FILENO);
	p->err = isatty(STDERR_FILENO) ? paging_keep(STDERR_FILENO) : -1;
	if (p->err != -1)
		(void)dup2(fd, STDERR_FILENO);
	memset(&ignore, 0, sizeof(ignore));
	ignore.sa_handler = SIG_IGN;
	(void)sigemptyset(&ignore.sa_mask);
	(void)sigaction(SIGINT, &ignore, &p->interrupt);
	(void)sigaction(SIGQUIT, &ignore, &p->quit);
}

void
paging_begin(struct paging *p)
{
	const char *command = paging_command();
	int ends[2];

	memset(p, 0, sizeof(*p));
	if (!isatty(STDOUT_FILENO) || command == NULL || pipe(ends) == -1)
		return;
	/* Without it the pager could not be told the end. */
	p->out = paging_keep(STDOUT_FILENO);
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	(void)fflush(stdout);
	p->pid = p->out == -1 ? -1 : fork();
	if (p->pid == 0)
		paging_exec(command, ends[0]);
	if (p->pid > 0)
		paging_turn(p, ends[1]);
	else if (p->out != -1)
		(void)close(p->out);
	if (p->pid == -1)
		p->pid = 0;
	(void)close(ends[0]);
	(void)close(ends[1]);
}

bool
paging_end(struct paging *p)
{
	struct pollfd pipe = {.fd = STDOUT_FILENO, .events = POLLOUT};
	bool left;

	if (p->pid == 0)
		return false;
	(void)fflush(stdout);
	left = poll(&pipe, 1, 0) == 1 && (pipe.revents & POLLERR) != 0;
	(void)dup2(p->out, STDOUT_FILENO);
	(void)close(p->out);
	if (p->err != -1) {
		(void)dup2(p->err, STDERR_FILENO);
		(void)close(p->err);
	}
	while (waitpid(p->pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	(void)sigaction(SIGINT, &p->interrupt, NULL);
	(void)sigaction(SIGQUIT, &p->quit, NULL);
	p->pid = 0;
	return left;
}
