#include "src/base/output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	OUTPUT_PIPE = 512, /* POSIX's least PIPE_BUF, where nobody says more */
	OUTPUT_TERMINAL = 256, /* a terminal with any room at all has this */
	OUTPUT_KEEP = 65536 /* an empty queue larger than this is freed */
};

/* O_NONBLOCK would hold for every process that shares our standard output. So
 * poll(2) is asked before each write, and no more is written than there is
 * room for then: PIPE_BUF where it is a pipe. */
static size_t
chunk_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || S_ISREG(st.st_mode))
		return 0;
	if (isatty(fd))
		return OUTPUT_TERMINAL;
#ifdef PIPE_BUF
	return PIPE_BUF;
#else
	return OUTPUT_PIPE;
#endif
}

static bool
has_room(const struct output *o)
{
	struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};

	/* Where poll(2) fails, write(2) says why. */
	return o->chunk == 0 || poll(&p, 1, 0) != 0;
}

static int
flush(struct output *o)
{
	while (o->failed.exit == 0 && o->sent < o->queue.n && has_room(o)) {
		size_t left = o->queue.n - o->sent;
		ssize_t n = write(STDOUT_FILENO, o->queue.p + o->sent,
		    o->chunk != 0 && left > o->chunk ? o->chunk : left);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n < 0)
			return err_set(&o->failed, EX_IOERR,
			    "cannot write to standard output: %s",
			    strerror(errno));
		o->sent += (size_t)n;
		o->written += (size_t)n;
	}
	if (o->sent > o->queue.n / 2) {
		buf_drop(&o->queue, o->sent);
		o->sent = 0;
	}
	if (o->queue.n == 0 && o->queue.cap > OUTPUT_KEEP)
		buf_free(&o->queue);
	return o->failed.exit == 0 ? 0 : -1;
}

static void
watch(struct output *o)
{
	if (output_waiting(o) > 0 && o->failed.exit == 0)
		loop_io_set(o->loop, &o->io, POLLOUT);
	else
		loop_io_del(o->loop, &o->io);
}

static void
on_writable(void *arg, short revents)
{
	struct output *o = arg;

	(void)revents;
	(void)flush(o);
	watch(o);
	o->moved(o->arg);
}

void
output_init(struct output *o, struct loop *loop, loop_fn *moved, void *arg)
{
	*o = (struct output){.loop = loop, .moved = moved, .arg = arg};
	o->chunk = chunk_of(STDOUT_FILENO);
	o->io = (struct loop_io){
	    .fd = STDOUT_FILENO, .fn = on_writable, .arg = o};
}

void
output_end(struct output *o)
{
	if (o->loop != NULL)
		loop_io_del(o->loop, &o->io);
	buf_free(&o->queue);
}

int
output_add(struct output *o, struct span bytes)
{
	int rc;

	buf_addspan(&o->queue, bytes);
	o->added += bytes.n;
	rc = flush(o);
	watch(o);
	return rc;
}

size_t
output_waiting(const struct output *o)
{
	return o->queue.n - o->sent;
}
