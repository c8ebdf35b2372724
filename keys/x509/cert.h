/*
 * One certificate, parsed once: what the files of keys/ share about it.
 */
#ifndef SIGNET_KEYS_X509_CERT_H
#define SIGNET_KEYS_X509_CERT_H

#include <time.h>

#include <openssl/x509.h>

#include "keys/x509/identity.h"
#include "keys/x509/verdict.h"
#include "src/base/bytes.h"

enum { CERT_FINGERPRINT = 32 }; /* SHA-256 of the DER */

/* What is wrong, as a set of verdicts, and the words for it. */
struct verify_errors {
	unsigned set; /* 1U << enum verdict_signature */
	char text[768];
};

/* A judgement that stands while the key store does not change, the policy
 * is the same, and the time is in [from, until). */
struct cert_memo {
	unsigned long generation; /* 0: there is none */
	bool legacy, crl_require;
	time_t from, until;
	struct verify_errors found;
};

struct cert {
	X509 *x509;
	unsigned char fingerprint[CERT_FINGERPRINT];
	struct aor *persons; /* sip and sips URIs of the subjectAltName */
	size_t person_count;
	int self_signed; /* -1 until it was asked */
	struct cert_memo chain; /* judged by its chain */
	struct cert_memo alone; /* judged as one that is pinned */
	struct buf decoy; /* see smime_decoy */
};

/* Takes over x, which is not NULL. For cert_free. */
struct cert *cert_new(X509 *x);
void cert_free(struct cert *c);

/* Whether who is among the persons; the first person's address for showing
 * when who is not ("" where there is none). */
const struct aor *cert_person(const struct cert *c, const struct aor *who);
/* Whether it is its own issuer, by its signature too. */
bool cert_self_signed(struct cert *c);
bool cert_same(const struct cert *a, const struct cert *b);

/* 64 lower-case hex digits and a NUL. */
void cert_hex(const unsigned char fingerprint[CERT_FINGERPRINT],
    char out[2 * CERT_FINGERPRINT + 1]);

/* The time of an ASN1_TIME in seconds since the epoch; false when it is
 * none. */
bool cert_time(const ASN1_TIME *t, time_t *out);

/* The subject in one line (RFC 2253), for the caller to free. Raw text. */
char *cert_name(const X509_NAME *name);

/* Adds "NAME: words" to f. Each verdict's first words are enough. */
void verify_errors_add(struct verify_errors *f, enum verdict_signature what,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void verify_errors_join(
    struct verify_errors *f, const struct verify_errors *other);
/* The first verdict of the set in the order of the enum, or good. */
enum verdict_signature verify_errors_worst(const struct verify_errors *f);

#endif
