/*
 * SIP and SIPS URIs, strictly by the grammar of RFC 3261, 19.1 and 25.1.
 */
#ifndef SIGNET_KEYS_X509_URI_H
#define SIGNET_KEYS_X509_URI_H

#include "src/base/bytes.h"
#include "src/base/err.h"

enum uri_host_kind { HOST_NAME, HOST_IPV4, HOST_IPV6 };

/* The parts of a URI as they were written, borrowed from the text parsed. */
struct uri {
	bool sips;
	bool has_user;
	struct span user; /* still escaped; a ';' before the '@' is here */
	struct span password; /* after the ':' of the userinfo */
	struct span host; /* an IPv6 reference without its brackets */
	enum uri_host_kind host_kind;
	unsigned port; /* 0: none given; never above 65535 */
	struct span params; /* after the first ';' behind the host, raw */
	struct span headers; /* after the '?', raw */
};

/* Parses a "sip:" or "sips:" URI, the scheme in any case. Refuses everything
 * that the grammar does not allow: bytes that must be escaped, escapes that are
 * not two hex digits, %00, %0d and %0a anywhere, empty hosts and labels, ports
 * above 65535, a repeated parameter. EX_DATAERR. */
int uri_parse(struct span text, struct uri *out, struct err *e);

/* Finds the value of a parameter, its name compared without case. False when
 * absent; a parameter without a value gives an empty span. */
bool uri_param(const struct uri *u, const char *name, struct span *value);

/* Finds the kind of a host by its syntax: a dotted quad, an IPv6 address
 * (without brackets), or a host name of RFC 3261 (letters, digits, hyphens; a
 * last dot allowed). False when it is none of these. */
bool uri_host_kind(struct span host, enum uri_host_kind *kind);

/* Compares two parsed URIs by RFC 3261, 19.1.4: the user and password with
 * case, all else without; an escape is the character that it stands for, unless
 * that is reserved; no port is not the default port; parameters that both have
 * must agree, and user, ttl, method and maddr must be in both or in none. */
bool uri_equal(const struct uri *a, const struct uri *b);

#endif
