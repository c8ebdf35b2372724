/*
 * ASN.1 as a person reads it: DER or BER in the layout of dumpasn1, as
 * draft-ietf-sip-sec-flows-01 prints it.
 */
#ifndef SIGNET_KEYS_ASN1_PRINT_H
#define SIGNET_KEYS_ASN1_PRINT_H

#include "bytes.h"
#include "err.h"

/* Appends der line by line: where each value begins, what it is, its name or
 * value. Lines are not wrapped, and printable ASCII whatever is in there.
 * What is broken is printed as far as it can be read, with a line that says
 * where it breaks: -1, EX_DATAERR, and the same words. */
int asn1_print(struct buf *out, struct span der, struct err *e);

#endif
