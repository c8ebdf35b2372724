/*
 * Plans an import: finds the kind and the file name of each certificate, key
 * and CRL by its contents.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "keys/store/keystore_priv.h"
#include "keys/x509/issue.h"
#include "keys/x509/uri.h"

enum { NUMBERS_MAX = 99 }; /* roots or CAs of one name */

/* Returns the index of the planned file, or write_count. */
static size_t
keystore_planned(const struct import_ctx *t, const char *file)
{
	size_t i;

	for (i = 0; i < t->write_count; i++)
		if (strcmp(t->writes[i].file, file) == 0)
			break;
	return i;
}

static void
keystore_plan_name(
    struct buf *out, enum store_kind kind, const char *name, bool second)
{
	struct buf whole = {0};

	buf_addf(&whole, "%s%s", name, second ? "+encrypt" : "");
	keystore_file_name(out, kind, span_buf(&whole));
	buf_free(&whole);
}

/* Plans one file; takes over file and data. A second file of that name is
 * ignored. */
static int
keystore_plan_file(struct import_ctx *t, struct buf *file, struct buf *data,
    mode_t mode, struct err *e)
{
	const size_t i = t->write_count;
	int rc = 0;

	if (i == 2 * IMPORT_MAX)
		rc = err_set(
		    e, EX_DATAERR, "%s holds too much at once", t->how->path);
	if (rc == -1 || keystore_planned(t, (char *)file->p) < i) {
		buf_wipe(data);
		buf_free(file);
		return rc;
	}
	t->names[i] = *file;
	t->data[i] = *data;
	*file = *data = (struct buf){NULL, 0, 0};
	t->writes[i] = (struct store_write){
	    (char *)t->names[i].p, span_buf(&t->data[i]), mode};
	t->write_count++;
	return 0;
}

static bool
keystore_is_stored(const struct store_file *f, const struct cert *c)
{
	return f != NULL && f->cert_count > 0 && cert_same(f->certs[0], c);
}

static bool
keystore_is_stored_crl(const struct store_file *f, X509_CRL *crl)
{
	return f != NULL && f->crl_count > 0 &&
	    X509_CRL_match(f->crls[0], crl) == 0;
}

int
keystore_plan_cert(struct import_ctx *t, enum store_kind kind, const char *name,
    bool second, struct cert *c, struct err *e)
{
	char *key = keystore_key(kind, span_str(name));
	const struct store_file *f = key != NULL
	    ? keystore_file_exact(t->ks, kind, key, second)
	    : NULL;
	struct buf pem = {0}, file = {0};

	free(key);
	if (keystore_is_stored(f, c)) {
		t->known = true;
		return 0;
	}
	if (issue_cert_pem(c->x509, &pem, e) == -1) {
		buf_free(&pem);
		return -1;
	}
	keystore_plan_name(&file, kind, name, second);
	return keystore_plan_file(t, &file, &pem, 0644, e);
}

/* Returns whether a file's CRL is of the issuer of crl: of that name, and with
 * that key as far as both tell it. */
static bool
keystore_same_issuer(const struct store_file *f, X509_CRL *crl)
{
	X509_CRL *old = f->crl_count > 0 ? f->crls[0] : NULL;
	AUTHORITY_KEYID *one, *two;
	bool same;

	if (old == NULL)
		return true; /* it cannot be read, and is not left beside */
	one = X509_CRL_get_ext_d2i(
	    old, NID_authority_key_identifier, NULL, NULL);
	two = X509_CRL_get_ext_d2i(
	    crl, NID_authority_key_identifier, NULL, NULL);
	same = X509_NAME_cmp(
		   X509_CRL_get_issuer(old), X509_CRL_get_issuer(crl)) == 0 &&
	    (one == NULL || two == NULL || one->keyid == NULL ||
		two->keyid == NULL ||
		ASN1_OCTET_STRING_cmp(one->keyid, two->keyid) == 0);
	AUTHORITY_KEYID_free(one);
	AUTHORITY_KEYID_free(two);
	return same;
}

/* Plans a root, a CA or a CRL: NAME, or NAME+2 and so on where another one has
 * that name. With --force one in the store is replaced, as is the older CRL of
 * an issuer. c is NULL for a CRL, crl for a certificate. */
static int
keystore_plan_numbered(struct import_ctx *t, enum store_kind kind,
    const char *name, struct cert *c, X509_CRL *crl, struct buf *pem,
    struct err *e)
{
	struct buf file = {0}, nth = {0};
	const struct store_file *f;
	int n, at = 0;
	size_t i;

	for (n = 1; n <= NUMBERS_MAX; n++) {
		nth.n = file.n = 0;
		buf_adds(&nth, name);
		if (n > 1)
			buf_addf(&nth, "+%d", n);
		keystore_file_name(&file, kind, span_buf(&nth));
		f = keystore_file(t->ks, kind, (char *)nth.p);
		i = keystore_planned(t, (char *)file.p);
		if ((c != NULL ? keystore_is_stored(f, c)
			       : keystore_is_stored_crl(f, crl)) ||
		    (i < t->write_count &&
			span_eq(t->writes[i].data, span_buf(pem)))) {
			t->known = t->known || i == t->write_count;
			at = -1;
			break;
		}
		if (at == 0 && i == t->write_count &&
		    (f == NULL || t->how->force ||
			(crl != NULL && keystore_same_issuer(f, crl))))
			at = n;
	}
	buf_free(&file);
	if (at > 0) {
		nth.n = 0;
		buf_adds(&nth, name);
		if (at > 1)
			buf_addf(&nth, "+%d", at);
		keystore_file_name(&file, kind, span_buf(&nth));
	}
	buf_free(&nth);
	if (at > 0)
		return keystore_plan_file(t, &file, pem, 0644, e);
	buf_free(pem);
	return at == -1
	    ? 0
	    : err_set(e, EX_CANTCREAT, "%s has %d of the name %s already",
		  t->ks->dir, NUMBERS_MAX, name);
}

/* Plans a private key. It keeps the passphrase that it came with; for a key
 * that came without one the user is asked for a new passphrase. */
int
keystore_plan_key(struct import_ctx *t, enum store_kind kind, const char *name,
    bool second, EVP_PKEY *key, struct err *e)
{
	struct buf pem = {0}, file = {0};
	int rc = 0;

	if (!t->asked && t->ks->ask != NULL) {
		rc = t->ks->ask(t->ks->ask_arg, name, true, &t->passphrase, e);
		t->asked = rc == 0;
	}
	if (rc == 0)
		rc = issue_key_pem(key, span_buf(&t->passphrase), &pem, e);
	if (rc == 0) {
		keystore_plan_name(&file, kind, name, second);
		rc = keystore_plan_file(t, &file, &pem, 0600, e);
	}
	buf_wipe(&pem);
	return rc;
}

void
keystore_plan_change(struct import_ctx *t, const struct store_change *change)
{
	const size_t n = t->change_count;

	/* There are no more of them than files to write. */
	if (n == 2 * IMPORT_MAX)
		return;
	t->change_keys[n] = xstrdup(change->key);
	t->changes[n] = *change;
	t->changes[n].key = t->change_keys[n];
	t->change_count++;
}

EVP_PKEY *
keystore_key_of(const struct import_ctx *t, const struct cert *c)
{
	size_t i;

	for (i = 0; i < t->key_count; i++)
		if (EVP_PKEY_eq(X509_get0_pubkey(c->x509), t->keys[i]) == 1)
			return t->keys[i];
	return NULL;
}

/* Returns whether a certificate is for e-mail and not for TLS. */
static bool
keystore_is_for_mail(const struct cert *c)
{
	uint32_t purposes = X509_get_extended_key_usage(c->x509);

	return (purposes & XKU_SMIME) != 0 &&
	    (purposes & (XKU_SSL_SERVER | XKU_SSL_CLIENT | XKU_ANYEKU)) == 0;
}

/* Returns whether the Common Name of a certificate without alternative names
 * may be a host's. A single word may be a person's login name as well, unless
 * the certificate is for TLS. */
static bool
keystore_common_name_counts(const struct cert *c, const char *text)
{
	X509_NAME *subject = X509_get_subject_name(c->x509);
	bool tls = X509_get_ext_by_NID(c->x509, NID_ext_key_usage, -1) >= 0;

	if (X509_get_ext_by_NID(c->x509, NID_subject_alt_name, -1) >= 0 ||
	    X509_NAME_get_index_by_NID(subject, NID_pkcs9_emailAddress, -1) >=
		0)
		return false;
	return tls || strchr(text, '.') != NULL ||
	    strcmp(text, "localhost") == 0;
}

/* Returns the host that a certificate names, for the caller to free, or
 * NULL. */
static char *
keystore_host_of(const struct cert *c)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(
	    c->x509, NID_subject_alt_name, NULL, NULL);
	char text[256] = "";
	enum uri_host_kind kind;
	int i, n;

	for (i = 0; i < sk_GENERAL_NAME_num(names) && text[0] == '\0'; i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
		const unsigned char *p;

		if (g->type == GEN_DNS) {
			n = ASN1_STRING_length(g->d.dNSName);
			if (n > 0 && n < (int)sizeof(text)) {
				memcpy(text,
				    ASN1_STRING_get0_data(g->d.dNSName),
				    (size_t)n);
				text[n] = '\0';
			}
		} else if (g->type == GEN_IPADD &&
		    ASN1_STRING_length(g->d.iPAddress) == 4) {
			p = ASN1_STRING_get0_data(g->d.iPAddress);
			snprintf(text, sizeof(text), "%d.%d.%d.%d", p[0], p[1],
			    p[2], p[3]);
		}
	}
	GENERAL_NAMES_free(names);
	if (text[0] == '\0' &&
	    (X509_NAME_get_text_by_NID(X509_get_subject_name(c->x509),
		 NID_commonName, text, sizeof(text)) <= 0 ||
		!keystore_common_name_counts(c, text)))
		return NULL;
	if (keystore_is_for_mail(c) || !uri_host_kind(span_str(text), &kind))
		return NULL;
	return keystore_key(STORE_DOMAIN_CERT, span_str(text));
}

/* Returns the name to store a CA or CRL under: the one asked for, the Common
 * Name, or the file's name. For the caller to free. */
static char *
keystore_name_of(const struct import_ctx *t, const X509_NAME *subject)
{
	char text[256] = "";
	const char *base;

	if (t->how->name != NULL)
		return xstrdup(t->how->name);
	if (X509_NAME_get_text_by_NID((X509_NAME *)subject, NID_commonName,
		text, sizeof(text)) <= 0 ||
	    text[0] == '\0') {
		base = strrchr(t->how->path, '/');
		base = base != NULL ? base + 1 : t->how->path;
		if (strncmp(base, "root_cert_", 10) == 0)
			base += 10;
		snprintf(
		    text, sizeof(text), "%.*s", (int)strcspn(base, "."), base);
	}
	return xstrdup(text[0] != '\0' ? text : "ca");
}

static int
keystore_plan_root(struct import_ctx *t, struct cert *c, struct err *e)
{
	struct buf pem = {0};
	char *name;
	int rc;

	if (!cert_self_signed(c))
		return err_set(e, EX_DATAERR,
		    "a certificate in %s is not self-signed, so it is no root",
		    t->how->path);
	rc = issue_cert_pem(c->x509, &pem, e);
	if (rc == 0) {
		name = keystore_name_of(t, X509_get_subject_name(c->x509));
		rc = keystore_plan_numbered(
		    t, STORE_ROOT_CERT, name, c, NULL, &pem, e);
		free(name);
	}
	buf_free(&pem);
	return rc;
}

static int
keystore_plan_ca(struct import_ctx *t, struct cert *c, struct err *e)
{
	struct buf pem = {0};
	char *name;
	int rc;

	if (cert_self_signed(c)) {
		t->has_root = true;
		keystore_import_leave(t, c,
		    "it is a CA's that signs itself; only --as root trusts it");
		return 0;
	}
	rc = issue_cert_pem(c->x509, &pem, e);
	if (rc == 0) {
		name = keystore_name_of(t, X509_get_subject_name(c->x509));
		rc = keystore_plan_numbered(
		    t, STORE_CA_CERT, name, c, NULL, &pem, e);
		free(name);
	}
	buf_free(&pem);
	return rc;
}

/* Plans a certificate that names no person: of a CA or a host. */
static int
keystore_plan_other(struct import_ctx *t, struct cert *c, struct err *e)
{
	EVP_PKEY *key = keystore_key_of(t, c);
	struct buf file = {0};
	bool planned;
	char *name;
	int rc = 0;

	if (X509_check_ca(c->x509) == 1 && key == NULL)
		return keystore_plan_ca(t, c, e);
	name = keystore_host_of(c);
	if (name == NULL) {
		keystore_import_leave(t, c,
		    "it names no sip or sips address, which a person's needs, "
		    "and no host");
		return 0;
	}
	keystore_file_name(&file, STORE_DOMAIN_CERT, span_str(name));
	planned = keystore_planned(t, (char *)file.p) < t->write_count;
	buf_free(&file);
	if (planned)
		keystore_import_leave(
		    t, c, "another one in the file is for the host %s", name);
	if (!planned && key != NULL)
		rc = keystore_plan_key(
		    t, STORE_DOMAIN_KEY, name, false, key, e);
	if (!planned && rc == 0)
		rc = keystore_plan_cert(
		    t, STORE_DOMAIN_CERT, name, false, c, e);
	free(name);
	return rc;
}

/* Plans a key that came without its certificate: that must be in the store. */
static int
keystore_plan_lone_key(struct import_ctx *t, EVP_PKEY *key, struct err *e)
{
	bool any = false;
	size_t i;
	int rc = 0;

	for (i = 0; i < t->cert_count; i++)
		if (keystore_key_of(t, t->certs[i]) == key)
			return 0;
	for (i = 0; i < t->ks->count && rc == 0; i++) {
		struct store_file *f = &t->ks->files[i];

		if (f->kind != STORE_USER_CERT && f->kind != STORE_DOMAIN_CERT)
			continue;
		keystore_fetch(t->ks, f);
		if (f->cert_count == 0 ||
		    EVP_PKEY_eq(X509_get0_pubkey(f->certs[0]->x509), key) != 1)
			continue;
		any = true;
		if (f->kind == STORE_USER_CERT)
			keystore_plan_change(t,
			    &(struct store_change){.key = f->key,
				.second = f->second,
				.pkey = key});
		rc = keystore_plan_key(t,
		    f->kind == STORE_USER_CERT ? STORE_USER_KEY
					       : STORE_DOMAIN_KEY,
		    f->key, f->second, key, e);
	}
	if (rc == 0 && !any && t->how->no_cert != NULL)
		*t->how->no_cert = true;
	if (rc == 0 && !any)
		rc = err_set(e, EX_DATAERR,
		    "the private key in %s belongs to no certificate here; "
		    "import that first",
		    t->how->path);
	return rc;
}

static int
keystore_plan_crl(struct import_ctx *t, X509_CRL *crl, struct err *e)
{
	char *name = keystore_name_of(t, X509_CRL_get_issuer(crl));
	BIO *b = BIO_new(BIO_s_mem());
	struct buf pem = {0};
	char *data;
	long n;
	int rc = -1;

	if (b != NULL && PEM_write_bio_X509_CRL(b, crl) == 1 &&
	    (n = BIO_get_mem_data(b, &data)) > 0) {
		buf_add(&pem, data, (size_t)n);
		rc = keystore_plan_numbered(
		    t, STORE_CRL, name, NULL, crl, &pem, e);
	} else {
		err_ssl(e, EX_SOFTWARE, "the CRL cannot be written");
	}
	BIO_free(b);
	buf_free(&pem);
	free(name);
	return rc;
}

/* Plans the certificates that name no person: those with a private key in the
 * file first. */
static int
keystore_plan_others(struct import_ctx *t, struct err *e)
{
	size_t i;
	int rc = 0, keyless;

	for (keyless = 0; keyless < 2; keyless++)
		for (i = 0; i < t->cert_count && rc == 0; i++)
			if (t->certs[i]->person_count == 0 &&
			    (keystore_key_of(t, t->certs[i]) == NULL) ==
				(keyless == 1))
				rc = keystore_plan_other(t, t->certs[i], e);
	return rc;
}

/* Sets e where nothing of the file is kept: the first reason. */
static int
keystore_plan_nothing(const struct import_ctx *t, struct err *e)
{
	struct span left = span_buf(&t->left);
	size_t end = span_find(left, '\n', 0);

	if (t->has_root)
		return err_set(e, EX_USAGE,
		    "%s is the certificate of a CA; import it with "
		    "--as root to trust every certificate it issued",
		    t->how->path);
	if (end > 0 && end < left.n)
		return err_set(e, EX_DATAERR, "nothing was imported, %.*s",
		    (int)end, (const char *)left.p);
	return err_set(e, EX_DATAERR, "%s holds nothing to keep", t->how->path);
}

int
keystore_import_plan(struct import_ctx *t, struct err *e)
{
	size_t i;
	int rc = 0;

	if (t->full)
		return err_set(e, EX_DATAERR,
		    "%s holds more than %d "
		    "certificates or keys",
		    t->how->path, IMPORT_MAX);
	if (t->cert_count + t->key_count + t->crl_count == 0)
		return err_set(e, EX_DATAERR,
		    "%s holds no certificate, CRL or key in PEM, DER, PKCS#12 "
		    "or PKCS#7",
		    t->how->path);
	if (t->how->as_root) {
		for (i = 0; i < t->cert_count && rc == 0; i++)
			rc = keystore_plan_root(t, t->certs[i], e);
		if (t->key_count > 0)
			keystore_import_leave(t, NULL,
			    "its private keys; --as root takes certificates");
	} else {
		rc = keystore_plan_people(t, e);
		if (rc == 0)
			rc = keystore_plan_others(t, e);
		for (i = 0; i < t->key_count && rc == 0; i++)
			rc = keystore_plan_lone_key(t, t->keys[i], e);
	}
	for (i = 0; i < t->crl_count && rc == 0; i++)
		rc = keystore_plan_crl(t, t->crls[i], e);
	if (rc == 0 && t->write_count == 0 && !t->known)
		rc = keystore_plan_nothing(t, e);
	return rc;
}
