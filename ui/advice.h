/*
 * Advice for a person whose text cannot be signed or encrypted: one row for
 * each problem, with the client's commands.
 */
#ifndef SIGNET_UI_ADVICE_H
#define SIGNET_UI_ADVICE_H

#include "keys/smime/smime.h"
#include "src/app/config.h"

/* Appends what to do about a text that cannot be signed: a way in each line. */
void advice_sign(
    struct buf *out, const struct smime_preflight *p, const struct config *c);
/* The same for one that cannot be encrypted. peer is the address of its
 * recipient. */
void advice_encrypt(struct buf *out, const struct smime_preflight *p,
    const char *peer, const struct config *c);

#endif
