#include "src/store/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes in the order in which they came. */
struct queue {
	struct write *first, **end;
};

struct thread {
	struct loop *loop;
	struct writer writer; /* the thread's own */
	pthread_t thread;
	struct loop_io io;
	int pipe[2]; /* a byte in it: there are writes in done */
	size_t count; /* whose function was not called; the loop's own */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t more;
	struct queue todo, done;
	bool ending;
};

static void
thread_queue_init(struct queue *q)
{
	q->first = NULL;
	q->end = &q->first;
}

static void
thread_queue_add(struct queue *q, struct write *w)
{
	*q->end = w;
	while (*q->end != NULL)
		q->end = &(*q->end)->next;
}

static struct write *
thread_queue_take(struct queue *q)
{
	struct write *all = q->first;

	thread_queue_init(q);
	return all;
}

/* --- the thread ----------------------------------------------------------- */

static void
thread_wake_loop(struct thread *t)
{
	ssize_t n;

	/* A full pipe wakes it as well. */
	do
		n = write(t->pipe[1], "", 1);
	while (n == -1 && errno == EINTR);
}

static void *
thread_run(void *arg)
{
	struct thread *t = arg;
	struct write *all;

	(void)pthread_mutex_lock(&t->lock);
	for (;;) {
		while (t->todo.first == NULL && !t->ending)
			(void)pthread_cond_wait(&t->more, &t->lock);
		all = thread_queue_take(&t->todo);
		if (all == NULL)
			break;
		(void)pthread_mutex_unlock(&t->lock);
		write_all(&t->writer, all);
		(void)pthread_mutex_lock(&t->lock);
		thread_queue_add(&t->done, all);
		thread_wake_loop(t);
	}
	(void)pthread_mutex_unlock(&t->lock);
	return NULL;
}

/* --- the loop ------------------------------------------------------------- */

/* What was written is told. The functions may add more. */
static void
thread_tell(void *arg, short revents)
{
	struct thread *t = arg;
	struct write *w, *next;
	struct err why;
	char bytes[64];

	(void)revents;
	while (read(t->pipe[0], bytes, sizeof(bytes)) > 0)
		;
	(void)pthread_mutex_lock(&t->lock);
	w = thread_queue_take(&t->done);
	(void)pthread_mutex_unlock(&t->lock);
	for (; w != NULL; w = next) {
		next = w->next;
		t->count--;
		err_recall(&w->why, &why);
		if (w->fn != NULL)
			w->fn(w->arg, w->result, w->row.id, w->status, &why);
		write_free(w);
	}
}

void
thread_add(struct thread *t, struct write *w)
{
	t->count++;
	w->next = NULL;
	(void)pthread_mutex_lock(&t->lock);
	thread_queue_add(&t->todo, w);
	(void)pthread_cond_signal(&t->more);
	(void)pthread_mutex_unlock(&t->lock);
}

bool
thread_busy(const struct thread *t)
{
	return t->count > 0;
}

/* --- begin and end -------------------------------------------------------- */

/* Signals are for the loop's thread. */
static int
thread_start(struct thread *t)
{
	sigset_t all, old;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&t->thread, NULL, thread_run, t);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return rc;
}

int
thread_new(struct loop *loop, const struct writer *writer, struct thread **out,
    struct err *e)
{
	struct thread *t = xcalloc(1, sizeof(*t));
	int rc;

	t->loop = loop;
	t->writer = *writer;
	thread_queue_init(&t->todo);
	thread_queue_init(&t->done);
	if (pipe(t->pipe) == -1) {
		free(t);
		return err_set(
		    e, EX_OSERR, "cannot open a pipe: %s", strerror(errno));
	}
	for (int i = 0; i < 2; i++) {
		(void)fcntl(t->pipe[i], F_SETFD, FD_CLOEXEC);
		(void)fcntl(t->pipe[i], F_SETFL, O_NONBLOCK);
	}
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_cond_init(&t->more, NULL);
	rc = thread_start(t);
	if (rc != 0) {
		(void)close(t->pipe[0]);
		(void)close(t->pipe[1]);
		free(t);
		return err_set(
		    e, EX_OSERR, "cannot begin a thread: %s", strerror(rc));
	}
	t->io = (struct loop_io){.fd = t->pipe[0], .fn = thread_tell, .arg = t};
	loop_io_set(loop, &t->io, POLLIN);
	*out = t;
	return 0;
}

void
thread_free(struct thread *t)
{
	struct write *w, *next;

	if (t == NULL)
		return;
	(void)pthread_mutex_lock(&t->lock);
	t->ending = true;
	(void)pthread_cond_signal(&t->more);
	(void)pthread_mutex_unlock(&t->lock);
	(void)pthread_join(t->thread, NULL);
	loop_io_del(t->loop, &t->io);
	for (w = thread_queue_take(&t->done); w != NULL; w = next) {
		next = w->next;
		write_free(w);
	}
	(void)close(t->pipe[0]);
	(void)close(t->pipe[1]);
	(void)pthread_mutex_destroy(&t->lock);
	(void)pthread_cond_destroy(&t->more);
	db_close(t->writer.db);
	box_keys_free(t->writer.keys);
	free(t);
}
