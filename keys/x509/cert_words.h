/*
 * A certificate told to a person: lines of "name: value".
 */
#ifndef SIGNET_KEYS_X509_CERT_WORDS_H
#define SIGNET_KEYS_X509_CERT_WORDS_H

#include <openssl/x509.h>

#include "src/base/bytes.h"

/* Subject, names, issuer, serial number, key, validity, signature, SHA-256
 * fingerprint: a line each, led by indent. What the certificate says may be
 * any text but for line ends and other controls, which come as \xNN. */
void cert_words(struct buf *out, X509 *x, const char *indent);

/* The same of its DER, which may be anything: false where it is no
 * certificate, and nothing is appended then. What OpenSSL has to say of it is
 * forgotten: this may be amid a handshake. */
bool cert_words_der(struct buf *out, struct span der);

/* Text that stays on its line, whatever it is. */
void cert_words_text(struct buf *out, struct span s);
/* "P-256", "RSA 2048"; appended. */
void cert_words_key(struct buf *out, EVP_PKEY *key);
/* An issuer's name and a serial number, which name a certificate. */
void cert_words_names(
    struct buf *out, const X509_NAME *issuer, const ASN1_INTEGER *serial);
/* Bytes as hex. */
void cert_words_hex(struct buf *out, struct span s);
/* "2005-11-19T23:34:50Z"; "?" for none. */
void cert_words_time(struct buf *out, const ASN1_TIME *t);
/* OpenSSL's long name of an algorithm, or its number. */
void cert_words_oid(struct buf *out, const ASN1_OBJECT *oid);

#endif
