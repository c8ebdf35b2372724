#include "ui/client_history.h"

#include <stdlib.h>
#include <string.h>

#include "ui/client_talk.h"
#include "ui/conversation.h"
#include "ui/history_search.h"
#include "ui/notice.h"
#include "ui/people.h"

enum {
	UNREAD_LOOK = 2000, /* messages of people that nothing is known of */
	UNREAD_MOST = 1000, /* that are counted of one person */
	UNREAD_OPEN = 100 /* conversations that are opened for them */
};

void
client_history_open(struct client *c)
{
	struct err e = {0};
	struct aor who;

	if (c->config.history == MAYBE_NO || c->config.aors.count == 0 ||
	    aor_parse(span_str(c->config.aors.items[0]), &who, &e) == -1)
		return;
	if (store_open_set(c->loop, c->ks, &c->config, &who, &c->store, &e) ==
	    0)
		ua_set_history(c->ua, 0, c->store);
	else {
		c->store = NULL;
		/* Who has no certificate has no history, which is no fault. */
		if (e.cause != CAUSE_NO_OWN_CERT)
			notice_logf(c, c->conversations[0], true,
			    "what is said is not kept: %s", e.text);
	}
	aor_free(&who);
	people_open(c);
	people_enter(c, c->conversations[0]);
}

void
client_history_close(struct client *c)
{
	(void)history_search_stop(c);
	for (size_t i = 0; i < c->count; i++)
		people_leave(c, c->conversations[i]);
	people_save(c);
	store_close(c->store);
	c->store = NULL;
}

/* --- what is unread ------------------------------------------------------- */

/* Counts what came of one person, and opens their conversation. */
struct unread {
	struct client *c;
	struct person *person;
	enum verdict_transport transport; /* of the last message */
	size_t looked, count, opened;
};

/* Somebody whose first message came just before a crash is not known yet. */
static bool
client_meet(void *arg, const struct store_message *m, bool damaged)
{
	struct unread *u = arg;
	struct person *p;

	if (!damaged && m->direction == STORE_IN) {
		p = people_of(u->c, m->peer);
		if (!p->known || p->met) {
			p->known = p->met = true;
			p->read = m->id - 1;
		}
	}
	return ++u->looked < UNREAD_LOOK;
}

static bool
client_count(void *arg, const struct store_message *m, bool damaged)
{
	struct unread *u = arg;

	if (damaged || m->direction != STORE_IN)
		return true;
	if (u->count++ == 0)
		u->transport = m->transport;
	return u->count < UNREAD_MOST;
}

static void
client_show_unread(struct unread *u, struct err *e)
{
	struct store_query q = {
	    .peer = u->person->key, .after = u->person->read, .backward = true};
	struct ua_message told = {.from = u->person->key};
	struct conversation *v;
	struct aor who;

	u->count = 0;
	if (store_read(u->c->store, &q, client_count, u, e) == -1 ||
	    u->count == 0 || aor_parse(span_str(u->person->key), &who, e) == -1)
		return;
	/* One that is open is on the screen. */
	if (conversation_of(u->c, &who) == NULL) {
		told.transport = u->transport;
		v = client_conversation_for(u->c, &told, &who, true);
		if (v->kind == CONVERSATION_PEER)
			v->unread = u->count;
		u->opened++;
	}
	aor_free(&who);
}

void
client_history_unread(struct client *c)
{
	struct unread u = {.c = c};
	struct store_query q = {.backward = true};
	struct err e = {0};

	if (c->store == NULL)
		return;
	for (struct person *p = c->people; p != NULL; p = p->next)
		if (p->read > q.after)
			q.after = p->read;
	if (store_read(c->store, &q, client_meet, &u, &e) == -1)
		notice_log(c, c->conversations[0], true, e.text);
	for (u.person = c->people; u.person != NULL && u.opened < UNREAD_OPEN;
	     u.person = u.person->next)
		if (u.person->known)
			client_show_unread(&u, &e);
	if (e.exit != 0)
		notice_log(c, c->conversations[0], true, e.text);
}

/* --- what waits ----------------------------------------------------------- */

void
client_history_resume(struct client *c)
{
	struct err e = {0};
	int rc = c->store != NULL ? ua_resume(c->ua, &e) : 0;

	if (rc == -1)
		notice_log(c, c->conversations[0], true, e.text);
	else if (rc == 1)
		notice_log(c, c->conversations[0], true,
		    "another signet has this history and sends what waits in "
		    "it; what waits here is lost when this one ends");
}

void
client_history_resumed(struct client *c, const struct ua_sent *sent)
{
	struct conversation *v = conversation_with(c, span_str(sent->to));
	uint64_t n = v != NULL ? log_last(v->log) : 0;

	while (n > 0 && log_line(v->log, n) != NULL &&
	    log_line(v->log, n)->row != sent->row)
		n--;
	if (n > 0 && log_line(v->log, n) == NULL)
		n = 0;
	client_sending_add(c, sent->id, n > 0 ? v : NULL, n);
	c->sending[c->sending_count - 1].kept = true;
}
