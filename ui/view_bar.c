/*
 * The status bar: the clock, what is registered, what is below, who types, and
 * the conversations with news.
 */
#include "ui/view_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "ui/conversation.h"
#include "ui/marks.h"
#include "ui/typing.h"

enum {
	ADDRESSES = 60, /* columns from which it has one's own address */
	BAR_NAME = 24 /* columns of a name */
};

/* The name of a conversation, for free; its number for a long one, since a cut
 * address could be mistaken for another. */
static char *
view_bar_name(const struct client *c, size_t which)
{
	char *name = conversation_name(c->conversations[which]);

	if (text_width(span_str(name)) > BAR_NAME)
		(void)snprintf(name, strlen(name) + 1, "#%zu", which + 1);
	return name;
}

/* The clock, and one mark of the registration: its words where it alarms. */
static void
view_bar_clock(struct client *c, int y, int *x)
{
	char text[TIME_LOCAL];

	time_local(text, TIME_CLOCK, time(NULL));
	view_put_text(c, y, x, text, STYLE_BAR);
	if (c->registration == NULL)
		return;
	if (c->unregistered) {
		view_put_text(c, y, x, marks_sign(MARK_ALARM), STYLE_BAR_BAD);
		view_put_text(c, y, x, c->registration, STYLE_BAR_BAD);
	} else
		view_put_text(c, y, x,
		    marks_sign(c->registered ? MARK_GOOD : MARK_WAITING),
		    STYLE_BAR);
}

static void
view_bar_below(struct client *c, int y, int *x)
{
	const struct log *log = conversation_current(c)->log;
	char text[128];

	if (log_at_end(log))
		return;
	(void)snprintf(text, sizeof(text),
	    "scrolled back: %zu below, %zu new (ESC: end, /: search)",
	    log_lines_below(log), log_below(log));
	view_put_text(c, y, x, text, STYLE_BAR_HOT);
}

static void
view_bar_typing(struct client *c, int y, int *x)
{
	for (size_t i = 0; i < c->count; i++) {
		char *name;

		if (!typing_now(c, c->conversations[i]))
			continue;
		name = view_bar_name(c, i);
		view_put_text(c, y, x, name, STYLE_BAR_HOT);
		view_put_text(c, y, x, "is typing", STYLE_BAR);
		free(name);
	}
}

/* "2 bob 3": the conversation's number, its name, how many are unread, and
 * whether one of them is loud. False where it does not fit. */
static bool
view_bar_unread(struct client *c, size_t which, int y, int *x)
{
	const struct conversation *v = c->conversations[which];
	enum style style = v->urgent ? STYLE_BAR_BAD : STYLE_BAR_HOT;
	char *name = view_bar_name(c, which);
	char number[24], count[24];
	bool fits;

	(void)snprintf(number, sizeof(number), "%zu", which + 1);
	(void)snprintf(
	    count, sizeof(count), "%zu%s", v->unread, v->urgent ? "!" : "");
	fits = *x + (int)(strlen(number) + strlen(count)) +
		(int)text_width(span_str(name)) + 2 <=
	    screen_columns(c->screen);
	if (fits) {
		view_put_text(c, y, x, number, STYLE_BAR);
		view_put_text(c, y, x, name, style);
		view_put_text(c, y, x, count, style);
	}
	free(name);
	return fits;
}

/* "2 bob 3, 4 erin 1!" */
static void
view_bar_news(struct client *c, int y, int *x)
{
	bool first = true;

	for (size_t i = 0; i < c->count; i++) {
		if (c->conversations[i]->unread == 0)
			continue;
		if (!first) {
			(*x)--;
			view_put_text(c, y, x, ",", STYLE_BAR);
		}
		first = false;
		if (!view_bar_unread(c, i, y, x)) {
			view_put_text(c, y, x, "..", STYLE_BAR_HOT);
			return;
		}
	}
}

void
view_bar_draw(struct client *c, const struct layout *l)
{
	int x = 0;

	if (l->bar_y < 0)
		return;
	screen_fill(c->screen, l->bar_y, 0, l->columns, STYLE_BAR);
	if (c->notice.n > 0 || c->hint != NULL) {
		char *line = text_escape_line(
		    c->notice.n > 0 ? span_buf(&c->notice) : span_str(c->hint));

		view_put_text(c, l->bar_y, &x, line, STYLE_BAR);
		free(line);
		return;
	}
	view_bar_clock(c, l->bar_y, &x);
	view_bar_below(c, l->bar_y, &x);
	view_bar_typing(c, l->bar_y, &x);
	view_bar_news(c, l->bar_y, &x);
	if (l->columns < ADDRESSES)
		return;
	view_put_text(c, l->bar_y, &x, c->config.aors.items[0], STYLE_BAR);
	if (c->registration == NULL && c->listening.n > 0)
		view_put_text(
		    c, l->bar_y, &x, (const char *)c->listening.p, STYLE_BAR);
}
