/*
 * The key store: a directory of PEM files with SIPimp's names, and the lines
 * `pinned` and `peers` beside them.
 *
 * Changes by other programs are noticed at the next message. (In a store of
 * more than 16 files, a file written in place is noticed within 100 ms.)
 */
#ifndef SIGNET_KEYS_STORE_KEYSTORE_H
#define SIGNET_KEYS_STORE_KEYSTORE_H

#include <time.h>

#include "keys/x509/identity.h"
#include "src/base/bytes.h"
#include "src/base/err.h"

struct keystore;

/* Asks for the passphrase of a key, which what names, and puts it in out
 * (reserved by the callee, wiped by the caller). fresh: for a new key, so ask
 * twice; an empty answer means no encryption. 0, or -1 with e. */
typedef int keystore_ask_fn(
    void *arg, const char *what, bool fresh, struct buf *out, struct err *e);

/* Opens dir. With create a missing directory is made (0700); without, it is an
 * empty store. EX_CONFIG, EX_CANTCREAT. */
int keystore_open(
    const char *dir, bool create, struct keystore **out, struct err *e);
void keystore_free(struct keystore *ks);
/* Returns the directory as it was given. */
const char *keystore_dir(const struct keystore *ks);
/* Checks the directory for changes at most once in ms milliseconds. 0, the
 * default, checks at each use. */
void keystore_set_refresh_interval(struct keystore *ks, unsigned ms);
void keystore_on_passphrase(
    struct keystore *ks, keystore_ask_fn *fn, void *arg);
/* Appends, in words, that people other than its owner can read or write the
 * directory or a private key in it, and how to end that; nothing if they
 * cannot. Returns whether they can. */
bool keystore_exposed(const struct keystore *ks, struct buf *out);

/* The certificates and private keys of one of our addresses. Only keys/ reads its
 * members. */
struct keystore_owner;
/* Is called before keystore_make, keystore_import or keystore_remove changes a
 * certificate or private key of who, an address that has a private key here.
 * next: what they sign and decrypt with afterwards, borrowed for the call; NULL:
 * they cannot do both. -1 with e stops the change, and nothing is written. */
typedef int keystore_change_fn(void *arg, const struct aor *who,
    const struct keystore_owner *next, struct err *e);
void keystore_on_change(struct keystore *ks, keystore_change_fn *fn, void *arg);
/* Asks up to tries times while the answer is wrong; 1 is the default. */
void keystore_set_tries(struct keystore *ks, unsigned tries);
/* Reads the private key of who now, asking for its passphrase, so that it need
 * not be asked for later. No key is no error. EX_CONFIG when it cannot be
 * read. */
int keystore_ready(struct keystore *ks, const struct aor *who, struct err *e);

/* Appends a name as files have it: every byte outside [A-Za-z0-9._+@-] as %XX,
 * so that no address is a path. */
void keystore_escape(struct buf *out, struct span name);

/* Room for the fingerprints of a person's certificates: 64 hex digits, or twice
 * 64 with a space between, that of the signing certificate first. */
enum { KEYSTORE_SHOWN = 2 * 65 };
/* Puts the fingerprints of who's certificates in shown. Call this before they
 * are shown, so that keystore_trust does not pin one that is replaced
 * meanwhile. EX_CONFIG when none is stored or one cannot be read. */
int keystore_shown(struct keystore *ks, const struct aor *who,
    char shown[KEYSTORE_SHOWN], struct err *e);
/* Pins the stored certificates of who, one or one for each use: the user vouches
 * that they are theirs, whoever signed them, and that no other one is. It
 * replaces earlier pins. shown is from keystore_shown. EX_CONFIG when none is
 * stored, EX_TEMPFAIL when another one is stored by now, EX_IOERR when the pin
 * cannot be written. */
int keystore_trust(struct keystore *ks, const struct aor *who,
    const char *shown, struct err *e);
/* Is given each pin: the key of its address, as in struct aor, and the
 * certificate's SHA-256. */
typedef void keystore_pin_fn(
    void *arg, const char *key, const unsigned char fingerprint[32]);
void keystore_each_pin(struct keystore *ks, keystore_pin_fn *fn, void *arg);
/* Returns a number that grows when pins change; never 0. */
unsigned long keystore_pins_version(const struct keystore *ks);
/* Removes the pins. EX_CONFIG when there is none. */
int keystore_untrust(struct keystore *ks, const struct aor *who, struct err *e);

/* --- what the verbs do ---------------------------------------------------- */

enum keystore_kind {
	KEYSTORE_USER, /* a person whose private key is here */
	KEYSTORE_PEER,
	KEYSTORE_DOMAIN,
	KEYSTORE_ROOT,
	KEYSTORE_CA,
	KEYSTORE_CRL
};

/* A certificate or CRL of the store. Its texts come from files: escape them to
 * show them. */
struct keystore_item {
	enum keystore_kind kind;
	char *name;
	char *file; /* in the directory */
	unsigned char digest[32]; /* SHA-256 of the DER */
	char fingerprint[65]; /* the same in lower-case hex */
	time_t not_before, not_after; /* of a CRL: this and next update */
	bool has_private, pinned;
	const char *use; /* "sign" or "encrypt" where a person's certificate
	                  * serves that alone, else NULL */
	char *subject, *issuer;
	char *addresses; /* the sip and sips URIs, with spaces between */
	char *key; /* "P-256", "RSA 2048" */
	char *problem; /* why the file cannot be read, or NULL */
};

/* "user", "peer", "root", "ca", "domain", "crl". */
const char *keystore_kind_name(enum keystore_kind kind);
/* Lists everything (name NULL), or everything of that NAME: an address, a host,
 * or the name of a root, CA or CRL. An empty list is no error. items is for
 * keystore_items_free. */
int keystore_list(struct keystore *ks, const char *name,
    struct keystore_item **items, size_t *count, struct err *e);
void keystore_items_free(struct keystore_item *items, size_t count);

/* Options of keystore_make and keystore_request. */
struct keystore_new {
	const char *type; /* NULL or "p256", "rsa:2048" .. */
	unsigned days;
	bool force; /* replace what is there */
};
/* Makes a key and a self-signed certificate for NAME, an address or a host.
 * Asks for a passphrase for the key if a callback is set. */
int keystore_make(struct keystore *ks, const char *name,
    const struct keystore_new *how, struct err *e);
/* Appends a PKCS#10 request (PEM) for NAME with its key, which is made if there
 * is none. */
int keystore_request(struct keystore *ks, const char *name,
    const struct keystore_new *how, struct buf *pem, struct err *e);

struct keystore_import_opts {
	const char *path; /* the file, for errors and names */
	bool as_root;
	bool force;
	const char
	    *name; /* the name to store under; NULL: as it names itself */
	struct buf *left; /* NULL, or gets a line for each part that was left
	                   * out, with the reason */
	bool *no_cert; /* NULL, or set when it fails because a private key has
	                * no certificate, there or here */
};
/* Returns whether data holds private keys alone. */
bool keystore_import_only_keys(struct span data);
/* Imports PEM, DER, PKCS#12 or .p7c. If one part cannot be stored nothing is.
 * Left out, with a line in how->left, is what the store has no use for. items
 * gets what was imported, for keystore_items_free. */
int keystore_import(struct keystore *ks, struct span data,
    const struct keystore_import_opts *how, struct keystore_item **items,
    size_t *count, struct err *e);

/* Appends the PEM of NAME's certificates, or with key of its private key, as it
 * is stored. */
int keystore_export(struct keystore *ks, const char *name, bool key,
    struct buf *pem, struct err *e);
/* Removes NAME's files, and its pin. Files with a private key need force. */
int keystore_remove(
    struct keystore *ks, const char *name, bool force, struct err *e);

/* The capabilities that the good messages of a peer have shown. */
enum {
	PEER_SIGNS = 1,
	PEER_GCM = 2,
	PEER_CBC = 4,
	PEER_INNER = 8,
	PEER_OUTER = 16,
	/* Types that their Accept fields named: */
	PEER_CPIM = 32,
	PEER_RECEIPTS = 64,
	PEER_TYPING = 128
};
/* Returns the PEER_* bits of an AOR's key. */
unsigned keystore_peer_caps(const struct keystore *ks, const char *key);
/* Adds PEER_* bits, and removes those that they contradict. Errors are
 * ignored, since they are not the message's. */
void keystore_peer_update(struct keystore *ks, const char *key, unsigned caps);

#endif
