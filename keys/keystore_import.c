/*
 * Files that people bring: PEM, DER, PKCS#12, .p7c. What a file is, it tells
 * by itself; who a certificate is of, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

#include "issue.h"
#include "keystore_in.h"
#include "uri.h"

enum { TAKE_MAX = 16 }; /* certificates, keys or CRLs of one file */

struct taking {
	struct keystore *ks;
	const struct keystore_import *how;
	struct cert *certs[TAKE_MAX];
	size_t cert_count;
	EVP_PKEY *keys[TAKE_MAX];
	size_t key_count;
	X509_CRL *crls[TAKE_MAX];
	size_t crl_count;
	bool full;
	bool asked;            /* a passphrase was needed */
	struct buf passphrase; /* and this was it */
	/* What is to be written. */
	struct store_write writes[2 * TAKE_MAX];
	struct buf names[2 * TAKE_MAX], data[2 * TAKE_MAX];
	size_t write_count;
	bool known; /* something in it lies here already */
};

static void
take_cert(struct taking *t, X509 *x)
{
	if (t->cert_count == TAKE_MAX) {
		t->full = true;
		X509_free(x);
		return;
	}
	t->certs[t->cert_count++] = cert_new(x);
}

static void
take_key(struct taking *t, EVP_PKEY *key)
{
	if (t->key_count == TAKE_MAX) {
		t->full = true;
		EVP_PKEY_free(key);
		return;
	}
	t->keys[t->key_count++] = key;
}

static void
take_crl(struct taking *t, X509_CRL *crl)
{
	if (t->crl_count == TAKE_MAX) {
		t->full = true;
		X509_CRL_free(crl);
		return;
	}
	t->crls[t->crl_count++] = crl;
}

/* Asks once for the passphrase of the file. */
static int
take_ask(struct taking *t, struct err *e)
{
	if (t->asked)
		return 0;
	if (t->ks->ask == NULL)
		return err_set(e, EX_CONFIG, "%s is locked with a passphrase, "
		    "and there is nobody to ask for it; set "
		    "passphrase-command", t->how->path);
	if (t->ks->ask(t->ks->ask_arg, t->how->path, false, &t->passphrase,
	    e) == -1)
		return -1;
	t->asked = true;
	return 0;
}

struct take_callback {
	struct taking *t;
	struct err *e;
	bool called;
};

static int
take_passphrase(char *out, int size, int writing, void *arg)
{
	struct take_callback *c = arg;

	(void)writing;
	c->called = true;
	if (take_ask(c->t, c->e) == -1 ||
	    c->t->passphrase.n > (size_t)size)
		return -1;
	if (c->t->passphrase.n > 0)
		memcpy(out, c->t->passphrase.p, c->t->passphrase.n);
	return (int)c->t->passphrase.n;
}

static void
take_pkcs7(struct taking *t, PKCS7 *p7)
{
	STACK_OF(X509) *certs = NULL;
	STACK_OF(X509_CRL) *crls = NULL;
	int i;

	if (PKCS7_type_is_signed(p7) && p7->d.sign != NULL) {
		certs = p7->d.sign->cert;
		crls = p7->d.sign->crl;
	}
	for (i = 0; i < sk_X509_num(certs); i++)
		if (X509_up_ref(sk_X509_value(certs, i)) == 1)
			take_cert(t, sk_X509_value(certs, i));
	for (i = 0; i < sk_X509_CRL_num(crls); i++)
		if (X509_CRL_up_ref(sk_X509_CRL_value(crls, i)) == 1)
			take_crl(t, sk_X509_CRL_value(crls, i));
	PKCS7_free(p7);
}

static int
take_pkcs12(struct taking *t, PKCS12 *p12, struct err *e)
{
	STACK_OF(X509) *more = NULL;
	EVP_PKEY *key = NULL;
	const char *pass = "";
	X509 *x = NULL;
	int rc = 0, i;

	if (PKCS12_verify_mac(p12, "", 0) != 1 &&
	    PKCS12_verify_mac(p12, NULL, 0) != 1) {
		rc = take_ask(t, e);
		pass = t->passphrase.p != NULL ? (char *)t->passphrase.p :
		                                 "";
		if (rc == 0 && PKCS12_verify_mac(p12, pass, -1) != 1)
			rc = err_set(e, EX_CONFIG,
			    "the passphrase of %s is wrong", t->how->path);
	}
	if (rc == 0 && PKCS12_parse(p12, pass, &key, &x, &more) != 1)
		rc = err_ssl(e, EX_DATAERR, "%s cannot be opened (a PKCS#12 "
		    "file of old ciphers has to be packed anew with openssl "
		    "pkcs12 -legacy)", t->how->path);
	if (key != NULL)
		take_key(t, key);
	if (x != NULL)
		take_cert(t, x);
	for (i = 0; i < sk_X509_num(more); i++)
		take_cert(t, sk_X509_value(more, i));
	sk_X509_free(more);
	PKCS12_free(p12);
	return rc;
}

/* One PEM block that is no private key. */
static void
take_pem_block(struct taking *t, const char *name, const unsigned char *p,
    long n)
{
	X509_CRL *crl;
	PKCS7 *p7;
	X509 *x;

	if (strcmp(name, PEM_STRING_X509) == 0 ||
	    strcmp(name, PEM_STRING_X509_OLD) == 0) {
		if ((x = d2i_X509(NULL, &p, n)) != NULL)
			take_cert(t, x);
	} else if (strcmp(name, PEM_STRING_X509_TRUSTED) == 0) {
		if ((x = d2i_X509_AUX(NULL, &p, n)) != NULL)
			take_cert(t, x);
	} else if (strcmp(name, PEM_STRING_X509_CRL) == 0) {
		if ((crl = d2i_X509_CRL(NULL, &p, n)) != NULL)
			take_crl(t, crl);
	} else if (strcmp(name, PEM_STRING_PKCS7) == 0 ||
	    strcmp(name, "CMS") == 0) {
		if ((p7 = d2i_PKCS7(NULL, &p, n)) != NULL)
			take_pkcs7(t, p7);
	}
}

static int
take_pem_keys(struct taking *t, struct span data, struct err *e)
{
	struct take_callback c = { t, e, false };
	BIO *b = BIO_new_mem_buf(data.p, (int)data.n);
	EVP_PKEY *key;
	size_t before;

	e->exit = 0;
	do {
		before = t->key_count;
		c.called = false;
		key = b != NULL ? PEM_read_bio_PrivateKey(b, NULL,
		    take_passphrase, &c) : NULL;
		if (key != NULL)
			take_key(t, key);
	} while (t->key_count > before);
	BIO_free(b);
	ERR_clear_error();
	if (e->exit != 0)
		return -1;
	if (c.called)
		return err_set(e, EX_CONFIG, "the passphrase of %s is wrong",
		    t->how->path);
	if (t->key_count == 0)
		return err_set(e, EX_DATAERR,
		    "the private key in %s cannot be read", t->how->path);
	return 0;
}

static int
take_pem(struct taking *t, struct span data, struct err *e)
{
	BIO *b = BIO_new_mem_buf(data.p, (int)data.n);
	char *name = NULL, *header = NULL;
	unsigned char *bytes = NULL;
	bool keys = false;
	long n = 0;

	while (b != NULL && PEM_read_bio(b, &name, &header, &bytes, &n) ==
	    1) {
		if (strstr(name, "PRIVATE KEY") != NULL)
			keys = true;
		else
			take_pem_block(t, name, bytes, n);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_clear_free(bytes, (size_t)n);
	}
	BIO_free(b);
	ERR_clear_error();
	return keys ? take_pem_keys(t, data, e) : 0;
}

static int
take_der_key(struct taking *t, struct span data, struct err *e)
{
	struct take_callback c = { t, e, false };
	const unsigned char *p = data.p;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)data.n);
	BIO *b;

	e->exit = 0;
	if (key == NULL) {
		b = BIO_new_mem_buf(data.p, (int)data.n);
		key = b != NULL ? d2i_PKCS8PrivateKey_bio(b, NULL,
		    take_passphrase, &c) : NULL;
		BIO_free(b);
	}
	ERR_clear_error();
	if (key != NULL) {
		take_key(t, key);
		return 0;
	}
	if (e->exit != 0)
		return -1;
	if (c.called)
		return err_set(e, EX_CONFIG, "the passphrase of %s is wrong",
		    t->how->path);
	return err_set(e, EX_DATAERR, "%s holds no certificate, CRL or key "
	    "that we know (PEM, DER, PKCS#12, PKCS#7)", t->how->path);
}

static int
take_der(struct taking *t, struct span data, struct err *e)
{
	const unsigned char *end = data.p + data.n, *p;
	X509_CRL *crl;
	PKCS12 *p12;
	PKCS7 *p7;
	X509 *x;

	p = data.p;
	if ((x = d2i_X509(NULL, &p, (long)data.n)) != NULL && p == end) {
		take_cert(t, x);
		return 0;
	}
	X509_free(x);
	p = data.p;
	if ((crl = d2i_X509_CRL(NULL, &p, (long)data.n)) != NULL &&
	    p == end) {
		take_crl(t, crl);
		return 0;
	}
	X509_CRL_free(crl);
	p = data.p;
	if ((p7 = d2i_PKCS7(NULL, &p, (long)data.n)) != NULL && p == end) {
		take_pkcs7(t, p7);
		return 0;
	}
	PKCS7_free(p7);
	p = data.p;
	if ((p12 = d2i_PKCS12(NULL, &p, (long)data.n)) != NULL)
		return take_pkcs12(t, p12, e);
	return take_der_key(t, data, e);
}

/* --- where things go ------------------------------------------------------ */

static bool
planned(const struct taking *t, const char *file)
{
	size_t i;

	for (i = 0; i < t->write_count; i++)
		if (strcmp(t->writes[i].file, file) == 0)
			return true;
	return false;
}

/* Plans a file; data is taken over. */
static int
plan(struct taking *t, enum store_kind kind, const char *name,
    struct buf *data, mode_t mode, struct err *e)
{
	size_t i = t->write_count;
	struct buf file = { 0 };

	keystore_file_name(&file, kind, span_str(name));
	if (i == 2 * TAKE_MAX || planned(t, (char *)file.p)) {
		buf_wipe(data);
		buf_free(&file);
		return i == 2 * TAKE_MAX ? err_set(e, EX_DATAERR,
		    "%s holds too much at once", t->how->path) : 0;
	}
	t->names[i] = file;
	t->data[i] = *data;
	*data = (struct buf) { NULL, 0, 0 };
	t->writes[i] = (struct store_write) { (char *)file.p,
		span_buf(&t->data[i]), mode };
	t->write_count++;
	return 0;
}

static int
plan_cert(struct taking *t, enum store_kind kind, const char *name,
    struct cert *c, struct err *e)
{
	char *key = keystore_key(kind, span_str(name));
	struct store_file *f = key != NULL ? keystore_file(t->ks, kind, key) :
	                                     NULL;
	struct buf pem = { 0 };
	int rc = 0;

	free(key);
	if (f != NULL && f->cert_count > 0 && cert_same(f->certs[0], c)) {
		t->known = true;
		return 0;
	}
	rc = issue_cert_pem(c->x509, &pem, e);
	if (rc == 0)
		rc = plan(t, kind, name, &pem, 0644, e);
	buf_free(&pem);
	return rc;
}

/* Keys keep the passphrase they came with; those that came without one get
 * what the person wants. */
static int
plan_key(struct taking *t, enum store_kind kind, const char *name,
    EVP_PKEY *key, struct err *e)
{
	struct buf pem = { 0 };
	int rc = 0;

	if (!t->asked && t->ks->ask != NULL) {
		rc = t->ks->ask(t->ks->ask_arg, name, true, &t->passphrase,
		    e);
		t->asked = rc == 0;
	}
	if (rc == 0)
		rc = issue_key_pem(key, span_buf(&t->passphrase), &pem, e);
	if (rc == 0)
		rc = plan(t, kind, name, &pem, 0600, e);
	buf_wipe(&pem);
	return rc;
}

static EVP_PKEY *
key_of(const struct taking *t, const struct cert *c)
{
	size_t i;

	for (i = 0; i < t->key_count; i++)
		if (EVP_PKEY_eq(X509_get0_pubkey(c->x509), t->keys[i]) == 1)
			return t->keys[i];
	return NULL;
}

/* A person's certificate: a file for each address in it, or for the one that
 * was asked for. */
static int
plan_person(struct taking *t, struct cert *c, struct err *e)
{
	EVP_PKEY *key = key_of(t, c);
	struct aor who;
	bool any = false;
	size_t i;
	int rc = 0;

	if (t->how->name != NULL &&
	    aor_parse(span_str(t->how->name), &who, e) == -1)
		return -1;
	for (i = 0; i < c->person_count && rc == 0; i++) {
		if (t->how->name != NULL &&
		    !aor_equal(&who, &c->persons[i]))
			continue;
		any = true;
		if (key != NULL)
			rc = plan_key(t, STORE_USER_KEY, c->persons[i].key,
			    key, e);
		if (rc == 0)
			rc = plan_cert(t, STORE_USER_CERT, c->persons[i].key,
			    c, e);
	}
	if (t->how->name != NULL)
		aor_free(&who);
	if (rc == 0 && !any)
		rc = err_set(e, EX_DATAERR, "the certificate in %s does not "
		    "name %s", t->how->path, t->how->name);
	return rc;
}

/* The host a certificate is for, for the caller to free; NULL when it is for
 * none. */
static char *
host_of(const struct cert *c)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(c->x509,
	    NID_subject_alt_name, NULL, NULL);
	char text[256] = "";
	enum uri_host_kind kind;
	int i, n;

	for (i = 0; i < sk_GENERAL_NAME_num(names) && text[0] == '\0'; i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
		const unsigned char *p;

		if (g->type == GEN_DNS) {
			n = ASN1_STRING_length(g->d.dNSName);
			if (n > 0 && n < (int)sizeof(text)) {
				memcpy(text, ASN1_STRING_get0_data(
				    g->d.dNSName), (size_t)n);
				text[n] = '\0';
			}
		} else if (g->type == GEN_IPADD &&
		    ASN1_STRING_length(g->d.iPAddress) == 4) {
			p = ASN1_STRING_get0_data(g->d.iPAddress);
			snprintf(text, sizeof(text), "%d.%d.%d.%d", p[0],
			    p[1], p[2], p[3]);
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

/* What to call a CA: as asked, its Common Name, or the file's name. */
static char *
name_of(const struct taking *t, const X509_NAME *subject)
{
	char text[256] = "";
	const char *base;

	if (t->how->name != NULL)
		return xstrdup(t->how->name);
	if (X509_NAME_get_text_by_NID((X509_NAME *)subject, NID_commonName,
	    text, sizeof(text)) <= 0 || text[0] == '\0') {
		base = strrchr(t->how->path, '/');
		base = base != NULL ? base + 1 : t->how->path;
		if (strncmp(base, "root_cert_", 10) == 0)
			base += 10;
		snprintf(text, sizeof(text), "%.*s",
		    (int)strcspn(base, "."), base);
	}
	return xstrdup(text[0] != '\0' ? text : "ca");
}

static int
plan_root(struct taking *t, struct cert *c, struct err *e)
{
	char *name;
	int rc;

	if (!cert_self_signed(c))
		return err_set(e, EX_DATAERR, "a certificate in %s is not "
		    "self-signed, so it is no root", t->how->path);
	name = name_of(t, X509_get_subject_name(c->x509));
	rc = plan_cert(t, STORE_ROOT_CERT, name, c, e);
	free(name);
	return rc;
}

static int
plan_other(struct taking *t, struct cert *c, struct err *e)
{
	EVP_PKEY *key = key_of(t, c);
	char *name;
	int rc = 0;

	if (X509_check_ca(c->x509) == 1 && key == NULL) {
		if (cert_self_signed(c)) {
			/* Beside other things it is what they were packed
			 * with; alone the person has to say so. */
			if (t->cert_count + t->crl_count > 1)
				return 0;
			return err_set(e, EX_USAGE, "%s is of a CA; import "
			    "it with --as root to trust whom it vouches for",
			    t->how->path);
		}
		name = name_of(t, X509_get_subject_name(c->x509));
		rc = plan_cert(t, STORE_CA_CERT, name, c, e);
		free(name);
		return rc;
	}
	name = host_of(c);
	if (name == NULL)
		return err_set(e, EX_DATAERR, "the certificate in %s names "
		    "no sip or sips address and no host", t->how->path);
	if (key != NULL)
		rc = plan_key(t, STORE_DOMAIN_KEY, name, key, e);
	if (rc == 0)
		rc = plan_cert(t, STORE_DOMAIN_CERT, name, c, e);
	free(name);
	return rc;
}

/* A key alone belongs to a certificate that is here. */
static int
plan_lone_key(struct taking *t, EVP_PKEY *key, struct err *e)
{
	bool any = false;
	size_t i;
	int rc = 0;

	for (i = 0; i < t->cert_count; i++)
		if (key_of(t, t->certs[i]) == key)
			return 0;
	for (i = 0; i < t->ks->count && rc == 0; i++) {
		struct store_file *f = &t->ks->files[i];

		if (f->kind != STORE_USER_CERT && f->kind != STORE_DOMAIN_CERT)
			continue;
		keystore_fetch(t->ks, f);
		if (f->cert_count == 0 || EVP_PKEY_eq(X509_get0_pubkey(
			f->certs[0]->x509), key) != 1)
			continue;
		any = true;
		rc = plan_key(t, f->kind == STORE_USER_CERT ?
		    STORE_USER_KEY : STORE_DOMAIN_KEY, f->key, key, e);
	}
	if (rc == 0 && !any)
		rc = err_set(e, EX_DATAERR, "the private key in %s belongs "
		    "to no certificate here; import that first",
		    t->how->path);
	return rc;
}

static int
plan_crl(struct taking *t, X509_CRL *crl, struct err *e)
{
	char *name = name_of(t, X509_CRL_get_issuer(crl));
	BIO *b = BIO_new(BIO_s_mem());
	struct buf pem = { 0 };
	char *data;
	long n;
	int rc = -1;

	if (b != NULL && PEM_write_bio_X509_CRL(b, crl) == 1 &&
	    (n = BIO_get_mem_data(b, &data)) > 0) {
		buf_add(&pem, data, (size_t)n);
		rc = plan(t, STORE_CRL, name, &pem, 0644, e);
	} else {
		err_ssl(e, EX_SOFTWARE, "the CRL cannot be written");
	}
	BIO_free(b);
	buf_free(&pem);
	free(name);
	return rc;
}

static int
plan_all(struct taking *t, struct err *e)
{
	size_t i;
	int rc = 0;

	if (t->full)
		return err_set(e, EX_DATAERR, "%s holds more than %d "
		    "certificates or keys", t->how->path, TAKE_MAX);
	if (t->cert_count + t->key_count + t->crl_count == 0)
		return err_set(e, EX_DATAERR, "%s holds no certificate, CRL "
		    "or key that we know (PEM, DER, PKCS#12, PKCS#7)",
		    t->how->path);
	for (i = 0; i < t->cert_count && rc == 0; i++) {
		if (t->how->as_root)
			rc = plan_root(t, t->certs[i], e);
		else if (t->certs[i]->person_count > 0)
			rc = plan_person(t, t->certs[i], e);
		else
			rc = plan_other(t, t->certs[i], e);
	}
	for (i = 0; i < t->key_count && rc == 0 && !t->how->as_root; i++)
		rc = plan_lone_key(t, t->keys[i], e);
	for (i = 0; i < t->crl_count && rc == 0; i++)
		rc = plan_crl(t, t->crls[i], e);
	if (rc == 0 && t->write_count == 0 && !t->known)
		rc = err_set(e, EX_DATAERR, "%s holds nothing to keep",
		    t->how->path);
	return rc;
}

static void
taking_free(struct taking *t)
{
	size_t i;

	for (i = 0; i < t->cert_count; i++)
		cert_free(t->certs[i]);
	for (i = 0; i < t->key_count; i++)
		EVP_PKEY_free(t->keys[i]);
	for (i = 0; i < t->crl_count; i++)
		X509_CRL_free(t->crls[i]);
	for (i = 0; i < t->write_count; i++) {
		buf_free(&t->names[i]);
		buf_wipe(&t->data[i]);
	}
	buf_wipe(&t->passphrase);
}

int
keystore_take(struct keystore *ks, struct span data,
    const struct keystore_import *how, struct keystore_item **items,
    size_t *count, struct err *e)
{
	struct taking t = { .ks = ks, .how = how };
	const char *begin = "-----BEGIN ";
	struct span s = data;
	bool pem = false;
	size_t i, j;
	int rc;

	*items = NULL;
	*count = 0;
	for (; s.n > 11 && !pem; s = span_cut(s, span_find(s, '-', 1), s.n))
		pem = memcmp(s.p, begin, 11) == 0;
	rc = keystore_look(ks, e);
	if (rc == 0)
		rc = pem ? take_pem(&t, data, e) : take_der(&t, data, e);
	if (rc == 0)
		rc = plan_all(&t, e);
	if (rc == 0 && t.write_count > 0)
		rc = keystore_write(ks, t.writes, t.write_count, how->force,
		    e);
	if (rc == 0)
		rc = keystore_look(ks, e);
	for (i = 0; rc == 0 && i < ks->count; i++)
		for (j = 0; j < t.write_count; j++)
			if (ks->files[i].kind != STORE_USER_KEY &&
			    ks->files[i].kind != STORE_DOMAIN_KEY &&
			    strcmp(ks->files[i].file, t.writes[j].file) == 0)
				keystore_item_add(ks, &ks->files[i], items,
				    count);
	taking_free(&t);
	return rc;
}
