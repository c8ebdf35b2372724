/*
 * Commands without a '/', as SIPimp has them: "to:", "add:", "status:" and "."
 * A line that begins so is never sent as text.
 */
#include "ui/commands_priv.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/client_talk.h"
#include "ui/conversation.h"
#include "ui/notice.h"

/* --- whom "to:" names ----------------------------------------------------- */

/* The length of the address at the beginning of s; 0: there is none. */
static size_t
commands_address_length(struct span s)
{
	struct span word = span_cut(s, 0, span_find(s, ' ', 0));
	struct err e;
	struct aor who;

	if (span_find(word, '@', 0) == word.n ||
	    aor_parse(word, &who, &e) == -1)
		return 0;
	aor_free(&who);
	return word.n;
}

/* The length of the longest contact's name at the beginning of s, with a blank
 * or nothing behind it; 0: there is none. */
static size_t
commands_name_length(struct client *c, struct span s)
{
	size_t longest = 0;

	for (size_t i = 0; i < contacts_count(c->contacts); i++) {
		const struct contact *p = contacts_at(c->contacts, i);
		size_t n = p->name != NULL ? strlen(p->name) : 0;

		if (n > longest && n <= s.n && (n == s.n || s.p[n] == ' ') &&
		    contacts_find(c->contacts, span_cut(s, 0, n)) == p)
			longest = n;
	}
	return longest;
}

/* --- sending after a question --------------------------------------------- */

static void
commands_send_answered(void *arg, enum pager_answer answer)
{
	struct client *c = arg;
	struct conversation *v = answer == PAGER_YES
	    ? conversation_with(c, span_str(c->send_to))
	    : NULL;

	if (answer != PAGER_YES)
		notice_bar(c, "not sent: you answered no; ^P recalls the line");
	else if (v != NULL)
		(void)client_send(c, v, span_buf(&c->send_text));
	free(c->send_to);
	c->send_to = NULL;
	buf_wipe(&c->send_text);
}

/* Shows a text and where it would go, and sends it on a yes. */
static void
commands_ask_to_send(
    struct client *c, struct span who, struct span text, const char *why)
{
	struct buf shown = {0};

	free(c->send_to);
	c->send_to = xstrndup(who);
	buf_wipe(&c->send_text);
	buf_addspan(&c->send_text, text);
	buf_addf(&shown, "%s\n\nto ", why);
	text_escape(&shown, who, false);
	buf_adds(&shown, "\n\n");
	text_escape(&shown, text, true);
	buf_adds(&shown, "\n");
	notice_page(
	    c, "send this?", &shown, "Send it?", commands_send_answered);
}

/* --- the commands --------------------------------------------------------- */

/* "to: WHO" goes to a conversation, "to: WHO TEXT" sends TEXT. */
static enum command_does
commands_bare_to(struct client *c, struct span rest)
{
	size_t address = commands_address_length(rest), n = address;
	struct conversation *v;
	struct span who, text;

	if (rest.n == 0) {
		notice_bar(c, "usage: to: WHO, or to: WHO TEXT");
		return COMMAND_REFUSED;
	}
	if (n == 0)
		n = commands_name_length(c, rest);
	who = span_cut(rest, 0, n);
	text = span_trim(span_cut(rest, n, rest.n));
	if (n == 0) {
		char *line = text_escape_line(span_cut(rest, 0, 60));

		notice_barf(c,
		    "to: %s: this is no address and no contact's name; nothing "
		    "was sent (//to: begins a text)",
		    line);
		free(line);
		return COMMAND_REFUSED;
	}
	if (text.n == 0)
		return command_query(c, who);
	if (span_find(rest, '\n', 0) < rest.n) {
		commands_ask_to_send(
		    c, who, text, "This input has several lines.");
		return COMMAND_DONE;
	}
	if (address > 0 && contacts_find(c->contacts, who) == NULL) {
		commands_ask_to_send(
		    c, who, text, "The address is no contact of yours.");
		return COMMAND_DONE;
	}
	v = conversation_with(c, who);
	return v != NULL && client_send(c, v, text) ? COMMAND_DONE
						    : COMMAND_REFUSED;
}

static enum command_does
commands_bare_add(struct client *c, struct span rest)
{
	enum command_does does = command_add(c, rest);

	if (does != COMMAND_USAGE)
		return does;
	notice_bar(c, "usage: add: URI [NAME]");
	return COMMAND_REFUSED;
}

struct span
command_text(struct span line)
{
	struct span rest = span_cut(line, 2, line.n);

	if (!span_starts_nocase(line, "//"))
		return line;
	return span_starts_nocase(rest, "to:") ||
		span_starts_nocase(rest, "add:")
	    ? rest
	    : span_cut(line, 1, line.n);
}

enum command_does
command_bare(struct client *c, struct span line)
{
	if (span_is(line, "."))
		return command_quit(c, line);
	if (span_starts_nocase(line, "to:"))
		return commands_bare_to(
		    c, span_trim(span_cut(line, 3, line.n)));
	if (span_starts_nocase(line, "add:"))
		return commands_bare_add(
		    c, span_trim(span_cut(line, 4, line.n)));
	if (span_starts_nocase(line, "status:")) {
		notice_bar(c,
		    "presence is not supported yet: nobody is told your "
		    "status");
		return COMMAND_DONE;
	}
	return COMMAND_TEXT;
}
