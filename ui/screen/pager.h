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

/* Takes over text: escaped lines, which may be marked with their kinds
 * (src/base/paint.h). title and question are copied. With a question, which
 * stands at the foot, fn is told the answer. */
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

/* --- for a page that changes (ui/wire_view.c) ----------------------------- */

/* Takes over another text, in which the window begins at the row with the byte
 * at. */
void pager_set_text(struct pager *p, struct buf *text, size_t at);
/* Returns all of it, with its marks; borrowed. */
struct span pager_text(const struct pager *p);
/* Returns the byte at which the window begins; *end gets where it ends. */
size_t pager_window(const struct pager *p, size_t *end);
/* The line that begins at the byte at is drawn as the chosen one. */
void pager_choose(struct pager *p, size_t at);
/* The next frame has the bytes from..to in the window, or as many of the first
 * rows of them as fit. */
void pager_reveal(struct pager *p, size_t from, size_t to);
/* Shows a line at the foot instead of title and keys. It is copied. */
void pager_foot(struct pager *p, const char *line);
/* Shows a line there until the next key. */
void pager_note(struct pager *p, const char *line);
/* Returns whether a search word or a file's name is being typed. */
bool pager_types(const struct pager *p);
/* fn appends what is saved instead of the text. */
typedef void pager_saves_fn(void *arg, struct buf *out);
void pager_saves(struct pager *p, pager_saves_fn *fn, void *arg);

#endif
