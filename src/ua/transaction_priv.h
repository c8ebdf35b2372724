/*
 * libosip2's machines: private to src/ua/transaction*.c, the home of that
 * library.
 */
#ifndef SIGNET_SRC_UA_TRANSACTION_PRIV_H
#define SIGNET_SRC_UA_TRANSACTION_PRIV_H

#include <sys/time.h>
#include <time.h>

#include <osip2/osip.h>

#include "src/ua/transaction.h"

/* Drops osip's traces, which it writes to standard output by default. */
void transaction_osip_quiet(void);

/* Begins a machine for a request of this method, by UDP. *request is what the
 * machine's first event has to bear. NULL where there is no memory. */
osip_transaction_t *transaction_osip_begin(
    osip_t *osip, struct span method, osip_message_t **request);

#endif
