/*
 * The links of a conversation.
 */
#include <stdlib.h>

#include "ui/commands_priv.h"
#include "ui/conversation.h"
#include "ui/log/link.h"
#include "ui/notice.h"
#include "ui/programs.h"

enum { LINKS = 200 }; /* that are listed */

/* The links of a log, newest first, each once. */
struct links {
	struct span links[LINKS]; /* parts of the log's texts */
	size_t count;
};

static void
links_add(struct links *all, struct span link)
{
	for (size_t i = 0; i < all->count; i++)
		if (span_eq(all->links[i], link))
			return;
	if (all->count < LINKS)
		all->links[all->count++] = link;
}

/* Adds the links of a message, the last one first. */
static void
links_of_line(struct links *all, const struct log_line *line)
{
	struct span text = {(const unsigned char *)line->text, line->text_len};
	struct span found[LINKS];
	size_t n = 0, from, to;

	for (size_t at = 0; n < LINKS && link_find(text, at, &from, &to);
	     at = to)
		found[n++] = span_cut(text, from, to);
	while (n > 0)
		links_add(all, found[--n]);
}

static void
links_find(struct log *log, struct links *all)
{
	uint64_t first = log_first(log);

	all->count = 0;
	for (uint64_t i = log_last(log);
	     first != 0 && i >= first && all->count < LINKS; i--) {
		const struct log_line *line = log_line(log, i);

		if (line != NULL &&
		    (line->kind == LOG_THEIRS || line->kind == LOG_MINE))
			links_of_line(all, line);
	}
}

static void
links_list(struct client *c, const struct links *all)
{
	struct buf text = {0};

	for (size_t i = 0; i < all->count; i++)
		buf_addf(&text, "%zu\n%.*s\n", i + 1, (int)all->links[i].n,
		    (const char *)all->links[i].p);
	buf_adds(&text, "\n/url NUMBER opens one.\n");
	notice_page(c, "links", &text, NULL, NULL);
}

/* The text of a link is its target: nothing else is opened than what is
 * shown. */
static enum command_does
links_open(struct client *c, const struct links *all, struct span number)
{
	struct err e = {0};
	uint64_t n;

	if (!number_parse(number, LINKS, &n) || n == 0)
		return COMMAND_USAGE;
	if (n > all->count) {
		notice_barf(c, "there are %zu links here", all->count);
		return COMMAND_REFUSED;
	}
	if (programs_open_link(c, all->links[n - 1], &e) == -1) {
		notice_logf(c, NULL, true,
		    "the link was not opened: %s (/set open-command names "
		    "another program)",
		    e.text);
		return COMMAND_REFUSED;
	}
	notice_barf(c, "opened: %.*s", (int)all->links[n - 1].n,
	    (const char *)all->links[n - 1].p);
	return COMMAND_DONE;
}

enum command_does
command_url(struct client *c, struct span args)
{
	struct links *all = xcalloc(1, sizeof(*all));
	enum command_does does = COMMAND_DONE;

	links_find(conversation_current(c)->log, all);
	if (all->count == 0) {
		notice_bar(c, "there are no links here");
		does = COMMAND_REFUSED;
	} else if (args.n > 0)
		does = links_open(c, all, args);
	else
		links_list(c, all);
	free(all);
	return does;
}
