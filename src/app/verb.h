/*
 * What all verbs and the client do alike: they open the key store, ask for
 * passphrases, and say on standard error what failed.
 */
#ifndef SIGNET_SRC_APP_VERB_H
#define SIGNET_SRC_APP_VERB_H

#include "keys/store/keystore.h"
#include "src/app/config.h"

/* Asks for the passphrases of the keys of who we are, while there is somebody
 * to ask. */
int verb_ready_keys(const struct config *c, struct keystore *ks, struct err *e);

/* From here on a key that is still locked stays so: nobody is asked, and no
 * command is run. */
void verb_ask_no_more(struct keystore *ks);

/* Says "signet: TEXT" on standard error, harmless and in one line, and
 * returns e->exit. */
int verb_fail(const struct err *e);
/* A note of the same form, for those who do not want quiet. */
void verb_note(const struct config *c, const char *words);

/* What a person has to know of whom it trusts, or NULL. */
const char *verb_keystore_warning(struct keystore *ks);
/* Opens the key store of the settings, with passphrases as they say. */
int verb_keystore(
    const struct config *c, bool create, struct keystore **out, struct err *e);

#endif
