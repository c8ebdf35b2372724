/*
 * Turns the replies of c-ares into struct dns_answer.
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_REPLY_PRIV_H
#define SIGNET_SRC_DNS_RESOLVE_REPLY_PRIV_H

#include <sys/select.h> /* ares.h needs it */

#include <ares.h>

#include "src/dns/resolve_dns.h"

/* Returns the number of a type on the wire. */
int reply_type(enum dns_type type);

/* Fills the answer to a question of this type. *ttl gets its time to live in
 * seconds, or -1 if c-ares does not give it. */
#if ARES_VERSION >= 0x011c00
void reply_read(enum dns_type type, int status, const ares_dns_record_t *reply,
    struct dns_answer *out, long *ttl);
#else
void reply_read(enum dns_type type, int status, const unsigned char *reply,
    int len, struct dns_answer *out, long *ttl);
#endif

/* Fills the answer to a question of DNS_HOSTS. */
void reply_hosts(
    ares_channel channel, const char *name, struct dns_answer *out);

/* Frees the records and resets out to DNS_WAITING. */
void reply_free(struct dns_answer *out);

#endif
