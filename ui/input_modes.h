/*
 * Keys that are not for the input line itself: a word to search the log for, a
 * word of an entered line (^R), the number of a conversation (Alt-J).
 */
#ifndef SIGNET_UI_INPUT_MODES_H
#define SIGNET_UI_INPUT_MODES_H

#include "ui/client_priv.h"

/* Begin to read keys in another way. */
void input_search_begin(struct client *c);
void input_recall_begin(struct client *c);
void input_jump_begin(struct client *c);

/* Takes a key where the mode is not INPUT_LINE. False: it is for the line, which
 * it is after it ended the mode. */
bool input_mode_key(struct client *c, const struct screen_key *key);

/* Searches the screen's lines and, above them, the disk. An empty word is the
 * last one. */
void input_search(struct client *c, struct span word, bool older);

#endif
