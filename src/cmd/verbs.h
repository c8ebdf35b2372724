/*
 * The verbs of the command line. Each takes the settings and its own words
 * (argv[0] is its name) and returns what the process ends with.
 */
#ifndef SIGNET_SRC_CMD_VERBS_H
#define SIGNET_SRC_CMD_VERBS_H

#include "src/app/config.h"

int send_cmd(const struct config *c, int argc, char **argv);
int listen_cmd(const struct config *c, int argc, char **argv);
int resolve_cmd(const struct config *c, int argc, char **argv);
int inspect_cmd(const struct config *c, int argc, char **argv);
int keys_cmd(const struct config *c, int argc, char **argv);
int ca_cmd(const struct config *c, int argc, char **argv);
int demo_cmd(const struct config *c, int argc, char **argv);

#endif
