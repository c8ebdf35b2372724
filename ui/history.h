/*
 * What was said in earlier runs, in a conversation's log.
 */
#ifndef SIGNET_UI_HISTORY_H
#define SIGNET_UI_HISTORY_H

#include "ui/client_priv.h"

/* Fills a conversation that was just opened with its last lines. */
void history_load(struct client *c, struct conversation *v);
/* Puts a page of what was said before in front of its log. Returns whether
 * there was one; a notice tells of a log that is full. */
bool history_page(struct client *c, struct conversation *v);
/* Returns the oldest row that the log has, or before which the disk goes on
 * where it has none; 0: there is nothing on the disk. */
uint64_t history_oldest(const struct conversation *v);
/* Drops such pages again: the log begins where it began. */
void history_trim(struct conversation *v);

#endif
