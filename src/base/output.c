#include "src/base/output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	OUTPUT_PIPE = 512, /* POSIX's minimum of PIPE_BUF */
	OUTPUT_TERMINAL = 256, /* bytes that fit if poll(2) reports room */
	OUTPUT_KEEP = 65536 /* an empty queue larger than this is freed */
};

/* Returns how many bytes one write may have without blocking after poll(2)
 * reported room (PIPE_BUF for a pipe), or 0 for any number. O_NONBLOCK is not
 * set: it would affect all processes that share our standard output. */
static size_t
output_chunk_of(int fd)
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
output_has_room(const struct output *o)
{
	struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};

	/* If poll(2) fails, write(2) tells why. */
	return o->chunk == 0 || poll(&p, 1, 0) != 0;
}

static int
output_flush(struct output *o)
{
	while (
	    o->failed.exit == 0 && o->sent < o->queue.n && output_has_room(o)) {
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
output_watch(struct output *o)
{
	if (output_waiting(o) > 0 && o->failed.exit == 0)
		loop_io_set(o->loop, &o->io, POLLOUT);
	else
		loop_io_del(o->loop, &o->io);
}

static void
output_on_writable(void *arg, short revents)
{
	struct output *o = arg;

	(void)revents;
	(void)output_flush(o);
	output_watch(o);
	o->moved(o->arg);
}

void
output_init(struct output *o, struct loop *loop, loop_fn *moved, void *arg)
{
	*o = (struct output){.loop = loop, .moved = moved, .arg = arg};
	o->chunk = output_chunk_of(STDOUT_FILENO);
	o->io = (struct loop_io){
	    .fd = STDOUT_FILENO, .fn = output_on_writable, .arg = o};
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
	rc = output_flush(o);
	output_watch(o);
	return rc;
}

size_t
output_waiting(const struct output *o)
{
	return o->queue.n - o->sent;
}
