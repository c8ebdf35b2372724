/*
 * The pager: lines over the whole screen, to be read, searched, saved, and
 * maybe answered with yes or no.
 */
#ifndef SIGNET_UI_SCREEN_PAGER_H
#define SIGNET_UI_SCREEN_PAGER_H

#include "ui/screen/screen.h"

struct pager;

/* The answer to its question. */
typedef void pager_fn(void *arg, bool yes);

/* Takes over text (lines, harmless). title is copied. With fn it is a
 * question, whose words are at its foot. */
struct pager *pager_new(const char *title, struct buf *text,
    const char *question, pager_fn *fn, void *arg);
/* Begins at the row that has the byte at. */
void pager_begin(struct pager *p, size_t at);
void pager_free(struct pager *p);

enum pager_does { PAGER_STAYS, PAGER_CLOSES, PAGER_REDRAWS };
/* A key; `height` as it was last drawn. When it closes, fn has been told. */
enum pager_does pager_key(struct pager *p, const struct screen_key *key);
/* Draws it into rows [y, y + height). */
void pager_draw(struct pager *p, struct screen *s, int y, int height);

/* Writes all of it to a new file (0600). EX_CANTCREAT when it is there already
 * or cannot be written. */
int pager_save(const struct pager *p, const char *path, struct err *e);

#endif
