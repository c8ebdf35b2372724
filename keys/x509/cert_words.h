/*
 * Describes certificates for a person in lines of "name: value".
 */
#ifndef SIGNET_KEYS_X509_CERT_WORDS_H
#define SIGNET_KEYS_X509_CERT_WORDS_H

#include <openssl/x509.h>

#include "src/base/bytes.h"

/* Appends subject, names, issuer, serial number, key, validity, signature and
 * SHA-256 fingerprint, a line each after indent. Control characters come as
 * \xNN; other text is as it is in the certificate. */
void cert_words(struct buf *out, X509 *x, const char *indent);

/* The same for DER. False, and nothing is appended, when it is no certificate.
 * Leaves no error in OpenSSL's queue, since it is called during handshakes. */
bool cert_words_der(struct buf *out, struct span der);

/* Appends any text on one line, with control characters as \xNN. */
void cert_words_text(struct buf *out, struct span s);
/* Appends "P-256", "RSA 2048". */
void cert_words_key(struct buf *out, EVP_PKEY *key);
/* Appends an issuer's name and a serial number. */
void cert_words_names(
    struct buf *out, const X509_NAME *issuer, const ASN1_INTEGER *serial);
/* Appends bytes as hex. */
void cert_words_hex(struct buf *out, struct span s);
/* Appends "2005-11-19T23:34:50Z", or "?" for an invalid time. */
void cert_words_time(struct buf *out, const ASN1_TIME *t);
/* Appends OpenSSL's long name of an algorithm, or its OID. */
void cert_words_oid(struct buf *out, const ASN1_OBJECT *oid);

#endif
