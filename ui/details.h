/*
 * Pages that tell more of a line: the full verdict of a message, and what can be
 * done about a notice.
 */
#ifndef SIGNET_UI_DETAILS_H
#define SIGNET_UI_DETAILS_H

#include "ui/client_priv.h"

/* Shows the full verdict of the chosen message, or of the last that came. */
void details_show(struct client *c);
/* Shows what can be done about the newest notice that has something: of the
 * current conversation, else of the client's own. */
void details_how(struct client *c);

#endif
