/*
 * What c-ares answers, made into records of ours.
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_REPLY_H
#define SIGNET_SRC_DNS_RESOLVE_REPLY_H

#include <sys/select.h> /* ares.h needs it */

#include <ares.h>

#include "src/dns/resolve_dns.h"

/* A type's number on the wire. */
int reply_type(enum dns_type type);

/* Fills the answer of a question of this type, and ttl with the
 * seconds it stands, or -1 where c-ares doesn't say. */
#if ARES_VERSION >= 0x011c00
void reply_read(enum dns_type type, int status, const ares_dns_record_t *reply,
    struct dns_answer *out, long *ttl);
#else
void reply_read(enum dns_type type, int status, const unsigned char *reply,
    int len, struct dns_answer *out, long *ttl);
#endif

/* Fills the answer of DNS_HOSTS. */
void reply_hosts(
    ares_channel channel, const char *name, struct dns_answer *out);

/* Leaves out as it was before it was filled, DNS_WAITING. */
void reply_free(struct dns_answer *out);

#endif
