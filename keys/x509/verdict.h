/*
 * The results of judging a message, with one name each.
 *
 * Client, listen, inspect, JSON and tests use these names and no others.
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
	ENCRYPTION_UNOPENED, /* inside a bad signature: not decrypted */
	ENCRYPTION_NO_KEY,
	ENCRYPTION_FAILED,
	ENCRYPTION_MALFORMED
};

/* Where several are true of a signature, the first of this list is the
 * verdict. */
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
	char cipher[32]; /* "aes-128-cbc"; "" where nothing is encrypted */
	enum verdict_signature signature;
	char signer[512]; /* user@host of the signer's certificate, or "" */
	char digest[16]; /* "sha-256" as micalg spells it, or "" */
	enum verdict_covers covers;
	bool alarm; /* no signature, though the sender signs: it is to look
	             * alarming */
	char reason[1024]; /* words for a person, or "". They hold text of the
	                    * message: escape them to show them */
};

/* The names: "tls-mutual", "no-key", "ciphertext"; COVERS_NOTHING is "". */
const char *verdict_transport_name(enum verdict_transport t);
const char *verdict_encryption_name(enum verdict_encryption e);
const char *verdict_signature_name(enum verdict_signature s);
const char *verdict_covers_name(enum verdict_covers c);

/* Returns whether a signature with this verdict is refused under
 * `bad-signature = refuse`. unknown-signer is not: its own setting and the key
 * store decide. */
bool verdict_signature_bad(enum verdict_signature s);

#endif
