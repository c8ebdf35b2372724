/*
 * The key store as the files of keys/ see it: parsed certificates, private
 * keys, CRLs and pins. Nothing outside keys/ includes this.
 */
#ifndef SIGNET_KEYS_STORE_KEYSTORE_CERTS_H
#define SIGNET_KEYS_STORE_KEYSTORE_CERTS_H

#include <signal.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "keys/store/keystore.h"
#include "keys/x509/cert.h"

/* Limits: a file of the store, and how many of them. */
enum { STORE_FILE_MAX = 1 << 20, STORE_FILES_MAX = 100000 };

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

/* How a file is known to be the one that was read. */
struct store_stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec modified, changed;
	bool settled; /* it was not written in the moment it was read */
};

struct store_file {
	enum store_kind kind;
	char *file; /* its name in the directory */
	char *name; /* NAME, escapes undone: to show */
	char *key; /* the form in which it is refreshed for */
	struct store_stamp stamp;
	struct cert **certs; /* the first is NAME's own */
	size_t cert_count;
	X509_CRL **crls;
	size_t crl_count;
	EVP_PKEY *pkey; /* read when it is first wanted */
	bool loaded; /* certs and crls are; see keystore_fetch */
	struct err why; /* exit is set when it could not be read */
};

struct store_pin {
	unsigned char fingerprint[CERT_FINGERPRINT];
	char *key; /* of the AOR */
};

enum {
	PEER_SIGNS = 1,
	PEER_GCM = 2,
	PEER_CBC = 4,
	PEER_INNER = 8,
	PEER_OUTER = 16
};

struct store_peer {
	char *key;
	unsigned words;
};

struct keystore {
	char *dir;
	keystore_ask_fn *ask;
	void *ask_arg;

	struct store_stamp stamp; /* of the directory */
	struct timespec swept; /* when each file was last refreshed at */
	struct timespec refreshed; /* and the directory */
	long long refresh_interval; /* ns between two looks */
	unsigned long generation; /* grows when a file changed; never 0 */
	struct err why; /* the directory cannot be read */

	struct store_file *files; /* by kind, then key */
	size_t count;

	/* Borrowed from the files above. */
	struct cert **roots; /* the self-signed root_cert_ ones */
	size_t root_count;
	struct cert **cas; /* ca_cert_ files, and what follows a leaf */
	size_t ca_count;
	X509_CRL **crls;
	size_t crl_count;
	const struct store_file *bad_crl; /* one that cannot be read */

	struct store_stamp pins_stamp, peers_stamp;
	struct store_pin *pins;
	size_t pin_count;
	bool pins_lost; /* `pinned` is there and cannot be read or parsed */
	struct store_peer *peers;
	size_t peer_count;

	X509_STORE *system; /* the system's roots, once they were wanted */
};

/* Looks whether anything in the directory changed and reads what did. What
 * the functions below gave out before is gone then. -1 when the directory
 * is there but cannot be read. */
int keystore_refresh(struct keystore *ks, struct err *e);
/* The same for what costs next to nothing: files that came, went or were put
 * in another's place, not those that were written where they lie. */
int keystore_refresh_dir(struct keystore *ks, struct err *e);
/* The same as keystore_refresh, whatever refresh_interval says: before what a person saw
 * is acted on. */
int keystore_refresh_force(struct keystore *ks, struct err *e);

/* Reads the directory anew; files that did not change keep what was read. */
int keystore_scan(struct keystore *ks, struct err *e);
void keystore_free_files(struct keystore *ks);
bool keystore_kind_is_key(enum store_kind kind);

/* Reads a file's certificates if that was not done yet. */
void keystore_fetch(struct keystore *ks, struct store_file *f);

/* The file of that kind and key, or NULL. */
struct store_file *keystore_file(
    struct keystore *ks, enum store_kind kind, const char *key);
/* The files of one kind: the first, and how many. */
struct store_file *keystore_files(
    struct keystore *ks, enum store_kind kind, size_t *count);

/* The certificate that lies here for that AOR, or NULL: by its file's name
 * alone, which the person chose. */
struct cert *keystore_cert(struct keystore *ks, const char *key);
/* Whether the file's AOR has a private key here. */
bool keystore_is_mine(struct keystore *ks, const struct store_file *f);
/* The private key that belongs to a user_cert_ or domain_cert_ file, borrowed.
 * NULL with e set when it is not there, cannot be read, or is not the
 * certificate's. */
EVP_PKEY *keystore_private(
    struct keystore *ks, const struct store_file *f, struct err *e);
/* Whether that would ask for a passphrase, or has to read a file first. */
bool keystore_private_unread(struct keystore *ks, const struct store_file *f);
/* Reads a private key from PEM bytes, asking for a passphrase. what names it
 * for the question. */
EVP_PKEY *keystore_read_key(
    struct keystore *ks, struct span pem, const char *what, struct err *e);

/* Pins: whether an AOR has any, and whether one of them is this one. */
bool keystore_has_pin(const struct keystore *ks, const char *key);
bool keystore_pinned(
    const struct keystore *ks, const char *key, const struct cert *c);
/* What `peers` says of an AOR: PEER_* bits. */
unsigned keystore_peer_caps(const struct keystore *ks, const char *key);
/* Adds words that a good message showed; what contradicts them goes. Errors
 * are not the message's: they are left unsaid. */
void keystore_peer_update(struct keystore *ks, const char *key, unsigned words);

/* The file name of a kind's NAME, escaped; appended. */
void keystore_file_name(
    struct buf *out, enum store_kind kind, struct span name);
/* What a file name is of, or false. name is for the caller to free. */
bool keystore_file_kind(const char *file, enum store_kind *kind, char **name);
/* The form in which a NAME of a kind is refreshed for: for the caller to free;
 * NULL when it is none. */
char *keystore_key(enum store_kind kind, struct span name);

/* Files that are written together. mode is 0600 or 0644. */
struct store_write {
	const char *file; /* name in the directory */
	struct span data;
	mode_t mode;
};
/* Writes all of them or none: each to a temporary file beside its place,
 * fsync, then rename; signals wait meanwhile. Such files of an hour ago and
 * more, which a process that was killed has left, are removed first. Without
 * force a file that is there makes it EX_CANTCREAT. EX_IOERR when the disk is
 * full or fails. */
int keystore_write(struct keystore *ks, const struct store_write *w,
    size_t count, bool force, struct err *e);
/* Between these two no signal ends the process: for a change that is more
 * than one step. */
void keystore_hold(sigset_t *old);
void keystore_release(const sigset_t *old);
/* Makes the directory, 0700, and what is missing above it. One that is there
 * is left as it is. */
int keystore_mkdir(const char *dir, struct err *e);
/* Reads a file of at most max bytes. EX_NOINPUT, EX_DATAERR. */
int keystore_slurp(const char *path, size_t max, struct buf *out,
    struct store_stamp *stamp, struct err *e);
/* A lock against other signets for reading, changing and writing one file;
 * -1 is no lock, which keystore_unlock takes as well. */
int keystore_lock(struct keystore *ks);
void keystore_unlock(int lock);

enum { IMPORT_MAX = 16 }; /* certificates, keys or CRLs of one file */

/* A file that a person brings: what was found in it, and what comes of it. */
struct import_ctx {
	struct keystore *ks;
	const struct keystore_import_opts *how;
	struct cert *certs[IMPORT_MAX];
	size_t cert_count;
	EVP_PKEY *keys[IMPORT_MAX];
	size_t key_count;
	X509_CRL *crls[IMPORT_MAX];
	size_t crl_count;
	bool full;
	bool asked; /* a passphrase was needed */
	struct buf passphrase; /* and this was it */
	/* What is to be written. */
	struct store_write writes[2 * IMPORT_MAX];
	struct buf names[2 * IMPORT_MAX], data[2 * IMPORT_MAX];
	size_t write_count;
	bool known; /* something in it lies here already */
};

/* Plans the files that what was found in t makes; writes nothing. */
int keystore_import_plan(struct import_ctx *t, struct err *e);

/* Describes a file and appends that to items. */
void keystore_item_add(struct keystore *ks, struct store_file *f,
    struct keystore_item **items, size_t *count);

void keystore_stamp(const struct stat *st, struct store_stamp *out);
bool keystore_stamp_same(
    const struct store_stamp *a, const struct store_stamp *b);
void keystore_read_pins(struct keystore *ks);
void keystore_read_peers(struct keystore *ks);
void keystore_free_pins(struct keystore *ks);
void keystore_free_peers(struct keystore *ks);

#endif
