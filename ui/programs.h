/*
 * Programs of the user's that the client runs: the editor for a long message,
 * and what opens links.
 */
#ifndef SIGNET_UI_PROGRAMS_H
#define SIGNET_UI_PROGRAMS_H

#include "ui/client_priv.h"

/* Makes c->programs and watches SIGCHLD. EX_OSERR. */
int programs_open(struct client *c, struct err *e);
/* Ends the editor, removes its file and lets the others run on. */
void programs_free(struct client *c);

/* Opens a link by open-command: its words and, last, the link are the arguments
 * of a program; no shell sees them. EX_OSERR, or EX_TEMPFAIL where too many
 * still run. */
int programs_open_link(struct client *c, struct span link, struct err *e);

/* Gives the terminal to $VISUAL, $EDITOR or vi with the input line of the
 * current conversation in a file (0600, in a folder of its own). What is in the
 * file when it ends well is the line then; messages are received meanwhile. */
void programs_edit(struct client *c);
/* Whether it has the terminal, or had it a moment ago: a ^C is for it. */
bool programs_editing(const struct client *c);

#endif
