#include "ui/client_quit.h"

#include "ui/client_contacts.h"
#include "ui/client_talk.h"
#include "ui/notice.h"

enum { QUIT_DRAIN = 1500 /* ms that the last answers get to leave */ };

static void
client_wait_for_answers(void *arg)
{
	struct client *c = arg;

	/* What waits goes on in the next run. */
	if ((ua_busy(c->ua) || client_unkept(c) > 0) &&
	    loop_now(c->loop) < c->end)
		loop_timer_set(c->loop, &c->ending, 5);
	else
		loop_stop(c->loop);
}

void
client_quit_init(struct client *c)
{
	c->ending = (struct loop_timer){
	    .fn = client_wait_for_answers, .arg = c};
}

void
client_quit_now(struct client *c)
{
	if (c->quitting) {
		loop_stop(c->loop);
		return;
	}
	c->quitting = true;
	client_contacts_save(c);
	ua_stop_accepting(c->ua);
	notice_bar(c, "quitting; quit again to end at once");
	c->end = loop_now(c->loop) + QUIT_DRAIN;
	loop_timer_set(c->loop, &c->ending, 0);
}

void
client_quit(struct client *c)
{
	size_t lost = client_unkept(c);

	if (lost > c->dropped && !c->quitting) {
		notice_barf(c,
		    "%zu of your messages have no answer yet; quit again to "
		    "drop those that have not left",
		    lost);
		c->dropped = lost;
		return;
	}
	client_quit_now(c);
}
