/*
 * Trust: chain, time, revocation, usage, strength and name of a certificate,
 * found out together and told as the reasons there are against it.
 */
#ifndef SIGNET_KEYS_TRUST_H
#define SIGNET_KEYS_TRUST_H

#include <time.h>

#include "bytes.h"
#include "err.h"
#include "verdict.h"

struct keystore;

/* The settings that judging depends on. All zero is the default. */
struct policy {
	time_t at;           /* judge at this time; 0: now */
	bool legacy;         /* admit RSA-1024 and SHA-1 */
	bool crl_require;    /* crl = require */
	bool show_bad;       /* bad-signature = show */
	bool refuse_unknown; /* unknown-signer = refuse */
	bool system_roots;   /* for TLS servers alone */
	bool rfc5922;        /* tls-names = rfc5922 */
};

/* Judges the certificate chain of a TLS server (leaf first, DER) that was
 * asked for as host: draft-ietf-sip-sec-flows-01 section 8, or RFC 5922 and
 * 5924 under policy->rfc5922. A numeric host needs an iPAddress entry. 0, or
 * -1 with e->exit EX_NOPERM and all that is wrong in e->text. */
int trust_server(struct keystore *ks, const struct policy *policy,
    const struct span *chain, size_t count, struct span host, struct err *e);

#endif
