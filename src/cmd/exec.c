#include "src/cmd/exec.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "src/app/verb.h"
#include "src/base/child.h"

enum {
	EXEC_AT_ONCE = 4, /* commands of a lane */
	EXEC_LIMIT = 20000, /* ms that a command may take */
	EXEC_QUEUE = 1 << 20 /* bytes of JSON that may wait in a lane */
};

/* A message, and the command that runs for it. */
struct exec_job {
	struct exec_job *next;
	uint64_t id;
	char *from; /* wire text */
	struct buf json; /* until it starts */
	size_t size; /* of it */
	struct child child;
};

struct exec_lane {
	struct exec_job *first, **last; /* that wait */
	size_t waiting; /* bytes of their JSON */
	struct exec_job *running[EXEC_AT_ONCE];
	bool full; /* a line said so */
};

struct exec {
	struct loop *loop;
	const char *command;
	exec_fn *fn;
	void *arg;
	struct exec_lane answering, others;
	struct loop_timer start;
};

static void
exec_free_job(struct exec_job *job)
{
	if (job == NULL)
		return;
	child_kill(&job->child);
	free(job->from);
	buf_free(&job->json);
	free(job);
}

static struct exec_job *
exec_take_first(struct exec_lane *lane)
{
	struct exec_job *job = lane->first;

	if (job == NULL)
		return NULL;
	lane->first = job->next;
	if (lane->first == NULL)
		lane->last = &lane->first;
	lane->waiting -= job->size;
	if (lane->waiting == 0)
		lane->full = false;
	return job;
}

/* --- ends ----------------------------------------------------------------- */

/* Says why a command was of no use; NULL: it was, or it said so itself. */
static const char *
exec_fault(const struct child *c, int status, struct buf *out)
{
	if (c->late)
		buf_addf(out, "took longer than %d s and was killed",
		    EXEC_LIMIT / 1000);
	else if (WIFSIGNALED(status))
		buf_addf(out, "was ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != EX_TEMPFAIL)
		buf_addf(out, "ended with status %d", WEXITSTATUS(status));
	return (const char *)out->p;
}

static void
exec_say_fault(const struct exec_job *job, const char *fault)
{
	struct err e = {0};

	(void)err_set(&e, EX_UNAVAILABLE,
	    "the command of --exec %s for a message from %s%s", fault,
	    job->from, job->id != 0 ? ", which is answered 480" : "");
	(void)verb_fail(&e);
}

/* Frees the job, whose command ended or could not start. */
static void
exec_end_job(
    struct exec *x, struct exec_job *job, const char *fault, bool taken)
{
	uint64_t id = job->id;

	if (fault != NULL)
		exec_say_fault(job, fault);
	exec_free_job(job);
	x->fn(x->arg, id, taken);
}

/* --- starts --------------------------------------------------------------- */

/* Returns false if it could not be started, and is freed. */
static bool
exec_start_job(struct exec *x, struct exec_job *job)
{
	struct err e = {0};

	if (child_start(&job->child, x->loop, x->command, &job->json,
		EXEC_LIMIT, &e) == 0)
		return true;
	(void)err_in(&e, "--exec for a message from %s", job->from);
	(void)verb_fail(&e);
	exec_end_job(x, job, NULL, false);
	return false;
}

/* Fills the free places of a lane with the messages that wait, the oldest
 * first. */
static void
exec_fill(struct exec *x, struct exec_lane *lane)
{
	for (size_t i = 0; i < EXEC_AT_ONCE; i++)
		while (lane->running[i] == NULL && lane->first != NULL) {
			struct exec_job *job = exec_take_first(lane);

			if (exec_start_job(x, job))
				lane->running[i] = job;
		}
}

static void
exec_reap(struct exec *x, struct exec_lane *lane)
{
	for (size_t i = 0; i < EXEC_AT_ONCE; i++) {
		struct exec_job *job = lane->running[i];
		struct buf words = {0};
		int status;

		if (job == NULL || !child_ended(&job->child, &status))
			continue;
		lane->running[i] = NULL;
		exec_end_job(x, job, exec_fault(&job->child, status, &words),
		    WIFEXITED(status) && WEXITSTATUS(status) == 0);
		buf_free(&words);
	}
}

static void
exec_on_start(void *arg)
{
	struct exec *x = arg;

	exec_fill(x, &x->answering);
	exec_fill(x, &x->others);
}

static void
exec_on_child(void *arg, int signo)
{
	struct exec *x = arg;

	(void)signo;
	exec_reap(x, &x->answering);
	exec_reap(x, &x->others);
	exec_on_start(x);
}

/* --- messages ------------------------------------------------------------- */

bool
exec_answers(const struct ua_message *m)
{
	return m->status < 300 && !m->answer_stands;
}

static struct exec_lane *
exec_lane_of(struct exec *x, const struct ua_message *m)
{
	return exec_answers(m) ? &x->answering : &x->others;
}

bool
exec_has_room(struct exec *x, const struct ua_message *m, size_t n)
{
	struct exec_lane *lane = exec_lane_of(x, m);
	struct err e = {0};

	if (lane->waiting == 0 || lane->waiting + n <= EXEC_QUEUE)
		return true;
	if (!lane->full) {
		(void)err_set(&e, EX_TEMPFAIL,
		    "%zu bytes of messages wait for the command of --exec; %s "
		    "until it has taken them",
		    lane->waiting,
		    exec_answers(m) ? "new ones are answered 480"
				    : "it is not run for new ones that are "
				      "refused or encrypted by CBC");
		(void)verb_fail(&e);
	}
	lane->full = true;
	return false;
}

void
exec_add(
    struct exec *x, const struct ua_message *m, struct span json, uint64_t id)
{
	struct exec_lane *lane = exec_lane_of(x, m);
	struct exec_job *job = xcalloc(1, sizeof(*job));

	job->id = id;
	job->from = xstrdup(m->from);
	job->size = json.n;
	buf_addspan(&job->json, json);
	*lane->last = job;
	lane->last = &job->next;
	lane->waiting += job->size;
	/* Not from here: a command that cannot start calls fn. */
	loop_timer_set(x->loop, &x->start, 0);
}

/* --- its life ------------------------------------------------------------- */

int
exec_open(struct loop *loop, const char *command, exec_fn *fn, void *arg,
    struct exec **out, struct err *e)
{
	struct exec *x = xcalloc(1, sizeof(*x));

	*x = (struct exec){
	    .loop = loop, .command = command, .fn = fn, .arg = arg};
	x->answering.last = &x->answering.first;
	x->others.last = &x->others.first;
	x->start = (struct loop_timer){.fn = exec_on_start, .arg = x};
	*out = x;
	child_close_others();
	return loop_signal(loop, SIGCHLD, exec_on_child, x, e);
}

/* Frees all jobs of a lane, and returns how many there were. */
static size_t
exec_empty(struct exec_lane *lane)
{
	struct exec_job *job;
	size_t count = 0;

	for (size_t i = 0; i < EXEC_AT_ONCE; i++) {
		count += lane->running[i] != NULL;
		exec_free_job(lane->running[i]);
	}
	while ((job = exec_take_first(lane)) != NULL) {
		exec_free_job(job);
		count++;
	}
	return count;
}

void
exec_free(struct exec *x)
{
	struct err e = {0};
	size_t lost;

	if (x == NULL)
		return;
	loop_timer_del(x->loop, &x->start);
	(void)exec_empty(&x->answering);
	lost = exec_empty(&x->others);
	if (lost > 0) {
		(void)err_set(&e, EX_TEMPFAIL,
		    "the command of --exec did not get to its end for %zu "
		    "messages that are answered",
		    lost);
		(void)verb_fail(&e);
	}
	free(x);
}

static bool
exec_is_lane_busy(const struct exec_lane *lane)
{
	for (size_t i = 0; i < EXEC_AT_ONCE; i++)
		if (lane->running[i] != NULL)
			return true;
	return lane->first != NULL;
}

bool
exec_is_busy(const struct exec *x)
{
	return x != NULL &&
	    (exec_is_lane_busy(&x->answering) || exec_is_lane_busy(&x->others));
}

void
exec_hurry(struct exec *x)
{
	struct exec_job *job;

	while ((job = exec_take_first(&x->answering)) != NULL)
		exec_end_job(x, job, NULL, false);
}
