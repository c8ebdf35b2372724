/*
 * One table, from which commands are run, completed and explained. Their
 * functions are in commands_contacts.c, commands_history.c, commands_keys.c and
 * commands_more.c.
 */
#include "ui/commands_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/conversation.h"
#include "ui/marks.h"
#include "ui/notice.h"

static enum command_does commands_command_help(
    struct client *c, struct span args);

static const struct command commands[] = {
    {"/msg", "WHO TEXT", "send TEXT to WHO, and stay here", COMPLETE_CONTACT,
	NULL, command_msg},
    {"/query", "WHO", "go to the conversation with WHO (to: WHO)",
	COMPLETE_CONTACT, NULL, command_query},
    {"/me", "TEXT", "say what you do", COMPLETE_NOTHING, NULL, command_me},
    {"/win", "NUMBER", "go to the conversation with that number",
	COMPLETE_NOTHING, NULL, command_win},
    {"/close", "", "close this conversation", COMPLETE_NOTHING, NULL,
	command_close},
    {"/add", "URI [NAME]", "add a contact (add: URI)", COMPLETE_NOTHING, NULL,
	command_add},
    {"/remove", "[WHO]", "remove a contact", COMPLETE_CONTACT, NULL,
	command_remove},
    {"/rename", "WHO [NAME]", "name a contact; without NAME, drop the name",
	COMPLETE_CONTACT, NULL, command_rename},
    {"/sign", "on|off|default", "sign messages to this contact, or not",
	COMPLETE_WORDS, "on|off|default", command_sign},
    {"/encrypt", "on|off|default", "encrypt messages to this contact, or not",
	COMPLETE_WORDS, "on|off|default", command_encrypt},
    {"/keys", "[NAME]", "list keys and certificates, or show NAME's",
	COMPLETE_CONTACT, NULL, command_keys},
    {"/verify", "[--qr] [WHO]", "compare certificates by words or QR code",
	COMPLETE_CONTACT, NULL, command_verify},
    {"/trust", "[WHO]", "pin the certificate of WHO: accept no other",
	COMPLETE_CONTACT, NULL, command_trust},
    {"/introduce", "[WHO]", "send WHO your certificate (Alt-I)",
	COMPLETE_CONTACT, NULL, command_introduce},
    {"/accept", "[WHO] [DIGITS] [--unverified]",
	"compare and pin what WHO introduced themself with", COMPLETE_CONTACT,
	NULL, command_accept},
    {"/untrust", "[WHO]", "remove the pin of WHO", COMPLETE_CONTACT, NULL,
	command_untrust},
    {"/export", "FILE [NAME]", "write your certificate, or NAME's, into FILE",
	COMPLETE_FILE, NULL, command_export},
    {"/import", "[--root] [--force] FILE", "import certificates from FILE",
	COMPLETE_FILE, NULL, command_import},
    {"/resolve", "[URI]", "show how a URI is resolved", COMPLETE_CONTACT, NULL,
	command_resolve},
    {"/answer", "[WHO]",
	"where there is no way: by the connection they "
	"wrote on",
	COMPLETE_CONTACT, NULL, command_answer},
    {"/outbox", "", "list your messages that wait: to whom, since when, why",
	COMPLETE_NOTHING, NULL, command_outbox},
    {"/resend", "", "send the chosen failed message again, or the last (Alt-R)",
	COMPLETE_NOTHING, NULL, command_resend},
    {"/drop", "", "give up the chosen message that waits, or the last",
	COMPLETE_NOTHING, NULL, command_drop},
    {"/search", "WORDS", "search everything that was kept", COMPLETE_NOTHING,
	NULL, command_search},
    {"/lastlog", "WORDS", "list the lines of this conversation with WORDS",
	COMPLETE_NOTHING, NULL, command_lastlog},
    {"/raw", "", "show the bytes of the chosen message, as it came",
	COMPLETE_NOTHING, NULL, command_raw},
    {"/history", "on|off", "keep what is said here, or nothing from now on",
	COMPLETE_WORDS, "on|off", command_history},
    {"/clear", "", "empty the screen of this conversation; the disk keeps it",
	COMPLETE_NOTHING, NULL, command_clear},
    {"/forget", "[WHO]", "delete a conversation from the disk",
	COMPLETE_CONTACT, NULL, command_forget},
    {"/wire", "[FILE]", "show this conversation's trace, or save it",
	COMPLETE_FILE, NULL, command_wire},
    {"/ignore", "[WHO]", "ignore WHO, or no longer; alone: list them",
	COMPLETE_CONTACT, NULL, command_ignore},
    {"/password", "[ADDRESS]", "type the SIP password again, or reread it",
	COMPLETE_NOTHING, NULL, command_password},
    {"/reconnect", "", "close all connections and open them anew",
	COMPLETE_NOTHING, NULL, command_reconnect},
    {"/status", "", "show registration, addresses and counts", COMPLETE_NOTHING,
	NULL, command_status},
    {"/set", "[NAME [VALUE]]", "show settings, or change one until the end",
	COMPLETE_NOTHING, NULL, command_set},
    {"/help", "[COMMAND]", "list commands and keys", COMPLETE_COMMAND, NULL,
	commands_command_help},
    {"/quit", "", "quit (. alone does, too)", COMPLETE_NOTHING, NULL,
	command_quit},
    {"/exit", "", "the same", COMPLETE_NOTHING, NULL, command_quit},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

/* --- help ----------------------------------------------------------------- */

static const char keys_help[] =
    "\nKeys\n\n"
    "  Alt-1..9  Alt-Left Alt-Right   conversations     Alt-A next unread\n"
    "  PgUp PgDn  Alt-< Alt->         scroll            ESC to the end\n"
    "  / n N                          search, while scrolled back\n"
    "  Alt-Up Alt-Down                choose a message\n"
    "  Alt-V or F3                    show its full verdict\n"
    "  Alt-P                          show the contacts, or hide them\n"
    "  Alt-R                          send a failed message again\n"
    "  Alt-I                          send your certificate (/introduce)\n"
    "  F2                             show the trace; ? there tells its keys\n"
    "  Tab Shift-Tab                  complete commands, contacts, files\n"
    "  Alt-Enter or ^J                begin another line of the message\n"
    "  Up Down ^P ^N                  recall earlier input\n"
    "  ^A ^E ^B ^F Alt-B Alt-F        move; ^D ^H ^W ^K ^U Alt-D delete\n"
    "  ^Y Alt-Y                       yank; Alt-Y: what was killed before\n"
    "  ^_                             undo      ^T Alt-U Alt-L Alt-C\n"
    "  ^L redraw   ^Z suspend   ^C clear the line, twice: quit\n"
    "\nTo send a message that begins with '/', type '//'; '//to:' for one "
    "that\n"
    "begins with 'to:'.\n";

static const char compare_help[] =
    "\nComparing certificates (/verify)\n\n"
    "  Words: all sixteen, read to each other by voices that you both know, "
    "show\n"
    "  that nobody is between you; sent as a message they show nothing.\n"
    "  Fingerprint and picture: all 64 digits, compared by telephone or on "
    "paper,\n"
    "  show that a certificate is theirs; a few of them, or a glance, do not.\n"
    "  QR code: scanned off their own screen before your eyes (signet keys "
    "check)\n"
    "  it shows the same; a code that was sent is as good as its way.\n";

static enum command_does
commands_command_help(struct client *c, struct span args)
{
	struct span word = command_word(&args);
	struct buf text = {0};
	size_t found = 0;

	buf_adds(&text, word.n > 0 ? "" : "Commands\n\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *d = &commands[i];
		char usage[64];

		if (word.n > 0 && !span_is_nocase(word, d->name) &&
		    !span_is_nocase(word, d->name + 1))
			continue;
		(void)snprintf(usage, sizeof(usage), "%s %s", d->name, d->args);
		buf_addf(&text, "  %-30s %s\n", usage, d->help);
		found++;
	}
	if (found == 0) {
		buf_free(&text);
		notice_bar(c, "there is no such command; /help lists them all");
		return COMMAND_REFUSED;
	}
	if (word.n == 0) {
		buf_adds(&text,
		    "\n  to: WHO [TEXT], add: URI [NAME], status: TEXT and . "
		    "alone work as "
		    "in SIPimp.\n");
		buf_adds(&text, keys_help);
		buf_adds(&text, "\nMarks before a message\n\n");
		marks_help(&text);
		buf_adds(&text, compare_help);
	}
	notice_page(c, "help", &text, NULL, NULL);
	return COMMAND_DONE;
}

/* --- running -------------------------------------------------------------- */

/* The command with that name, '/' included, or the only one whose name begins
 * so; else NULL, and *matches is how many begin so. */
static const struct command *
commands_find_command(struct span name, size_t *matches)
{
	const struct command *found = NULL;

	*matches = 0;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (span_is_nocase(name, commands[i].name))
			return &commands[i];
		if (name.n > 1 &&
		    span_eq_nocase(name,
			span_cut(span_str(commands[i].name), 0, name.n))) {
			(*matches)++;
			found = &commands[i];
		}
	}
	return *matches == 1 ? found : NULL;
}

/* "/q: /query or /quit?" */
static void
commands_name_matches(struct client *c, struct span name)
{
	struct buf b = {0};
	const char *last = NULL;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (!span_eq_nocase(
			name, span_cut(span_str(commands[i].name), 0, name.n)))
			continue;
		if (last != NULL)
			buf_addf(&b, "%s%s", b.n > 0 ? ", " : "", last);
		last = commands[i].name;
	}
	notice_barf(c, "%.*s: %s or %s?", (int)name.n, (const char *)name.p,
	    (const char *)b.p, last);
	buf_free(&b);
}

/* Runs a command, and shows its usage where its arguments do not fit. */
static enum command_does
commands_run_command(
    struct client *c, const struct command *d, struct span args)
{
	enum command_does does = d->fn(c, args);

	if (does != COMMAND_USAGE)
		return does;
	notice_barf(c, "usage: %s %s", d->name, d->args);
	return COMMAND_REFUSED;
}

enum command_does
command_run(struct client *c, struct span line)
{
	const struct command *d;
	struct span args, name;
	size_t end, matches;

	if (line.p[0] != '/')
		return command_bare(c, line);
	/* "//" begins a message. */
	if (line.n > 1 && line.p[1] == '/')
		return COMMAND_TEXT;
	end = span_find(line, ' ', 0);
	name = span_cut(line, 0, end);
	args = span_trim(span_cut(line, end, line.n));
	d = commands_find_command(name, &matches);
	if (d == NULL && matches > 1) {
		commands_name_matches(c, name);
		return COMMAND_REFUSED;
	}
	if (d == NULL) {
		notice_barf(c,
		    "%.*s is no command; /help lists them all, and // begins a "
		    "message with a /",
		    (int)(name.n < 60 ? name.n : 60), (const char *)name.p);
		return COMMAND_REFUSED;
	}
	/* Closing loses what was said; an abbreviation may be a slip. */
	if (d->fn == command_close && !span_is_nocase(name, d->name))
		return command_close_ask(c, args);
	return commands_run_command(c, d, args);
}

/* --- completing ----------------------------------------------------------- */

/* What Tab completes behind /set: a setting, then a word that it takes. */
static enum complete_kind
commands_place_set(struct client *c, struct span before, const char **words)
{
	struct span name = command_word(&before);

	c->words.n = 0;
	if (name.n == 0)
		config_words_to_set(&c->words);
	else if (before.n == 0)
		config_words_of(name, &c->words);
	*words = (const char *)c->words.p;
	return c->words.n > 0 ? COMPLETE_WORDS : COMPLETE_NOTHING;
}

enum complete_kind
command_place(void *arg, struct span text, size_t from, const char **words)
{
	const struct command *d;
	size_t end = span_find(text, ' ', 0), matches;

	if (from == 0 && text.n > 0 && text.p[0] == '/')
		return COMPLETE_COMMAND;
	if (span_starts_nocase(text, "to:") || span_starts_nocase(text, "add:"))
		return COMPLETE_CONTACT;
	if (text.n == 0 || text.p[0] != '/' || end >= from)
		return COMPLETE_NOTHING;
	d = commands_find_command(span_cut(text, 0, end), &matches);
	if (d == NULL)
		return COMPLETE_NOTHING;
	if (d->fn == command_set)
		return commands_place_set(
		    arg, span_cut(text, end, from), words);
	/* Only the first word is a contact; the rest is text. */
	if (d->completes == COMPLETE_CONTACT &&
	    span_trim(span_cut(text, end, from)).n > 0)
		return COMPLETE_NOTHING;
	*words = d->words;
	return d->completes;
}

const char *
command_name(void *arg, enum complete_kind kind, size_t i)
{
	struct client *c = arg;

	if (kind == COMPLETE_COMMAND)
		return i < COMMANDS ? commands[i].name : NULL;
	if (i < contacts_count(c->contacts)) {
		const struct contact *p = contacts_at(c->contacts, i);

		c->candidate.n = 0;
		if (p->name != NULL)
			buf_addf(&c->candidate, "%s\t", p->name);
		buf_adds(&c->candidate, p->aor.text);
		return (const char *)c->candidate.p;
	}
	/* Then the peers of conversations that are no contacts. */
	i -= contacts_count(c->contacts);
	for (size_t k = 0; k < c->count; k++)
		if (c->conversations[k]->kind == CONVERSATION_PEER &&
		    c->conversations[k]->contact == NULL && i-- == 0)
			return c->conversations[k]->aor.text;
	return NULL;
}
