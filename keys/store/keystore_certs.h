/*
 * The key store for the other rooms of keys/: parsed certificates, private
 * keys, CRLs, pins and the capabilities of peers. Nothing outside keys/
 * includes this.
 *
 * Everything that these functions return is borrowed from the store and ends
 * with the next refresh.
 */
#ifndef SIGNET_KEYS_STORE_KEYSTORE_CERTS_H
#define SIGNET_KEYS_STORE_KEYSTORE_CERTS_H

#include <sys/types.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "keys/store/keystore.h"
#include "keys/x509/algs.h"
#include "keys/x509/cert.h"

enum store_kind {
	STORE_USER_CERT,
	STORE_USER_KEY,
	STORE_DOMAIN_CERT,
	STORE_DOMAIN_KEY,
	STORE_ROOT_CERT,
	STORE_ROOT_KEY,
	STORE_CA_CERT,
	STORE_CA_KEY,
	STORE_CRL,
	STORE_KINDS
};

/* The uses of a person's certificate. */
enum store_use { STORE_SIGN = 1, STORE_ENCRYPT = 2 };

/* The identity of a file's contents. */
struct store_stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec modified, changed;
	bool settled; /* it was old enough when it was read that writing it
	               * again would have changed its times */
};

struct store_file {
	enum store_kind kind;
	char *file; /* its name in the directory */
	char *name; /* NAME without escapes and +encrypt, to show */
	char *key; /* NAME in the form in which it is looked up */
	bool second; /* NAME ends in +encrypt: of a person's two certificates
	              * and keys the one that encrypts */
	mode_t mode;
	struct store_stamp stamp;
	struct cert **certs; /* the first is NAME's own */
	size_t cert_count;
	X509_CRL **crls;
	size_t crl_count;
	EVP_PKEY *pkey; /* NULL until it is needed; see keystore_private */
	unsigned char matches[CERT_FINGERPRINT]; /* the certificate that pkey
	                                          * was compared with last */
	bool loaded; /* certs and crls were read */
	struct err_kept why; /* why it cannot be read; exit is 0 if it can */
};

/* --- refreshing ----------------------------------------------------------- */

/* Reads every file that changed since the last refresh, unless that was less
 * than the refresh interval ago. -1 with EX_CONFIG when the directory is there
 * but cannot be read. */
int keystore_refresh(struct keystore *ks, struct err *e);
/* The same at next to no cost: notices files that were added, removed or
 * renamed over, but not those that were written in place. */
int keystore_refresh_dir(struct keystore *ks, struct err *e);
/* The same as keystore_refresh, whatever the interval: before an action on
 * something that the user was shown. */
int keystore_refresh_force(struct keystore *ks, struct err *e);

/* --- certificates and keys ------------------------------------------------ */

/* The certificates and CRLs that every judgement uses. */
struct store_issuers {
	struct cert **roots; /* the self-signed ones of root_cert_ files */
	size_t root_count;
	struct cert **cas; /* of ca_cert_ files, and those behind a leaf */
	size_t ca_count;
	X509_CRL **crls;
	size_t crl_count;
	const struct store_file *bad_crl; /* one that cannot be read, or NULL */
};
const struct store_issuers *keystore_issuers(const struct keystore *ks);
/* A number that grows when a file changes; never 0. */
unsigned long keystore_generation(const struct keystore *ks);
/* The roots of the operating system, read at the first call. NULL when
 * OpenSSL cannot read them. */
X509_STORE *keystore_system_roots(struct keystore *ks);

/* Returns the file of that kind and key, or NULL. */
struct store_file *keystore_file(
    struct keystore *ks, enum store_kind kind, const char *key);
/* Returns the first file of one kind; *count gets how many follow it. */
struct store_file *keystore_files(
    struct keystore *ks, enum store_kind kind, size_t *count);
/* Returns the form in which a NAME of a kind is looked up, for the caller to
 * free; NULL when it is no such name. */
char *keystore_key(enum store_kind kind, struct span name);

/* Returns the file of the certificate that serves a use of an AOR's key, or
 * NULL. A person may have two files: user_cert_AOR.pem, which signs, and
 * user_cert_AOR+encrypt.pem, which encrypts. Where the keyUsage of one does not
 * permit its use and that of the other does, the other serves. The file's name
 * decides whose it is, not the names in the certificate. */
struct store_file *keystore_user(
    struct keystore *ks, const char *key, enum store_use use);
/* Returns the certificate that signs for an AOR's key, or NULL. */
struct cert *keystore_cert(struct keystore *ks, const char *key);
/* Returns the certificate file of a key file, or the key file of a certificate
 * file; NULL when there is none. */
struct store_file *keystore_partner(
    struct keystore *ks, const struct store_file *f);
/* Returns the certificate files of persons whose private keys are here; *count
 * gets how many. */
struct store_file **keystore_mine(struct keystore *ks, size_t *count);
/* Returns whether there is a private key for the file's NAME. */
bool keystore_is_mine(struct keystore *ks, const struct store_file *f);
/* Returns the private key of a user_cert_ or domain_cert_ file, asking for its
 * passphrase if need be. NULL and e when it is missing, cannot be read, or does
 * not match the certificate. */
EVP_PKEY *keystore_private(
    struct keystore *ks, const struct store_file *f, struct err *e);
/* See keystore_change_fn. */
struct keystore_owner {
	struct cert *sign, *encrypt;
	EVP_PKEY *sign_key; /* of sign; the key of encrypt is here, too */
};
/* Returns whether keystore_private would have to read a file, and maybe ask
 * for a passphrase. */
bool keystore_private_unread(struct keystore *ks, const struct store_file *f);

/* Returns the algorithms that messages are made with; NULL and e as
 * algs_new. */
struct algs *keystore_algs(struct keystore *ks, struct err *e);

/* --- pins and peers ------------------------------------------------------- */

/* Returns whether an AOR's key has a pin, of whatever use: then no certificate
 * without a pin is good for it. */
bool keystore_has_pin(const struct keystore *ks, const char *key);
/* Returns whether c is pinned for a use of an AOR's key. */
bool keystore_pinned(const struct keystore *ks, const char *key,
    const struct cert *c, enum store_use use);
/* Returns whether `pinned` is there and cannot be read as a whole: some pins
 * are then unknown. */
bool keystore_pins_lost(const struct keystore *ks);

#endif
