#include "ui/client.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "src/app/own_cert.h"
#include "src/app/verb.h"
#include "src/base/text.h"
#include "ui/burst.h"
#include "ui/client_contacts.h"
#include "ui/client_history.h"
#include "ui/client_meet.h"
#include "ui/client_password.h"
#include "ui/client_quit.h"
#include "ui/client_talk.h"
#include "ui/commands.h"
#include "ui/confirm.h"
#include "ui/conversation.h"
#include "ui/notice.h"
#include "ui/programs.h"
#include "ui/people.h"
#include "ui/setup/setup.h"
#include "ui/typing.h"
#include "ui/view.h"

enum {
	CLIENT_EXPIRES = 86400 /* s that a message waits, unless set */
};

/* --- events of the user agent --------------------------------------------- */

/* Shows the state in the bar. Address, server and reason go into the log. */
static void
client_show_registration(struct client *c, const struct ua_event *ev)
{
	char *line = text_escape_line(span_str(ev->words));
	bool there = ev->type == UA_REGISTERED;

	c->registration = there ? "registered" : "NOT registered";
	/* Only changes are logged, not each retry. */
	if (there ? !c->registered : !c->unregistered)
		notice_log(c, c->conversations[0], !there, line);
	c->registered = there;
	c->unregistered = !there;
	/* Messages may take another route now. */
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
	case UA_NOTICE:
		if (ev->notice->kind == UA_TYPES ||
		    ev->notice->kind == UA_TYPES_NOT)
			typing_notice(c, ev->notice);
		else
			confirm_notice(c, ev->notice);
		break;
	case UA_INTRODUCED:
		client_introduced(c, ev->introduction);
		break;
	case UA_RESUMED:
		client_history_resumed(c, ev->sent);
		break;
	case UA_WAY:
		conversations_preflight(c);
		break;
	case UA_WIRE:
		client_trace(c, ev->wire);
		break;
	case UA_LISTENING:
		buf_adds(&c->listening, c->listening.n > 0 ? " " : "");
		buf_adds(&c->listening, ev->words);
		notice_logf(c, c->conversations[0], false, "listening on %s",
		    ev->words);
		break;
	case UA_REGISTERED:
	case UA_UNREGISTERED:
		client_show_registration(c, ev);
		break;
	case UA_PASSWORD:
		client_password_refused(c, ev);
		break;
	case UA_PROBLEM:
		notice_log(c, c->conversations[0], true, ev->words);
		break;
	case UA_NOTE:
		if (c->config.verbose)
			notice_log(c, c->conversations[0], false, ev->words);
		break;
	}
	notice_redraw(c);
	return true;
}

static void
client_on_signal(void *arg, int signo)
{
	struct client *c = arg;

	/* ^C in the editor is for the editor. */
	if (signo != SIGINT || !programs_editing(c))
		client_quit_now(c);
}

/* The terminal is gone, so nothing can be shown any more. */
static void
client_on_terminal_lost(void *arg, const struct err *why)
{
	struct client *c = arg;

	c->why = *why;
	client_contacts_save(c);
	loop_stop(c->loop);
}

/* --- starting and ending -------------------------------------------------- */

static void
client_on_key(void *arg, const struct screen_key *key)
{
	burst_key(arg, key);
}

/* What came and what waits is looked for when the first frame is there; it runs
 * before anything is read from the network. */
static void
client_begin(void *arg)
{
	struct client *c = arg;

	client_history_unread(c);
	client_history_resume(c);
	client_meet_begin(c);
	screen_want(c->screen, true);
}

/* Moves the clock of the bar each minute. */
static void
client_clock(void *arg)
{
	struct client *c = arg;
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	loop_timer_set(c->loop, &c->clock,
	    (uint64_t)(60 - now.tv_sec % 60) * 1000 -
		(uint64_t)now.tv_nsec / 1000000);
	notice_redraw(c);
}

static void
client_on_draw(void *arg)
{
	struct client *c = arg;

	view_draw(c);
	if (c->begin.fn != NULL)
		return;
	c->begin = (struct loop_timer){.fn = client_begin, .arg = c};
	c->clock = (struct loop_timer){.fn = client_clock, .arg = c};
	client_clock(c);
	typing_init(c);
	loop_timer_set(c->loop, &c->begin, 0);
}

/* Tells that a certificate of ours is refused everywhere, or ends soon. */
static void
client_tell_own(struct client *c, const char *address)
{
	struct buf remark = {0};
	struct aor who;
	struct err e;

	if (aor_parse(span_str(address), &who, &e) == -1)
		return;
	switch (own_cert_look(c->ks, &c->config.policy, &who, &remark)) {
	case OWN_CERT_NONE:
	case OWN_CERT_GOOD:
		break;
	case OWN_CERT_ENDS:
	case OWN_CERT_REFUSED:
		(void)err_set(&e, EX_NOPERM, "the certificate of %s: %s",
		    who.text, (const char *)remark.p);
		notice_how(c, c->conversations[0], true, e.text,
		    "Take a new one: /import --force FILE");
	}
	buf_free(&remark);
	aor_free(&who);
}

/* Passphrases and the SIP password are asked for before the screen takes the
 * terminal. Addresses that cannot be listened on are reported in the client. */
static int
client_open_agent(struct client *c, struct err *e)
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
	client_history_open(c);
	if (ua_registers(c->ua))
		c->registration = "registering";
	if (ua_listen(c->ua, &why) == -1) {
		struct buf how = {0};

		(void)err_in(&why, "no messages can be received");
		if (config_advice(&c->config, &why, &how))
			buf_adds(
			    &how, ", in another terminal; then restart signet");
		notice_how(c, c->conversations[0], true, why.text,
		    (const char *)how.p);
		buf_free(&how);
	}
	verb_ask_no_more(&c->config, c->ks);
	ua_ask_nobody(c->ua);
	for (size_t i = 0; i < c->config.aors.count; i++)
		client_tell_own(c, c->config.aors.items[i]);
	return 0;
}

static int
client_open_client(struct client *c, struct err *e)
{
	struct screen_owner owner = {.key = client_on_key,
	    .draw = client_on_draw,
	    .lost = client_on_terminal_lost,
	    .arg = c};
	struct screen_options options = view_screen_options(c);
	struct buf exposed = {0};

	client_quit_init(c);
	burst_init(c);
	if (c->config.expires == 0)
		c->config.expires = CLIENT_EXPIRES;
	if (verb_keystore(&c->config, true, &c->ks, e) == -1 ||
	    loop_new(&c->loop, e) == -1 || client_contacts_open(c, e) == -1)
		return -1;
	c->kills = edit_kills_new();
	c->complete = complete_new(command_place, command_name, c);
	c->connections = trace_view_new(CLIENT_TRACE);
	(void)conversation_open(c, NULL, NULL, false);
	if (verb_keystore_warning(c->ks) != NULL)
		notice_log(c, NULL, true, verb_keystore_warning(c->ks));
	if (keystore_exposed(c->ks, &exposed))
		notice_log(c, NULL, true, (char *)exposed.p);
	buf_free(&exposed);
	if (client_open_agent(c, e) == -1)
		return -1;
	if (programs_open(c, e) == -1)
		return -1;
	command_aliases_open(c);
	notice_log(c, NULL, false,
	    "to: ADDRESS starts a conversation, /help lists commands");
	return screen_new(c->loop, &owner, &options, &c->screen, e);
}

/* What waits is on the disk: no second quit is needed. */
static void
client_tell_waiting(const struct client *c)
{
	char text[80];

	size_t kept = c->sending_count - client_unkept(c);

	if (kept == 0)
		return;
	(void)snprintf(text, sizeof(text),
	    "%zu of your messages wait; they go when signet runs again", kept);
	verb_note(&c->config, text);
}

static void
client_close_client(struct client *c)
{
	programs_free(c);
	screen_free(c->screen);
	c->screen = NULL;
	client_tell_waiting(c);
	if (c->conversations != NULL)
		client_history_close(c);
	ua_free(c->ua);
	pager_free(c->pager);
	wire_view_free(c->wire);
	form_free(c->password);
	for (size_t i = 0; i < c->count; i++)
		conversation_free(c->conversations[i]);
	free(c->conversations);
	free(c->sending);
	free(c->trust_address);
	trace_view_free(c->connections);
	complete_free(c->complete);
	people_free(c);
	contacts_free(c->contacts);
	edit_kills_free(c->kills);
	buf_free(&c->searched);
	buf_wipe(&c->recalled);
	command_aliases_free(c);
	free(c->config.highlight);
	free(c->config.open_command);
	free(c->send_to);
	free(c->forget_key);
	buf_wipe(&c->send_text);
	burst_free(c);
	buf_free(&c->candidate);
	buf_free(&c->words);
	buf_free(&c->listening);
	buf_free(&c->notice);
	loop_free(c->loop);
	keystore_free(c->ks);
}

static char *
client_own_text(const char *text)
{
	return text != NULL ? xstrdup(text) : NULL;
}

int
client_with(const struct config *config, const char *banner, const char *uri)
{
	struct client c = {.config = *config, .banner = banner};
	struct err e = {0};
	int rc;

	/* /set changes these. */
	c.config.highlight = client_own_text(config->highlight);
	c.config.open_command = client_own_text(config->open_command);
	rc = client_open_client(&c, &e);
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
	client_close_client(&c);
	return rc == 0 ? 0 : verb_fail(&e);
}

static int
client_go_on(const struct config *config)
{
	return client_with(config, NULL, NULL);
}

/* Runs the setup, and the client after it. */
static int
client_after_setup(const struct config *config, enum client_next *next)
{
	struct err e = {0};
	int rc = 0;

	switch (setup_run(config, client_go_on, &rc, &e)) {
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
		(void)config_no_aor(&e);
		return verb_fail(&e);
	}
	return client_with(config, NULL, NULL);
}
