/*
 * The verbs of the command line. Each takes the settings and its own words
 * (argv[0] is its name) and returns what the process ends with.
 */
#ifndef SIGNET_SRC_VERBS_H
#define SIGNET_SRC_VERBS_H

#include "../keys/keystore.h"
#include "config.h"

int send_cmd(const struct config *c, int argc, char **argv);
int listen_cmd(const struct config *c, int argc, char **argv);
int resolve_cmd(const struct config *c, int argc, char **argv);
int inspect_cmd(const struct config *c, int argc, char **argv);
int keys_cmd(const struct config *c, int argc, char **argv);
int ca_cmd(const struct config *c, int argc, char **argv);
int flows_cmd(const struct config *c, int argc, char **argv);
int demo_cmd(const struct config *c, int argc, char **argv);

/* No verb at all: the client, on this terminal (ui/client.c). */
int client_cmd(const struct config *c);
/* The same with a line above all, in a conversation with whom uri names. */
int client_with(const struct config *c, const char *banner, const char *uri);

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
