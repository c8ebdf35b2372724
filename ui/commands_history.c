/*
 * Commands for what waits, and for what is kept.
 */
#include "ui/commands_priv.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/store/store.h"
#include "ui/client_talk.h"
#include "ui/conversation.h"
#include "ui/history_search.h"
#include "ui/notice.h"
#include "ui/people.h"

enum {
	OUTBOX_TEXT = 60, /* columns of a text that are listed */
	OUTBOX_BYTES = 400 /* bytes of it, at most */
};

/* --- what waits ----------------------------------------------------------- */

static void
commands_add_pending(void *arg, const struct ua_pending *p)
{
	struct buf *b = arg;
	struct span text = {(const unsigned char *)p->text, p->text_len};
	char *to = text_escape_line(span_str(p->to));
	char *line = text_escape_line(span_cut(text, 0, OUTBOX_BYTES));
	char since[TIME_LOCAL];
	size_t end, shown;

	time_local(since, TIME_MINUTE, p->since);
	shown = text_row(span_str(line), 0, OUTBOX_TEXT, &end);
	buf_addf(b, "%s  to %s\n    %.*s%s\n", since, to, (int)shown, line,
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
	    off ? "what is said with %s from now on is not kept"
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
		    "deleted: no file of the history has any of it");
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
commands_forget_answered(void *arg, enum pager_answer answer)
{
	struct client *c = arg;
	struct conversation *v;
	struct err e;
	struct aor who;

	if (answer != PAGER_YES) {
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

enum command_does
command_search(struct client *c, struct span args)
{
	if (args.n == 0)
		return COMMAND_USAGE;
	if (!commands_need_history(c))
		return COMMAND_REFUSED;
	history_search_all(c, args);
	return COMMAND_DONE;
}
