/*
 * Asks name servers and /etc/hosts, with c-ares in the event loop, and caches
 * the answers for their TTL.
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_DNS_H
#define SIGNET_SRC_DNS_RESOLVE_DNS_H

#include "src/base/loop.h"
#include "src/net/addr.h"

struct dns;
struct dns_question;

/* DNS_HOSTS: addresses of both families from /etc/hosts, and of localhost. */
enum dns_type { DNS_HOSTS, DNS_NAPTR, DNS_SRV, DNS_A, DNS_AAAA };

enum dns_outcome {
	DNS_WAITING, /* no answer yet */
	DNS_FOUND, /* at least one record */
	DNS_NONE, /* the name has no record of this type */
	DNS_NO_NAME, /* there is no such name */
	DNS_FAILED /* no answer, or an unusable one; see why */
};

enum {
	DNS_NAME = 256, /* a name with its NUL */
	DNS_RECORDS = 64, /* of one answer; further ones are ignored */
	DNS_ALIASES = 8 /* CNAMEs of one answer; more make it fail */
};

struct dns_record {
	struct addr addr; /* A, AAAA, hosts; port 0 */
	unsigned first, second; /* order and preference; priority and weight */
	unsigned port; /* SRV */
	/* NAPTR. "" if longer: SIP has no such flags and services. */
	char flags[4], service[16];
	bool rewrites; /* it has a regular expression */
	char name[DNS_NAME]; /* target or replacement without the last dot;
	                      * "" is the root; from the wire */
	char *text; /* the record for people; from the wire */
};

struct dns_answer {
	enum dns_outcome outcome;
	struct dns_record *records;
	size_t count, left_out;
	char alias[DNS_NAME]; /* the target of the first CNAME, or "" */
	char why[128]; /* the reason, unless DNS_FOUND */
};

typedef void dns_fn(void *arg);

/* Makes a client, for dns_free. loop is borrowed. servers is "host:port,..", or
 * NULL for the system's. answered is called from the loop after one or more
 * answers came. Opens nothing. */
struct dns *dns_new(
    struct loop *loop, const char *servers, dns_fn *answered, void *arg);
/* All questions must be dropped before. */
void dns_free(struct dns *d);

/* Sets up c-ares, once. EX_OSERR, or EX_CONFIG if servers is malformed. */
int dns_open(struct dns *d, struct err *e);

/* Asks, unless the answer is cached or the question is open already. A name of
 * DNS_NAME bytes or more is cut. Returns the question, for dns_drop; its answer
 * changes once, from DNS_WAITING, and stays until then. */
struct dns_question *dns_ask(
    struct dns *d, enum dns_type type, const char *name);
void dns_drop(struct dns_question *q);
const struct dns_answer *dns_answer(const struct dns_question *q);
/* Returns whether q asks for this type and name, in any case. */
bool dns_is(const struct dns_question *q, enum dns_type type, const char *name);
enum dns_type dns_type(const struct dns_question *q);
const char *dns_name(const struct dns_question *q);

#endif
