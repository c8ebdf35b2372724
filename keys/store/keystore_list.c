/*
 * Lists, exports and removes what is in the key store.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>

#include "keys/store/keystore_priv.h"
#include "keys/x509/cert_words.h"

const char *
keystore_kind_name(enum keystore_kind kind)
{
	static const char *const names[] = {
	    [KEYSTORE_USER] = "user",
	    [KEYSTORE_PEER] = "peer",
	    [KEYSTORE_DOMAIN] = "domain",
	    [KEYSTORE_ROOT] = "root",
	    [KEYSTORE_CA] = "ca",
	    [KEYSTORE_CRL] = "crl",
	};

	return names[kind];
}

static enum keystore_kind
keystore_item_kind(struct keystore *ks, const struct store_file *f)
{
	switch (f->kind) {
	case STORE_DOMAIN_CERT:
		return KEYSTORE_DOMAIN;
	case STORE_ROOT_CERT:
		return KEYSTORE_ROOT;
	case STORE_CA_CERT:
		return KEYSTORE_CA;
	case STORE_CRL:
		return KEYSTORE_CRL;
	default:
		return keystore_is_mine(ks, f) ? KEYSTORE_USER : KEYSTORE_PEER;
	}
}

static char *
keystore_address_words(const struct cert *c)
{
	struct buf out = {0};
	size_t i;

	buf_adds(&out, "");
	for (i = 0; i < c->person_count; i++)
		buf_addf(
		    &out, "%ssip:%s", i > 0 ? " " : "", c->persons[i].text);
	return (char *)out.p;
}

/* Fills in the use of a person's certificate, and whether it is pinned for
 * it. */
static void
keystore_item_fill_use(struct keystore *ks, const struct store_file *f,
    const struct cert *c, struct keystore_item *item)
{
	const struct store_file *sign = keystore_user(ks, f->key, STORE_SIGN);
	const struct store_file *encrypt = keystore_user(
	    ks, f->key, STORE_ENCRYPT);

	item->pinned = (f == sign || f != encrypt) &&
	    keystore_pinned(ks, f->key, c, STORE_SIGN);
	if (f == encrypt && (f != sign || item->pinned))
		item->pinned = keystore_pinned(ks, f->key, c, STORE_ENCRYPT);
	if (sign != encrypt && (f == sign || f == encrypt))
		item->use = f == sign ? "sign" : "encrypt";
	else if (cert_may_sign(c) != cert_may_encrypt(c))
		item->use = cert_may_sign(c) ? "sign" : "encrypt";
}

static void
keystore_item_fill_cert(struct keystore *ks, const struct store_file *f,
    const struct cert *c, struct keystore_item *item)
{
	struct buf key = {0};

	memcpy(item->digest, c->fingerprint, CERT_FINGERPRINT);
	cert_hex(c->fingerprint, item->fingerprint);
	cert_time(X509_get0_notBefore(c->x509), &item->not_before);
	cert_time(X509_get0_notAfter(c->x509), &item->not_after);
	if (f->kind == STORE_USER_CERT)
		keystore_item_fill_use(ks, f, c, item);
	item->subject = cert_name(X509_get_subject_name(c->x509));
	item->issuer = cert_name(X509_get_issuer_name(c->x509));
	item->addresses = keystore_address_words(c);
	cert_words_key(&key, X509_get0_pubkey(c->x509));
	item->key = (char *)key.p;
}

static void
keystore_item_fill_crl(X509_CRL *crl, struct keystore_item *item)
{
	unsigned n = 0;

	X509_CRL_digest(crl, EVP_sha256(), item->digest, &n);
	cert_hex(item->digest, item->fingerprint);
	cert_time(X509_CRL_get0_lastUpdate(crl), &item->not_before);
	cert_time(X509_CRL_get0_nextUpdate(crl), &item->not_after);
	item->issuer = cert_name(X509_CRL_get_issuer(crl));
}

void
keystore_item_add(struct keystore *ks, struct store_file *f,
    struct keystore_item **items, size_t *count)
{
	struct keystore_item item = {.kind = keystore_item_kind(ks, f)};

	keystore_fetch(ks, f);
	item.name = xstrdup(f->name);
	item.file = xstrdup(f->file);
	item.has_private = f->kind != STORE_CRL && keystore_is_mine(ks, f);
	if (f->cert_count > 0)
		keystore_item_fill_cert(ks, f, f->certs[0], &item);
	else if (f->crl_count > 0)
		keystore_item_fill_crl(f->crls[0], &item);
	else
		item.problem = xstrdup(f->why.text != NULL ? f->why.text : "");
	*items = xrealloc(*items, (*count + 1) * sizeof(**items));
	(*items)[(*count)++] = item;
}

/* Returns whether f is stored under name. */
static bool
keystore_file_is(const struct store_file *f, const char *name)
{
	char *key = keystore_key(f->kind, span_str(name));
	bool same = key != NULL && strcmp(key, f->key) == 0;

	free(key);
	return same;
}

static bool
keystore_is_listed(const struct store_file *f)
{
	return !keystore_kind_is_key(f->kind);
}

int
keystore_list(struct keystore *ks, const char *name,
    struct keystore_item **items, size_t *count, struct err *e)
{
	size_t i;

	*items = NULL;
	*count = 0;
	if (keystore_refresh(ks, e) == -1)
		return -1;
	for (i = 0; i < ks->count; i++)
		if (keystore_is_listed(&ks->files[i]) &&
		    (name == NULL || keystore_file_is(&ks->files[i], name)))
			keystore_item_add(ks, &ks->files[i], items, count);
	return 0;
}

void
keystore_items_free(struct keystore_item *items, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		free(items[i].name);
		free(items[i].file);
		free(items[i].subject);
		free(items[i].issuer);
		free(items[i].addresses);
		free(items[i].key);
		free(items[i].problem);
	}
	free(items);
}

int
keystore_export(struct keystore *ks, const char *name, bool key,
    struct buf *pem, struct err *e)
{
	struct store_stamp stamp;
	struct buf path = {0};
	bool found = false;
	size_t i;
	int rc = 0;

	if (keystore_refresh(ks, e) == -1)
		return -1;
	for (i = 0; i < ks->count && rc == 0; i++) {
		struct store_file *f = &ks->files[i];

		if (keystore_is_listed(f) == key ||
		    !keystore_file_is(f, name) ||
		    (found && key && f->kind != STORE_USER_KEY))
			continue;
		found = true;
		keystore_fetch(ks, f);
		if (f->why.exit != 0) {
			err_recall(&f->why, e);
			rc = -1;
			break;
		}
		buf_addf(&path, "%s/%s", ks->dir, f->file);
		rc = keystore_slurp(
		    (char *)path.p, STORE_FILE_MAX, pem, &stamp, e);
		buf_free(&path);
	}
	if (!found)
		return err_set(e, EX_CONFIG, "there is no %s of %s in %s",
		    key ? "private key" : "certificate", name, ks->dir);
	return rc;
}

static int
keystore_tell_removal(struct keystore *ks, const char *name, struct err *e)
{
	char *key = strchr(name, '@') != NULL
	    ? keystore_key(STORE_USER_CERT, span_str(name))
	    : NULL;
	struct store_change all[2] = {{.key = key, .removed = true},
	    {.key = key, .removed = true, .second = true}};
	int rc = key != NULL ? keystore_tell(ks, all, 2, e) : 0;

	free(key);
	return rc;
}

int
keystore_remove(
    struct keystore *ks, const char *name, bool force, struct err *e)
{
	struct buf path = {0};
	bool found = false;
	struct aor who;
	sigset_t old;
	size_t i;
	int rc = 0;

	if (keystore_refresh(ks, e) == -1 ||
	    keystore_tell_removal(ks, name, e) == -1)
		return -1;
	for (i = 0; i < ks->count; i++) {
		if (!keystore_file_is(&ks->files[i], name))
			continue;
		found = true;
		if (!keystore_is_listed(&ks->files[i]) && !force)
			return err_set(e, EX_USAGE,
			    "%s has a private key, and messages encrypted for "
			    "it cannot be read without it; --force removes it",
			    name);
	}
	if (!found)
		return err_set(e, EX_CONFIG, "there is nothing of %s in %s",
		    name, ks->dir);
	keystore_hold(&old);
	for (i = 0; i < ks->count && rc == 0; i++) {
		if (!keystore_file_is(&ks->files[i], name))
			continue;
		buf_addf(&path, "%s/%s", ks->dir, ks->files[i].file);
		if (unlink((char *)path.p) == -1)
			rc = err_set(e, EX_IOERR, "%s cannot be removed: %s",
			    (char *)path.p, strerror(errno));
		buf_free(&path);
	}
	if (rc == 0 && strchr(name, '@') != NULL &&
	    aor_parse(span_str(name), &who, e) == 0) {
		if (keystore_has_pin(ks, who.key))
			rc = keystore_untrust(ks, &who, e);
		aor_free(&who);
	}
	keystore_release(&old);
	return rc;
}
