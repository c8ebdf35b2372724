/*
 * Identities: parses and compares addresses of record and host names.
 *
 * sip and sips URIs name the same person; no other scheme does. The user part
 * is case-sensitive, the host is not. Port, password and parameters are
 * ignored. Escapes of unreserved characters are undone to compare, but not to
 * show.
 */
#ifndef SIGNET_KEYS_X509_IDENTITY_H
#define SIGNET_KEYS_X509_IDENTITY_H

#include "src/base/bytes.h"
#include "src/base/err.h"

struct aor {
	char *text; /* "user@host" as it was written; the address to show */
	char *key; /* the form to compare */
	char *host; /* lower case, without a last dot */
};

/* Parses "sip:user@host..." or "sips:user@host...". Refuses a URI without a
 * user part, which is not a person's. out is for aor_free. EX_DATAERR. */
int aor_parse_uri(struct span uri, struct aor *out, struct err *e);
/* The same, with or without a scheme, as people type it and files have it. */
int aor_parse(struct span text, struct aor *out, struct err *e);
void aor_copy(const struct aor *from, struct aor *to);
void aor_free(struct aor *a);
/* Returns the user part of its text, as it was written. */
struct span aor_user(const struct aor *a);
bool aor_equal(const struct aor *a, const struct aor *b);

/* Compares two host names or addresses without case and last dot, IPv6
 * addresses by value. */
bool host_equal(struct span a, struct span b);

#endif
