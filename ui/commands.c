/*
 * Finds and runs commands, and completes them.
 */
#include "ui/commands_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/conversation.h"
#include "ui/notice.h"

/* --- running -------------------------------------------------------------- */

/* Whether the name of a command begins so. */
static bool
commands_begins(const struct command *d, struct span name)
{
	return name.n > 1 && name.n <= strlen(d->name) &&
	    span_eq_nocase(name, span_cut(span_str(d->name), 0, name.n));
}

const struct command *
command_named(struct span name)
{
	const struct command *d;

	for (size_t i = 0; (d = command_at(i)) != NULL; i++)
		if (span_is_nocase(name, d->name))
			return d;
	return NULL;
}

/* The command with that name, '/' included, or the only one whose name begins
 * so; else NULL, and *matches is how many begin so. */
static const struct command *
commands_find_command(struct span name, size_t *matches)
{
	const struct command *found = command_named(name), *d;

	*matches = found != NULL;
	if (found != NULL)
		return found;
	for (size_t i = 0; (d = command_at(i)) != NULL; i++)
		if (commands_begins(d, name)) {
			(*matches)++;
			found = d;
		}
	return *matches == 1 ? found : NULL;
}

/* "/q: /query or /quit?" */
static void
commands_name_matches(struct client *c, struct span name)
{
	const struct command *d;
	struct buf b = {0};
	const char *last = NULL;

	for (size_t i = 0; (d = command_at(i)) != NULL; i++) {
		if (!commands_begins(d, name))
			continue;
		if (last != NULL)
			buf_addf(&b, "%s%s", b.n > 0 ? ", " : "", last);
		last = d->name;
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

static enum command_does
commands_unknown(struct client *c, struct span name, size_t matches)
{
	if (matches > 1)
		commands_name_matches(c, name);
	else
		notice_barf(c,
		    "%.*s is no command; /help lists them all, and // begins a "
		    "message with a /",
		    (int)(name.n < 60 ? name.n : 60), (const char *)name.p);
	return COMMAND_REFUSED;
}

/* Runs a line that begins with a '/'. An alias stands for another line, in
 * which none is looked for. */
static enum command_does
commands_run_line(struct client *c, struct span line, bool aliases)
{
	size_t end = span_find(line, ' ', 0), matches;
	struct span name = span_cut(line, 0, end);
	struct span args = span_trim(span_cut(line, end, line.n));
	struct buf instead = {0};
	const struct command *d;
	enum command_does does;

	if (aliases && command_alias_expand(c, name, args, &instead)) {
		does = commands_run_line(c, span_buf(&instead), false);
		buf_wipe(&instead);
		return does;
	}
	d = commands_find_command(name, &matches);
	if (d == NULL)
		return commands_unknown(c, name, matches);
	/* Closing loses what was said; an abbreviation may be a slip. */
	if (d->fn == command_close && !span_is_nocase(name, d->name))
		return command_close_ask(c, args);
	return commands_run_command(c, d, args);
}

enum command_does
command_run(struct client *c, struct span line)
{
	if (line.p[0] != '/')
		return command_bare(c, line);
	/* "//" begins a message. */
	if (line.n > 1 && line.p[1] == '/')
		return COMMAND_TEXT;
	return commands_run_line(c, line, true);
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
		return command_at(i) != NULL
		    ? command_at(i)->name
		    : command_alias_name(c, i - command_count());
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
