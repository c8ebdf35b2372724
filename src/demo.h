/*
 * The demo's other side: kumiko, who answers what she is told, in a process of
 * her own.
 */
#ifndef SIGNET_SRC_DEMO_H
#define SIGNET_SRC_DEMO_H

#include "config.h"

/* Runs kumiko until the pipe `alive` closes, which is when whom she talks with
 * is gone. Says on `ready` with one byte that she listens. friend is where her
 * answers go. Returns the process's exit status. */
int demo_peer(const struct config *config, const char *friend_uri, int alive,
    int ready);

#endif
