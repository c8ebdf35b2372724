/*
 * Prints ASN.1, DER or BER, in the layout of dumpasn1, which
 * draft-ietf-sip-sec-flows-01 uses.
 */
#ifndef SIGNET_KEYS_ASN1_ASN1_PRINT_H
#define SIGNET_KEYS_ASN1_ASN1_PRINT_H

#include "src/base/bytes.h"
#include "src/base/err.h"

/* Parts to leave out, so that two values which differ only by chance print the
 * same. */
enum asn1_hide {
	/* Prints "<random>" for random bytes in certificates and CMS (serial
	 * numbers, signatures, digests, keys and their identifiers, IVs,
	 * encrypted content): for integers, OCTET and BIT STRINGs, and implicit
	 * values of more than 8 bytes that are neither text nor DER. */
	ASN1_HIDE_RANDOM = 1,
	/* Leaves out offsets: the length of an ECDSA signature is random. */
	ASN1_HIDE_OFFSETS = 2
};

/* Appends a line for each value of der: its offset, type and value. hide is of
 * enum asn1_hide. The lines are printable ASCII and are not wrapped. Malformed
 * ASN.1 is printed as far as it can be read, with a line that says where it is
 * broken; then returns -1, EX_DATAERR, and the same words in e. */
int asn1_print(struct buf *out, struct span der, unsigned hide, struct err *e);

#endif
