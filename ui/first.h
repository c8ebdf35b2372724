/*
 * The first run: who one is, asked in one short screen, tried out, and kept.
 */
#ifndef SIGNET_UI_FIRST_H
#define SIGNET_UI_FIRST_H

struct config;

/* Asks, registers, offers to make keys, writes signet.conf and goes on as the
 * client, or as the demo. Returns what the process ends with. */
int first_run(const struct config *config);

#endif
