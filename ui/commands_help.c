/*
 * Help, from the tables of commands, keys and settings.
 */
#include <stdio.h>

#include "ui/commands_priv.h"
#include "ui/keys.h"
#include "ui/marks.h"
#include "ui/notice.h"

static const char compare_help[] =
    "  Words: all sixteen, read to each other by voices that you both know, "
    "show\n"
    "  that nobody is between you; sent as a message they show nothing.\n"
    "  Fingerprint and picture: all 64 digits, compared by telephone or on "
    "paper,\n"
    "  show that a certificate is theirs; a few of them, or a glance, do not.\n"
    "  QR code: scanned off their own screen before your eyes (signet keys "
    "check)\n"
    "  it shows the same; a code that was sent is as good as its way.\n";

static void
help_commands(struct buf *out)
{
	const struct command *d;

	for (size_t i = 0; (d = command_at(i)) != NULL; i++) {
		char usage[64];

		(void)snprintf(usage, sizeof(usage), "%s %s", d->name, d->args);
		buf_addf(out, "  %-30s %s\n", usage, d->help);
	}
	buf_adds(out,
	    "\n  to: WHO [TEXT], add: URI [NAME], status: TEXT and . alone "
	    "work as in SIPimp.\n"
	    "  A message that begins with / is typed with //, one that begins "
	    "with to: with //to:\n");
}

/* The pages of help that are not about one command, key or setting. */
static const struct {
	const char *name, *title;
	void (*fn)(struct buf *out);
	const char *text; /* where fn is NULL */
} pages[] = {
    {"commands", "Commands", help_commands, NULL},
    {"keys", "Keys", keys_help, NULL},
    {"marks", "Marks before a message", marks_help, NULL},
    {"comparing", "Comparing certificates (/verify)", NULL, compare_help},
};

enum { PAGES = sizeof(pages) / sizeof(pages[0]) };

static void
help_page(size_t i, struct buf *out)
{
	buf_addf(out, "%s%s\n\n", out->n > 0 ? "\n" : "", pages[i].title);
	if (pages[i].fn != NULL)
		pages[i].fn(out);
	else
		buf_adds(out, pages[i].text);
}

static void
help_all(struct buf *out)
{
	for (size_t i = 0; i < PAGES; i++)
		help_page(i, out);
	buf_adds(out,
	    "\n/help TOPIC tells more of a command, a key (Alt-V) or a "
	    "setting;\nother topics:");
	for (size_t i = 0; i < PAGES; i++)
		buf_addf(out, "%s %s", i > 0 ? "," : "", pages[i].name);
	buf_adds(out, ".\n");
}

static void
help_command(const struct command *d, struct buf *out)
{
	struct span near = span_str(d->near), word;

	buf_addf(out, "%s %s\n\n  %s\n\n", d->name, d->args, d->help);
	buf_addf(out, "example    %s%s%s\n", d->name,
	    d->example[0] != '\0' ? " " : "", d->example);
	for (bool first = true; (word = command_word(&near)).n > 0;
	     first = false) {
		const struct command *other = command_named(word);

		buf_addf(out, "%-10s %-11s %s\n", first ? "see also" : "",
		    other->name, other->help);
	}
}

/* Appends what there is about a topic. False: nothing. */
static bool
help_topic(struct span topic, struct buf *out)
{
	struct buf name = {0};
	const struct command *d;

	for (size_t i = 0; i < PAGES; i++)
		if (span_is_nocase(topic, pages[i].name)) {
			help_page(i, out);
			return true;
		}
	buf_adds(&name, topic.p[0] == '/' ? "" : "/");
	buf_addspan(&name, topic);
	d = command_named(span_buf(&name));
	buf_free(&name);
	if (d != NULL)
		help_command(d, out);
	return d != NULL || keys_help_of(topic, out) ||
	    config_help_of(topic, out);
}

enum command_does
command_help(struct client *c, struct span args)
{
	struct span topic = command_word(&args);
	struct buf text = {0};

	if (topic.n == 0)
		help_all(&text);
	else if (!help_topic(topic, &text)) {
		buf_free(&text);
		notice_bar(c,
		    "there is no help on that; /help lists commands and keys, "
		    "/set the settings");
		return COMMAND_REFUSED;
	}
	notice_page(c, "help", &text, NULL, NULL);
	return COMMAND_DONE;
}
