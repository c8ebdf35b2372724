#include "src/base/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "src/base/bytes.h"

enum { LOOP_SIGNALS = 65 };

struct loop {
	bool stop, holes;
	uint64_t now;
	struct pollfd *fds; /* entry i has the io of slot i + 1 */
	struct loop_io **ios;
	size_t count, cap;
	struct loop_timer **heap; /* entry i has the timer of slot i + 1 */
	size_t timers, timers_cap;
	struct loop_io signal_io;
	int signal_pipe[2];
	struct {
		loop_signal_fn *fn;
		void *arg;
	} signals[LOOP_SIGNALS];
};

/* The write end of the signal pipe, global because a signal handler has no
 * argument. -1: no loop watches signals. */
static volatile sig_atomic_t loop_signal_fd = -1;

static uint64_t
loop_monotonic_ms(void)
{
	struct timespec ts;

	/* A clock that also runs while the machine sleeps, if there is one: so
	 * timers that became due meanwhile run when it wakes. */
#ifdef CLOCK_BOOTTIME
	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
#else
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
#endif
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

int
loop_new(struct loop **out, struct err *e)
{
	struct loop *l = xcalloc(1, sizeof(*l));

	(void)e;
	l->signal_pipe[0] = l->signal_pipe[1] = -1;
	l->now = loop_monotonic_ms();
	*out = l;
	return 0;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	if (l->signal_pipe[0] != -1) {
		for (int i = 1; i < LOOP_SIGNALS; i++)
			if (l->signals[i].fn != NULL)
				(void)signal(i, SIG_DFL);
		loop_signal_fd = -1;
		(void)close(l->signal_pipe[0]);
		(void)close(l->signal_pipe[1]);
	}
	free(l->fds);
	free(l->ios);
	free(l->heap);
	free(l);
}

uint64_t
loop_now(const struct loop *l)
{
	return l->now;
}

void
loop_stop(struct loop *l)
{
	l->stop = true;
}

/* --- descriptors ---------------------------------------------------------- */

void
loop_io_set(struct loop *l, struct loop_io *io, short events)
{
	if (io->slot == 0) {
		size_t cap = l->cap;

		l->fds = vec_grow(l->fds, l->count, &cap, sizeof(*l->fds));
		l->ios = vec_grow(l->ios, l->count, &l->cap, sizeof(*l->ios));
		l->ios[l->count] = io;
		l->fds[l->count].fd = io->fd;
		l->fds[l->count].revents = 0;
		io->slot = ++l->count;
	}
	l->fds[io->slot - 1].events = events;
}

void
loop_io_del(struct loop *l, struct loop_io *io)
{
	if (io->slot == 0)
		return;
	/* dispatch may be iterating: the entry becomes a hole, which
	 * loop_close_holes removes in the next round. */
	l->ios[io->slot - 1] = NULL;
	l->fds[io->slot - 1].fd = -1;
	l->fds[io->slot - 1].revents = 0;
	io->slot = 0;
	l->holes = true;
}

static void
loop_close_holes(struct loop *l)
{
	size_t to = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (l->ios[i] == NULL)
			continue;
		l->ios[to] = l->ios[i];
		l->fds[to] = l->fds[i];
		l->ios[to]->slot = to + 1;
		to++;
	}
	l->count = to;
	l->holes = false;
}

static void
loop_dispatch(struct loop *l, int ready)
{
	size_t count = l->count;

	for (size_t i = 0; i < count && ready > 0; i++) {
		short revents = l->fds[i].revents;

		if (revents == 0)
			continue;
		ready--;
		l->fds[i].revents = 0;
		if (l->ios[i] != NULL)
			l->ios[i]->fn(l->ios[i]->arg, revents);
	}
}

/* --- timers: a binary heap, the first due on top -------------------------- */

static void
loop_heap_put(struct loop *l, size_t i, struct loop_timer *t)
{
	l->heap[i] = t;
	t->slot = i + 1;
}

static void
loop_heap_up(struct loop *l, size_t i, struct loop_timer *t)
{
	while (i > 0 && l->heap[(i - 1) / 2]->due > t->due) {
		loop_heap_put(l, i, l->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	loop_heap_put(l, i, t);
}

static void
loop_heap_down(struct loop *l, size_t i, struct loop_timer *t)
{
	for (;;) {
		size_t child = i * 2 + 1;

		if (child + 1 < l->timers &&
		    l->heap[child + 1]->due < l->heap[child]->due)
			child++;
		if (child >= l->timers || l->heap[child]->due >= t->due)
			break;
		loop_heap_put(l, i, l->heap[child]);
		i = child;
	}
	loop_heap_put(l, i, t);
}

void
loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t ms)
{
	/* Not l->now, which is the start of this round: it would run too
	 * early. */
	loop_timer_at(l, t, loop_monotonic_ms() + ms);
}

void
loop_timer_at(struct loop *l, struct loop_timer *t, uint64_t due)
{
	loop_timer_del(l, t);
	t->due = due;
	l->heap = vec_grow(
	    l->heap, l->timers, &l->timers_cap, sizeof(*l->heap));
	loop_heap_up(l, l->timers++, t);
}

void
loop_timer_del(struct loop *l, struct loop_timer *t)
{
	size_t i;
	struct loop_timer *last;

	if (t->slot == 0)
		return;
	i = t->slot - 1;
	t->slot = 0;
	last = l->heap[--l->timers];
	if (last == t)
		return;
	if (i > 0 && l->heap[(i - 1) / 2]->due > last->due)
		loop_heap_up(l, i, last);
	else
		loop_heap_down(l, i, last);
}

static void
loop_run_timers(struct loop *l)
{
	while (l->timers > 0 && l->heap[0]->due <= l->now && !l->stop) {
		struct loop_timer *t = l->heap[0];

		loop_timer_del(l, t);
		t->fn(t->arg);
	}
}

static int
loop_poll_timeout(const struct loop *l)
{
	uint64_t now = loop_monotonic_ms(), wait;

	if (l->timers == 0)
		return -1;
	if (l->heap[0]->due <= now)
		return 0;
	wait = l->heap[0]->due - now;
	return wait > INT_MAX ? INT_MAX : (int)wait;
}

/* --- signals -------------------------------------------------------------- */

static void
loop_on_signal(int signo)
{
	int saved = errno;
	unsigned char byte = (unsigned char)signo;

	if (loop_signal_fd != -1)
		(void)!write((int)loop_signal_fd, &byte, 1);
	errno = saved;
}

static void
loop_signals_arrived(void *arg, short revents)
{
	struct loop *l = arg;
	unsigned char byte;

	(void)revents;
	while (read(l->signal_pipe[0], &byte, 1) == 1)
		if (byte < LOOP_SIGNALS && l->signals[byte].fn != NULL)
			l->signals[byte].fn(l->signals[byte].arg, byte);
}

static int
loop_open_signal_pipe(struct loop *l, struct err *e)
{
	if (pipe(l->signal_pipe) == -1)
		return err_set(e, EX_OSERR,
		    "cannot make a pipe for signals: %s", strerror(errno));
	for (int i = 0; i < 2; i++) {
		(void)fcntl(l->signal_pipe[i], F_SETFL, O_NONBLOCK);
		(void)fcntl(l->signal_pipe[i], F_SETFD, FD_CLOEXEC);
	}
	loop_signal_fd = l->signal_pipe[1];
	l->signal_io = (struct loop_io){
	    .fd = l->signal_pipe[0], .fn = loop_signals_arrived, .arg = l};
	loop_io_set(l, &l->signal_io, POLLIN);
	return 0;
}

int
loop_signal(
    struct loop *l, int signo, loop_signal_fn *fn, void *arg, struct err *e)
{
	struct sigaction sa;

	if (signo <= 0 || signo >= LOOP_SIGNALS)
		return err_set(e, EX_SOFTWARE, "there is no signal %d", signo);
	if (l->signal_pipe[0] == -1 && loop_open_signal_pipe(l, e) == -1)
		return -1;
	l->signals[signo].fn = fn;
	l->signals[signo].arg = arg;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = loop_on_signal;
	(void)sigemptyset(&sa.sa_mask);
	/* Without SA_RESTART, so that a signal ends a blocking read or
	 * write; the end of a child ends nothing. */
	if (signo == SIGCHLD)
		sa.sa_flags = SA_RESTART | SA_NOCLDSTOP;
	if (sigaction(signo, &sa, NULL) == -1)
		return err_set(e, EX_OSERR, "signal %d cannot be watched: %s",
		    signo, strerror(errno));
	return 0;
}

int
loop_run(struct loop *l, struct err *e)
{
	l->stop = false;
	while (!l->stop) {
		int ready;

		if (l->holes)
			loop_close_holes(l);
		ready = poll(l->fds, (nfds_t)l->count, loop_poll_timeout(l));
		if (ready == -1 && errno != EINTR && errno != EAGAIN)
			return err_set(
			    e, EX_OSERR, "poll failed: %s", strerror(errno));
		l->now = loop_monotonic_ms();
		loop_run_timers(l);
		if (ready > 0 && !l->stop)
			loop_dispatch(l, ready);
	}
	return 0;
}
