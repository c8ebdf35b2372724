/*
 * Who is who: addresses of record and host names, parsed, compared, and
 * matched with what a certificate says.
 *
 * sip and sips are the same person; no other scheme is. The user part is
 * case-sensitive, the host is not; port, password and parameters are ignored;
 * escapes of unreserved characters are undone for comparing alone.
 */
#ifndef SIGNET_KEYS_X509_IDENTITY_H
#define SIGNET_KEYS_X509_IDENTITY_H

#include "src/base/bytes.h"
#include "src/base/err.h"

struct aor {
	char *text; /* "user@host" as it was written; the address to show */
	char *key; /* the same in the form in which two are compared */
	char *host; /* lower case, without a last dot; inside no other */
};

/* From "sip:user@host...", "sips:user@host...". A URI without a user part is
 * no person's and is refused. Owned by out: aor_free. */
int aor_parse_uri(struct span uri, struct aor *out, struct err *e);
/* The same, with or without a scheme: what people type and files are named. */
int aor_parse(struct span text, struct aor *out, struct err *e);
void aor_copy(const struct aor *from, struct aor *to);
void aor_free(struct aor *a);
/* The user part of its text, as it was written. */
struct span aor_user(const struct aor *a);
bool aor_equal(const struct aor *a, const struct aor *b);

/* Two host names or addresses, compared without case and last dot;
 * IPv6 by value. */
bool host_equal(struct span a, struct span b);

#endif
