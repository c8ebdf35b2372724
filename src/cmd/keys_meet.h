/*
 * What `signet keys` does when two people meet: sends one's own certificates,
 * and takes theirs.
 */
#ifndef SIGNET_SRC_CMD_KEYS_MEET_H
#define SIGNET_SRC_CMD_KEYS_MEET_H

#include "src/app/config.h"
#include "src/app/verb_args.h"

/* Sends an introduction to the URI in a, and ends with what `signet send` ends
 * with. */
int keys_introduce(const struct config *c, const struct verb_args *a);

/* What the user says of an offer. */
enum keys_answer { KEYS_NO, KEYS_COMPARED, KEYS_NOT_COMPARED };
/* Shows what the address in a introduced themself with, beside what is ours, and
 * gets the answer from ask; pins it then. Whether it was compared is kept in the
 * client's contacts. */
int keys_accept(const struct config *c, struct keystore *ks,
    const struct verb_args *a,
    int (*ask)(enum keys_answer *answer, struct err *e), struct err *e);

#endif
