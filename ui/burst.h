/*
 * Bursts: lines that come faster than anybody types, as from a paste into a
 * terminal without bracketed paste. Five line ends within 50 ms are one: its
 * lines go into the input line, and nothing of it is run or sent before a
 * question is answered. So each Enter waits 50 ms.
 */
#ifndef SIGNET_UI_BURST_H
#define SIGNET_UI_BURST_H

#include "ui/client_priv.h"

void burst_init(struct client *c);
void burst_free(struct client *c);

/* Passes a key to input_key: at once, or when it is known to be no part of a
 * burst. */
void burst_key(struct client *c, const struct screen_key *key);

#endif
