/*
 * `inspect --asn1`: prints the structure of stored messages, CMS content and
 * certificates, in the draft's layout.
 */
#ifndef SIGNET_SRC_CMD_INSPECT_ASN1_H
#define SIGNET_SRC_CMD_INSPECT_ASN1_H

#include <stddef.h>

/* Prints each of the files ("-" is standard input), and for a folder each file
 * in it, to standard output. Returns the exit status. */
int inspect_asn1(const char *const *paths, size_t count);

#endif
