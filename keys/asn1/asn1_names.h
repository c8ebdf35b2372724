/*
 * dumpasn1's names of the object identifiers of X.509 and S/MIME.
 */
#ifndef SIGNET_KEYS_ASN1_ASN1_NAMES_H
#define SIGNET_KEYS_ASN1_ASN1_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Finds the name of an object by its number ("2 5 4 6"): dumpasn1's, or else
 * OpenSSL's long name. False when it has none. */
bool asn1_name(const char *number, char *name, size_t size);

#endif
