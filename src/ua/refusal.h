/*
 * The answer to a message that S/MIME refuses: one row for each reason.
 */
#ifndef SIGNET_SRC_UA_REFUSAL_H
#define SIGNET_SRC_UA_REFUSAL_H

#include "keys/smime/smime.h"

/* The SIP status; 200 for REFUSAL_NONE. */
int refusal_status(enum smime_refusal why);
/* The text of the Warning header; NULL for REFUSAL_NONE. */
const char *refusal_warning(enum smime_refusal why);

#endif
