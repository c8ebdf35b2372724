/*
 * The pager: lines over the whole screen that can be searched and saved, and
 * may end in a question to answer with yes or no.
 */
#ifndef SIGNET_UI_SCREEN_PAGER_H
#define SIGNET_UI_SCREEN_PAGER_H

#include "ui/screen/screen.h"

struct pager;

/* Is told the answer to the question. */
enum pager_answer { PAGER_NO, PAGER_YES, PAGER_THIRD };
typedef void pager_fn(void *arg, enum pager_answer answer);

/* Takes over text (escaped lines). title and question are copied. With a
 * question, which stands at the foot, fn is told the answer. */
struct pager *pager_new(const char *title, struct buf *text,
    const char *question, pager_fn *fn, void *arg);
/* Lets the question be answered in a third way, by a small letter; words say
 * what it means. */
void pager_third(struct pager *p, char letter, const char *words);
/* Starts at the row with the byte at. */
void pager_begin(struct pager *p, size_t at);
void pager_free(struct pager *p);

enum pager_does { PAGER_STAYS, PAGER_CLOSES, PAGER_REDRAWS };
/* Handles a key. When it closes, fn has been called. */
enum pager_does pager_key(struct pager *p, const struct screen_key *key);
/* Draws it into rows [y, y + height). */
void pager_draw(struct pager *p, struct screen *s, int y, int height);

/* Writes the text to a new file (0600). EX_CANTCREAT when the file exists or
 * cannot be written. */
int pager_save(const struct pager *p, const char *path, struct err *e);

#endif
