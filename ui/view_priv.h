/*
 * Shared by the parts of the view: private to ui/view*.c.
 */
#ifndef SIGNET_UI_VIEW_PRIV_H
#define SIGNET_UI_VIEW_PRIV_H

#include "ui/view.h"

/* Draws words at *x, and moves *x behind them and a blank. */
void view_put_text(
    struct client *c, int y, int *x, const char *text, enum style style);
/* Whether the certificates of a conversation's peer are pinned, and verified.
 * Only contacts can be verified. */
enum contact_pin view_pin(const struct conversation *v);
/* The columns of the contacts' pane where it shares so many with texts; 0:
 * there is none. */
int view_contacts_width(const struct client *c, int room);
void view_contacts_draw(struct client *c, const struct layout *l);
/* What is drawn in a row of it. */
void view_contacts_at(
    struct client *c, const struct layout *l, int row, struct view_hit *hit);
void view_bar_draw(struct client *c, const struct layout *l);
/* Draws the lines of the current conversation. */
void view_log_draw(struct client *c, const struct layout *l);
/* Draws the input line, around the cursor. */
void view_input_draw(struct client *c, const struct layout *l);
/* Rows that the input line takes in so many columns. */
int view_input_rows(const struct client *c, int columns);

#endif
