#include "src/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	/* The highest descriptor that a process is expected to inherit; the
	 * limit of descriptors can be a thousand million. */
	CHILD_DESCRIPTORS = 65536
};

extern char **environ; /* POSIX has it in no header */

void
child_close_others(void)
{
	long limit = sysconf(_SC_OPEN_MAX);

	if (limit < 0 || limit > CHILD_DESCRIPTORS)
		limit = CHILD_DESCRIPTORS;
	for (int fd = STDERR_FILENO + 1; fd < limit; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* --- its input ------------------------------------------------------------ */

static void
child_close_input(struct child *c)
{
	loop_io_del(c->loop, &c->in);
	(void)close(c->in.fd);
	buf_free(&c->input);
	c->in.fd = -1;
}

static void
child_on_writable(void *arg, short revents)
{
	struct child *c = arg;
	ssize_t n = write(
	    c->in.fd, c->input.p + c->given, c->input.n - c->given);

	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		c->given += (size_t)n;
	/* EPIPE: a command need not read what it is given. */
	if (n < 0 || c->given == c->input.n)
		child_close_input(c);
}

/* --- its life ------------------------------------------------------------- */

static void
child_on_limit(void *arg)
{
	struct child *c = arg;

	c->late = true;
	(void)kill(-c->pid, SIGKILL);
}

/* What a child's descriptors 0 and 1 are; 2 is always inherited, but by one
 * that has nothing. */
enum child_files {
	CHILD_PIPE, /* a pipe, and our standard error */
	CHILD_TERMINAL, /* ours */
	CHILD_NOTHING /* /dev/null */
};

static int
child_prepare_files(
    posix_spawn_file_actions_t *files, enum child_files which, int in)
{
	int rc = 0;

	if (which == CHILD_PIPE) {
		rc |= posix_spawn_file_actions_adddup2(files, in, STDIN_FILENO);
		rc |= posix_spawn_file_actions_adddup2(
		    files, STDERR_FILENO, STDOUT_FILENO);
	}
	for (int fd = 0; which == CHILD_NOTHING && fd <= STDERR_FILENO; fd++)
		rc |= posix_spawn_file_actions_addopen(
		    files, fd, "/dev/null", O_RDWR, 0);
	return rc;
}

/* Fills in what the new process does before it becomes the program. Signals that
 * we ignore are not ignored by it. */
static int
child_prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr,
    enum child_files which, int in)
{
	short group = which == CHILD_TERMINAL ? 0 : POSIX_SPAWN_SETPGROUP;
	sigset_t none, usual;
	int rc = child_prepare_files(files, which, in);

	(void)sigemptyset(&none);
	(void)sigemptyset(&usual);
	(void)sigaddset(&usual, SIGPIPE);
	(void)sigaddset(&usual, SIGXFSZ);
	rc |= posix_spawnattr_setpgroup(attr, 0);
	rc |= posix_spawnattr_setsigmask(attr, &none);
	rc |= posix_spawnattr_setsigdefault(attr, &usual);
	rc |= posix_spawnattr_setflags(attr,
	    (short)(group | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
	return rc;
}

/* Returns 0 or an errno. */
static int
child_spawn(char *const argv[], enum child_files which, int in, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int rc;

	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawnattr_init(&attr);
	rc = child_prepare(&files, &attr, which, in) != 0
	    ? ENOMEM
	    : posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
	(void)posix_spawn_file_actions_destroy(&files);
	(void)posix_spawnattr_destroy(&attr);
	return rc;
}

/* Returns 0 or an errno. */
static int
child_spawn_shell(const char *command, int in, pid_t *pid)
{
	char sh[] = "/bin/sh", c[] = "-c", end[] = "--";
	char *text = xstrdup(command);
	char *argv[] = {sh, c, end, text, NULL};
	int rc = child_spawn(argv, CHILD_PIPE, in, pid);

	free(text);
	return rc;
}

/* Makes a pipe that no child inherits, and whose end for us never blocks. */
static int
child_pipe(int ends[2])
{
	if (pipe(ends) == -1)
		return errno;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
	return 0;
}

int
child_start(struct child *c, struct loop *loop, const char *command,
    struct buf *input, unsigned ms, struct err *e)
{
	pid_t pid;
	int ends[2], rc = child_pipe(ends);

	if (rc == 0) {
		rc = child_spawn_shell(command, ends[0], &pid);
		(void)close(ends[0]);
		if (rc != 0)
			(void)close(ends[1]);
	}
	if (rc != 0)
		return err_set(
		    e, EX_OSERR, "a command cannot be run: %s", strerror(rc));
	*c = (struct child){
	    .loop = loop, .pid = pid, .group = true, .input = *input};
	*input = (struct buf){0};
	c->in = (struct loop_io){
	    .fd = ends[1], .fn = child_on_writable, .arg = c};
	c->limit = (struct loop_timer){.fn = child_on_limit, .arg = c};
	loop_io_set(loop, &c->in, POLLOUT);
	loop_timer_set(loop, &c->limit, ms);
	return 0;
}

int
child_run(struct child *c, struct loop *loop, char *const argv[], bool terminal,
    struct err *e)
{
	pid_t pid;
	int rc = child_spawn(
	    argv, terminal ? CHILD_TERMINAL : CHILD_NOTHING, -1, &pid);

	if (rc != 0)
		return err_set(
		    e, EX_OSERR, "%s cannot be run: %s", argv[0], strerror(rc));
	*c = (struct child){
	    .loop = loop, .pid = pid, .group = !terminal, .in = {.fd = -1}};
	return 0;
}

/* Returns whether it has ended, and frees what it needed. */
static bool
child_wait(struct child *c, int *status, int options)
{
	pid_t pid;

	do
		pid = waitpid(c->pid, status, options);
	while (pid == -1 && errno == EINTR);
	if (pid == 0)
		return false;
	if (pid == -1)
		*status = -1;
	if (c->in.fd != -1)
		child_close_input(c);
	loop_timer_del(c->loop, &c->limit);
	c->pid = 0;
	return true;
}

bool
child_ended(struct child *c, int *status)
{
	return c->pid != 0 && child_wait(c, status, WNOHANG);
}

void
child_kill(struct child *c)
{
	int status;

	if (c->pid == 0)
		return;
	(void)kill(c->group ? -c->pid : c->pid, SIGKILL);
	(void)child_wait(c, &status, 0);
}
