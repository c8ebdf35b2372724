/*
 * Internationalised domain names, as people type them (RFC 5890).
 */
#ifndef SIGNET_SRC_NET_IDN_H
#define SIGNET_SRC_NET_IDN_H

#include "keys/x509/uri.h"
#include "src/base/bytes.h"
#include "src/base/err.h"

/* Appends a person's URI to out, with the A-label "xn--.." of each label of
 * its host that is not ASCII; other URIs as they are, whatever they are. The
 * text is not checked beyond that, and a URI from the wire is never given
 * here: there RFC 3261 admits ASCII alone. EX_DATAERR, out left alone. */
int idn_uri(struct buf *out, struct span uri, struct err *e);

/* Reads what a person typed for a URI: sips where it has no scheme, A-labels
 * as above. Appends its text to out, which is empty, and uri borrows that.
 * EX_DATAERR, with what was typed in the words. */
int idn_typed(
    struct buf *out, const char *typed, struct uri *uri, struct err *e);

#endif
