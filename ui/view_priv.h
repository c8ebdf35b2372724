/*
 * Shared by the parts of the view: private to ui/view*.c.
 */
#ifndef SIGNET_UI_VIEW_PRIV_H
#define SIGNET_UI_VIEW_PRIV_H

#include "ui/view.h"

/* Finds the widest verdict of the lines that will be drawn. Returns whether it
 * is wider than any before, so that the layout changes. */
bool view_log_measure(struct client *c, const struct layout *l);
/* Draws the lines of the current conversation. */
void view_log_draw(struct client *c, const struct layout *l);
/* Draws the input line, around the cursor. */
void view_input_draw(struct client *c, const struct layout *l);
/* Rows that the input line takes in so many columns. */
int view_input_rows(const struct client *c, int columns);

#endif
