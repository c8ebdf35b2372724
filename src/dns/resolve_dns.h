/*
 * Questions to name servers and /etc/hosts, and their answers, which are kept
 * as long as they say (c-ares behind it, in the loop).
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_DNS_H
#define SIGNET_SRC_DNS_RESOLVE_DNS_H

#include "src/base/loop.h"
#include "src/net/addr.h"

struct dns;
struct dns_question;

/* DNS_HOSTS: both families from /etc/hosts, and what localhost is. */
enum dns_type { DNS_HOSTS, DNS_NAPTR, DNS_SRV, DNS_A, DNS_AAAA };

enum dns_outcome {
	DNS_WAITING, /* no answer yet */
	DNS_FOUND, /* at least one record */
	DNS_NONE, /* the name has none of this type */
	DNS_NO_NAME, /* there is no such name */
	DNS_FAILED /* no or no usable answer: why says it */
};

enum {
	DNS_NAME = 256, /* a name with its NUL */
	DNS_RECORDS = 64, /* of one answer; what is beyond is not looked at */
	DNS_ALIASES = 8 /* CNAMEs of one answer; more are refused */
};

struct dns_record {
	struct addr addr; /* A, AAAA, hosts; its port is 0 */
	unsigned first, second; /* order and preference; priority and weight */
	unsigned port; /* SRV */
	/* NAPTR. Longer ones are none that a program of SIP knows: "". */
	char flags[4], service[16];
	bool rewrites; /* it has a regular expression */
	char name[DNS_NAME]; /* target or replacement, without the last dot:
	                      * "" is the root. From the wire. */
	char *text; /* the record as a person reads it. From the wire. */
};

struct dns_answer {
	enum dns_outcome outcome;
	struct dns_record *records;
	size_t count, left_out;
	char alias[DNS_NAME]; /* "" or what the first CNAME names */
	char why[128]; /* in words, unless something was found */
};

typedef void dns_fn(void *arg);

/* servers: "host:port,..", or NULL for the system's. answered runs in a round
 * of its own after answers came, one or more. Opens nothing. */
struct dns *dns_new(
    struct loop *loop, const char *servers, dns_fn *answered, void *arg);
/* After all questions were dropped. */
void dns_free(struct dns *d);

/* Makes ready to ask: EX_OSERR, or EX_CONFIG for servers that are none. */
int dns_open(struct dns *d, struct err *e);

/* Asks, unless it is known or asked already; a name longer than DNS_NAME - 1
 * is cut, and does not exist. The question is the caller's to
 * drop, and its answer, which changes once from DNS_WAITING, stays until
 * then. */
struct dns_question *dns_ask(
    struct dns *d, enum dns_type type, const char *name);
void dns_drop(struct dns_question *q);
const struct dns_answer *dns_answer(const struct dns_question *q);
/* Whether it is this question; names are compared without case. */
bool dns_is(const struct dns_question *q, enum dns_type type, const char *name);
enum dns_type dns_type(const struct dns_question *q);
const char *dns_name(const struct dns_question *q);

#endif
