/*
 * Judges messages of a saved folder by the key stores in it, using only files
 * whose digest matches the manifest.
 */
#ifndef SIGNET_SRC_FLOWS_JUDGE_H
#define SIGNET_SRC_FLOWS_JUDGE_H

#include "src/app/config.h"
#include "src/flows/folder.h"
#include "src/ua/message.h"

struct flows_judge;

/* c and folder are borrowed. Makes a scratch folder for the key stores, which
 * flows_judge_free removes. EX_CANTCREAT. */
int flows_judge_new(const struct config *c,
    const struct flows_folder_read *folder, struct flows_judge **out,
    struct err *e);
void flows_judge_free(struct flows_judge *j); /* j may be NULL */

/* Judges a message of a flow by the flow's certificates, or else the folder's;
 * if none of their private keys decrypts it, by the key store of the settings.
 * Free in with message_in_free. Returns -1 if a key store cannot be made or
 * read. */
int flows_judge(struct flows_judge *j, const char *flow,
    const struct sip_msg *m, struct message_in *in, struct err *e);

/* Returns a message's Date (RFC 3261, 20.17), or the current time. */
time_t flows_judge_time(const struct sip_msg *m);

#endif
