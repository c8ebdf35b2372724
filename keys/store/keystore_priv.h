/*
 * The inside of the key store.
 *
 * Calls run one way, each file calling those to its right:
 * {keystore_list, keystore_import, keystore_make} > {keystore_trust,
 * keystore_change, keystore_plan > keystore_plan_person} > keystore > {keystore_files, keystore_pins} >
 * keystore_write > {keystore_stamp, keystore_names}. keystore_import also
 * calls keystore_list, which describes what was imported.
 */
#ifndef SIGNET_KEYS_STORE_KEYSTORE_PRIV_H
#define SIGNET_KEYS_STORE_KEYSTORE_PRIV_H

#include <signal.h>
#include <sys/stat.h>

#include <openssl/pkcs12.h>

#include "keys/store/keystore_write.h"

enum { STORE_FILES_MAX = 100000 };

struct store_pin {
	unsigned char fingerprint[CERT_FINGERPRINT];
	char *key; /* of the AOR */
	unsigned uses; /* STORE_SIGN, STORE_ENCRYPT or both */
};

struct store_peer {
	char *key; /* of the AOR */
	unsigned caps; /* PEER_* bits */
};

struct keystore {
	char *dir;
	keystore_ask_fn *ask;
	void *ask_arg;
	unsigned tries; /* 0 is 1 */
	keystore_change_fn *change;
	void *change_arg;

	struct store_stamp stamp; /* of the directory */
	mode_t mode; /* of the directory; 0: there is none */
	struct timespec swept; /* when the files were last checked */
	struct timespec refreshed; /* when the directory was last checked */
	long long refresh_interval; /* ns */
	unsigned long generation; /* grows when a file changes; never 0 */

	struct store_file *files; /* by kind, then key */
	size_t count;
	struct store_issuers issuers; /* borrowed from files */
	struct store_file **mine; /* of files: see keystore_mine */
	size_t mine_count;

	struct store_stamp pins_stamp, peers_stamp;
	struct store_pin *pins;
	size_t pin_count;
	unsigned long pins_version; /* grows when they are read */
	bool pins_lost; /* `pinned` is there and cannot be read or parsed */
	struct store_peer *peers;
	size_t peer_count;

	struct algs *algs; /* NULL until they are needed */
	X509_STORE *system; /* the system's roots, NULL until needed */
};

/* --- keystore_stamp ------------------------------------------------------- */

void keystore_stamp(const struct stat *st, struct store_stamp *out);
bool keystore_stamp_same(
    const struct store_stamp *a, const struct store_stamp *b);

/* --- keystore_names ------------------------------------------------------- */

/* Reads a file name; false when it is not of the store. name is for the caller
 * to free; second: it ended in +encrypt, which is taken off. */
bool keystore_file_kind(
    const char *file, enum store_kind *kind, char **name, bool *second);

/* --- keystore_write ------------------------------------------------------- */

/* Block and unblock signals around a change of more than one step. */
void keystore_hold(sigset_t *old);
void keystore_release(const sigset_t *old);
/* Makes the directory (0700) and missing ones above it. An existing one is
 * left as it is. */
int keystore_mkdir(const char *dir, struct err *e);

/* --- keystore_files ------------------------------------------------------- */

/* Reads the directory; files that did not change keep their contents. */
int keystore_scan(struct keystore *ks, struct err *e);
void keystore_free_files(struct keystore *ks);
bool keystore_kind_is_key(enum store_kind kind);
/* Returns the file of that kind and key, the first or the one that encrypts, or
 * NULL. */
struct store_file *keystore_file_exact(
    struct keystore *ks, enum store_kind kind, const char *key, bool second);
/* Returns which of a person's two certificates serves a use, as keystore_user.
 * One may be NULL. */
struct store_file *keystore_choose(
    struct store_file *first, struct store_file *second, enum store_use use);
/* Reads a file's certificates if that was not done yet. */
void keystore_fetch(struct keystore *ks, struct store_file *f);

/* --- keystore_pins -------------------------------------------------------- */

/* Read `pinned` and `peers` again if they changed. */
void keystore_read_pins(struct keystore *ks);
void keystore_read_peers(struct keystore *ks);
void keystore_free_pins(struct keystore *ks);
void keystore_free_peers(struct keystore *ks);
/* Replaces the pins of an AOR's key with those of one or two certificates; with
 * none where sign and encrypt are NULL. EX_CONFIG when `pinned` cannot be read,
 * EX_IOERR. */
int keystore_change_pins(struct keystore *ks, const char *key,
    const struct cert *sign, const struct cert *encrypt, struct err *e);

/* --- keystore ------------------------------------------------------------- */

/* Reads a key file if that was not done yet, which may ask for a passphrase.
 * NULL where it cannot be read. */
EVP_PKEY *keystore_load(struct keystore *ks, struct store_file *k);
/* Returns the name that a repeated question for a passphrase has: what, and that
 * the last answer was wrong. For free(). */
char *keystore_again(const char *what);
/* Reads a private key from PEM, asking for a passphrase. what names it in the
 * question. NULL and e on failure. */
EVP_PKEY *keystore_read_key(
    struct keystore *ks, struct span pem, const char *what, struct err *e);

/* --- keystore_list -------------------------------------------------------- */

/* --- keystore_change ------------------------------------------------------ */

/* A file of a person that is written, or removed. */
struct store_change {
	const char *key; /* of the AOR */
	bool second; /* that of NAME+encrypt */
	bool removed; /* the certificate and the key */
	struct cert *cert; /* the new one; NULL: it stays */
	EVP_PKEY *pkey; /* likewise */
};
/* Tells the function of keystore_on_change what is about to be changed: once for
 * each AOR that has a private key here. -1 where it is not to be. */
int keystore_tell(struct keystore *ks, const struct store_change *all,
    size_t count, struct err *e);

/* Describes a file and appends that to items. */
void keystore_item_add(struct keystore *ks, struct store_file *f,
    struct keystore_item **items, size_t *count);

/* --- keystore_import, keystore_plan --------------------------------------- */

enum { IMPORT_MAX = 16 }; /* certificates, keys or CRLs of one file */

/* An import: the contents of a file, and the files to write. */
struct import_ctx {
	struct keystore *ks;
	const struct keystore_import_opts *how;
	struct cert *certs[IMPORT_MAX];
	size_t cert_count;
	EVP_PKEY *keys[IMPORT_MAX];
	size_t key_count;
	X509_CRL *crls[IMPORT_MAX];
	size_t crl_count;
	bool full; /* there were more */
	bool asked; /* passphrase is set */
	unsigned tried; /* wrong passphrases so far */
	struct buf passphrase;
	struct store_change changes[2 * IMPORT_MAX]; /* of people */
	char *change_keys[2 * IMPORT_MAX];
	size_t change_count;
	struct store_write writes[2 * IMPORT_MAX];
	struct buf names[2 * IMPORT_MAX], data[2 * IMPORT_MAX];
	size_t write_count;
	bool known; /* a part of it is in the store already */
	bool has_root; /* a self-signed CA was left out */
	struct buf left; /* lines: what is left out, and why */
};
/* Take over x, key and crl. */
void keystore_import_cert(struct import_ctx *t, X509 *x);
void keystore_import_key(struct import_ctx *t, EVP_PKEY *key);
void keystore_import_crl(struct import_ctx *t, X509_CRL *crl);
/* Frees the certificates, keys and CRLs. */
void keystore_import_drop(struct import_ctx *t);
/* Adds a line to left: the certificate c, if it is not NULL, and why. */
void keystore_import_leave(struct import_ctx *t, const struct cert *c,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Asks once for the passphrase of the file. */
int keystore_import_ask(struct import_ctx *t, struct err *e);
/* After a wrong answer: forgets it, and returns whether the question may be
 * asked again. */
bool keystore_import_again(struct import_ctx *t);

/* --- keystore_pkcs12 ------------------------------------------------------ */

/* Takes everything out of a PKCS#12 file. EX_CONFIG, EX_DATAERR. */
int keystore_import_pkcs12(struct import_ctx *t, PKCS12 *p12, struct err *e);

/* --- keystore_plan, keystore_plan_person ---------------------------------- */

/* Plan the file of a kind and a NAME, with second that of NAME+encrypt. One that
 * is planned already is ignored. */
int keystore_plan_cert(struct import_ctx *t, enum store_kind kind,
    const char *name, bool second, struct cert *c, struct err *e);
int keystore_plan_key(struct import_ctx *t, enum store_kind kind,
    const char *name, bool second, EVP_PKEY *key, struct err *e);
/* Returns the private key of c among those of the file, or NULL. */
EVP_PKEY *keystore_key_of(const struct import_ctx *t, const struct cert *c);
/* Notes a change of a person's files; its key is copied, the rest borrowed. */
void keystore_plan_change(
    struct import_ctx *t, const struct store_change *change);
/* Plans the certificates of people, with their keys. */
int keystore_plan_people(struct import_ctx *t, struct err *e);
/* Plans the files to write for the contents of t; writes nothing. */
int keystore_import_plan(struct import_ctx *t, struct err *e);

#endif
