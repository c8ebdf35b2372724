/*
 * The verb flows: the draft's call flows, run and printed.
 */
#ifndef SIGNET_SRC_FLOWS_FLOWS_H
#define SIGNET_SRC_FLOWS_FLOWS_H

struct config;

int flows_cmd(const struct config *c, int argc, char **argv);

#endif
