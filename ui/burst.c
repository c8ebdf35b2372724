#include "ui/burst.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/conversation.h"
#include "ui/input.h"
#include "ui/notice.h"
#include "ui/view.h"

enum {
	BURST_ENDS = 5, /* line ends */
	BURST_TIME = 50, /* ms in which they come */
	BURST_QUIET = 200, /* ms without a key that end a burst */
	BURST_KEYS = EDIT_MAX /* more are dropped */
};

static bool
burst_is_enter(int code)
{
	return code == '\r' || code == SCREEN_ENTER;
}

/* Doubles the room for held keys. They may be of a password, so the old memory
 * is wiped. */
static void
burst_grow(struct held_keys *h)
{
	size_t room = h->room > 0 ? 2 * h->room : 64;
	struct held_key *keys = xcalloc(room, sizeof(*keys));

	if (h->count > 0)
		memcpy(keys, h->keys, h->count * sizeof(*keys));
	wipe(h->keys, h->count * sizeof(*keys));
	free(h->keys);
	h->keys = keys;
	h->room = room;
}

/* Keys are kept without the text of a paste, which is never held. */
static void
burst_hold(struct client *c, const struct screen_key *key)
{
	struct held_keys *h = &c->held;

	if (h->count == BURST_KEYS)
		return;
	if (h->count == h->room)
		burst_grow(h);
	h->keys[h->count++] = (struct held_key){
	    key->code, key->y, key->x, loop_now(c->loop)};
}

/* --- no burst ------------------------------------------------------------- */

/* Runs the first held key. */
static void
burst_run_first(struct client *c)
{
	struct held_key first = c->held.keys[0];
	struct screen_key key = {
	    .code = first.code, .y = first.y, .x = first.x};

	memmove(c->held.keys, c->held.keys + 1,
	    --c->held.count * sizeof(*c->held.keys));
	/* They may be of a password. */
	wipe(&c->held.keys[c->held.count], sizeof(*c->held.keys));
	input_key(c, &key);
}

/* Runs the held keys up to an Enter that may begin a burst still. */
static void
burst_run_held(struct client *c, bool all)
{
	loop_timer_del(c->loop, &c->held.timer);
	while (c->held.count > 0) {
		const struct held_key *first = &c->held.keys[0];
		uint64_t age = loop_now(c->loop) - first->at;

		if (!all && burst_is_enter(first->code) && age < BURST_TIME) {
			loop_timer_set(c->loop, &c->held.timer,
			    (unsigned)(BURST_TIME - age));
			return;
		}
		burst_run_first(c);
	}
}

/* --- a burst -------------------------------------------------------------- */

/* The line ends among the held keys of the last BURST_TIME; CR and LF are
 * one. */
static size_t
burst_recent_ends(const struct client *c)
{
	const struct held_keys *h = &c->held;
	uint64_t now = loop_now(c->loop);
	size_t ends = 0;

	for (size_t i = h->count; i-- > 0 && now - h->keys[i].at <= BURST_TIME;)
		ends += burst_is_enter(h->keys[i].code) ||
		    (h->keys[i].code == '\n' &&
			(i == 0 || !burst_is_enter(h->keys[i - 1].code)));
	return ends;
}

/* The text of the held keys, without the line end behind the last line. */
static void
burst_add_text(const struct held_keys *h, struct buf *out)
{
	for (size_t i = 0; i < h->count; i++) {
		int code = h->keys[i].code;

		if (burst_is_enter(code))
			buf_adds(out, "\n");
		else if (code == '\n' && i > 0 &&
		    burst_is_enter(h->keys[i - 1].code))
			continue;
		else if (code == '\n' || code == '\t' ||
		    (code >= ' ' && code < SCREEN_ALT))
			text_encode(out, (uint32_t)code);
	}
	while (out->n > 0 && out->p[out->n - 1] == '\n')
		out->n--;
}

static void
burst_send_answered(void *arg, enum pager_answer answer)
{
	struct client *c = arg;
	struct screen_key enter = {.code = '\r'};

	if (answer == PAGER_YES)
		input_key(c, &enter);
	else
		notice_bar(c,
		    "not sent: you answered no; the lines stay here, and ^C "
		    "clears them");
}

/* Puts the burst into the input line, and asks whether to enter it. */
static void
burst_ask(struct client *c)
{
	struct edit *line = conversation_current(c)->edit;
	struct buf text = {0}, shown = {0};
	bool fits;

	burst_add_text(&c->held, &text);
	fits = edit_insert(line, span_buf(&text));
	buf_wipe(&text);
	if (!fits) {
		notice_bar(c, "this is too long to paste");
		return;
	}
	buf_adds(&shown,
	    "These lines came at once, as if they were pasted. They are one "
	    "message.\n\n");
	text_escape(&shown, edit_text(line), true);
	buf_adds(&shown, "\n");
	notice_page(c, "send these lines?", &shown, "Send them as one message?",
	    burst_send_answered);
}

static void
burst_time_passed(void *arg)
{
	struct client *c = arg;

	if (!c->held.burst) {
		burst_run_held(c, false);
		return;
	}
	c->held.burst = false;
	burst_ask(c);
	memset(c->held.keys, 0, c->held.count * sizeof(*c->held.keys));
	c->held.count = 0;
	notice_redraw(c);
}

/* --- keys ----------------------------------------------------------------- */

void
burst_init(struct client *c)
{
	c->held.timer = (struct loop_timer){.fn = burst_time_passed, .arg = c};
}

void
burst_free(struct client *c)
{
	free(c->held.keys);
}

void
burst_key(struct client *c, const struct screen_key *key)
{
	struct held_keys *h = &c->held;

	if (!h->burst && key->code == SCREEN_PASTE)
		burst_run_held(c, true);
	if (h->count == 0 &&
	    (!burst_is_enter(key->code) || view_is_covered(c) ||
		c->mode != INPUT_LINE)) {
		input_key(c, key);
		return;
	}
	burst_hold(c, key);
	if (!h->burst && burst_recent_ends(c) >= BURST_ENDS)
		h->burst = true;
	if (h->burst)
		loop_timer_set(c->loop, &h->timer, BURST_QUIET);
	else if (h->count == 1)
		loop_timer_set(c->loop, &h->timer, BURST_TIME);
}
