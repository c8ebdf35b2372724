/*
 * Completion of the word at the cursor. A pure structure, except that it reads
 * folders for file names.
 */
#ifndef SIGNET_UI_EDIT_COMPLETE_H
#define SIGNET_UI_EDIT_COMPLETE_H

#include "src/base/err.h"
#include "ui/edit/edit.h"

/* The kind of word that belongs at a place. */
enum complete_kind {
	COMPLETE_NOTHING,
	COMPLETE_COMMAND, /* "/wire" */
	COMPLETE_CONTACT,
	COMPLETE_FILE, /* see complete_path; folders end in '/' */
	COMPLETE_WORDS /* of a list, such as on|off */
};

/* The kind of the word that begins at the byte `from` of text; for
 * COMPLETE_WORDS also *words, with '|' between them. */
typedef enum complete_kind complete_place_fn(
    void *arg, struct span text, size_t from, const char **words);
/* The i-th name of a kind (COMMAND or CONTACT), or NULL after the last. A
 * command has its '/'. A contact is the name, a TAB and the address, or the
 * address alone. Borrowed until the next call. */
typedef const char *complete_name_fn(
    void *arg, enum complete_kind kind, size_t i);

struct complete;
/* The two functions are borrowed for its life. */
struct complete *complete_new(
    complete_place_fn *place, complete_name_fn *name, void *arg);
void complete_free(struct complete *c);

/* Tab (or Shift-Tab with back): completes the word before the cursor as far
 * as all candidates agree; a single candidate gets a blank after it, unless it
 * is a folder. Each further Tab in a row puts in the next candidate, and at
 * last the word as it was typed. Case is ignored. False where there is no
 * candidate. Any change of e in between begins anew. A contact is found by its
 * name or address, and put in without blanks: if the name has some, by its
 * address. Hidden files are offered where the word begins with a dot. */
bool complete_tab(struct complete *c, struct edit *e, bool back);
/* The candidates of the last Tab, escaped, two blanks between, in at most
 * `width` columns: those around the one in the line, and "..." after them where
 * there are more. "" when there is one or none. Borrowed until the next
 * call. */
const char *complete_shown(struct complete *c, size_t width);

/* The path of a typed file name: ~ and ~user at its start are a home folder (see
 * home_expand, whose error it gives), and a backslash makes the next character
 * a plain one (completion puts it before a blank, a backslash and a first '~').
 * For free(); NULL on an error. */
char *complete_path(struct span word, struct err *e);

#endif
