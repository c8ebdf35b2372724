/*
 * Internationalised domain names (RFC 5890) in URIs that people type.
 */
#ifndef SIGNET_SRC_NET_IDN_H
#define SIGNET_SRC_NET_IDN_H

#include "keys/x509/uri.h"
#include "src/base/bytes.h"
#include "src/base/err.h"

/* Appends uri to out, with each label of its host that is not ASCII replaced by
 * its A-label "xn--..". The rest of the text is not checked. Only for URIs that
 * a person typed: on the wire RFC 3261 allows ASCII alone. EX_DATAERR if the
 * host is no domain name; out is unchanged then. */
int idn_uri(struct buf *out, struct span uri, struct err *e);

/* Reads a URI that a person typed: adds "sips:" if it has no scheme, and makes
 * A-labels as idn_uri does. out must be empty; it gets the text, which uri
 * borrows. EX_DATAERR, with the typed text in the message. */
int idn_typed(
    struct buf *out, const char *typed, struct uri *uri, struct err *e);

#endif
