/*
 * What the history keeps of people beside their messages: how far one has read,
 * drafts, entered lines, and whether anything of theirs is kept. Without a
 * history nothing here does anything.
 */
#ifndef SIGNET_UI_PEOPLE_H
#define SIGNET_UI_PEOPLE_H

#include "ui/client_priv.h"

/* Reads what is kept, and prepares c->people_save. */
void people_open(struct client *c);
void people_free(struct client *c);
/* The person with that key (user@host), made where there is none. */
struct person *people_of(struct client *c, const char *key);

/* Gives a conversation that was just opened its draft and the lines that were
 * entered in it. */
void people_enter(struct client *c, struct conversation *v);
/* All that came in v is read. It is written soon. */
void people_read(struct client *c, struct conversation *v);
/* A line was entered in v, whose input line is empty now. */
void people_entered(struct client *c, struct conversation *v, struct span line);
/* v is left: its draft is kept, unless it may be a secret. */
void people_leave(struct client *c, struct conversation *v);
/* From now on things of that person are kept, or not. */
void people_set_off(struct client *c, struct person *p, bool off);
/* All of a person was deleted from the disk; off stays. */
void people_forgotten(struct client *c, struct person *p);
/* Writes what has changed. */
void people_save(struct client *c);

#endif
