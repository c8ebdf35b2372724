/*
 * The verb `signet ca`: a certificate authority for tests.
 */
#ifndef SIGNET_SRC_CA_CMD_H
#define SIGNET_SRC_CA_CMD_H

#include "verb.h"

/* argv[0] is init or issue. Writes results to standard output and one line
 * for an error to standard error; returns the exit status. */
int ca_cmd(const struct verb_env *env, int argc, char **argv);

#endif
