#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/client.h"
#include "src/app/verb.h"
#include "src/base/text.h"
#include "ui/client_priv.h"
#include "ui/setup/setup.h"

enum {
	CLIENT_DRAIN = 1500, /* ms for the last words to leave */
	CLIENT_SAVE = 1000, /* ms until the people are written */
	CLIENT_EXPIRES = 86400 /* s that a message waits where nobody said */
};

/* --- words ------------------------------------------------------------------------- */

void
client_draw(struct client *c)
{
	if (c->screen != NULL)
		screen_want(c->screen, false);
}

void
client_note(
    struct client *c, struct conversation *v, bool loud, const char *words)
{
	struct log_line line = {
	    .kind = loud ? LOG_LOUD : LOG_NOTE, .time = time(NULL)};
	struct buf text = {0};

	if (v == NULL)
		v = client_current(c);
	text_escape(&text, span_str(words), true);
	buf_add(&text, "", 1);
	line.text = (char *)text.p;
	line.text_len = text.n - 1;
	(void)log_add(v->log, &line);
	if (v != client_current(c)) {
		v->urgent = v->urgent || loud;
		v->unread += loud;
	}
	client_draw(c);
}

void
client_notef(
    struct client *c, struct conversation *v, bool loud, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	client_note(c, v, loud, (const char *)b.p);
	buf_free(&b);
}

void
client_say(struct client *c, const char *words)
{
	(void)snprintf(c->said, sizeof(c->said), "%s", words);
	client_draw(c);
}

void
client_page(struct client *c, const char *title, struct buf *text,
    const char *question, pager_fn *fn)
{
	pager_free(c->pager);
	c->pager = pager_new(title, text, question, fn, c);
	client_draw(c);
}

/* --- what the user agent tells ---------------------------------------------------- */

/* The bar has little room: who, where and why are in the log. */
static void
show_registration(struct client *c, const struct ua_event *ev)
{
	char *line = text_escape_line(span_str(ev->words));
	bool there = ev->type == UA_REGISTERED;

	(void)snprintf(c->registration, sizeof(c->registration), "%s",
	    there ? "registered" : "NOT registered");
	/* Loud once, not at each try. */
	if (there ? !c->registered : !c->unregistered)
		client_note(c, c->conversations[0], !there, line);
	c->registered = there;
	c->unregistered = !there;
	/* The way of what is sent may be another one now. */
	conversations_preflight(c);
	free(line);
}

static bool
client_on_event(void *arg, const struct ua_event *ev)
{
	struct client *c = arg;

	switch (ev->type) {
	case UA_MESSAGE:
		return client_received(c, ev->message);
	case UA_LEFT:
	case UA_WAITS:
		client_left(c, ev->sent, ev->type == UA_WAITS);
		break;
	case UA_SENT:
		client_sent(c, ev->sent);
		break;
	case UA_WIRE:
		client_trace(c, ev->wire);
		break;
	case UA_LISTENING:
		buf_adds(&c->listening, c->listening.n > 0 ? " " : "");
		buf_adds(&c->listening, ev->words);
		client_notef(c, c->conversations[0], false, "listening on %s",
		    ev->words);
		break;
	case UA_REGISTERED:
	case UA_UNREGISTERED:
		show_registration(c, ev);
		break;
	case UA_PROBLEM:
		client_note(c, c->conversations[0], true, ev->words);
		break;
	case UA_NOTE:
		if (c->config.verbose)
			client_note(c, c->conversations[0], false, ev->words);
		break;
	}
	client_draw(c);
	return true;
}

/* --- the people's file -------------------------------------------------------------- */

static void
save_contacts(void *arg)
{
	struct client *c = arg;
	struct err e = {0};

	loop_timer_del(c->loop, &c->save);
	if (!c->contacts_changed)
		return;
	c->contacts_changed = false;
	if (contacts_save(c->contacts, &e) == -1)
		client_note(c, c->conversations[0], true, e.text);
}

void
client_contacts_changed(struct client *c)
{
	c->contacts_changed = true;
	loop_timer_set(c->loop, &c->save, CLIENT_SAVE);
}

/* Those whose certificates are here are people, the first time. */
static void
seed_contacts(struct client *c)
{
	struct keystore_item *items;
	struct contact *p;
	struct err e = {0};
	size_t count;

	if (keystore_list(c->ks, NULL, &items, &count, &e) == -1)
		return;
	for (size_t i = 0; i < count; i++)
		if (items[i].kind == KEYSTORE_PEER &&
		    contacts_add(
			c->contacts, span_str(items[i].name), &p, &e) == 0)
			c->contacts_changed = true;
	keystore_items_free(items, count);
}

static int
open_contacts(struct client *c, struct err *e)
{
	struct buf path = {0};
	bool fresh = false;
	int rc;

	/* Who they are belongs to their certificates. */
	buf_addf(&path, "%s/people", c->config.keys);
	rc = contacts_open((const char *)path.p, &c->contacts, &fresh, e);
	buf_free(&path);
	if (rc == 0 && fresh)
		seed_contacts(c);
	return rc;
}

/* --- the end -------------------------------------------------------------------------- */

static void
wait_for_answers(void *arg)
{
	struct client *c = arg;

	if ((ua_busy(c->ua) || ua_waiting(c->ua) > 0) &&
	    loop_now(c->loop) < c->end)
		loop_timer_set(c->loop, &c->ending, 5);
	else
		loop_stop(c->loop);
}

/* Leaves, once what is under way has a moment to get there. */
static void
start_quitting(struct client *c)
{
	if (c->quitting) {
		loop_stop(c->loop);
		return;
	}
	c->quitting = true;
	save_contacts(c);
	ua_deafen(c->ua);
	client_say(c, "goodbye; once more for at once");
	c->end = loop_now(c->loop) + CLIENT_DRAIN;
	loop_timer_set(c->loop, &c->ending, 0);
}

void
client_quit(struct client *c)
{
	char words[128];

	if (c->sending_count > c->dropped && !c->quitting) {
		(void)snprintf(words, sizeof(words),
		    "%zu of your messages have no answer yet; quit again to "
		    "drop what has not left",
		    c->sending_count);
		client_say(c, words);
		c->dropped = c->sending_count;
		return;
	}
	start_quitting(c);
}

static void
client_on_signal(void *arg, int signo)
{
	struct client *c = arg;

	(void)signo;
	start_quitting(c);
}

/* The terminal is gone: nobody is there to be told. */
static void
client_on_terminal_lost(void *arg, const struct err *why)
{
	struct client *c = arg;

	c->why = *why;
	save_contacts(c);
	loop_stop(c->loop);
}

/* --- its life ------------------------------------------------------------------------- */

static void
client_on_key(void *arg, const struct screen_key *key)
{
	input_key(arg, key);
}

static void
client_on_draw(void *arg)
{
	view_draw(arg);
}

struct screen_options
client_screen_options(const struct client *c)
{
	return (struct screen_options){
	    .mouse = !c->config.no_mouse, .theme = c->config.theme};
}

/* What a person has to be asked is asked before the screen is taken; what
 * cannot arrive, or how, is said on it. */
static int
open_agent(struct client *c, struct err *e)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	struct err why = {0};

	if (verb_ready_keys(&c->config, c->ks, e) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (loop_signal(c->loop, ends[i], client_on_signal, c, e) == -1)
			return -1;
	if (ua_new(c->loop, c->ks, &c->config, client_on_event, c, &c->ua, e) ==
	    -1)
		return -1;
	ua_watch(c->ua, true);
	if (ua_registers(c->ua))
		(void)snprintf(
		    c->registration, sizeof(c->registration), "registering");
	if (ua_listen(c->ua, &why) == -1)
		client_notef(c, c->conversations[0], true,
		    "nothing can come here: %s", why.text);
	verb_ask_no_more(c->ks);
	return 0;
}

static int
open_client(struct client *c, struct err *e)
{
	struct screen_owner owner = {.key = client_on_key,
	    .draw = client_on_draw,
	    .lost = client_on_terminal_lost,
	    .arg = c};
	struct screen_options options = client_screen_options(c);

	c->save = (struct loop_timer){.fn = save_contacts, .arg = c};
	c->ending = (struct loop_timer){.fn = wait_for_answers, .arg = c};
	if (c->config.expires == 0)
		c->config.expires = CLIENT_EXPIRES;
	if (verb_keystore(&c->config, true, &c->ks, e) == -1 ||
	    loop_new(&c->loop, e) == -1 || open_contacts(c, e) == -1)
		return -1;
	c->kills = edit_kills_new();
	c->complete = complete_new(command_place, command_name, c);
	c->connections = trace_view_new(CLIENT_TRACE);
	(void)conversation_open(c, NULL, NULL, false);
	if (verb_keystore_warning(c->ks) != NULL)
		client_note(c, NULL, true, verb_keystore_warning(c->ks));
	if (open_agent(c, e) == -1)
		return -1;
	client_note(c, NULL, false,
	    "to: ADDRESS begins a conversation, add: ADDRESS keeps it among "
	    "the people, /help says the rest, . alone leaves");
	return screen_new(c->loop, &owner, &options, &c->screen, e);
}

static void
close_client(struct client *c)
{
	screen_free(c->screen);
	c->screen = NULL;
	ua_free(c->ua);
	pager_free(c->pager);
	for (size_t i = 0; i < c->count; i++)
		conversation_free(c->conversations[i]);
	free(c->conversations);
	free(c->sending);
	free(c->trust_address);
	trace_view_free(c->connections);
	complete_free(c->complete);
	contacts_free(c->contacts);
	edit_kills_free(c->kills);
	buf_free(&c->searched);
	buf_free(&c->candidate);
	buf_free(&c->listening);
	loop_free(c->loop);
	keystore_free(c->ks);
}

int
client_with(const struct config *config, const char *banner, const char *uri)
{
	struct client c = {.config = *config, .banner = banner};
	struct err e = {0};
	int rc = open_client(&c, &e);

	if (rc == 0) {
		if (c.contacts_changed)
			client_contacts_changed(&c);
		if (uri != NULL)
			conversation_show(&c,
			    conversation_number(
				&c, conversation_with(&c, span_str(uri))));
		rc = loop_run(c.loop, &e);
	}
	if (rc == 0 && c.why.exit != 0) {
		e = c.why;
		rc = -1;
	}
	close_client(&c);
	return rc == 0 ? 0 : verb_fail(&e);
}

static int
go_on(const struct config *config)
{
	return client_with(config, NULL, NULL);
}

/* The first run, and the client after it. */
static int
client_after_setup(const struct config *config, enum client_next *next)
{
	struct err e = {0};
	int rc = 0;

	switch (setup_run(config, go_on, &rc, &e)) {
	case SETUP_FAILED:
		return verb_fail(&e);
	case SETUP_DEMO:
		*next = CLIENT_DEMO;
		return 0;
	case SETUP_LEFT:
	case SETUP_DONE:
		break;
	}
	return rc;
}

int
client_cmd(const struct config *config, enum client_next *next)
{
	struct err e = {0};

	if (config->aors.count == 0 && !config->found)
		return client_after_setup(config, next);
	if (config->aors.count == 0) {
		(void)err_set(&e, EX_CONFIG,
		    "who are you? say --aor sips:you@example.com, or write it "
		    "into signet.conf");
		return verb_fail(&e);
	}
	return client_with(config, NULL, NULL);
}
