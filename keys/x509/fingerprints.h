/*
 * Sets of certificates' fingerprints, and their two forms for a comparison:
 * words to be read aloud, and a text for a QR code.
 */
#ifndef SIGNET_KEYS_X509_FINGERPRINTS_H
#define SIGNET_KEYS_X509_FINGERPRINTS_H

#include "keys/x509/identity.h"
#include "src/base/bytes.h"
#include "src/base/err.h"

enum {
	FINGERPRINT_SIZE = 32, /* SHA-256 of a certificate's DER */
	FINGERPRINTS_MAX = 4, /* two people with two certificates each */
	FINGERPRINTS_WORDS = 16,
	FINGERPRINTS_ROW = 4 /* words in a row */
};

/* Sorted by their bytes, each once. All zero is the empty set. */
struct fingerprints {
	unsigned char list[FINGERPRINTS_MAX][FINGERPRINT_SIZE];
	size_t count;
};

/* Adds a fingerprint, unless it is there. Returns false where the set is
 * full. */
bool fingerprints_add(
    struct fingerprints *f, const unsigned char one[FINGERPRINT_SIZE]);
/* Adds those in text: 64 hex digits in any case each, with the character
 * between in between. Returns false, and the set is as it was, where text has
 * another form or the set has no room. */
bool fingerprints_add_hex(
    struct fingerprints *f, struct span text, unsigned char between);
bool fingerprints_has(
    const struct fingerprints *f, const unsigned char one[FINGERPRINT_SIZE]);
bool fingerprints_equal(
    const struct fingerprints *a, const struct fingerprints *b);
/* Appends them as lower-case hex with '/' between. */
void fingerprints_put_hex(struct buf *out, const struct fingerprints *f);

/*
 * Puts the comparison words of a set in words, which are static.
 *
 * B is the 14 bytes "signet words 1", a NUL, and the fingerprints as 32 bytes
 * each, in their order. H(1) = SHA-256(B), H(n) = SHA-256(H(n-1) B). The words
 * are those of the PGP word list for the first 16 bytes of H(65536).
 *
 * Somebody in the middle chooses a certificate for each side, and so looks for
 * two sets with the same words, not for one with given words: 128 bits cost
 * them 2^64 sets, and each set 2^16 digests.
 */
void fingerprints_words(
    const struct fingerprints *f, const char *words[FINGERPRINTS_WORDS]);
/* Appends the words in four rows of four, each after indent, in columns. */
void fingerprints_put_words(
    struct buf *out, const struct fingerprints *f, const char *indent);

/* Appends "sip:AOR;cert-sha256=HEX", with '/' between two fingerprints. The hex
 * is in upper case, which takes less room in a QR code. */
void fingerprints_put_text(
    struct buf *out, const char *aor, const struct fingerprints *f);
/* Reads such a text, with white space around it, the scheme sip or sips and hex
 * in any case. who is for aor_free. EX_DATAERR. */
int fingerprints_read_text(
    struct span text, struct aor *who, struct fingerprints *f, struct err *e);

#endif
