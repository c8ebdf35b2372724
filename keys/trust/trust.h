/*
 * Trust: chain, time, revocation, usage, strength and name of a certificate,
 * found out together and told as the reasons there are against it.
 */
#ifndef SIGNET_KEYS_TRUST_TRUST_H
#define SIGNET_KEYS_TRUST_TRUST_H

#include <time.h>

#include "keys/x509/verdict.h"
#include "src/base/bytes.h"
#include "src/base/err.h"

struct keystore;

/* The settings that judging depends on. All zero is the default. */
struct policy {
	time_t at; /* judge at this time; 0: now */
	bool legacy; /* admit RSA-1024 and SHA-1 */
	bool crl_require; /* crl = require */
	bool show_bad; /* bad-signature = show */
	bool refuse_unknown; /* unknown-signer = refuse */
	bool system_roots; /* for TLS alone */
	bool rfc5922; /* tls-names = rfc5922 */
};

/* Judges the certificate chain of a TLS server (leaf first, DER) that was
 * asked for as host: draft-ietf-sip-sec-flows-01 section 8, or RFC 5922 and
 * 5924 under policy->rfc5922. A numeric host needs an iPAddress entry. 0, or
 * -1 with e->exit EX_NOPERM and all that is wrong in e->text. */
int trust_server(struct keystore *ks, const struct policy *policy,
    const struct span *chain, size_t count, struct span host, struct err *e);

/* The same for a TLS client, whose certificate may bear any host's name, but
 * no person's: extendedKeyUsage, where present, has clientAuth,
 * id-kp-sipDomain or any. */
int trust_client(struct keystore *ks, const struct policy *policy,
    const struct span *chain, size_t count, struct err *e);

/* Whether a certificate (DER) of our own may be shown by a TLS client, as far
 * as its usages say so. */
bool trust_for_client(struct span der);

/* Judges the OCSP response (RFC 6960, DER; p is NULL where there was none)
 * that the server of that chain stapled to its handshake (RFC 6066, 8). It
 * must be whole, about the leaf, signed by its issuer or by whom that
 * delegated to, fresh, and say good. None is a fault only where the
 * certificate says that there must be one (RFC 7633). As trust_server. */
int trust_stapled(struct keystore *ks, const struct policy *policy,
    const struct span *chain, size_t count, struct span response,
    struct span host, struct err *e);

#endif
