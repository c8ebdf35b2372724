/*
 * The inside of the key store.
 *
 * Calls run one way, each file calling those to its right:
 * {keystore_list, keystore_import, keystore_make} > {keystore_trust,
 * keystore_plan} > keystore > {keystore_files, keystore_pins} >
 * keystore_write > {keystore_stamp, keystore_names}. keystore_import also
 * calls keystore_list, which describes what was imported.
 */
#ifndef SIGNET_KEYS_STORE_KEYSTORE_PRIV_H
#define SIGNET_KEYS_STORE_KEYSTORE_PRIV_H

#include <signal.h>
#include <sys/stat.h>

#include "keys/store/keystore_write.h"

enum { STORE_FILES_MAX = 100000 };

struct store_pin {
	unsigned char fingerprint[CERT_FINGERPRINT];
	char *key; /* of the AOR */
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

	struct store_stamp stamp; /* of the directory */
	struct timespec swept; /* when the files were last checked */
	struct timespec refreshed; /* when the directory was last checked */
	long long refresh_interval; /* ns */
	unsigned long generation; /* grows when a file changes; never 0 */

	struct store_file *files; /* by kind, then key */
	size_t count;
	struct store_issuers issuers; /* borrowed from files */

	struct store_stamp pins_stamp, peers_stamp;
	struct store_pin *pins;
	size_t pin_count;
	bool pins_lost; /* `pinned` is there and cannot be read or parsed */
	struct store_peer *peers;
	size_t peer_count;

	X509_STORE *system; /* the system's roots, NULL until needed */
};

/* --- keystore_stamp ------------------------------------------------------- */

void keystore_stamp(const struct stat *st, struct store_stamp *out);
bool keystore_stamp_same(
    const struct store_stamp *a, const struct store_stamp *b);

/* --- keystore_names ------------------------------------------------------- */

/* Reads a file name; false when it is not of the store. name is for the caller
 * to free. */
bool keystore_file_kind(const char *file, enum store_kind *kind, char **name);

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
/* Reads a file's certificates if that was not done yet. */
void keystore_fetch(struct keystore *ks, struct store_file *f);

/* --- keystore_pins -------------------------------------------------------- */

/* Read `pinned` and `peers` again if they changed. */
void keystore_read_pins(struct keystore *ks);
void keystore_read_peers(struct keystore *ks);
void keystore_free_pins(struct keystore *ks);
void keystore_free_peers(struct keystore *ks);
/* Replaces the pins of an AOR's key with one fingerprint, or with none where it
 * is NULL. EX_CONFIG when `pinned` cannot be read, EX_IOERR. */
int keystore_change_pins(struct keystore *ks, const char *key,
    const unsigned char *fingerprint, struct err *e);

/* --- keystore ------------------------------------------------------------- */

/* What a question names when it is asked again. For free(). */
char *keystore_again(const char *what);
/* Reads a private key from PEM, asking for a passphrase. what names it in the
 * question. NULL and e on failure. */
EVP_PKEY *keystore_read_key(
    struct keystore *ks, struct span pem, const char *what, struct err *e);

/* --- keystore_list -------------------------------------------------------- */

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
	struct store_write writes[2 * IMPORT_MAX];
	struct buf names[2 * IMPORT_MAX], data[2 * IMPORT_MAX];
	size_t write_count;
	bool known; /* a part of it is in the store already */
};
/* Plans the files to write for the contents of t; writes nothing. */
int keystore_import_plan(struct import_ctx *t, struct err *e);

#endif
