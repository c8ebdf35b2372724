/*
 * The layout of the screen, and drawing it. The view reads the client's
 * state and changes nothing but the scrolling of its own panes.
 */
#ifndef SIGNET_UI_VIEW_H
#define SIGNET_UI_VIEW_H

#include "ui/client_priv.h"

/* The place of everything, for the size of the terminal. */
struct layout {
	int rows, columns;
	int banner, header; /* rows of each, from the top */
	int pane_y, pane_height, pane_width;
	int contacts_x, contacts_width; /* 0: no room for them */
	int bar_y, input_y, input_height;
	/* columns of a message before its text: of its time, of its name, and
	 * all of them with marks and bar */
	int time, name, gutter;
};

/* The thing that is drawn at a place. */
struct view_hit {
	size_t conversation; /* its index, or their count for none */
	const struct contact *contact; /* one without a conversation, or NULL */
	const struct log_line *message; /* or NULL */
};

void view_layout(const struct client *c, struct layout *l);
/* The rows of the conversation's pane, one at least. */
size_t view_pane_height(const struct client *c);
void view_draw(struct client *c);
/* Returns whether a page or a field covers the conversation. */
bool view_is_covered(const struct client *c);
void view_at(struct client *c, int y, int x, struct view_hit *hit);
/* The screen's options that the settings ask for. */
struct screen_options view_screen_options(const struct client *c);

#endif
