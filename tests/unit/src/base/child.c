/*
 * Commands beside us: their input, their end and their time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/child.h"

struct trial {
	struct loop *loop;
	struct child child;
	int status;
	bool late;
};

static void
on_child(void *arg, int signo)
{
	struct trial *t = arg;

	(void)signo;
	if (!child_ended(&t->child, &t->status))
		return;
	t->late = t->child.late;
	loop_stop(t->loop);
}

static void
begin(struct trial *t)
{
	struct err e;

	*t = (struct trial){0};
	assert_int_equal(loop_new(&t->loop, &e), 0);
	assert_int_equal(loop_signal(t->loop, SIGCHLD, on_child, t, &e), 0);
}

/* Runs a command with n bytes of input to its end. */
static void
run(struct trial *t, const char *command, size_t n, unsigned ms)
{
	struct buf input = {0};
	struct err e;

	for (size_t i = 0; i < n; i++)
		buf_adds(&input, "x");
	assert_int_equal(
	    child_start(&t->child, t->loop, command, &input, ms, &e), 0);
	assert_null(input.p);
	assert_int_equal(loop_run(t->loop, &e), 0);
	assert_int_equal(t->child.pid, 0);
}

static void
statuses_are_told(void **state)
{
	static const struct {
		const char *command;
		size_t input;
		int status;
	} cases[] = {{"exit 0", 0, 0}, {"exit 75", 0, 75}, {"exit 3", 10, 3},
	    /* More than a pipe takes, and who does not read it. */
	    {"test $(wc -c) -eq 1000000", 1000000, 0}, {"exit 0", 1000000, 0},
	    {"exec <&-; exit 4", 1000000, 4}, {"no-such-command", 0, 127},
	    {"-x", 0, 127}, {"test \"$(cat)\" = xxx", 3, 0},
	    /* Signals that we ignore are not ignored there. */
	    {"kill -PIPE $$; exit 0", 0, -SIGPIPE}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trial t;
		int got;

		begin(&t);
		run(&t, cases[i].command, cases[i].input, 60000);
		got = WIFEXITED(t.status) ? WEXITSTATUS(t.status)
					  : -WTERMSIG(t.status);
		if (got != cases[i].status)
			fail_msg("%s: %d instead of %d", cases[i].command, got,
			    cases[i].status);
		assert_false(t.late);
		loop_free(t.loop);
	}
}

static void
one_that_is_late_is_killed(void **state)
{
	struct trial t;

	(void)state;
	begin(&t);
	run(&t, "sleep 1000", 1000000, 50);
	assert_true(t.late);
	assert_true(WIFSIGNALED(t.status));
	assert_int_equal(WTERMSIG(t.status), SIGKILL);
	/* It can be started again. */
	run(&t, "exit 5", 0, 60000);
	assert_false(t.late);
	assert_int_equal(WEXITSTATUS(t.status), 5);
	loop_free(t.loop);
}

static void
one_can_be_killed(void **state)
{
	struct trial t;
	struct buf input = {0};
	struct err e;
	pid_t pid;

	(void)state;
	begin(&t);
	assert_int_equal(
	    child_start(&t.child, t.loop, "sleep 1000", &input, 60000, &e), 0);
	pid = t.child.pid;
	assert_int_equal(getpgid(pid), pid);
	child_kill(&t.child);
	assert_int_equal(t.child.pid, 0);
	/* Nothing is left of it, not even to be waited for. */
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	child_kill(&t.child);
	loop_free(t.loop);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(statuses_are_told),
	    cmocka_unit_test(one_that_is_late_is_killed),
	    cmocka_unit_test(one_can_be_killed),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
