/*
 * The verb `signet keys`: the key store, as a person handles it.
 */
#ifndef SIGNET_SRC_KEYS_CMD_H
#define SIGNET_SRC_KEYS_CMD_H

#include "verb.h"

/* argv[0] is what to do: list, show, new, csr, import, export, trust, untrust
 * or remove. Writes results to standard output and one line for an error to
 * standard error; returns the exit status. */
int keys_cmd(const struct verb_env *env, int argc, char **argv);

#endif
