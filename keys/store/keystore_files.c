/*
 * The files of the key store: scans the directory, reads each file once, and
 * finds files by kind and key.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "keys/store/keystore_priv.h"

static void
keystore_file_free(struct store_file *f)
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
	err_kept_free(&f->why);
}

void
keystore_free_files(struct keystore *ks)
{
	size_t i;

	for (i = 0; i < ks->count; i++)
		keystore_file_free(&ks->files[i]);
	free(ks->files);
	ks->files = NULL;
	ks->count = 0;
}

static void
keystore_file_read_certs(struct store_file *f, BIO *b, struct err *e)
{
	X509 *x;

	while ((x = PEM_read_bio_X509(b, NULL, NULL, NULL)) != NULL) {
		f->certs = xrealloc(
		    f->certs, (f->cert_count + 1) * sizeof(*f->certs));
		f->certs[f->cert_count++] = cert_new(x);
	}
	if (f->cert_count == 0)
		err_set(
		    e, EX_DATAERR, "%s holds no certificate in PEM", f->file);
	ERR_clear_error();
}

static void
keystore_file_read_crls(struct store_file *f, BIO *b, struct err *e)
{
	X509_CRL *c;

	while ((c = PEM_read_bio_X509_CRL(b, NULL, NULL, NULL)) != NULL) {
		f->crls = xrealloc(
		    f->crls, (f->crl_count + 1) * sizeof(X509_CRL *));
		f->crls[f->crl_count++] = c;
	}
	if (f->crl_count == 0)
		err_set(e, EX_DATAERR, "%s holds no CRL in PEM", f->file);
	ERR_clear_error();
}

bool
keystore_kind_is_key(enum store_kind kind)
{
	return kind == STORE_USER_KEY || kind == STORE_DOMAIN_KEY ||
	    kind == STORE_ROOT_KEY || kind == STORE_CA_KEY;
}

/* Reads the certificates or CRLs of a file. */
static void
keystore_file_load(const struct keystore *ks, struct store_file *f)
{
	struct buf path = {0}, data = {0};
	struct err e = {0};
	BIO *b;

	f->loaded = true;
	buf_addf(&path, "%s/%s", ks->dir, f->file);
	if (keystore_slurp(
		(char *)path.p, STORE_FILE_MAX, &data, &f->stamp, &e) == 0) {
		b = BIO_new_mem_buf(data.p, (int)data.n);
		if (b != NULL && f->kind == STORE_CRL)
			keystore_file_read_crls(f, b, &e);
		else if (b != NULL)
			keystore_file_read_certs(f, b, &e);
		BIO_free(b);
	}
	if (e.exit != 0)
		err_keep(&f->why, &e);
	buf_free(&data);
	buf_free(&path);
}

/* Returns whether files of this kind matter to every judgement and are read at
 * once. People, hosts and keys may be thousands, and are read when wanted. */
static bool
keystore_is_for_all(enum store_kind kind)
{
	return kind == STORE_ROOT_CERT || kind == STORE_CA_CERT ||
	    kind == STORE_CRL;
}

static int
keystore_file_order(const void *a, const void *b)
{
	const struct store_file *one = a, *two = b;

	if (one->kind != two->kind)
		return one->kind < two->kind ? -1 : 1;
	if (strcmp(one->key, two->key) != 0)
		return strcmp(one->key, two->key);
	if (one->second != two->second)
		return one->second ? 1 : -1;
	/* Two spellings of one address: the escaped form that we write
	 * ourselves has no letters to undo and is the shorter. */
	if (strlen(one->file) != strlen(two->file))
		return strlen(one->file) < strlen(two->file) ? -1 : 1;
	return strcmp(one->file, two->file);
}

/* Returns the index of the first file not before (kind, key). */
static size_t
keystore_find_index(
    const struct keystore *ks, enum store_kind kind, const char *key)
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

/* Moves the contents of the same unchanged file into f, if it was read. */
static bool
keystore_file_move_contents(struct keystore *ks, struct store_file *f)
{
	size_t i = keystore_find_index(ks, f->kind, f->key);

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
		memcpy(f->matches, old->matches, sizeof(f->matches));
		f->why = old->why;
		old->why = (struct err_kept){0};
		f->loaded = old->loaded;
		old->certs = NULL;
		old->crls = NULL;
		old->cert_count = old->crl_count = 0;
		old->pkey = NULL;
		return true;
	}
	return false;
}

/* Fills f for a directory entry; false when its name is not of the store. */
static bool
keystore_file_scan(
    const struct keystore *ks, const char *entry, struct store_file *f)
{
	struct buf path = {0};
	struct stat st;
	bool ok = false;

	*f = (struct store_file){0};
	if (!keystore_file_kind(entry, &f->kind, &f->name, &f->second))
		return false;
	f->key = keystore_key(f->kind, span_str(f->name));
	buf_addf(&path, "%s/%s", ks->dir, entry);
	if (f->key != NULL && stat((char *)path.p, &st) == 0) {
		keystore_stamp(&st, &f->stamp);
		f->file = xstrdup(entry);
		f->mode = st.st_mode;
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
keystore_store_add(struct cert ***list, size_t *count, struct cert *c)
{
	*list = xrealloc(*list, (*count + 1) * sizeof(**list));
	(*list)[(*count)++] = c;
}

/* Builds the lists of roots, CAs and CRLs, which point into the files. */
static void
keystore_build_lists(struct keystore *ks)
{
	size_t i, j;

	ks->issuers.root_count = ks->issuers.ca_count = ks->issuers
							    .crl_count = 0;
	ks->issuers.bad_crl = NULL;
	for (i = 0; i < ks->count; i++) {
		struct store_file *f = &ks->files[i];

		for (j = 0; j < f->cert_count; j++) {
			if (f->kind == STORE_ROOT_CERT &&
			    cert_self_signed(f->certs[j]))
				keystore_store_add(&ks->issuers.roots,
				    &ks->issuers.root_count, f->certs[j]);
			else if (f->kind == STORE_CA_CERT ||
			    (f->kind != STORE_ROOT_CERT && j > 0))
				keystore_store_add(&ks->issuers.cas,
				    &ks->issuers.ca_count, f->certs[j]);
		}
		for (j = 0; j < f->crl_count; j++) {
			ks->issuers.crls = xrealloc(ks->issuers.crls,
			    (ks->issuers.crl_count + 1) * sizeof(X509_CRL *));
			ks->issuers.crls[ks->issuers.crl_count++] = f->crls[j];
		}
		if (f->kind == STORE_CRL && f->why.exit != 0)
			ks->issuers.bad_crl = f;
	}
}

/* Lists the certificates of persons whose keys are here. */
static void
keystore_find_mine(struct keystore *ks)
{
	size_t room = 0;

	free(ks->mine);
	ks->mine = NULL;
	ks->mine_count = 0;
	for (size_t i = 0; i < ks->count; i++) {
		struct store_file *f = &ks->files[i];

		if (f->kind != STORE_USER_CERT ||
		    keystore_partner(ks, f) == NULL)
			continue;
		ks->mine = vec_grow(
		    ks->mine, ks->mine_count, &room, sizeof(*ks->mine));
		ks->mine[ks->mine_count++] = f;
	}
}

int
keystore_scan(struct keystore *ks, struct err *e)
{
	struct store_file *files = NULL, f;
	size_t count = 0, room = 0, before = ks->count;
	bool changed = false;
	struct dirent *entry;
	DIR *d = opendir(ks->dir);

	if (d == NULL && errno != ENOENT)
		return err_set(e, EX_CONFIG,
		    "the key store %s cannot be read: %s", ks->dir,
		    strerror(errno));
	while (d != NULL && count < STORE_FILES_MAX &&
	    (entry = readdir(d)) != NULL) {
		if (!keystore_file_scan(ks, entry->d_name, &f))
			continue;
		if (!keystore_file_move_contents(ks, &f)) {
			if (keystore_is_for_all(f.kind))
				keystore_file_load(ks, &f);
			changed = true;
		}
		files = vec_grow(files, count, &room, sizeof(*files));
		files[count++] = f;
	}
	if (d != NULL)
		closedir(d);
	keystore_free_files(ks);
	changed = changed || count != before;
	if (count > 0)
		qsort(files, count, sizeof(*files), keystore_file_order);
	ks->files = files;
	ks->count = count;
	/* With equal counts a removal is noticed through the addition. */
	if (changed && ++ks->generation == 0)
		ks->generation = 1;
	keystore_build_lists(ks);
	keystore_find_mine(ks);
	return 0;
}

void
keystore_fetch(struct keystore *ks, struct store_file *f)
{
	if (f->loaded || keystore_kind_is_key(f->kind))
		return;
	keystore_file_load(ks, f);
	/* The certificates behind the first are CAs. */
	if (f->cert_count > 1) {
		keystore_build_lists(ks);
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

struct store_file **
keystore_mine(struct keystore *ks, size_t *count)
{
	for (size_t i = 0; i < ks->mine_count; i++)
		keystore_fetch(ks, ks->mine[i]);
	*count = ks->mine_count;
	return ks->mine;
}

struct store_file *
keystore_file_exact(
    struct keystore *ks, enum store_kind kind, const char *key, bool second)
{
	size_t i = keystore_find_index(ks, kind, key);

	for (; i < ks->count && ks->files[i].kind == kind &&
	     strcmp(ks->files[i].key, key) == 0;
	     i++)
		if (ks->files[i].second == second) {
			keystore_fetch(ks, &ks->files[i]);
			return &ks->files[i];
		}
	return NULL;
}

struct store_file *
keystore_file(struct keystore *ks, enum store_kind kind, const char *key)
{
	struct store_file *f = keystore_file_exact(ks, kind, key, false);

	return f != NULL ? f : keystore_file_exact(ks, kind, key, true);
}

static bool
keystore_permits(const struct store_file *f, enum store_use use)
{
	return use == STORE_SIGN ? cert_may_sign(f->certs[0])
				 : cert_may_encrypt(f->certs[0]);
}

struct store_file *
keystore_choose(
    struct store_file *first, struct store_file *second, enum store_use use)
{
	struct store_file *f = use == STORE_ENCRYPT ? second : first;
	struct store_file *other = use == STORE_ENCRYPT ? first : second;

	if (f == NULL || other == NULL)
		return f != NULL ? f : other;
	/* A certificate that cannot be read is an error: the other is not
	 * used in its place. */
	if (f->cert_count == 0 || other->cert_count == 0 ||
	    keystore_permits(f, use) || !keystore_permits(other, use))
		return f;
	return other;
}

struct store_file *
keystore_user(struct keystore *ks, const char *key, enum store_use use)
{
	return keystore_choose(
	    keystore_file_exact(ks, STORE_USER_CERT, key, false),
	    keystore_file_exact(ks, STORE_USER_CERT, key, true), use);
}

struct store_file *
keystore_partner(struct keystore *ks, const struct store_file *f)
{
	static const enum store_kind partners[STORE_KINDS] = {
	    [STORE_USER_CERT] = STORE_USER_KEY,
	    [STORE_USER_KEY] = STORE_USER_CERT,
	    [STORE_DOMAIN_CERT] = STORE_DOMAIN_KEY,
	    [STORE_DOMAIN_KEY] = STORE_DOMAIN_CERT,
	    [STORE_ROOT_CERT] = STORE_ROOT_KEY,
	    [STORE_ROOT_KEY] = STORE_ROOT_CERT,
	    [STORE_CA_CERT] = STORE_CA_KEY,
	    [STORE_CA_KEY] = STORE_CA_CERT,
	};

	if (f->kind == STORE_CRL)
		return NULL;
	return keystore_file_exact(ks, partners[f->kind], f->key, f->second);
}
