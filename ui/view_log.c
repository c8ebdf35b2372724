/*
 * The conversation's pane: to the left of each message, behind a bar that no
 * text can cross, stand its time, marks and sender.
 */
#include "ui/view_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "ui/conversation.h"
#include "ui/log/highlight.h"
#include "ui/log/link.h"
#include "ui/marks.h"

static void
view_draw_time(struct client *c, const struct log_line *line, int y, int x)
{
	char text[TIME_LOCAL];

	time_local(text, TIME_CLOCK, line->time);
	(void)screen_puts(c->screen, y, x, 5, text, STYLE_DIM);
}

/* Appends a name so that it can have no mark where the marks end: what it
 * begins with is a letter or a digit, or shown as '_'. */
static void
view_add_name(struct buf *out, struct span name)
{
	uint32_t c = 0;
	size_t at = 0, n;

	while ((n = text_decode(name, at, &c)) > 0 && !iswalnum((wint_t)c)) {
		buf_adds(out, "_");
		at += n;
	}
	buf_addspan(out, span_cut(name, at, name.n));
	buf_add(out, "", 1);
}

static void
view_draw_name(struct client *c, const struct layout *l,
    const struct log_line *line, int y, int x)
{
	bool mine = line->kind == LOG_MINE;
	char *name = line->who != NULL ? xstrdup(line->who)
	    : mine                     ? xstrdup("me")
		   : conversation_name(conversation_current(c));
	struct buf shown = {0};

	/* Only the user part: the header, or the row below, has the whole
	 * address, and a cut host would mislead. */
	name[strcspn(name, "@")] = '\0';
	view_add_name(&shown, span_str(name));
	(void)screen_put_name(c->screen, y, x, l->name, (const char *)shown.p,
	    mine ? STYLE_MINE : STYLE_NAME);
	buf_free(&shown);
	free(name);
}

/* Draws the margin of a message's first row. */
static void
view_draw_margin(struct client *c, const struct layout *l,
    const struct log_line *line, bool named, int y)
{
	struct mark_of mark = marks_of(line);
	int x = l->time;

	if (l->time > 0)
		view_draw_time(c, line, y, 0);
	if (mark.mark == MARK_BLANK) {
		/* It begins where marks stand, and no name gets. */
		(void)screen_puts(
		    c->screen, y, x, l->gutter - x - 2, mark.word, mark.style);
		return;
	}
	(void)screen_puts(
	    c->screen, y, x, 1, marks_sign(mark.mark), mark.style);
	if (marks_encrypted(line))
		(void)screen_puts(c->screen, y, x + 1, 1,
		    marks_sign(MARK_ENCRYPTED), STYLE_DIM);
	if (l->name > 0 && named)
		view_draw_name(c, l, line, y, x + 2);
}

static const char *
view_bar_of(const struct log_row *row)
{
	if (row->kind == ROW_WHY)
		return ":";
	switch (row->line->kind) {
	case LOG_THEIRS:
		return "|";
	case LOG_MINE:
		return ">";
	default:
		return ":";
	}
}

static enum style
view_text_style(const struct log_row *row)
{
	if (row->found)
		return STYLE_FOUND;
	if (row->kind == ROW_WHY)
		return marks_alarm(row->line) ? marks_of(row->line).style
					      : STYLE_NOTE;
	switch (row->line->kind) {
	case LOG_REFUSED:
		return STYLE_BAD;
	case LOG_NOTE:
		return STYLE_NOTE;
	case LOG_LOUD:
		return STYLE_LOUD;
	default:
		return row->line->old ? STYLE_DIM : STYLE_TEXT;
	}
}

/* Draws part of a message's text, with the words of the setting highlight. */
static int
view_draw_words(struct client *c, int y, int x, int room, struct span text,
    enum style style)
{
	struct span word;
	int taken = 0;
	size_t at = 0;

	while (highlight_find(span_str(c->config.highlight), text, at, &word)) {
		size_t from = (size_t)(word.p - text.p);

		taken += screen_put(c->screen, y, x + taken, room - taken,
		    span_cut(text, at, from), style);
		taken += screen_put(
		    c->screen, y, x + taken, room - taken, word, STYLE_WORD);
		at = from + word.n;
	}
	return taken +
	    screen_put(c->screen, y, x + taken, room - taken,
		span_cut(text, at, text.n), style);
}

/* Draws a row of a message's text, with its links as hyperlinks: also the part
 * in this row of one that began in a row above. */
static void
view_draw_message_row(struct client *c, const struct log_row *row, int y, int x,
    int room, enum style style)
{
	struct span all = {
	    (const unsigned char *)row->line->text, row->line->text_len};
	size_t begin, end, at, from, to;
	int taken = 0;

	if (row->text.n == 0)
		return;
	begin = at = (size_t)(row->text.p - all.p);
	end = begin + row->text.n;
	if (all.n - begin > row->text.n + LINK_MAX)
		all.n = begin + row->text.n + LINK_MAX;
	while (at < end && link_find(all, at, &from, &to) && from < end) {
		struct span before = span_cut(all, at, from > at ? from : at);
		struct span part = span_cut(
		    all, from > at ? from : at, to < end ? to : end);

		taken += view_draw_words(
		    c, y, x + taken, room - taken, before, style);
		screen_link(c->screen, span_cut(all, from, to));
		taken += screen_put(
		    c->screen, y, x + taken, room - taken, part, style);
		screen_link(c->screen, (struct span){NULL, 0});
		at = to;
	}
	if (at < end)
		(void)view_draw_words(c, y, x + taken, room - taken,
		    span_cut(all, at, end), style);
}

static void
view_draw_text_row(struct client *c, const struct layout *l,
    const struct log_row *row, bool named, int y)
{
	int x = l->gutter, room = l->pane_width - l->gutter;
	enum style style = view_text_style(row);

	if (row->chosen)
		screen_fill(c->screen, y, 0, l->gutter - 2, STYLE_CHOSEN);
	if (row->first && row->kind == ROW_TEXT)
		view_draw_margin(c, l, row->line, named, y);
	(void)screen_puts(c->screen, y, x - 2, 1, view_bar_of(row),
	    row->chosen ? STYLE_CHOSEN : STYLE_DIM);
	if (row->kind == ROW_TEXT &&
	    (row->line->kind == LOG_THEIRS || row->line->kind == LOG_MINE))
		view_draw_message_row(c, row, y, x, room, style);
	else
		(void)screen_put(c->screen, y, x, room, row->text, style);
}

/* A row across the pane. No message can imitate it, since it begins left of
 * the bar. */
static void
view_draw_rule(
    struct client *c, const struct layout *l, const struct log_row *row, int y)
{
	char text[TIME_LOCAL], line[128];
	int x;

	if (row->kind == ROW_UNREAD)
		(void)snprintf(text, sizeof(text), "unread");
	else
		time_local(text, TIME_DAY, row->line->time);
	(void)snprintf(line, sizeof(line), "---- %s ----", text);
	x = screen_puts(c->screen, y, 0, l->pane_width, line, STYLE_DIM);
	while (x < l->pane_width)
		x += screen_puts(c->screen, y, x, 1, "-", STYLE_DIM);
}

static size_t
view_visible_rows(
    struct client *c, const struct layout *l, struct log_row *rows)
{
	struct conversation *v = conversation_current(c);
	int room = l->pane_width - l->gutter;

	if (l->pane_height <= 0)
		return 0;
	log_width(v->log, room > 2 ? (size_t)room : 2);
	return log_rows(v->log, (size_t)l->pane_height, rows);
}

void
view_log_draw(struct client *c, const struct layout *l)
{
	struct log_row rows[SCREEN_ROWS];
	size_t count = view_visible_rows(c, l, rows);
	bool named = false;
	int y;

	y = l->pane_y + l->pane_height - (int)count;
	for (size_t i = 0; i < count; i++, y++) {
		if (rows[i].kind == ROW_DAY || rows[i].kind == ROW_UNREAD) {
			view_draw_rule(c, l, &rows[i], y);
			continue;
		}
		/* The first message of the window has its name. */
		view_draw_text_row(
		    c, l, &rows[i], !named || !rows[i].continues, y);
		named = named || rows[i].first;
	}
}
