/*
 * Aliases: names that the user gives to commands.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/commands_priv.h"
#include "ui/notice.h"

enum { ALIAS_NAME = 32, ALIAS_ALL = 200 }; /* bytes of a name; aliases */

struct alias {
	char *name; /* '/' included */
	char *command;
};

/* The number of the alias with that name, or their count. */
static size_t
alias_find(const struct client *c, struct span name)
{
	size_t i = 0;

	while (i < c->alias_count && !span_is_nocase(name, c->aliases[i].name))
		i++;
	return i;
}

static bool
alias_is_name(struct span name)
{
	for (size_t i = 1; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] >= 127 || name.p[i] == '/')
			return false;
	return name.n > 1 && name.n <= ALIAS_NAME;
}

/* Puts the alias into its place. */
static int
alias_put(
    struct client *c, struct span name, struct span command, struct err *e)
{
	size_t i = alias_find(c, name);

	if (!alias_is_name(name))
		return err_set(e, EX_USAGE,
		    "an alias is a word of at most %d characters",
		    ALIAS_NAME - 1);
	if (command_named(name) != NULL)
		return err_set(e, EX_USAGE,
		    "%.*s is a command, and cannot be an alias", (int)name.n,
		    (const char *)name.p);
	if (command.n < 2 || command.p[0] != '/' || command.p[1] == '/')
		return err_set(e, EX_USAGE,
		    "an alias stands for a command: /alias NAME /COMMAND");
	if (i == c->alias_count && i == ALIAS_ALL)
		return err_set(
		    e, EX_USAGE, "there are %d aliases already", ALIAS_ALL);
	if (i == c->alias_count) {
		c->aliases = vec_grow(c->aliases, c->alias_count,
		    &c->alias_room, sizeof(*c->aliases));
		c->aliases[c->alias_count++] = (struct alias){
		    .name = xstrndup(name)};
	} else
		free(c->aliases[i].command);
	c->aliases[i].command = xstrndup(command);
	return 0;
}

/* Reads "/NAME COMMAND", where '/' may be absent before NAME, and adds it or
 * replaces the one of that name. EX_USAGE. */
static int
alias_add(struct client *c, struct span text, struct err *e)
{
	struct span word = command_word(&text);
	struct buf name = {0};
	int rc;

	if (word.n > 0 && word.p[0] != '/')
		buf_adds(&name, "/");
	buf_addspan(&name, word);
	rc = alias_put(c, span_buf(&name), text, e);
	buf_free(&name);
	return rc;
}

static bool
alias_remove(struct client *c, struct span name)
{
	struct buf whole = {0};
	size_t i;

	buf_addf(&whole, "%s%.*s", name.n > 0 && name.p[0] == '/' ? "" : "/",
	    (int)name.n, (const char *)name.p);
	i = alias_find(c, span_buf(&whole));
	buf_free(&whole);
	if (i == c->alias_count)
		return false;
	free(c->aliases[i].name);
	free(c->aliases[i].command);
	c->alias_count--;
	memmove(&c->aliases[i], &c->aliases[i + 1],
	    (c->alias_count - i) * sizeof(*c->aliases));
	return true;
}

void
command_aliases_free(struct client *c)
{
	for (size_t i = 0; i < c->alias_count; i++) {
		free(c->aliases[i].name);
		free(c->aliases[i].command);
	}
	free(c->aliases);
}

/* The n-th word of args, counted from one; empty: there are fewer. */
static struct span
alias_word(struct span args, int n)
{
	struct span word = {NULL, 0};

	for (int i = 0; i < n; i++)
		word = command_word(&args);
	return word;
}

bool
command_alias_expand(
    struct client *c, struct span name, struct span args, struct buf *out)
{
	size_t i = alias_find(c, name);
	bool placed = false;

	if (i == c->alias_count)
		return false;
	for (const char *p = c->aliases[i].command; *p != '\0'; p++) {
		if (p[0] != '$' ||
		    (p[1] != '*' && (p[1] < '1' || p[1] > '9'))) {
			buf_add(out, p, 1);
			continue;
		}
		placed = true;
		p++;
		buf_addspan(out, *p == '*' ? args : alias_word(args, *p - '0'));
	}
	if (!placed && args.n > 0) {
		buf_adds(out, " ");
		buf_addspan(out, args);
	}
	return true;
}

const char *
command_alias_name(const struct client *c, size_t i)
{
	return i < c->alias_count ? c->aliases[i].name : NULL;
}

/* --- the command ---------------------------------------------------------- */

static void
alias_list(struct client *c)
{
	struct buf text = {0};

	for (size_t i = 0; i < c->alias_count; i++)
		buf_addf(&text, "%s%-16s %s", i > 0 ? "\n" : "",
		    c->aliases[i].name, c->aliases[i].command);
	notice_log(c, NULL, false,
	    text.n > 0 ? (const char *)text.p
		       : "there are no aliases; /alias NAME /COMMAND makes "
			 "one");
	buf_free(&text);
}

enum command_does
command_alias(struct client *c, struct span args)
{
	struct err e = {0};

	if (args.n == 0) {
		alias_list(c);
		return COMMAND_DONE;
	}
	if (args.p[0] == '-') {
		if (alias_remove(c, span_cut(args, 1, args.n)))
			return COMMAND_DONE;
		notice_bar(c, "there is no such alias; /alias lists them");
		return COMMAND_REFUSED;
	}
	if (alias_add(c, args, &e) == -1) {
		notice_bar(c, e.text);
		return COMMAND_REFUSED;
	}
	notice_bar(
	    c, "set until signet ends; an alias line in signet.conf keeps it");
	return COMMAND_DONE;
}

void
command_aliases_open(struct client *c)
{
	const struct config_list *list = &c->config.aliases;
	struct err e = {0};

	for (size_t i = 0; i < list->count; i++)
		if (alias_add(c, span_str(list->items[i]), &e) == -1)
			notice_logf(c, NULL, true, "alias = %s: %s",
			    list->items[i], e.text);
}
