/*
 * Shared by the parts of completion: complete_words.c finds candidates,
 * complete.c puts them into the line.
 */
#ifndef SIGNET_UI_EDIT_COMPLETE_PRIV_H
#define SIGNET_UI_EDIT_COMPLETE_PRIV_H

#include "ui/edit/complete.h"

struct complete {
	complete_place_fn *place;
	complete_name_fn *name;
	void *arg;

	char **words; /* the candidates as they are put in, sorted */
	size_t count, cap;
	size_t hidden; /* bytes of each that are not shown: its folder */

	/* The state after the last Tab. */
	const struct edit *edit;
	uint64_t changes;
	size_t from, to; /* the bytes of the word in the line */
	struct buf typed; /* the word as it was typed */
	size_t at; /* the candidate in the line; count: the typed word */

	struct buf shown;
};

/* Finds the candidates for a word of that kind. */
void complete_words(struct complete *c, enum complete_kind kind,
    const char *list, struct span word);

#endif
