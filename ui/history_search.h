/*
 * Searching the history on the disk: some rows in each round of the loop, so
 * that keys echo meanwhile, and the bar says how far it is. A client has one
 * search at a time; a new one ends the one before.
 */
#ifndef SIGNET_UI_HISTORY_SEARCH_H
#define SIGNET_UI_HISTORY_SEARCH_H

#include "ui/client_priv.h"

/* Looks for words in all that was kept, and opens a page with what is found. */
void history_search_all(struct client *c, struct span words);
/* Looks for a word above the log of v. Where it is there, puts pages in front
 * of the log until they have it, and moves the log's window, which has that
 * height, to it. */
void history_search_above(
    struct client *c, struct conversation *v, struct span word, size_t height);
/* Ends a search; returns whether there was one. */
bool history_search_stop(struct client *c);
/* The same, if it is above the log of v. */
void history_search_leave(struct client *c, const struct conversation *v);
/* For ESC: the same as history_search_stop, and the bar says it. */
bool history_search_escape(struct client *c);

#endif
