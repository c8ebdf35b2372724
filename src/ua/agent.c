#include "src/ua/agent.h"

#include <poll.h>

#include "keys/store/keystore.h"

int
agent_open(struct agent *a, const struct config *config,
    const struct ua_format *format, ua_fn *fn, void *arg, struct err *e)
{
	if (loop_new(&a->loop, e) == -1)
		return -1;
	return format != NULL
	    ? ua_new_formatted(
		  a->loop, a->ks, config, format, fn, arg, &a->ua, e)
	    : ua_new(a->loop, a->ks, config, fn, arg, &a->ua, e);
}

void
agent_stop(struct agent *a)
{
	ua_free(a->ua);
	a->ua = NULL;
}

void
agent_close(struct agent *a)
{
	agent_stop(a);
	loop_free(a->loop);
	keystore_free(a->ks);
	a->loop = NULL;
	a->ks = NULL;
}

static void
agent_on_owner_gone(void *arg, short revents)
{
	struct agent *a = arg;

	(void)revents;
	loop_stop(a->loop);
}

int
agent_serve(struct agent *a, int owner, struct err *e)
{
	a->owner = (struct loop_io){
	    .fd = owner, .fn = agent_on_owner_gone, .arg = a};
	loop_io_set(a->loop, &a->owner, POLLIN);
	if (ua_listen(a->ua, e) == -1)
		return -1;
	return loop_run(a->loop, e);
}
