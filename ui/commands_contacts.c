/*
 * Commands for contacts and conversations.
 */
#include "ui/commands_priv.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/client_contacts.h"
#include "ui/client_talk.h"
#include "ui/conversation.h"
#include "ui/notice.h"

enum command_does
command_query(struct client *c, struct span args)
{
	struct conversation *v;

	if (args.n == 0)
		return COMMAND_USAGE;
	v = conversation_with(c, args);
	if (v == NULL)
		return COMMAND_REFUSED;
	conversation_known(v);
	conversation_show(c, conversation_number(c, v));
	return COMMAND_DONE;
}

enum command_does
command_msg(struct client *c, struct span args)
{
	struct span who = command_word(&args);
	struct conversation *v;

	if (who.n == 0 || args.n == 0)
		return COMMAND_USAGE;
	v = conversation_with(c, who);
	return v != NULL && client_send(c, v, args) ? COMMAND_DONE
						    : COMMAND_REFUSED;
}

enum command_does
command_close(struct client *c, struct span args)
{
	struct conversation *v = conversation_current(c);

	if (args.n > 0)
		return COMMAND_USAGE;
	if (v->kind == CONVERSATION_CLIENT) {
		notice_bar(
		    c, "this conversation cannot be closed; /quit ends signet");
		return COMMAND_REFUSED;
	}
	conversation_close(c, v);
	notice_redraw(c);
	return COMMAND_CLOSED;
}

static void
commands_close_answered(void *arg, enum pager_answer answer)
{
	struct client *c = arg;

	if (answer == PAGER_YES)
		(void)command_close(c, span_str(""));
	else
		notice_bar(c, "not closed: you answered no");
}

/* The same after a question. */
enum command_does
command_close_ask(struct client *c, struct span args)
{
	struct conversation *v = conversation_current(c);
	struct buf text = {0};
	char *name;

	if (args.n > 0 || v->kind == CONVERSATION_CLIENT)
		return command_close(c, args);
	name = conversation_name(v);
	buf_addf(&text, "The conversation with %s, and what was said in it.\n",
	    name);
	free(name);
	notice_page(c, "close", &text, "Close it?", commands_close_answered);
	return COMMAND_DONE;
}

void
command_contact_added(struct client *c, struct contact *p)
{
	struct conversation *v = conversation_of(c, &p->aor);

	client_contacts_changed(c);
	if (v == NULL)
		return;
	v->contact = p;
	conversation_known(v);
	if (p->sign == CHOICE_DEFAULT && p->encrypt == CHOICE_DEFAULT) {
		p->sign = v->sign;
		p->encrypt = v->encrypt;
	}
}

enum command_does
command_add(struct client *c, struct span args)
{
	struct span uri = command_word(&args);
	struct contact *p;
	struct err e = {0};

	if (uri.n == 0)
		return COMMAND_USAGE;
	if (contacts_add(c->contacts, uri, &p, &e) == -1) {
		notice_bar(c, e.text);
		return COMMAND_REFUSED;
	}
	command_contact_added(c, p);
	if (args.n > 0 && contacts_rename(c->contacts, p, args, &e) == -1) {
		notice_bar(c, e.text);
		return COMMAND_REFUSED;
	}
	notice_redraw(c);
	return COMMAND_DONE;
}

/* The contact in word; with an empty word the one of the conversation. NULL,
 * with a notice, where there is none. */
static struct contact *
commands_find_contact(struct client *c, struct span word)
{
	struct conversation *v = conversation_current(c);
	struct contact *p;

	if (word.n == 0 && v->kind == CONVERSATION_PEER)
		p = v->contact;
	else
		p = contacts_find(c->contacts, word);
	if (p == NULL)
		notice_bar(c, "there is no such contact; /add URI adds one");
	return p;
}

enum command_does
command_remove(struct client *c, struct span args)
{
	struct contact *p = commands_find_contact(c, args);

	if (p == NULL)
		return COMMAND_REFUSED;
	for (size_t i = 0; i < c->count; i++)
		if (c->conversations[i]->contact == p)
			c->conversations[i]->contact = NULL;
	contacts_remove(c->contacts, p);
	client_contacts_changed(c);
	notice_redraw(c);
	return COMMAND_DONE;
}

enum command_does
command_rename(struct client *c, struct span args)
{
	struct span who = command_word(&args);
	struct contact *p;
	struct err e = {0};

	if (who.n == 0)
		return COMMAND_USAGE;
	p = commands_find_contact(c, who);
	if (p == NULL)
		return COMMAND_REFUSED;
	if (contacts_rename(c->contacts, p, args, &e) == -1) {
		notice_bar(c, e.text);
		return COMMAND_REFUSED;
	}
	client_contacts_changed(c);
	notice_redraw(c);
	return COMMAND_DONE;
}

/* --- signing and encrypting ----------------------------------------------- */

/* Applies on, off or default to the current peer, and adds it to the contacts
 * so that the choice is kept. */
static enum command_does
commands_set_choice(struct client *c, struct span args, bool sign)
{
	struct conversation *v = conversation_current(c);
	enum contact_choice choice;
	struct err e = {0};

	if (span_is(args, "on"))
		choice = CHOICE_ON;
	else if (span_is(args, "off"))
		choice = CHOICE_OFF;
	else if (span_is(args, "default"))
		choice = CHOICE_DEFAULT;
	else
		return COMMAND_USAGE;
	if (v->kind != CONVERSATION_PEER) {
		notice_bar(c,
		    "go to a conversation first; /set changes the default of "
		    "all");
		return COMMAND_REFUSED;
	}
	if (v->contact == NULL &&
	    contacts_add(c->contacts, span_str(v->uri), &v->contact, &e) ==
		-1) {
		notice_bar(c, e.text);
		return COMMAND_REFUSED;
	}
	conversation_known(v);
	*(sign ? &v->sign : &v->encrypt) = choice;
	*(sign ? &v->contact->sign : &v->contact->encrypt) = choice;
	client_contacts_changed(c);
	conversation_preflight(c, v);
	notice_redraw(c);
	return COMMAND_DONE;
}

enum command_does
command_sign(struct client *c, struct span args)
{
	return commands_set_choice(c, args, true);
}

enum command_does
command_encrypt(struct client *c, struct span args)
{
	return commands_set_choice(c, args, false);
}

/* --- ignoring ------------------------------------------------------------- */

static void
commands_list_ignored(struct client *c)
{
	struct buf b = {0};
	size_t count = 0;

	for (size_t i = 0; i < contacts_count(c->contacts); i++) {
		const struct contact *p = contacts_at(c->contacts, i);

		if (p->ignored)
			buf_addf(&b, "%s%s",
			    count++ > 0 ? ", " : "ignored: ", p->aor.text);
	}
	notice_log(c, NULL, false,
	    count > 0 ? (const char *)b.p : "nobody is ignored");
	buf_free(&b);
}

enum command_does
command_ignore(struct client *c, struct span args)
{
	struct contact *p = NULL;
	struct err e = {0};

	if (args.n == 0) {
		commands_list_ignored(c);
		return COMMAND_DONE;
	}
	p = contacts_find(c->contacts, args);
	if (p == NULL && contacts_add(c->contacts, args, &p, &e) == -1) {
		notice_bar(c, e.text);
		return COMMAND_REFUSED;
	}
	p->ignored = !p->ignored;
	command_contact_added(c, p);
	notice_logf(c, NULL, false,
	    p->ignored ? "messages from %s are not shown; /ignore again does"
		       : "messages from %s are shown again",
	    p->aor.text);
	return COMMAND_DONE;
}
