/*
 * What checking a saved folder again is made of. Private to
 * src/flows_replay*.c.
 */
#ifndef SIGNET_SRC_FLOWS_REPLAY_PRIV_H
#define SIGNET_SRC_FLOWS_REPLAY_PRIV_H

#include "src/flows/judge.h"

struct replay {
	const struct config *c;
	struct flows_folder_read folder;
	struct flows_judge *judge;
	struct buf out;
	unsigned messages, wrong;
	unsigned unseen; /* messages that nobody here can open */
	unsigned unnamed; /* files that the manifest does not name */
	int ends; /* the first fault's status */
};

/* Appends "MARK FILE: WORDS", harmless to a terminal. */
void flows_replay_line(
    struct replay *r, const char *mark, const char *file, const char *words);
/* The same for what is wrong; ends is what that ends with. */
void flows_replay_fault(
    struct replay *r, const char *file, int ends, const char *words);
/* A file that is there, or NULL. */
const struct flows_file *flows_replay_find(
    const struct replay *r, const char *name);

/* Whether a file is a flow's request, by its name (flows_replay_flow.c). */
bool flows_replay_is_request(const char *file);
/* Checks a flow by its first request; any other file is passed over. -1 where
 * that could not be done. */
int flows_replay_flow(
    struct replay *r, const struct flows_file *file, struct err *e);

#endif
