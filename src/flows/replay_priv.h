/*
 * The state of flows --replay. Private to src/flows/replay*.c.
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
	unsigned unseen; /* messages that no key here decrypts */
	unsigned unnamed; /* files that the manifest does not name */
	int ends; /* exit status of the first fault */
};

/* Appends "MARK FILE: TEXT", escaped for a terminal. */
void flows_replay_line(
    struct replay *r, const char *mark, const char *file, const char *text);
/* The same for a fault; ends is its exit status. */
void flows_replay_fault(
    struct replay *r, const char *file, int ends, const char *text);
/* Returns a file that exists, or NULL. */
const struct flows_file *flows_replay_find(
    const struct replay *r, const char *name);

/* Returns whether a file's name is that of a request (replay_flow.c). */
bool flows_replay_is_request(const char *file);
/* Checks the flow whose first request is file; any other file is skipped.
 * Returns -1 if it could not be checked. */
int flows_replay_flow(
    struct replay *r, const struct flows_file *file, struct err *e);

#endif
