#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "keystore_in.h"

/*
 * At each look the directory is asked for its time, which tells of files that
 * came, went or were renamed over; and each file for its own, which tells of
 * those written in place. Beyond SWEEP_FILES the second is done once in
 * SWEEP_NS, so that a large store costs a message nothing.
 */
enum { SWEEP_FILES = 16, SWEEP_NS = 100000000 };
/* A file system's clock ticks in up to 10 ms: what was written that lately
 * may be written again without its time telling. */
enum { SETTLED_NS = 50000000 };

void
keystore_stamp(const struct stat *st, struct store_stamp *out)
{
	struct timespec now = { 0, 0 };
	long long age;

	clock_gettime(CLOCK_REALTIME, &now);
	age = ((long long)now.tv_sec - st->st_ctim.tv_sec) * 1000000000LL +
	    now.tv_nsec - st->st_ctim.tv_nsec;
	*out = (struct store_stamp) { st->st_dev, st->st_ino, st->st_size,
		st->st_mtim, st->st_ctim, age > SETTLED_NS || age < 0 };
}

bool
keystore_stamp_same(const struct store_stamp *a, const struct store_stamp *b)
{
	return a->settled && a->dev == b->dev && a->ino == b->ino &&
	    a->size == b->size && a->modified.tv_sec == b->modified.tv_sec &&
	    a->modified.tv_nsec == b->modified.tv_nsec &&
	    a->changed.tv_sec == b->changed.tv_sec &&
	    a->changed.tv_nsec == b->changed.tv_nsec;
}

static void
file_free(struct store_file *f)
{
	size_t i;

	for (i = 0; i < f->cert_count; i++)
		cert_free(f->certs[i]);
	for (i = 0; i < f->crl_count; i++)
		X509_CRL_free(f->crls[i]);
	EVP_PKEY_free(f->pkey);
	free(f->certs);
	free(f->crls);
	free(f->file);
	free(f->name);
	free(f->key);
}

static void
file_read_certs(struct store_file *f, BIO *b)
{
	X509 *x;

	while ((x = PEM_read_bio_X509(b, NULL, NULL, NULL)) != NULL) {
		f->certs = xrealloc(f->certs,
		    (f->cert_count + 1) * sizeof(*f->certs));
		f->certs[f->cert_count++] = cert_new(x);
	}
	if (f->cert_count == 0)
		err_set(&f->why, EX_DATAERR, "%s holds no certificate in PEM",
		    f->file);
	ERR_clear_error();
}

static void
file_read_crls(struct store_file *f, BIO *b)
{
	X509_CRL *c;

	while ((c = PEM_read_bio_X509_CRL(b, NULL, NULL, NULL)) != NULL) {
		f->crls = xrealloc(f->crls,
		    (f->crl_count + 1) * sizeof(X509_CRL *));
		f->crls[f->crl_count++] = c;
	}
	if (f->crl_count == 0)
		err_set(&f->why, EX_DATAERR, "%s holds no CRL in PEM",
		    f->file);
	ERR_clear_error();
}

static bool
kind_is_key(enum store_kind kind)
{
	return kind == STORE_USER_KEY || kind == STORE_DOMAIN_KEY ||
	    kind == STORE_ROOT_KEY;
}

/* Reads what f names, once. */
static void
file_load(const struct keystore *ks, struct store_file *f)
{
	struct buf path = { 0 }, data = { 0 };
	BIO *b;

	f->loaded = true;
	buf_addf(&path, "%s/%s", ks->dir, f->file);
	if (keystore_slurp((char *)path.p, STORE_FILE_MAX, &data, &f->stamp,
	    &f->why) == 0) {
		b = BIO_new_mem_buf(data.p, (int)data.n);
		if (b != NULL && f->kind == STORE_CRL)
			file_read_crls(f, b);
		else if (b != NULL)
			file_read_certs(f, b);
		BIO_free(b);
	}
	buf_free(&data);
	buf_free(&path);
}

/* Whether any judgement may need it. Of people and hosts there may be
 * thousands, who are read when they are wanted; so are keys, by
 * file_load_key. */
static bool
is_for_all(enum store_kind kind)
{
	return kind == STORE_ROOT_CERT || kind == STORE_CA_CERT ||
	    kind == STORE_CRL;
}

static int
file_order(const void *a, const void *b)
{
	const struct store_file *one = a, *two = b;

	if (one->kind != two->kind)
		return one->kind < two->kind ? -1 : 1;
	if (strcmp(one->key, two->key) != 0)
		return strcmp(one->key, two->key);
	/* Two spellings of one address: the escaped form that we write
	 * ourselves has no letters to undo and is the shorter. */
	if (strlen(one->file) != strlen(two->file))
		return strlen(one->file) < strlen(two->file) ? -1 : 1;
	return strcmp(one->file, two->file);
}

/* Index of the first file that does not come before (kind, key). */
static size_t
keystore_at(const struct keystore *ks, enum store_kind kind, const char *key)
{
	size_t low = 0, high = ks->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct store_file *f = &ks->files[middle];

		if (f->kind < kind ||
		    (f->kind == kind && strcmp(f->key, key) < 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Moves what was read of the same file before into f. */
static bool
file_take_over(struct keystore *ks, struct store_file *f)
{
	size_t i = keystore_at(ks, f->kind, f->key);

	for (; i < ks->count && ks->files[i].kind == f->kind; i++) {
		struct store_file *old = &ks->files[i];

		if (strcmp(old->key, f->key) != 0)
			break;
		if (strcmp(old->file, f->file) != 0 ||
		    !keystore_stamp_same(&old->stamp, &f->stamp))
			continue;
		f->certs = old->certs;
		f->cert_count = old->cert_count;
		f->crls = old->crls;
		f->crl_count = old->crl_count;
		f->pkey = old->pkey;
		f->why = old->why;
		f->loaded = old->loaded;
		old->certs = NULL;
		old->crls = NULL;
		old->cert_count = old->crl_count = 0;
		old->pkey = NULL;
		return true;
	}
	return false;
}

/* Fills one entry of the new list; false when the name is none of ours. */
static bool
file_scan(const struct keystore *ks, const char *entry, struct store_file *f)
{
	struct buf path = { 0 };
	struct stat st;
	bool ok = false;

	*f = (struct store_file) { 0 };
	if (!keystore_file_kind(entry, &f->kind, &f->name))
		return false;
	f->key = keystore_key(f->kind, span_str(f->name));
	buf_addf(&path, "%s/%s", ks->dir, entry);
	if (f->key != NULL && stat((char *)path.p, &st) == 0) {
		keystore_stamp(&st, &f->stamp);
		f->file = xstrdup(entry);
		ok = true;
	}
	buf_free(&path);
	if (!ok) {
		free(f->name);
		free(f->key);
	}
	return ok;
}

static void
store_add(struct cert ***list, size_t *count, struct cert *c)
{
	*list = xrealloc(*list, (*count + 1) * sizeof(**list));
	(*list)[(*count)++] = c;
}

/* Builds the lists that point into the files. */
static void
keystore_index(struct keystore *ks)
{
	size_t i, j;

	ks->root_count = ks->ca_count = ks->crl_count = 0;
	ks->bad_crl = NULL;
	for (i = 0; i < ks->count; i++) {
		struct store_file *f = &ks->files[i];

		for (j = 0; j < f->cert_count; j++) {
			if (f->kind == STORE_ROOT_CERT &&
			    cert_self_signed(f->certs[j]))
				store_add(&ks->roots, &ks->root_count,
				    f->certs[j]);
			else if (f->kind == STORE_CA_CERT ||
			    (f->kind != STORE_ROOT_CERT && j > 0))
				store_add(&ks->cas, &ks->ca_count,
				    f->certs[j]);
		}
		for (j = 0; j < f->crl_count; j++) {
			ks->crls = xrealloc(ks->crls,
			    (ks->crl_count + 1) * sizeof(X509_CRL *));
			ks->crls[ks->crl_count++] = f->crls[j];
		}
		if (f->kind == STORE_CRL && f->why.exit != 0)
			ks->bad_crl = f;
	}
}

/* Reads the directory anew; files that did not change keep what was read. */
static int
keystore_scan(struct keystore *ks, struct err *e)
{
	struct store_file *files = NULL, f;
	size_t count = 0, room = 0, i;
	bool changed = false;
	struct dirent *entry;
	DIR *d = opendir(ks->dir);

	if (d == NULL && errno != ENOENT)
		return err_set(e, EX_CONFIG, "the key store %s cannot be "
		    "read: %s", ks->dir, strerror(errno));
	while (d != NULL && count < STORE_FILES_MAX &&
	    (entry = readdir(d)) != NULL) {
		if (!file_scan(ks, entry->d_name, &f))
			continue;
		if (!file_take_over(ks, &f)) {
			if (is_for_all(f.kind))
				file_load(ks, &f);
			changed = true;
		}
		if (count == room) {
			room = room != 0 ? room * 2 : 16;
			files = xrealloc(files, room * sizeof(*files));
		}
		files[count++] = f;
	}
	if (d != NULL)
		closedir(d);
	for (i = 0; i < ks->count; i++)
		file_free(&ks->files[i]);
	free(ks->files);
	changed = changed || count != ks->count;
	if (count > 0)
		qsort(files, count, sizeof(*files), file_order);
	ks->files = files;
	ks->count = count;
	/* A file that went while another came is told by the one that came. */
	if (changed && ++ks->generation == 0)
		ks->generation = 1;
	keystore_index(ks);
	return 0;
}

static long long
elapsed_ns(const struct timespec *from, const struct timespec *to)
{
	return (long long)(to->tv_sec - from->tv_sec) * 1000000000LL +
	    to->tv_nsec - from->tv_nsec;
}

/* Whether a file here is no longer the one that was read. */
static bool
keystore_swept_dirty(struct keystore *ks)
{
	struct timespec now = { 0, 0 };
	struct buf path = { 0 };
	bool dirty = false;
	size_t i;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (ks->count > SWEEP_FILES &&
	    elapsed_ns(&ks->swept, &now) < SWEEP_NS)
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

int
keystore_look(struct keystore *ks, struct err *e)
{
	struct store_stamp stamp = { 0 };
	struct timespec now = { 0, 0 };
	struct stat st;

	if (ks->patience != 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (elapsed_ns(&ks->looked, &now) < ks->patience)
			return 0;
		ks->looked = now;
	}
	if (stat(ks->dir, &st) == 0) {
		keystore_stamp(&st, &stamp);
	} else if (errno != ENOENT) {
		return err_set(e, EX_CONFIG, "the key store %s cannot be "
		    "reached: %s", ks->dir, strerror(errno));
	}
	if (!keystore_stamp_same(&ks->stamp, &stamp) ||
	    keystore_swept_dirty(ks)) {
		if (keystore_scan(ks, e) == -1)
			return -1;
		ks->stamp = stamp;
	}
	keystore_read_pins(ks);
	keystore_read_peers(ks);
	return 0;
}

int
keystore_open(const char *dir, bool create, struct keystore **out,
    struct err *e)
{
	struct keystore *ks;

	if (create && keystore_mkdir(dir, e) == -1)
		return -1;
	ks = xcalloc(1, sizeof(*ks));
	ks->dir = xstrdup(dir);
	ks->generation = 1;
	if (keystore_look(ks, e) == -1) {
		keystore_free(ks);
		return -1;
	}
	*out = ks;
	return 0;
}

void
keystore_patience(struct keystore *ks, unsigned ms)
{
	ks->patience = (long long)ms * 1000000LL;
}

void
keystore_free(struct keystore *ks)
{
	size_t i;

	if (ks == NULL)
		return;
	for (i = 0; i < ks->count; i++)
		file_free(&ks->files[i]);
	free(ks->files);
	free(ks->roots);
	free(ks->cas);
	free(ks->crls);
	keystore_free_pins(ks);
	keystore_free_peers(ks);
	X509_STORE_free(ks->system);
	free(ks->dir);
	free(ks);
}

void
keystore_on_passphrase(struct keystore *ks, keystore_ask_fn *fn, void *arg)
{
	size_t i;

	ks->ask = fn;
	ks->ask_arg = arg;
	/* A key that was locked may open for the new one who is asked. */
	for (i = 0; i < ks->count; i++)
		if (kind_is_key(ks->files[i].kind))
			ks->files[i].why.exit = 0;
}

void
keystore_fetch(struct keystore *ks, struct store_file *f)
{
	if (f->loaded || kind_is_key(f->kind))
		return;
	file_load(ks, f);
	/* It may bring CAs along. */
	if (f->cert_count > 1) {
		keystore_index(ks);
		if (++ks->generation == 0)
			ks->generation = 1;
	}
}

struct store_file *
keystore_files(struct keystore *ks, enum store_kind kind, size_t *count)
{
	size_t from, to;

	for (from = 0; from < ks->count; from++)
		if (ks->files[from].kind == kind)
			break;
	for (to = from; to < ks->count && ks->files[to].kind == kind; to++)
		keystore_fetch(ks, &ks->files[to]);
	*count = to - from;
	return *count > 0 ? &ks->files[from] : NULL;
}

struct store_file *
keystore_file(struct keystore *ks, enum store_kind kind, const char *key)
{
	size_t i = keystore_at(ks, kind, key);

	if (i < ks->count && ks->files[i].kind == kind &&
	    strcmp(ks->files[i].key, key) == 0) {
		keystore_fetch(ks, &ks->files[i]);
		return &ks->files[i];
	}
	return NULL;
}

struct cert *
keystore_cert(struct keystore *ks, const char *key)
{
	struct store_file *f = keystore_file(ks, STORE_USER_CERT, key);

	return f != NULL && f->cert_count > 0 ? f->certs[0] : NULL;
}

static enum store_kind
kind_of_key(enum store_kind kind)
{
	return kind == STORE_DOMAIN_CERT ? STORE_DOMAIN_KEY :
	    kind == STORE_ROOT_CERT      ? STORE_ROOT_KEY :
	                                   STORE_USER_KEY;
}

bool
keystore_is_mine(struct keystore *ks, const struct store_file *f)
{
	return keystore_file(ks, kind_of_key(f->kind), f->key) != NULL;
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
	struct buf answer = { 0 };
	int n = -1;

	(void)writing;
	ask->asked = true;
	if (ask->ks->ask == NULL) {
		err_set(ask->e, EX_CONFIG, "the key of %s is locked with a "
		    "passphrase, and there is nobody to ask for it; set "
		    "passphrase-command", ask->what);
	} else if (ask->ks->ask(ask->ks->ask_arg, ask->what, false, &answer,
	    ask->e) == 0) {
		if (answer.n <= (size_t)size) {
			memcpy(out, answer.p, answer.n);
			n = (int)answer.n;
		} else {
			err_set(ask->e, EX_DATAERR, "the passphrase of the "
			    "key of %s is longer than %d bytes", ask->what,
			    size);
		}
	}
	buf_wipe(&answer);
	return n;
}

EVP_PKEY *
keystore_read_key(struct keystore *ks, struct span pem, const char *what,
    struct err *e)
{
	struct ask ask = { ks, what, e, false };
	BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *key;

	e->exit = 0;
	key = b != NULL ? PEM_read_bio_PrivateKey(b, NULL,
	    keystore_passphrase, &ask) : NULL;
	if (key == NULL && e->exit == 0) {
		if (ask.asked)
			err_set(e, EX_CONFIG,
			    "the passphrase of the key of %s is wrong", what);
		else
			err_set(e, EX_DATAERR,
			    "the key of %s is no private key in PEM", what);
	}
	ERR_clear_error();
	BIO_free(b);
	return key;
}

/* Reads the key file once; what went wrong is remembered until the file, or
 * who is asked for passphrases, changes. */
static void
file_load_key(struct keystore *ks, struct store_file *f)
{
	struct buf path = { 0 }, data = { 0 };
	struct store_stamp stamp;

	if (f->pkey != NULL || f->why.exit != 0)
		return;
	buf_addf(&path, "%s/%s", ks->dir, f->file);
	if (keystore_slurp((char *)path.p, STORE_FILE_MAX, &data, &stamp,
	    &f->why) == 0)
		f->pkey = keystore_read_key(ks, span_buf(&data), f->name,
		    &f->why);
	buf_wipe(&data);
	buf_free(&path);
}

EVP_PKEY *
keystore_private(struct keystore *ks, const struct store_file *f,
    struct err *e)
{
	struct store_file *k = keystore_file(ks, kind_of_key(f->kind),
	    f->key);

	if (k == NULL) {
		err_set(e, EX_CONFIG, "there is no private key of %s in %s",
		    f->name, ks->dir);
		return NULL;
	}
	file_load_key(ks, k);
	if (k->pkey == NULL) {
		*e = k->why;
		return NULL;
	}
	if (f->cert_count == 0 ||
	    EVP_PKEY_eq(X509_get0_pubkey(f->certs[0]->x509), k->pkey) != 1) {
		err_set(e, EX_CONFIG, "the private key of %s does not belong "
		    "to its certificate in %s", f->name, ks->dir);
		return NULL;
	}
	return k->pkey;
}
