/*
 * Completion: the word at the cursor, and what it may become, in turn.
 * A pure structure but for file names.
 */
#ifndef SIGNET_UI_EDIT_COMPLETE_H
#define SIGNET_UI_EDIT_COMPLETE_H

#include "ui/edit/edit.h"

/* What the words of a place are. */
enum complete_kind {
	COMPLETE_NOTHING,
	COMPLETE_COMMAND, /* "/wire" */
	COMPLETE_CONTACT,
	COMPLETE_FILE, /* see complete_path; folders end in '/' */
	COMPLETE_WORDS /* of a list, such as on and off */
};

/* Says what belongs at the byte `from` of text, where the word that is
 * completed begins; with COMPLETE_WORDS, its words with '|' between them. */
typedef enum complete_kind complete_place_fn(
    void *arg, struct span text, size_t from, const char **words);
/* Gives the i-th name of a kind (COMMAND or PERSON), or NULL after the last.
 * A command's has its '/'. A person's is the name, a TAB and the address, or
 * the address alone. Borrowed until it is asked again. */
typedef const char *complete_name_fn(
    void *arg, enum complete_kind kind, size_t i);

struct complete;
/* The two functions are borrowed for its life. */
struct complete *complete_new(
    complete_place_fn *place, complete_name_fn *name, void *arg);
void complete_free(struct complete *c);

/* Tab (or Shift-Tab with back): completes the word before the cursor as far as
 * all candidates agree, with a blank after it where there is one alone (but a
 * folder); on the next Tab in a row, one candidate after the other, and last
 * the word as it was typed. Compares without case. False where there is none.
 * Any change of e in between begins anew. In a person's place a name is found
 * also by its address, and what is put in has no blanks: names with blanks come
 * as their address. Hidden files come where the word begins with a dot. */
bool complete_tab(struct complete *c, struct edit *e, bool back);
/* The candidates of the last Tab for a person to see, harmless, two blanks
 * between, at most `width` columns: those around the one that stands in the
 * line, and "..." after them where there are more. "" when there is one or
 * none. Borrowed until the next call. */
const char *complete_shown(struct complete *c, size_t width);

/* The path that a word in a file's place means: "~/" at its start is $HOME, and
 * a backslash makes the character after it a plain one (a blank, a backslash
 * and a first '~' are put in so). For the caller to free. */
char *complete_path(struct span word);

#endif
