/* flock() is no part of POSIX, but of Linux and every BSD. */
#define _DEFAULT_SOURCE

#include "src/store/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/bytes.h"

struct wake {
	struct loop *loop;
	struct loop_io io;
	int lock;
	struct sockaddr_un at;
	loop_fn *fn;
	void *arg;
};

/* Where the socket is: "PATH-wake". False, with errno, where that is too long
 * for one. */
static bool
wake_address(const char *path, struct sockaddr_un *out)
{
	int n;

	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	n = snprintf(out->sun_path, sizeof(out->sun_path), "%s-wake", path);
	if (n > 0 && (size_t)n < sizeof(out->sun_path))
		return true;
	errno = ENAMETOOLONG;
	return false;
}

static int
wake_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd != -1) {
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	}
	return fd;
}

/* A lock by fcntl() would end when any descriptor of the file is closed in this
 * process; this one ends with its own. */
int
wake_lock(const char *path)
{
	struct buf name = {0};
	int fd, error;

	buf_addf(&name, "%s-lock", path);
	fd = open((const char *)name.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1) {
		error = errno;
		(void)close(fd);
		errno = error;
		fd = -1;
	}
	buf_free(&name);
	return fd;
}

static void
wake_ready(void *arg, short revents)
{
	struct wake *w = arg;
	char byte;

	(void)revents;
	while (recv(w->io.fd, &byte, 1, 0) >= 0)
		;
	w->fn(w->arg);
}

/* The lock is ours, so a socket that is there is of a process that has died. */
static int
wake_bind(struct wake *w)
{
	int fd = wake_socket();

	if (fd == -1)
		return -1;
	(void)unlink(w->at.sun_path);
	if (bind(fd, (const struct sockaddr *)&w->at, sizeof(w->at)) == -1) {
		(void)close(fd);
		return -1;
	}
	w->io = (struct loop_io){.fd = fd, .fn = wake_ready, .arg = w};
	loop_io_set(w->loop, &w->io, POLLIN);
	return 0;
}

int
wake_new(struct loop *loop, const char *path, loop_fn *fn, void *arg,
    struct wake **out, struct err *e)
{
	struct wake *w = xcalloc(1, sizeof(*w));

	*out = NULL;
	*w = (struct wake){.loop = loop, .fn = fn, .arg = arg};
	w->lock = wake_lock(path);
	if (w->lock == -1 && errno == EWOULDBLOCK) {
		free(w);
		return 0;
	}
	if (w->lock == -1 || !wake_address(path, &w->at) ||
	    wake_bind(w) == -1) {
		(void)err_set(e, EX_OSERR,
		    "the history %s cannot be locked, or is woken by nobody: "
		    "%s",
		    path, strerror(errno));
		if (w->lock != -1)
			(void)close(w->lock);
		free(w);
		return -1;
	}
	*out = w;
	return 0;
}

void
wake_free(struct wake *w)
{
	if (w == NULL)
		return;
	loop_io_del(w->loop, &w->io);
	(void)close(w->io.fd);
	(void)unlink(w->at.sun_path);
	(void)close(w->lock);
	free(w);
}

void
wake_send(const char *path)
{
	struct sockaddr_un at;
	int fd;

	if (!wake_address(path, &at))
		return;
	fd = wake_socket();
	if (fd == -1)
		return;
	(void)sendto(fd, "", 1, 0, (const struct sockaddr *)&at, sizeof(at));
	(void)close(fd);
}
