/*
 * An open key store: refreshes it from the disk before use, and reads its
 * private keys.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "keys/store/keystore_priv.h"
#include "src/base/shell.h"

/*
 * A refresh compares the directory's times, which change when files are added,
 * removed or renamed over, and those of each file, which change when one is
 * written in place. In stores of more than SWEEP_FILES the files are checked
 * only once in SWEEP_NS, so that a large store does not slow down messages.
 */
enum { SWEEP_FILES = 16, SWEEP_NS = 100000000 };
/* A key file that is being written is looked at again this often, at these
 * intervals, before it is read. */
enum { READY_TRIES = 10, READY_NS = 10000000 };

static long long
keystore_elapsed_ns(const struct timespec *from, const struct timespec *to)
{
	return (long long)(to->tv_sec - from->tv_sec) * 1000000000LL +
	    to->tv_nsec - from->tv_nsec;
}

/* Returns whether a file was removed or written since it was read. */
static bool
keystore_files_changed(struct keystore *ks)
{
	struct timespec now = {0, 0};
	struct buf path = {0};
	bool dirty = false;
	size_t i;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (ks->count > SWEEP_FILES &&
	    keystore_elapsed_ns(&ks->swept, &now) < SWEEP_NS)
		return false;
	ks->swept = now;
	for (i = 0; i < ks->count && !dirty; i++) {
		struct store_stamp stamp;
		struct stat st;

		path.n = 0;
		buf_addf(&path, "%s/%s", ks->dir, ks->files[i].file);
		if (stat((char *)path.p, &st) != 0) {
			dirty = true;
			break;
		}
		keystore_stamp(&st, &stamp);
		dirty = !keystore_stamp_same(&ks->files[i].stamp, &stamp);
	}
	buf_free(&path);
	return dirty;
}

static int
keystore_refresh_one(struct keystore *ks, bool sweep, struct err *e)
{
	struct store_stamp stamp = {0};
	mode_t mode = 0;
	struct stat st;

	if (stat(ks->dir, &st) == 0) {
		keystore_stamp(&st, &stamp);
		mode = st.st_mode;
	} else if (errno != ENOENT) {
		return err_set(e, EX_CONFIG,
		    "the key store %s cannot be read: %s", ks->dir,
		    strerror(errno));
	}
	if (!keystore_stamp_same(&ks->stamp, &stamp) ||
	    (sweep && keystore_files_changed(ks))) {
		if (keystore_scan(ks, e) == -1)
			return -1;
		ks->stamp = stamp;
		ks->mode = mode;
	}
	keystore_read_pins(ks);
	keystore_read_peers(ks);
	return 0;
}

int
keystore_refresh(struct keystore *ks, struct err *e)
{
	struct timespec now = {0, 0};

	if (ks->refresh_interval != 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (keystore_elapsed_ns(&ks->refreshed, &now) <
		    ks->refresh_interval)
			return 0;
		ks->refreshed = now;
	}
	return keystore_refresh_one(ks, true, e);
}

int
keystore_refresh_dir(struct keystore *ks, struct err *e)
{
	return keystore_refresh_one(ks, false, e);
}

int
keystore_refresh_force(struct keystore *ks, struct err *e)
{
	ks->refreshed = (struct timespec){0, 0};
	ks->swept = (struct timespec){0, 0};
	return keystore_refresh(ks, e);
}

/* Returns words for the permissions that others have, or NULL. */
static const char *
keystore_others_can(mode_t mode)
{
	bool reads = (mode & (S_IRGRP | S_IROTH)) != 0;

	if ((mode & (S_IWGRP | S_IWOTH)) != 0)
		return reads ? "read and write" : "write";
	return reads ? "read" : NULL;
}

bool
keystore_exposed(const struct keystore *ks, struct buf *out)
{
	const char *what = keystore_others_can(ks->mode), *more = NULL;
	const struct store_file *f = NULL;
	size_t i;

	for (i = 0; i < ks->count && more == NULL; i++) {
		f = &ks->files[i];
		if (keystore_kind_is_key(f->kind))
			more = keystore_others_can(f->mode);
	}
	if (what == NULL && more == NULL)
		return false;
	buf_adds(out, "other users can ");
	if (what != NULL)
		buf_addf(out, "%s the key store %s", what, ks->dir);
	if (more != NULL)
		buf_addf(out, "%s%s the private key %s/%s",
		    what != NULL ? ", and " : "", more, ks->dir, f->file);
	buf_adds(out, "; chmod -R go-rwx ");
	shell_path(out, ks->dir);
	buf_adds(out, " ends that");
	return true;
}

const struct store_issuers *
keystore_issuers(const struct keystore *ks)
{
	return &ks->issuers;
}

unsigned long
keystore_generation(const struct keystore *ks)
{
	return ks->generation;
}

X509_STORE *
keystore_system_roots(struct keystore *ks)
{
	if (ks->system == NULL && (ks->system = X509_STORE_new()) != NULL)
		X509_STORE_set_default_paths(ks->system);
	return ks->system;
}

const char *
keystore_dir(const struct keystore *ks)
{
	return ks->dir;
}

int
keystore_open(
    const char *dir, bool create, struct keystore **out, struct err *e)
{
	struct keystore *ks;

	if (create && keystore_mkdir(dir, e) == -1)
		return -1;
	ks = xcalloc(1, sizeof(*ks));
	ks->dir = xstrdup(dir);
	ks->generation = 1;
	if (keystore_refresh(ks, e) == -1) {
		keystore_free(ks);
		return -1;
	}
	*out = ks;
	return 0;
}

void
keystore_set_refresh_interval(struct keystore *ks, unsigned ms)
{
	ks->refresh_interval = (long long)ms * 1000000LL;
}

void
keystore_free(struct keystore *ks)
{
	if (ks == NULL)
		return;
	keystore_free_files(ks);
	free(ks->mine);
	free(ks->issuers.roots);
	free(ks->issuers.cas);
	free(ks->issuers.crls);
	keystore_free_pins(ks);
	keystore_free_peers(ks);
	X509_STORE_free(ks->system);
	algs_free(ks->algs);
	free(ks->dir);
	free(ks);
}

void
keystore_on_passphrase(struct keystore *ks, keystore_ask_fn *fn, void *arg)
{
	size_t i;

	ks->ask = fn;
	ks->ask_arg = arg;
	/* A key whose passphrase was refused may be tried anew. */
	for (i = 0; i < ks->count; i++)
		if (keystore_kind_is_key(ks->files[i].kind))
			err_kept_free(&ks->files[i].why);
}

void
keystore_on_change(struct keystore *ks, keystore_change_fn *fn, void *arg)
{
	ks->change = fn;
	ks->change_arg = arg;
}

void
keystore_set_tries(struct keystore *ks, unsigned tries)
{
	ks->tries = tries;
}

struct cert *
keystore_cert(struct keystore *ks, const char *key)
{
	struct store_file *f = keystore_user(ks, key, STORE_SIGN);

	return f != NULL && f->cert_count > 0 ? f->certs[0] : NULL;
}

bool
keystore_is_mine(struct keystore *ks, const struct store_file *f)
{
	return keystore_partner(ks, f) != NULL;
}

char *
keystore_again(const char *what)
{
	struct buf b = {0};

	buf_addf(&b, "%s (the last one was wrong)", what);
	return (char *)b.p;
}

struct ask {
	struct keystore *ks;
	const char *what;
	struct err *e;
	bool asked;
};

/* OpenSSL's callback for the passphrase of a PEM file. */
static int
keystore_passphrase(char *out, int size, int writing, void *arg)
{
	struct ask *ask = arg;
	struct buf answer = {0};
	int n = -1;

	(void)writing;
	ask->asked = true;
	if (ask->ks->ask == NULL) {
		err_set(ask->e, EX_CONFIG,
		    "the key of %s is locked with a "
		    "passphrase, and there is nobody to ask for it; set "
		    "passphrase-command",
		    ask->what);
	} else if (ask->ks->ask(ask->ks->ask_arg, ask->what, false, &answer,
		       ask->e) == 0) {
		if (answer.n <= (size_t)size) {
			memcpy(out, answer.p, answer.n);
			n = (int)answer.n;
		} else {
			err_set(ask->e, EX_DATAERR,
			    "the passphrase of the "
			    "key of %s is longer than %d bytes",
			    ask->what, size);
		}
	}
	buf_wipe(&answer);
	return n;
}

/* Returns NULL with e->exit 0 where the key is no key, or the passphrase is
 * wrong. */
static EVP_PKEY *
keystore_try_key(struct span pem, struct ask *ask)
{
	BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *key;

	ask->asked = false;
	ask->e->exit = 0;
	key = b != NULL
	    ? PEM_read_bio_PrivateKey(b, NULL, keystore_passphrase, ask)
	    : NULL;
	ERR_clear_error();
	BIO_free(b);
	return key;
}

EVP_PKEY *
keystore_read_key(
    struct keystore *ks, struct span pem, const char *what, struct err *e)
{
	struct ask ask = {ks, what, e, false};
	EVP_PKEY *key = keystore_try_key(pem, &ask);
	char *again = keystore_again(what);

	ask.what = again;
	for (unsigned i = 1;
	     i < ks->tries && key == NULL && ask.asked && e->exit == 0; i++)
		key = keystore_try_key(pem, &ask);
	free(again);
	if (key != NULL || e->exit != 0)
		return key;
	if (ask.asked)
		(void)err_set(e, EX_CONFIG,
		    "the passphrase of the key of %s is wrong", what);
	else
		(void)err_set(e, EX_DATAERR,
		    "the key of %s is no private key in PEM", what);
	return NULL;
}

/* A failure is remembered until the file or the passphrase callback changes. */
EVP_PKEY *
keystore_load(struct keystore *ks, struct store_file *f)
{
	struct buf path = {0}, data = {0};
	struct store_stamp stamp;
	struct err e = {0};

	if (f->pkey != NULL || f->why.exit != 0)
		return f->pkey;
	buf_addf(&path, "%s/%s", ks->dir, f->file);
	if (keystore_slurp((char *)path.p, STORE_FILE_MAX, &data, &stamp, &e) ==
	    0)
		f->pkey = keystore_read_key(ks, span_buf(&data), f->name, &e);
	if (f->pkey == NULL)
		err_keep(&f->why, &e);
	buf_wipe(&data);
	buf_free(&path);
	return f->pkey;
}

/* Returns the first file of a private key of who; *count gets how many there
 * are. */
static struct store_file *
keystore_user_keys(struct keystore *ks, const char *key, size_t *count)
{
	struct store_file *k = keystore_file(ks, STORE_USER_KEY, key);

	*count = 0;
	while (k != NULL && &k[*count] < &ks->files[ks->count] &&
	    k[*count].kind == STORE_USER_KEY && strcmp(k[*count].key, key) == 0)
		(*count)++;
	return k;
}

int
keystore_ready(struct keystore *ks, const struct aor *who, struct err *e)
{
	static const struct timespec moment = {0, READY_NS};
	struct store_file *k;
	size_t count, n;
	int i;

	for (i = 0;; i++) {
		if (keystore_refresh(ks, e) == -1)
			return -1;
		k = keystore_user_keys(ks, who->key, &count);
		/* A file written this very moment does not count as unchanged:
		 * the next refresh would read it, and ask for its passphrase,
		 * again. */
		for (n = 0; n < count && k[n].stamp.settled; n++)
			continue;
		if (n == count || i == READY_TRIES)
			break;
		nanosleep(&moment, NULL);
	}
	for (n = 0; n < count; n++) {
		if (keystore_load(ks, &k[n]) != NULL)
			continue;
		err_recall(&k[n].why, e);
		e->exit = EX_CONFIG;
		return -1;
	}
	return 0;
}

bool
keystore_private_unread(struct keystore *ks, const struct store_file *f)
{
	const struct store_file *k = keystore_partner(ks, f);

	return k != NULL && k->pkey == NULL && k->why.exit == 0;
}

/* Returns whether the private key of k is that of a certificate. */
static bool
keystore_key_matches(struct store_file *k, const struct cert *c)
{
	if (memcmp(k->matches, c->fingerprint, CERT_FINGERPRINT) == 0)
		return true;
	if (EVP_PKEY_eq(X509_get0_pubkey(c->x509), k->pkey) != 1)
		return false;
	memcpy(k->matches, c->fingerprint, CERT_FINGERPRINT);
	return true;
}

EVP_PKEY *
keystore_private(struct keystore *ks, const struct store_file *f, struct err *e)
{
	struct store_file *k = keystore_partner(ks, f);

	if (k == NULL) {
		err_set(e, EX_CONFIG, "there is no private key of %s in %s",
		    f->name, ks->dir);
		return NULL;
	}
	if (keystore_load(ks, k) == NULL) {
		err_recall(&k->why, e);
		return NULL;
	}
	if (f->cert_count == 0 || !keystore_key_matches(k, f->certs[0])) {
		err_set(e, EX_CONFIG,
		    "the private key of %s does not match its certificate in "
		    "%s",
		    f->name, ks->dir);
		return NULL;
	}
	return k->pkey;
}

struct algs *
keystore_algs(struct keystore *ks, struct err *e)
{
	if (ks->algs == NULL)
		ks->algs = algs_new(e);
	return ks->algs;
}
