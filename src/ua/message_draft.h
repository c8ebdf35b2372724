/*
 * Messages as the draft shows them: what SIPimp wrote, field by field.
 */
#ifndef SIGNET_SRC_UA_MESSAGE_DRAFT_H
#define SIGNET_SRC_UA_MESSAGE_DRAFT_H

#include "keys/smime/smime.h"
#include "src/ua/request.h"

/* Appends a MESSAGE whose form is the draft's, by this transport. EX_DATAERR,
 * and out is to be thrown away. */
int message_draft_write(struct buf *out, const struct request *r,
    const struct smime_body *body, enum verdict_transport kind, struct err *e);

/* Appends the answer to one. -1 where it cannot be answered. */
int message_draft_answer(struct buf *out, const struct form_draft *draft,
    const struct sip_msg *request, int status);

#endif
