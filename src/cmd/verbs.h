/*
 * The verbs of the command line (src/app/verb_args.h).
 */
#ifndef SIGNET_SRC_CMD_VERBS_H
#define SIGNET_SRC_CMD_VERBS_H

#include "src/app/verb_args.h"

extern const struct verb send_verb, listen_verb, resolve_verb, inspect_verb,
    keys_verb, ca_verb, log_verb, demo_verb, completion_verb;

/* All of them, in the order of --help, up to a NULL. */
extern const struct verb *const verbs[];
/* Returns the verb of that name, which may be NULL, or NULL. */
const struct verb *verbs_find(const char *name);

#endif
