/*
 * What src/transaction.c alone may know: the osip message inside a sip_msg.
 */
#ifndef SIGNET_SRC_SIP_SIP_OSIP_H
#define SIGNET_SRC_SIP_SIP_OSIP_H

#include <osipparser2/osip_parser.h>

#include "src/sip/sip.h"

/* Gives osip's message away (osip's transactions free the messages they are
 * given); the accessors of sip.h go on working. NULL the second time, for a
 * request with a fault, which no transaction is made for, and for a response.
 * Its body is empty: ours is kept beside it. */
osip_message_t *sip_take_osip(struct sip_msg *m);

#endif
