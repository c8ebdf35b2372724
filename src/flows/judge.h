/*
 * Messages of a saved folder judged by what its manifest vouches for: the key
 * stores in it, of those files alone that are as they were.
 */
#ifndef SIGNET_SRC_FLOWS_JUDGE_H
#define SIGNET_SRC_FLOWS_JUDGE_H

#include "src/app/config.h"
#include "src/flows/folder.h"
#include "src/ua/message.h"

struct flows_judge;

/* c and folder are borrowed. Key stores are made in a scratch folder:
 * EX_CANTCREAT. For flows_judge_free, which removes it. */
int flows_judge_new(const struct config *c,
    const struct flows_folder_read *folder, struct flows_judge **out,
    struct err *e);
void flows_judge_free(struct flows_judge *j); /* j may be NULL */

/* Judges a flow's message by the certificates of the flow, or else of the
 * folder; where no private key of theirs opens it, by config's key store. For
 * message_in_free. -1 where a key store could not be made or read. */
int flows_judge(struct flows_judge *j, const char *flow,
    const struct sip_msg *m, struct message_in *in, struct err *e);

/* When a message was sent, by its Date (RFC 3261, 20.17), or now. */
time_t flows_judge_time(const struct sip_msg *m);

#endif
