/*
 * The comparison of two people's certificates: by words on the telephone, and
 * by a code that one of them scans.
 */
#ifndef SIGNET_SRC_APP_COMPARISON_H
#define SIGNET_SRC_APP_COMPARISON_H

#include "keys/store/keystore.h"
#include "keys/x509/fingerprints.h"

/* Adds the fingerprints of the certificates that address uses: one, or one to
 * sign and one to encrypt. EX_DATAERR where it is no address, EX_CONFIG where
 * none is stored or one cannot be read. */
int comparison_add(struct keystore *ks, const char *address,
    struct fingerprints *f, struct err *e);
/* Appends the comparison words of two people in four rows, each after indent.
 * The errors of comparison_add. */
int comparison_words(struct keystore *ks, const char *me, const char *them,
    const char *indent, struct buf *out, struct err *e);
/* Appends the text of the QR code for the certificates of address. The errors
 * of comparison_add. */
int comparison_code(
    struct keystore *ks, const char *address, struct buf *out, struct err *e);
/* Compares the text of a scanned code with the certificates here, and changes
 * nothing. 0 where they are the same; *who, for aor_free, is whose. Else
 * EX_DATAERR: it is no such text; EX_CONFIG: there is no certificate of that
 * address; EX_NOPERM: there are others. */
int comparison_check(
    struct keystore *ks, struct span text, struct aor *who, struct err *e);

#endif
