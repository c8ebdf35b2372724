/*
 * The osip message inside a sip_msg, for src/ua/transaction.c alone.
 */
#ifndef SIGNET_SRC_SIP_SIP_OSIP_H
#define SIGNET_SRC_SIP_SIP_OSIP_H

#include <osipparser2/osip_parser.h>

#include "src/sip/sip.h"

/* Gives away the osip message of a sound request: osip's transactions free the
 * messages they get. It has the fields that transactions need, and no body. The
 * accessors of sip.h still work. NULL the second time, for a request with a
 * fault and for a response. */
osip_message_t *sip_take_osip(struct sip_msg *m);

#endif
