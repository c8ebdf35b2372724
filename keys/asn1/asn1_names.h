/*
 * What dumpasn1 calls the objects that X.509 and S/MIME name.
 */
#ifndef SIGNET_KEYS_ASN1_ASN1_NAMES_H
#define SIGNET_KEYS_ASN1_ASN1_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* The name of an object by its number ("2 5 4 6"); those that dumpasn1 has no
 * name for by OpenSSL's long one. False when nobody knows it. */
bool asn1_name(const char *number, char *name, size_t size);

#endif
