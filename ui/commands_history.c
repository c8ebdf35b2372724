/*
 * Commands for what waits, and for what is kept.
 */
#include "ui/commands_priv.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/store/store.h"
#include "ui/client_talk.h"
#include "ui/conversation.h"
#include "ui/notice.h"
#include "ui/people.h"

enum {
	OUTBOX_TEXT = 60, /* columns of a text that are listed */
	SEARCH_TEXT = 400, /* bytes of a line that are shown */
	SEARCH_MOST = 1000 /* hits */
};

/* Appends "2026-01-31 09:30". */
static void
commands_add_time(struct buf *b, time_t when)
{
	char text[32] = "";
	struct tm tm;

	if (localtime_r(&when, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	buf_adds(b, text);
}

/* --- what waits ----------------------------------------------------------- */

static void
commands_add_pending(void *arg, const struct ua_pending *p)
{
	struct buf *b = arg;
	struct span text = {(const unsigned char *)p->text, p->text_len};
	char *to = text_escape_line(span_str(p->to));
	char *line = text_escape_line(span_cut(text, 0, SEARCH_TEXT));
	size_t end, shown;

	shown = text_row(span_str(line), 0, OUTBOX_TEXT, &end);
	commands_add_time(b, p->since);
	buf_addf(b, "  to %s\n    %.*s%s\n", to, (int)shown, line,
	    line[shown] != '\0' ? ".." : "");
	free(line);
	free(to);
	line = text_escape_line(span_str(p->why));
	buf_addf(b, "    %s\n\n",
	    line[0] != '\0' ? line
		: p->left   ? "it has left, and has no answer yet"
			    : "its turn has not come yet");
	free(line);
}

enum command_does
command_outbox(struct client *c, struct span args)
{
	struct buf text = {0};

	if (args.n > 0)
		return COMMAND_USAGE;
	ua_pending(c->ua, commands_add_pending, &text);
	if (text.n == 0) {
		notice_bar(c, "none of your messages waits");
		return COMMAND_DONE;
	}
	buf_adds(&text,
	    "In its conversation, /drop gives up the last one, or the one "
	    "chosen with Alt-Up.\n");
	notice_page(c, "outbox", &text, NULL, NULL);
	return COMMAND_DONE;
}

enum command_does
command_resend(struct client *c, struct span args)
{
	if (args.n > 0)
		return COMMAND_USAGE;
	client_resend(c);
	return COMMAND_DONE;
}

enum command_does
command_drop(struct client *c, struct span args)
{
	if (args.n > 0)
		return COMMAND_USAGE;
	return client_drop(c) ? COMMAND_DONE : COMMAND_REFUSED;
}

/* --- what is kept --------------------------------------------------------- */

static bool
commands_need_history(struct client *c)
{
	if (c->store == NULL)
		notice_bar(c, "there is no history: nothing is kept");
	return c->store != NULL;
}

enum command_does
command_history(struct client *c, struct span args)
{
	struct conversation *v = conversation_current(c);
	bool off = span_is(args, "off");

	if (!off && !span_is(args, "on"))
		return COMMAND_USAGE;
	if (!commands_need_history(c))
		return COMMAND_REFUSED;
	if (v->kind != CONVERSATION_PEER) {
		notice_bar(c,
		    "go to a conversation first; history = no in "
		    "signet.conf keeps nothing of anybody");
		return COMMAND_REFUSED;
	}
	people_set_off(c, v->person, off);
	notice_logf(c, v, false,
	    off ? "what is said with %s from now on is not kept; /forget "
		  "deletes what is on the disk"
		: "what is said with %s is kept from now on",
	    v->aor.text);
	return COMMAND_DONE;
}

enum command_does
command_clear(struct client *c, struct span args)
{
	if (args.n > 0)
		return COMMAND_USAGE;
	conversation_clear(c, conversation_current(c));
	return COMMAND_DONE;
}

/* --- forgetting ----------------------------------------------------------- */

/* Told when it is off the disk. */
static void
commands_forgotten(void *arg, enum store_result result, uint64_t id, int status,
    const struct err *e)
{
	struct client *c = arg;

	(void)id;
	(void)status;
	if (result == STORE_LOST)
		notice_logf(
		    c, NULL, true, "not all could be deleted: %s", e->text);
	else
		notice_log(c, NULL, false,
		    "deleted: the messages, the draft and what was entered "
		    "are in no file of the history any more");
}

/* Messages to somebody that have no answer. */
struct pending_to {
	const struct aor *who;
	uint64_t *ids;
	size_t count;
};

static void
commands_find_pending(void *arg, const struct ua_pending *p)
{
	struct pending_to *to = arg;
	struct aor who;
	struct err e;

	if (aor_parse(span_str(p->to), &who, &e) == -1)
		return;
	if (aor_equal(&who, to->who)) {
		to->ids = xrealloc(to->ids, (to->count + 1) * sizeof(*to->ids));
		to->ids[to->count++] = p->id;
	}
	aor_free(&who);
}

/* What waits would be written to rows that are gone. */
static void
commands_drop_all(struct client *c, const struct aor *who)
{
	struct pending_to to = {.who = who};

	ua_pending(c->ua, commands_find_pending, &to);
	for (size_t i = 0; i < to.count; i++)
		(void)ua_drop(c->ua, to.ids[i]);
	free(to.ids);
}

static void
commands_forget_answered(void *arg, bool yes)
{
	struct client *c = arg;
	struct conversation *v;
	struct err e;
	struct aor who;

	if (!yes) {
		notice_bar(c, "nothing was deleted: you answered no");
		return;
	}
	if (c->store == NULL ||
	    aor_parse(span_str(c->forget_key), &who, &e) == -1)
		return;
	commands_drop_all(c, &who);
	store_forget(c->store, who.key, commands_forgotten, c);
	/* After it, so that a person that is off stays so. */
	people_forgotten(c, people_of(c, who.key));
	v = conversation_of(c, &who);
	if (v != NULL) {
		conversation_clear(c, v);
		v->past = 0;
		edit_wipe(v->edit);
		edit_forget_lines(v->edit);
	}
	aor_free(&who);
}

/* The key of the person in args; with empty args of this conversation. For
 * free(). NULL, with a notice, where there is none. */
static char *
commands_key_of(struct client *c, struct span args)
{
	const struct conversation *v = conversation_current(c);
	const struct contact *p = contacts_find(c->contacts, args);
	struct err e = {0};
	struct aor who;
	char *key;

	if (args.n == 0 && v->kind == CONVERSATION_PEER)
		return xstrdup(v->aor.key);
	if (args.n == 0 ||
	    aor_parse(p != NULL ? span_str(p->uri) : args, &who, &e) == -1) {
		notice_bar(c, "name somebody: an address or a contact's name");
		return NULL;
	}
	key = xstrdup(who.key);
	aor_free(&who);
	return key;
}

enum command_does
command_forget(struct client *c, struct span args)
{
	struct buf text = {0};
	char *key, *shown;

	if (!commands_need_history(c))
		return COMMAND_REFUSED;
	key = commands_key_of(c, args);
	if (key == NULL)
		return COMMAND_REFUSED;
	shown = text_escape_line(span_str(key));
	buf_addf(&text,
	    "All that was said with %s, in both directions, with the draft and "
	    "the lines that you entered there. It is deleted from the disk, "
	    "and cannot be brought back.\n\n"
	    "Messages of yours to them that wait are given up.\n",
	    shown);
	free(shown);
	free(c->forget_key);
	c->forget_key = key;
	notice_page(c, "forget", &text, "Delete it?", commands_forget_answered);
	return COMMAND_DONE;
}

/* --- searching ------------------------------------------------------------ */

struct hits {
	struct span words;
	struct buf text;
	size_t count;
};

/* Appends the line of a text in which a byte stands, as much of it as fits. */
static void
commands_add_around(struct buf *b, struct span text, size_t at)
{
	size_t from = at, to = span_find(text, '\n', at);
	char *line;

	while (
	    from > 0 && at - from < SEARCH_TEXT / 2 && text.p[from - 1] != '\n')
		from--;
	while (from < at && (text.p[from] & 0xc0) == 0x80)
		from++;
	if (to - from > SEARCH_TEXT)
		to = from + SEARCH_TEXT;
	line = text_escape_line(span_cut(text, from, to));
	buf_addf(b, "%s\n", line);
	free(line);
}

static bool
commands_add_hit(void *arg, const struct store_message *m, bool damaged)
{
	struct hits *h = arg;
	struct span text = {(const unsigned char *)m->text, m->text_len};
	char *who;
	size_t at;

	if (damaged || m->text == NULL)
		return true;
	at = text_find(text, h->words, 0);
	if (at >= text.n)
		return true;
	who = text_escape_line(span_str(m->peer));
	commands_add_time(
	    &h->text, m->direction == STORE_OUT ? m->sent : m->arrived);
	buf_addf(&h->text, "  %s%s\n    ",
	    m->direction == STORE_OUT ? "to " : "", who);
	free(who);
	commands_add_around(&h->text, text, at);
	return ++h->count < SEARCH_MOST;
}

enum command_does
command_search(struct client *c, struct span args)
{
	struct store_query q = {.backward = true};
	struct hits h = {.words = args};
	struct buf title = {0};
	struct err e = {0};
	char *words;

	if (args.n == 0)
		return COMMAND_USAGE;
	if (!commands_need_history(c))
		return COMMAND_REFUSED;
	if (store_read(c->store, &q, commands_add_hit, &h, &e) == -1)
		notice_log(c, NULL, true, e.text);
	if (h.count == 0) {
		buf_free(&h.text);
		notice_bar(c, "not found in the history");
		return COMMAND_DONE;
	}
	if (h.count == SEARCH_MOST)
		buf_addf(&h.text,
		    "There may be more: signet log --grep finds all.\n");
	words = text_escape_line(args);
	buf_addf(&title, "search: %s", words);
	free(words);
	notice_page(c, (const char *)title.p, &h.text, NULL, NULL);
	buf_free(&title);
	return COMMAND_DONE;
}
