/*
 * The names in certificates, shared by the issue_* files.
 */
#ifndef SIGNET_KEYS_X509_ISSUE_PRIV_H
#define SIGNET_KEYS_X509_ISSUE_PRIV_H

#include "keys/x509/issue.h"

/* Makes the subject, with the whole name where it fits into a Common Name. NULL
 * on failure. */
X509_NAME *issue_subject(const struct issue *what);
/* Returns whether the subject is empty. The subjectAltName must then be
 * critical (RFC 5280, 4.2.1.6). */
bool issue_nameless(const struct issue *what);
/* Makes the subjectAltName; empty for a CA, which has none. NULL on failure. */
GENERAL_NAMES *issue_names(const struct issue *what);

#endif
