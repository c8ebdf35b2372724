/*
 * What a verb of the command line is given beside its own arguments.
 */
#ifndef SIGNET_SRC_VERB_H
#define SIGNET_SRC_VERB_H

#include <stdbool.h>

#include "../keys/keystore.h"
#include "../keys/trust.h"

/* All borrowed. */
struct verb_env {
	const char *keys_dir;
	const char *aor; /* who I am; NULL when nobody said */
	bool json, quiet, verbose;
	struct policy policy;
	keystore_ask_fn *ask; /* for passphrases; NULL: nobody to ask */
	void *ask_arg;
};

#endif
