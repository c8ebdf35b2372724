/*
 * The vocabulary of what was found in a message, one name each.
 *
 * Every surface (client, listen, inspect, JSON, tests) says these names and
 * no others. This header is all that ui/ sees of keys/.
 */
#ifndef SIGNET_KEYS_X509_VERDICT_H
#define SIGNET_KEYS_X509_VERDICT_H

#include <stdbool.h>

enum verdict_transport {
	TRANSPORT_NONE, /* from a file */
	TRANSPORT_UDP,
	TRANSPORT_TCP,
	TRANSPORT_TLS,
	TRANSPORT_TLS_MUTUAL
};

enum verdict_encryption {
	ENCRYPTION_NONE,
	ENCRYPTION_OPENED,
	ENCRYPTION_UNOPENED, /* sealed inside a signature that is bad */
	ENCRYPTION_NO_KEY,
	ENCRYPTION_FAILED,
	ENCRYPTION_MALFORMED
};

/* Where several are true of one signature the first of this list is the
 * verdict; good, none come after all of them. */
enum verdict_signature {
	SIGNATURE_MALFORMED,
	SIGNATURE_UNKNOWN_SIGNER,
	SIGNATURE_TAMPERED,
	SIGNATURE_REVOKED,
	SIGNATURE_CHANGED,
	SIGNATURE_UNTRUSTED,
	SIGNATURE_EXPIRED,
	SIGNATURE_NOT_YET_VALID,
	SIGNATURE_WEAK,
	SIGNATURE_IDENTITY_MISMATCH,
	SIGNATURE_NO_CRL,
	SIGNATURE_GOOD,
	SIGNATURE_NONE
};

enum verdict_covers { COVERS_NOTHING, COVERS_TEXT, COVERS_CIPHERTEXT };

struct verdict {
	enum verdict_encryption encryption;
	char cipher[32]; /* "aes-128-cbc"; "" where nothing is sealed */
	enum verdict_signature signature;
	char signer[512]; /* user@host of the signer's certificate, or "" */
	char digest[16]; /* "sha-256" as micalg spells it, or "" */
	enum verdict_covers covers;
	char reason[1024]; /* words for a person; "" when there is no more
	                    * to say. Holds wire text: filter to show. */
};

/* The names of DESIGN's vocabulary: "tls-mutual", "no-key", "ciphertext";
 * COVERS_NOTHING is "". */
const char *verdict_transport_name(enum verdict_transport t);
const char *verdict_encryption_name(enum verdict_encryption e);
const char *verdict_signature_name(enum verdict_signature s);
const char *verdict_covers_name(enum verdict_covers c);

/* Whether a signature of this name is refused under `bad-signature = refuse`.
 * unknown-signer is not among them: its own setting, and the key store,
 * decide. */
bool verdict_signature_bad(enum verdict_signature s);

#endif
