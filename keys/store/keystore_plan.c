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

static bool
keystore_planned(const struct import_ctx *t, const char *file)
{
	size_t i;

	for (i = 0; i < t->write_count; i++)
		if (strcmp(t->writes[i].file, file) == 0)
			return true;
	return false;
}

/* Plans one file; takes over data. A second file of that name is ignored. */
static int
keystore_plan_plan(struct import_ctx *t, enum store_kind kind, const char *name,
    struct buf *data, mode_t mode, struct err *e)
{
	size_t i = t->write_count;
	struct buf file = {0};

	keystore_file_name(&file, kind, span_str(name));
	if (i == 2 * IMPORT_MAX || keystore_planned(t, (char *)file.p)) {
		buf_wipe(data);
		buf_free(&file);
		return i == 2 * IMPORT_MAX
		    ? err_set(e, EX_DATAERR, "%s holds too much at once",
			  t->how->path)
		    : 0;
	}
	t->names[i] = file;
	t->data[i] = *data;
	*data = (struct buf){NULL, 0, 0};
	t->writes[i] = (struct store_write){
	    (char *)file.p, span_buf(&t->data[i]), mode};
	t->write_count++;
	return 0;
}

static int
keystore_plan_cert(struct import_ctx *t, enum store_kind kind, const char *name,
    struct cert *c, struct err *e)
{
	char *key = keystore_key(kind, span_str(name));
	struct store_file *f = key != NULL ? keystore_file(t->ks, kind, key)
					   : NULL;
	struct buf pem = {0};
	int rc = 0;

	free(key);
	if (f != NULL && f->cert_count > 0 && cert_same(f->certs[0], c)) {
		t->known = true;
		return 0;
	}
	rc = issue_cert_pem(c->x509, &pem, e);
	if (rc == 0)
		rc = keystore_plan_plan(t, kind, name, &pem, 0644, e);
	buf_free(&pem);
	return rc;
}

/* Plans a private key. It keeps the passphrase that it came with; for a key
 * that came without one the user is asked for a new passphrase. */
static int
keystore_plan_key(struct import_ctx *t, enum store_kind kind, const char *name,
    EVP_PKEY *key, struct err *e)
{
	struct buf pem = {0};
	int rc = 0;

	if (!t->asked && t->ks->ask != NULL) {
		rc = t->ks->ask(t->ks->ask_arg, name, true, &t->passphrase, e);
		t->asked = rc == 0;
	}
	if (rc == 0)
		rc = issue_key_pem(key, span_buf(&t->passphrase), &pem, e);
	if (rc == 0)
		rc = keystore_plan_plan(t, kind, name, &pem, 0600, e);
	buf_wipe(&pem);
	return rc;
}

static EVP_PKEY *
keystore_key_of(const struct import_ctx *t, const struct cert *c)
{
	size_t i;

	for (i = 0; i < t->key_count; i++)
		if (EVP_PKEY_eq(X509_get0_pubkey(c->x509), t->keys[i]) == 1)
			return t->keys[i];
	return NULL;
}

/* Plans a person's certificate: a file for each of its addresses, or for the
 * one address that was named. */
static int
keystore_plan_person(struct import_ctx *t, struct cert *c, struct err *e)
{
	EVP_PKEY *key = keystore_key_of(t, c);
	struct aor who;
	bool any = false;
	size_t i;
	int rc = 0;

	if (t->how->name != NULL &&
	    aor_parse(span_str(t->how->name), &who, e) == -1)
		return -1;
	for (i = 0; i < c->person_count && rc == 0; i++) {
		if (t->how->name != NULL && !aor_equal(&who, &c->persons[i]))
			continue;
		any = true;
		if (key != NULL)
			rc = keystore_plan_key(
			    t, STORE_USER_KEY, c->persons[i].key, key, e);
		if (rc == 0)
			rc = keystore_plan_cert(
			    t, STORE_USER_CERT, c->persons[i].key, c, e);
	}
	if (t->how->name != NULL)
		aor_free(&who);
	if (rc == 0 && !any)
		rc = err_set(e, EX_DATAERR,
		    "the certificate in %s does not name %s", t->how->path,
		    t->how->name);
	return rc;
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
	if (text[0] == '\0')
		X509_NAME_get_text_by_NID(X509_get_subject_name(c->x509),
		    NID_commonName, text, sizeof(text));
	if (!uri_host_kind(span_str(text), &kind))
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
	char *name;
	int rc;

	if (!cert_self_signed(c))
		return err_set(e, EX_DATAERR,
		    "a certificate in %s is not self-signed, so it is no root",
		    t->how->path);
	name = keystore_name_of(t, X509_get_subject_name(c->x509));
	rc = keystore_plan_cert(t, STORE_ROOT_CERT, name, c, e);
	free(name);
	return rc;
}

static int
keystore_plan_other(struct import_ctx *t, struct cert *c, struct err *e)
{
	EVP_PKEY *key = keystore_key_of(t, c);
	char *name;
	int rc = 0;

	if (X509_check_ca(c->x509) == 1 && key == NULL) {
		if (cert_self_signed(c)) {
			/* Beside other things it is part of their chain, and
			 * ignored. Alone it has to be asked for. */
			if (t->cert_count + t->crl_count > 1)
				return 0;
			return err_set(e, EX_USAGE,
			    "%s is the certificate of a CA; import it with "
			    "--as root to trust every certificate it issued",
			    t->how->path);
		}
		name = keystore_name_of(t, X509_get_subject_name(c->x509));
		rc = keystore_plan_cert(t, STORE_CA_CERT, name, c, e);
		free(name);
		return rc;
	}
	name = keystore_host_of(c);
	if (name == NULL)
		return err_set(e, EX_DATAERR,
		    "the certificate in %s names no sip or sips address and no "
		    "host",
		    t->how->path);
	if (key != NULL)
		rc = keystore_plan_key(t, STORE_DOMAIN_KEY, name, key, e);
	if (rc == 0)
		rc = keystore_plan_cert(t, STORE_DOMAIN_CERT, name, c, e);
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
		rc = keystore_plan_key(t,
		    f->kind == STORE_USER_CERT ? STORE_USER_KEY
					       : STORE_DOMAIN_KEY,
		    f->key, key, e);
	}
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
		rc = keystore_plan_plan(t, STORE_CRL, name, &pem, 0644, e);
	} else {
		err_ssl(e, EX_SOFTWARE, "the CRL cannot be written");
	}
	BIO_free(b);
	buf_free(&pem);
	free(name);
	return rc;
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
	for (i = 0; i < t->cert_count && rc == 0; i++) {
		if (t->how->as_root)
			rc = keystore_plan_root(t, t->certs[i], e);
		else if (t->certs[i]->person_count > 0)
			rc = keystore_plan_person(t, t->certs[i], e);
		else
			rc = keystore_plan_other(t, t->certs[i], e);
	}
	for (i = 0; i < t->key_count && rc == 0 && !t->how->as_root; i++)
		rc = keystore_plan_lone_key(t, t->keys[i], e);
	for (i = 0; i < t->crl_count && rc == 0; i++)
		rc = keystore_plan_crl(t, t->crls[i], e);
	if (rc == 0 && t->write_count == 0 && !t->known)
		rc = err_set(
		    e, EX_DATAERR, "%s holds nothing to keep", t->how->path);
	return rc;
}
