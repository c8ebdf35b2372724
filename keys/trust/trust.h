/*
 * Trust: checks the chain, validity, revocation, usage, strength and name of a
 * certificate, and gives every reason to refuse it.
 */
#ifndef SIGNET_KEYS_TRUST_TRUST_H
#define SIGNET_KEYS_TRUST_TRUST_H

#include <time.h>

#include "keys/x509/verdict.h"
#include "src/base/bytes.h"
#include "src/base/err.h"

struct keystore;
struct keystore_item;

/* How a text without a signature is taken from a sender who signs otherwise. */
enum policy_unsigned { UNSIGNED_WARN, UNSIGNED_SHOW, UNSIGNED_REFUSE };

/* The settings that judgements depend on. All zero is the default. */
struct policy {
	time_t at; /* judge at this time; 0: now */
	bool legacy; /* allow RSA-1024 and SHA-1 */
	bool crl_require; /* crl = require */
	bool show_bad; /* bad-signature = show */
	bool refuse_unknown; /* unknown-signer = refuse */
	int unsigned_texts; /* enum policy_unsigned */
	bool system_roots; /* for TLS alone */
	bool rfc5922; /* tls-names = rfc5922 */
};

/* Returns the time that judgements are for: policy->at, or now. */
time_t trust_now(const struct policy *policy);

/* Judges the certificate chain of a TLS server (leaf first, DER) for host, the
 * name that was connected to: by draft-ietf-sip-sec-flows-01 section 8, or by
 * RFC 5922 and 5924 under policy->rfc5922. A numeric host needs an iPAddress
 * entry. 0, or -1 with e->exit EX_NOPERM and every fault in e->text. */
int trust_server(struct keystore *ks, const struct policy *policy,
    const struct span *chain, size_t count, struct span host, struct err *e);

/* The same for a TLS client. Its certificate may name any host, but no person;
 * its extendedKeyUsage, where present, needs clientAuth, id-kp-sipDomain or
 * any. */
int trust_client(struct keystore *ks, const struct policy *policy,
    const struct span *chain, size_t count, struct err *e);

/* Returns whether a client's certificate (DER), which trust_client accepted,
 * names host: by the same rules as a server's. */
bool trust_client_names(
    const struct policy *policy, struct span der, struct span host);

/* Returns whether the leaf of a chain (leaf first, DER) is a person's: it names a
 * URI with a user part. */
bool trust_is_persons(const struct span *chain, size_t count);

/* Returns whether the usages of a certificate of ours (DER) allow a TLS client
 * to present it. */
bool trust_for_client(struct span der);

/* Judges the OCSP response (RFC 6960, DER; p is NULL where there was none) that
 * a TLS server stapled to its handshake (RFC 6066, 8). It must be whole, about
 * the leaf, signed by the leaf's issuer or its delegate, fresh, and say good.
 * A missing one is a fault only where the certificate requires it (RFC 7633).
 * Returns as trust_server. */
int trust_stapled(struct keystore *ks, const struct policy *policy,
    const struct span *chain, size_t count, struct span response,
    struct span host, struct err *e);

/* Appends the chain of a certificate of the key store as a tree, the root first:
 * lines with until when each is valid, what is wrong with it ("expired: it has
 * expired", "not here"), and its name. The names come from certificates: escape
 * them to show them. False, and nothing is appended, if it is no certificate
 * that can be read. */
bool trust_item_chain(struct keystore *ks, const struct policy *policy,
    const struct keystore_item *item, struct buf *out);

/* A host's certificate with its chain and private key as DER, for TLS. No other
 * private key leaves keys/. */
struct trust_domain {
	struct buf cert;
	struct buf *above; /* intermediates, nearest first */
	size_t above_count;
	struct buf key;
};
/* Finds them for a host. EX_CONFIG where there is no certificate or no key. For
 * trust_domain_free, which wipes the key. */
int trust_domain_get(struct keystore *ks, const char *host,
    struct trust_domain *out, struct err *e);
/* Returns whether there is a certificate of that host. */
bool trust_has_domain(struct keystore *ks, const char *host);
void trust_domain_free(struct trust_domain *d);

#endif
