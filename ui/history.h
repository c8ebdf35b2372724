/*
 * What was said in earlier runs, in a conversation's log.
 */
#ifndef SIGNET_UI_HISTORY_H
#define SIGNET_UI_HISTORY_H

#include "ui/client_priv.h"

/* Fills a conversation that was just opened with its last lines. */
void history_load(struct client *c, struct conversation *v);

#endif
