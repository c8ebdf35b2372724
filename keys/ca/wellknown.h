/*
 * The root of draft-ietf-sip-sec-flows-01, whose private key is printed there.
 * It is for interop events, and must never be trusted elsewhere.
 */
#ifndef SIGNET_KEYS_CA_WELLKNOWN_H
#define SIGNET_KEYS_CA_WELLKNOWN_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "keys/store/keystore.h"
#include "src/base/err.h"

/* Its name: root_cert_NAME.pem. */
extern const char wellknown_name[];

/* A warning for users who trust it. */
extern const char wellknown_warning[];

/* Returns whether it is among the roots of a key store. */
bool wellknown_trusted(struct keystore *ks);

/* Return its certificate and its key, for the caller to free. */
int wellknown_load(X509 **x, EVP_PKEY **key, struct err *e);

#endif
