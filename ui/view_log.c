/*
 * The conversation's pane: to the left of each message, behind a bar that no
 * text can cross, stand its time, verdict and sender.
 */
#include "ui/view_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "ui/conversation.h"

static const char *
view_signature_word(const struct log_line *line, enum style *style)
{
	if (line->alarm) {
		*style = STYLE_BAD;
		return "NOT SIGNED";
	}
	*style = line->signature == SIGNATURE_GOOD        ? STYLE_GOOD
	    : line->signature == SIGNATURE_NONE           ? STYLE_DIM
	    : line->signature == SIGNATURE_UNKNOWN_SIGNER ? STYLE_WARN
							  : STYLE_BAD;
	return verdict_signature_name(line->signature);
}

/* Why a message was refused: the signature's verdict, else the encryption's. */
static const char *
view_refusal_word(const struct log_line *line, enum style *style)
{
	*style = STYLE_BAD;
	if (line->alarm)
		return "NOT SIGNED";
	if (!line->judged)
		return "refused";
	if (line->signature != SIGNATURE_GOOD &&
	    line->signature != SIGNATURE_NONE)
		return verdict_signature_name(line->signature);
	if (line->encryption != ENCRYPTION_NONE &&
	    line->encryption != ENCRYPTION_OPENED)
		return verdict_encryption_name(line->encryption);
	return "refused";
}

const char *
view_word(const struct log_line *line, enum style *style)
{
	switch (line->kind) {
	case LOG_THEIRS:
		return view_signature_word(line, style);
	case LOG_REFUSED:
		return view_refusal_word(line, style);
	case LOG_NOTE:
		*style = STYLE_NOTE;
		return "signet";
	case LOG_LOUD:
		*style = STYLE_LOUD;
		return "signet";
	case LOG_MINE:
		break;
	}
	switch (line->state) {
	case LOG_WAITING:
		*style = STYLE_WARN;
		return "waiting";
	case LOG_SENT:
		*style = STYLE_DIM;
		return "sent";
	case LOG_ACCEPTED:
		*style = STYLE_DIM;
		return "accepted";
	case LOG_DISPLAYED:
		*style = STYLE_GOOD;
		return "displayed";
	case LOG_DELIVERED:
		*style = STYLE_GOOD;
		return "delivered";
	case LOG_FAILED:
		break;
	}
	*style = STYLE_BAD;
	return "failed";
}

/* s: signed (only of mine; a received one has its verdict), e: encrypted. */
static const char *
view_marks(const struct log_line *line)
{
	bool encrypted = line->kind == LOG_MINE
	    ? line->encrypt
	    : line->judged && line->encryption == ENCRYPTION_OPENED;

	if (line->kind == LOG_MINE && line->sign)
		return encrypted ? "se" : "s ";
	return encrypted ? " e" : "  ";
}

static void
view_draw_time(struct client *c, const struct log_line *line, int y, int x)
{
	char text[TIME_LOCAL];

	time_local(text, TIME_CLOCK, line->time);
	(void)screen_puts(c->screen, y, x, 5, text, STYLE_DIM);
}

static void
view_draw_name(struct client *c, const struct layout *l,
    const struct log_line *line, int y, int x)
{
	bool mine = line->kind == LOG_MINE;
	char *name = line->who != NULL ? xstrdup(line->who)
	    : mine                     ? xstrdup("me")
		   : conversation_name(conversation_current(c));

	/* Only the user part: the header has the whole address, and a cut host
	 * would mislead. */
	if (line->who == NULL)
		name[strcspn(name, "@")] = '\0';
	if (line->kind != LOG_NOTE && line->kind != LOG_LOUD)
		(void)screen_put_name(c->screen, y, x, l->name, name,
		    mine ? STYLE_MINE : STYLE_NAME);
	free(name);
}

/* Draws the columns before the bar for a message's first row. A verdict that is
 * too long even for a layout that minds it is cut, with a mark. */
static void
view_draw_gutter(struct client *c, const struct layout *l,
    const struct log_line *line, int y)
{
	enum style style;
	const char *word = view_word(line, &style);
	int x = l->time;

	if (l->time > 0)
		view_draw_time(c, line, y, 0);
	(void)screen_put_name(c->screen, y, x, l->word, word, style);
	x += l->word + 1;
	if (l->pane_width < l->gutter + 4)
		return;
	if (l->gutter >= x + 3)
		(void)screen_puts(
		    c->screen, y, x, 2, view_marks(line), STYLE_DIM);
	if (l->name > 0)
		view_draw_name(c, l, line, y, x + 3);
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
		return row->line->kind == LOG_MINE &&
			row->line->state == LOG_FAILED
		    ? STYLE_BAD
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

static void
view_draw_text_row(struct client *c, const struct layout *l,
    const struct log_row *row, bool reason, int y)
{
	int x = l->gutter, room = l->pane_width - l->gutter;

	if (row->chosen)
		screen_fill(c->screen, y, 0, l->gutter - 2, STYLE_CHOSEN);
	if (row->first && row->kind == ROW_TEXT)
		view_draw_gutter(c, l, row->line, y);
	else if (reason && l->word >= 6)
		(void)screen_puts(
		    c->screen, y, l->time, l->word, "reason", STYLE_DIM);
	(void)screen_puts(c->screen, y, x - 2, 1, view_bar_of(row),
	    row->chosen ? STYLE_CHOSEN : STYLE_DIM);
	(void)screen_put(
	    c->screen, y, x, room, row->text, view_text_style(row));
}

/* A row across the pane. No message can imitate it, since it begins left of
 * the bar. */
static void
view_draw_rule(
    struct client *c, const struct layout *l, const struct log_row *row, int y)
{
	char text[TIME_LOCAL], line[128];

	if (row->kind == ROW_UNREAD)
		(void)snprintf(text, sizeof(text), "unread");
	else
		time_local(text, TIME_DAY, row->line->time);
	(void)snprintf(line, sizeof(line), "---- %s ----", text);
	(void)screen_puts(c->screen, y, 0, l->pane_width, line, STYLE_DIM);
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

bool
view_log_measure(struct client *c, const struct layout *l)
{
	struct conversation *v = conversation_current(c);
	struct log_row rows[SCREEN_ROWS];
	size_t count = view_visible_rows(c, l, rows);
	int before = v->word;

	for (size_t i = 0; i < count; i++) {
		enum style style;
		int n;

		if (!rows[i].first || rows[i].kind != ROW_TEXT)
			continue;
		n = (int)strlen(view_word(rows[i].line, &style));
		if (n > v->word)
			v->word = n;
	}
	return v->word > before;
}

void
view_log_draw(struct client *c, const struct layout *l)
{
	struct log_row rows[SCREEN_ROWS];
	size_t count = view_visible_rows(c, l, rows);
	int y;

	y = l->pane_y + l->pane_height - (int)count;
	for (size_t i = 0; i < count; i++, y++)
		if (rows[i].kind == ROW_DAY || rows[i].kind == ROW_UNREAD)
			view_draw_rule(c, l, &rows[i], y);
		else
			view_draw_text_row(c, l, &rows[i],
			    rows[i].kind == ROW_WHY &&
				(i == 0 || rows[i - 1].kind != ROW_WHY),
			    y);
}
