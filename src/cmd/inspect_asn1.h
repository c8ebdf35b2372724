/*
 * `inspect --asn1`: the structure of stored messages, CMS content and
 * certificates, as the draft shows its flows.
 */
#ifndef SIGNET_SRC_CMD_INSPECT_ASN1_H
#define SIGNET_SRC_CMD_INSPECT_ASN1_H

#include <stddef.h>

/* Prints each of the files ("-" is standard input), and each file of those
 * that are folders, to standard output. What the process ends with. */
int inspect_asn1(const char *const *paths, size_t count);

#endif
