/*
 * What the parts of completion share: complete.c puts words in, and
 * complete_words.c finds them.
 */
#ifndef SIGNET_UI_EDIT_COMPLETE_PRIV_H
#define SIGNET_UI_EDIT_COMPLETE_PRIV_H

#include "ui/edit/complete.h"

struct complete {
	complete_place_fn *place;
	complete_name_fn *name;
	void *arg;

	char **words; /* the candidates, in order, as they are put in */
	size_t count, cap;
	size_t hidden; /* bytes of each that are not shown: a folder's name */

	/* Where the last Tab left it. */
	const struct edit *edit;
	uint64_t changes;
	size_t from, to; /* what stands there for the word */
	struct buf typed; /* the word as it was */
	size_t at; /* the candidate that does; count: none */

	struct buf shown;
};

/* Finds what the word may become in a place of that kind. */
void complete_words(struct complete *c, enum complete_kind kind,
    const char *list, struct span word);

#endif
