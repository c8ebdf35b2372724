/*
 * Keys and the mouse: each key edits the input line or does something.
 */
#ifndef SIGNET_UI_INPUT_H
#define SIGNET_UI_INPUT_H

#include "ui/client_priv.h"

void input_key(struct client *c, const struct screen_key *key);

#endif
