/*
 * A certificate, parsed once, and the faults found in one.
 */
#ifndef SIGNET_KEYS_X509_CERT_H
#define SIGNET_KEYS_X509_CERT_H

#include <time.h>

#include <openssl/x509.h>

#include "keys/x509/identity.h"
#include "keys/x509/verdict.h"
#include "src/base/bytes.h"

enum {
	CERT_FINGERPRINT = 32, /* SHA-256 of the DER */
	CERT_PERSONS_MAX = 64 /* addresses of one certificate that are used */
};

/* The faults of a certificate or signature: a set of verdicts, and words. */
struct verify_errors {
	unsigned set; /* 1U << enum verdict_signature */
	bool no_root; /* one of them: the chain ends at no root here */
	char text[768];
};

/* A kept result. It holds while the key store and the policy are the same and
 * the time is in [from, until). */
struct cert_memo {
	unsigned long generation; /* of the key store; 0: no result */
	bool legacy, crl_require;
	time_t from, until;
	struct verify_errors found;
};

struct cert_ready;

struct cert {
	X509 *x509;
	unsigned char fingerprint[CERT_FINGERPRINT];
	struct aor *persons; /* sip and sips URIs of the subjectAltName */
	size_t person_count;
	bool more_persons; /* than CERT_PERSONS_MAX; the others are not used */
	int self_signed; /* -1: not checked yet */
	struct cert_memo chain; /* the result by its chain */
	struct cert_memo alone; /* the result as a pinned one */
	struct cert_memo own; /* the result as our own */
	struct buf decoy; /* see keys/smime/smime_decoy.c */
	struct cert_ready
	    *ready; /* see cert_ready.h; NULL until it is needed */
};

/* Takes over x, which is not NULL. The result is for cert_free. */
struct cert *cert_new(X509 *x);
void cert_free(struct cert *c);

/* Returns the person of the certificate that equals who, or NULL. */
const struct aor *cert_person(const struct cert *c, const struct aor *who);
/* Returns whether it is its own issuer, by name and by signature. */
bool cert_self_signed(struct cert *c);
/* Return whether its keyUsage permits it (RFC 8550, 4.4.2); without the
 * extension everything is permitted. */
bool cert_may_sign(const struct cert *c);
bool cert_may_encrypt(const struct cert *c);
/* Compares the fingerprints. */
bool cert_same(const struct cert *a, const struct cert *b);

/* Writes 64 lower-case hex digits and a NUL. */
void cert_hex(const unsigned char fingerprint[CERT_FINGERPRINT],
    char out[2 * CERT_FINGERPRINT + 1]);

/* Converts t to seconds since the epoch; false when it is no valid time. */
bool cert_time(const ASN1_TIME *t, time_t *out);

/* Returns a name in one line (RFC 2253), for the caller to free. The text may
 * hold anything: escape it to show it. */
char *cert_name(const X509_NAME *name);

/* Adds a fault as "NAME: words". A verdict that is there is not added again. */
void verify_errors_add(struct verify_errors *f, enum verdict_signature what,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Adds the faults of other. */
void verify_errors_join(
    struct verify_errors *f, const struct verify_errors *other);
/* Returns the first verdict of the set in the order of the enum, or good. */
enum verdict_signature verify_errors_worst(const struct verify_errors *f);

#endif
