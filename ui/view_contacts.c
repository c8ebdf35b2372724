/*
 * The contacts' pane: conversations, and contacts without one.
 */
#include "ui/view_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/conversation.h"
#include "ui/typing.h"

enum {
	CONTACTS_LEAST = 12, /* columns of the pane */
	CONTACTS_MOST = 24,
	CONTACTS_UNREAD = 4, /* columns of " (1)" */
	CONTACTS_BESIDE = 80, /* columns that the text keeps beside it */
	CONTACTS_ASKED = 20, /* and where it was asked for */
	CONTACTS_FEW = 2 /* less people than these need no list */
};

/* --- its width ------------------------------------------------------------ */

static size_t
view_count_people(const struct client *c)
{
	size_t n = contacts_count(c->contacts);

	for (size_t i = 1; i < c->count; i++)
		n += c->conversations[i]->contact == NULL;
	return n;
}

/* The columns of name where they are more than longest, which is returned
 * otherwise. Most names are not measured: none has more columns than bytes. An
 * escaped one may have more, and is cut. */
static size_t
view_longer(const char *name, size_t longest)
{
	size_t columns = strlen(name) <= longest ? 0
						 : text_width(span_str(name));

	return columns > longest ? columns : longest;
}

/* The columns of the longest name, up to most. */
static size_t
view_longest_name(const struct client *c, size_t most)
{
	size_t longest = 0;

	for (size_t i = 0; i < c->count && longest < most; i++) {
		char *name = conversation_name(c->conversations[i]);

		longest = view_longer(name, longest);
		free(name);
	}
	for (size_t i = 0; i < contacts_count(c->contacts) && longest < most;
	     i++)
		longest = view_longer(
		    contact_name(contacts_at(c->contacts, i)), longest);
	return longest < most ? longest : most;
}

int
view_contacts_width(const struct client *c, int room)
{
	bool asked = c->pane == PANE_SHOWN;
	int most = room - 1 - (asked ? CONTACTS_ASKED : CONTACTS_BESIDE), width;

	if (c->pane == PANE_HIDDEN || most < CONTACTS_LEAST ||
	    (!asked && view_count_people(c) < CONTACTS_FEW))
		return 0;
	if (most > CONTACTS_MOST)
		most = CONTACTS_MOST;
	/* Before a name stand its number and the mark, and behind it how many
	 * are unread. */
	width = CONTACTS_UNREAD + (c->count < 10 ? 2 : c->count < 100 ? 3 : 4);
	width += (int)view_longest_name(c, CONTACTS_MOST);
	return width < CONTACTS_LEAST ? CONTACTS_LEAST
	    : width > most            ? most
				      : width;
}

/* --- its rows ------------------------------------------------------------- */

static bool
view_has_conversation(const struct client *c, const struct contact *p)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->conversations[i]->contact == p)
			return true;
	return false;
}

/* A row of the contacts' pane: a conversation, a contact, or the empty row
 * between the two. */
struct contacts_row {
	size_t which; /* the conversation's index, or their count */
	struct contact *who;
};

/* Fills in the visible rows and returns how many there are. */
static size_t
view_contacts_rows(
    const struct client *c, struct contacts_row *rows, size_t height)
{
	size_t n = 0, i = c->contacts_top;

	for (; n < height && i <= c->count; i++)
		rows[n++] = (struct contacts_row){i, NULL};
	/* So many contacts without a conversation are above the top. */
	i = i > c->count + 1 ? i - c->count - 1 : 0;
	for (size_t k = 0; n < height && k < contacts_count(c->contacts); k++) {
		struct contact *p = contacts_at(c->contacts, k);

		if (view_has_conversation(c, p))
			continue;
		if (i > 0)
			i--;
		else
			rows[n++] = (struct contacts_row){c->count, p};
	}
	return n;
}

/* Draws the mark of a pinned certificate that is not verified: in the column
 * before the name, where no name gets, and a blank stands otherwise. */
static void
view_draw_mark(struct client *c, int y, int x, enum contact_pin pin)
{
	if (pin == CONTACT_UNVERIFIED)
		(void)screen_puts(c->screen, y, x, 1, "?", STYLE_WARN);
}

static void
view_draw_conversation_row(
    struct client *c, const struct layout *l, int y, size_t which)
{
	const struct conversation *v = c->conversations[which];
	enum style style = which == c->current ? STYLE_CHOSEN
	    : v->urgent                        ? STYLE_BAD
	    : v->unread > 0                    ? STYLE_NAME
					       : STYLE_TEXT;
	char *name = conversation_name(v);
	char number[24], unread[32] = "";
	int x = l->contacts_x, room = l->contacts_width, tail;

	if (which == c->current)
		screen_fill(c->screen, y, x, room, style);
	(void)snprintf(number, sizeof(number), "%zu ", which + 1);
	if (v->unread > 0)
		(void)snprintf(unread, sizeof(unread), " (%zu)%s", v->unread,
		    v->urgent ? "!" : "");
	if (typing_now(c, v))
		(void)snprintf(unread + strlen(unread),
		    sizeof(unread) - strlen(unread), " ..");
	tail = (int)strlen(unread);
	x += screen_puts(c->screen, y, x, room, number, style);
	view_draw_mark(c, y, x - 1, view_pin(v));
	room = l->contacts_x + l->contacts_width - x - tail;
	if (room > 0)
		x += screen_put_name(c->screen, y, x, room, name, style);
	(void)screen_puts(c->screen, y, x, tail, unread, style);
	free(name);
}

void
view_contacts_draw(struct client *c, const struct layout *l)
{
	struct contacts_row rows[SCREEN_ROWS];
	size_t count;

	if (c->contacts_top >= c->count + 1 + contacts_count(c->contacts))
		c->contacts_top = 0;
	for (int i = 0; i < l->pane_height; i++)
		screen_border(c->screen, l->pane_y + i, l->contacts_x - 1);
	count = view_contacts_rows(c, rows, (size_t)l->pane_height);
	for (size_t i = 0; i < count; i++) {
		int y = l->pane_y + (int)i;
		char *name;

		if (rows[i].which < c->count)
			view_draw_conversation_row(c, l, y, rows[i].which);
		if (rows[i].who == NULL)
			continue;
		name = text_escape_line(span_str(contact_name(rows[i].who)));
		(void)screen_put_name(c->screen, y, l->contacts_x + 2,
		    l->contacts_width - 2, name,
		    rows[i].who->ignored ? STYLE_DIM : STYLE_TEXT);
		view_draw_mark(c, y, l->contacts_x + 1, rows[i].who->pin);
		free(name);
	}
}

void
view_contacts_at(
    struct client *c, const struct layout *l, int row, struct view_hit *hit)
{
	struct contacts_row rows[SCREEN_ROWS];

	if ((size_t)row >= view_contacts_rows(c, rows, (size_t)l->pane_height))
		return;
	hit->conversation = rows[row].which;
	hit->contact = rows[row].who;
}
