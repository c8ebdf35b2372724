/*
 * The root of draft-ietf-sip-sec-flows-01, whose private key is printed there
 * for everybody: for interop events, and never to be trusted elsewhere.
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

/* One sentence for who trusts it. */
extern const char wellknown_warning[];

/* Whether it is among the roots that a key store trusts. */
bool wellknown_trusted(struct keystore *ks);

/* Its certificate and its key, for the caller to free. */
int wellknown_load(X509 **x, EVP_PKEY **key, struct err *e);

#endif
