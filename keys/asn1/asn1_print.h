/*
 * ASN.1 as a person reads it: DER or BER in the layout of dumpasn1, as
 * draft-ietf-sip-sec-flows-01 prints it.
 */
#ifndef SIGNET_KEYS_ASN1_ASN1_PRINT_H
#define SIGNET_KEYS_ASN1_ASN1_PRINT_H

#include "src/base/bytes.h"
#include "src/base/err.h"

/* What is left out, so that two that differ by chance alone print the same. */
enum asn1_hide {
	/* "<random>" for what comes of random bytes in certificates and CMS:
	 * serial numbers, signatures, digests, keys and their identifiers,
	 * IVs, encrypted content; that is, for integers, strings of octets
	 * and of bits, and implicit contents of more than 8 bytes that are no
	 * text and no values of their own. */
	ASN1_HIDE_RANDOM = 1,
	/* Where values begin: an ECDSA signature's length is chance too. */
	ASN1_HIDE_OFFSETS = 2
};

/* Appends der line by line: where each value begins, what it is, its name or
 * value, but for what hide (of enum asn1_hide) says. Lines are not wrapped,
 * and printable ASCII whatever is in there. What is broken is printed as far
 * as it can be read, with a line that says where it breaks: -1, EX_DATAERR,
 * and the same words. */
int asn1_print(struct buf *out, struct span der, unsigned hide, struct err *e);

#endif
