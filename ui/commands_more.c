/*
 * Commands for resolving and tracing, and for the client itself.
 */
#include "ui/commands_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/client_password.h"
#include "ui/client_quit.h"
#include "ui/client_wire.h"
#include "ui/conversation.h"
#include "ui/notice.h"
#include "ui/view.h"

/* --- resolving and tracing ------------------------------------------------ */

static void
commands_resolved(void *arg, const char *lines)
{
	struct client *c = arg;
	struct buf text = {0};

	text_escape(&text, span_str(lines), true);
	/* A key pressed since, or an open pager, is not interrupted. */
	if (!view_is_covered(c) && c->key_count == c->resolve_at)
		notice_page(c, "resolve", &text, NULL, NULL);
	else
		notice_log(c, NULL, false, (const char *)text.p);
	buf_free(&text);
	notice_redraw(c);
}

enum command_does
command_resolve(struct client *c, struct span args)
{
	struct conversation *v = conversation_current(c);
	const struct contact *p = contacts_find(c->contacts, args);
	struct err e = {0};
	char *uri;
	int rc;

	if (args.n == 0 && v->kind != CONVERSATION_PEER)
		return COMMAND_USAGE;
	uri = args.n == 0 ? xstrdup(v->uri)
	    : p != NULL   ? xstrdup(p->uri)
			  : xstrndup(args);
	notice_bar(c, "resolving..");
	c->resolve_at = c->key_count;
	rc = ua_resolve(c->ua, uri, commands_resolved, c, &e);
	free(uri);
	if (rc == 0)
		return COMMAND_DONE;
	notice_log(c, NULL, true, e.text);
	return COMMAND_REFUSED;
}

/* Their address leads nowhere: takes the connection that they wrote on. */
enum command_does
command_answer(struct client *c, struct span args)
{
	struct conversation *v = command_conversation(c, args);
	struct err e = {0};

	if (v == NULL)
		return COMMAND_REFUSED;
	if (v->kind != CONVERSATION_PEER)
		return COMMAND_USAGE;
	if (ua_answer_back(c->ua, v->uri, &e) == 0)
		return COMMAND_DONE;
	notice_log(c, NULL, true, e.text);
	return COMMAND_REFUSED;
}

void
command_show_trace(struct client *c)
{
	client_wire_open(c);
}

enum command_does
command_wire(struct client *c, struct span args)
{
	struct err e = {0};
	char *path;
	int rc;

	if (args.n == 0) {
		client_wire_open(c);
		return COMMAND_DONE;
	}
	path = complete_path(args, &e);
	rc = path != NULL ? client_wire_save(c, path, &e) : -1;
	if (rc == 0)
		notice_logf(c, NULL, false, "the trace is saved in %s", path);
	else
		notice_log(c, NULL, true, e.text);
	free(path);
	return rc == 0 ? COMMAND_DONE : COMMAND_REFUSED;
}

/* --- the client ----------------------------------------------------------- */

enum command_does
command_status(struct client *c, struct span args)
{
	struct buf b = {0};

	if (args.n > 0)
		return COMMAND_USAGE;
	for (size_t i = 0; i < c->config.aors.count; i++)
		buf_addf(&b, "%-14s %s\n", i == 0 ? "address" : "",
		    c->config.aors.items[i]);
	buf_addf(&b, "%-14s %s\n", "registration",
	    c->registration != NULL ? c->registration : "off");
	buf_addf(&b, "%-14s %s\n", "listening",
	    c->listening.n > 0 ? (const char *)c->listening.p : "no");
	buf_addf(&b, "%-14s %s\n", "proxy",
	    c->config.proxy != NULL ? c->config.proxy : "none");
	buf_addf(&b, "%-14s %s\n", "keys", c->config.keys);
	buf_addf(&b, "%-14s %zu\n", "waiting", ua_waiting(c->ua));
	buf_addf(&b, "%-14s %zu\n", "contacts", contacts_count(c->contacts));
	buf_addf(&b, "%-14s %zu", "conversations", c->count - 1);
	notice_log(c, NULL, false, (const char *)b.p);
	buf_free(&b);
	return COMMAND_DONE;
}

static void
commands_list_settings(struct client *c)
{
	struct buf text = {0};

	buf_adds(&text, "Settings that can be changed while signet runs:\n\n");
	config_show(&c->config, &text);
	buf_adds(&text,
	    "\nsignet.conf(5) lists all settings; write them into signet.conf "
	    "to keep them.\n");
	notice_page(c, "settings", &text, NULL, NULL);
}

enum command_does
command_set(struct client *c, struct span args)
{
	struct span name = command_word(&args);
	struct screen_options options;
	struct err e = {0};
	char *word, *value;
	int rc;

	if (name.n == 0) {
		commands_list_settings(c);
		return COMMAND_DONE;
	}
	if (args.n > 0 && args.p[0] == '=')
		args = span_trim(span_cut(args, 1, args.n));
	if (args.n == 0)
		return COMMAND_USAGE;
	word = xstrndup(name);
	value = xstrndup(args);
	rc = config_set(&c->config, word, value, &e);
	free(word);
	free(value);
	if (rc == -1) {
		notice_bar(c, e.text);
		return COMMAND_REFUSED;
	}
	options = view_screen_options(c);
	screen_options(c->screen, &options);
	conversations_preflight(c);
	notice_bar(
	    c, "set until signet ends; write it into signet.conf to keep it");
	return COMMAND_DONE;
}

enum command_does
command_password(struct client *c, struct span args)
{
	return client_password_ask(c, args) ? COMMAND_DONE : COMMAND_SECRET;
}

enum command_does
command_quit(struct client *c, struct span args)
{
	(void)args;
	client_quit(c);
	return COMMAND_DONE;
}
