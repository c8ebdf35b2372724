/*
 * Imports files: reads PEM, DER, PKCS#12 and .p7c, which are told apart by
 * their contents.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

#include "keys/store/keystore_priv.h"

static void
keystore_import_cert(struct import_ctx *t, X509 *x)
{
	if (t->cert_count == IMPORT_MAX) {
		t->full = true;
		X509_free(x);
		return;
	}
	t->certs[t->cert_count++] = cert_new(x);
}

static void
keystore_import_key(struct import_ctx *t, EVP_PKEY *key)
{
	if (t->key_count == IMPORT_MAX) {
		t->full = true;
		EVP_PKEY_free(key);
		return;
	}
	t->keys[t->key_count++] = key;
}

static void
keystore_import_crl(struct import_ctx *t, X509_CRL *crl)
{
	if (t->crl_count == IMPORT_MAX) {
		t->full = true;
		X509_CRL_free(crl);
		return;
	}
	t->crls[t->crl_count++] = crl;
}

/* Asks once for the passphrase of the file. */
static int
keystore_import_ask(struct import_ctx *t, struct err *e)
{
	char *again;
	int rc;

	if (t->asked)
		return 0;
	if (t->ks->ask == NULL)
		return err_set(e, EX_CONFIG,
		    "%s is locked with a passphrase, "
		    "and there is nobody to ask for it; set "
		    "passphrase-command",
		    t->how->path);
	again = keystore_again(t->how->path);
	rc = t->ks->ask(t->ks->ask_arg, t->tried > 0 ? again : t->how->path,
	    false, &t->passphrase, e);
	free(again);
	t->asked = rc == 0;
	return rc;
}

/* After a wrong answer: whether the question may be asked again, as it will
 * be. */
static bool
keystore_import_again(struct import_ctx *t)
{
	buf_wipe(&t->passphrase);
	t->asked = false;
	return ++t->tried < t->ks->tries;
}

struct import_callback {
	struct import_ctx *t;
	struct err *e;
	bool called;
};

static int
keystore_import_passphrase(char *out, int size, int writing, void *arg)
{
	struct import_callback *c = arg;

	(void)writing;
	c->called = true;
	if (keystore_import_ask(c->t, c->e) == -1 ||
	    c->t->passphrase.n > (size_t)size)
		return -1;
	if (c->t->passphrase.n > 0)
		memcpy(out, c->t->passphrase.p, c->t->passphrase.n);
	return (int)c->t->passphrase.n;
}

static void
keystore_import_pkcs7(struct import_ctx *t, PKCS7 *p7)
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
			keystore_import_cert(t, sk_X509_value(certs, i));
	for (i = 0; i < sk_X509_CRL_num(crls); i++)
		if (X509_CRL_up_ref(sk_X509_CRL_value(crls, i)) == 1)
			keystore_import_crl(t, sk_X509_CRL_value(crls, i));
	PKCS7_free(p7);
}

static int
keystore_import_pkcs12(struct import_ctx *t, PKCS12 *p12, struct err *e)
{
	STACK_OF(X509) *more = NULL;
	EVP_PKEY *key = NULL;
	const char *pass = "";
	X509 *x = NULL;
	int rc = 0, i;

	if (PKCS12_verify_mac(p12, "", 0) != 1 &&
	    PKCS12_verify_mac(p12, NULL, 0) != 1) {
		bool right;

		do {
			rc = keystore_import_ask(t, e);
			pass = t->passphrase.p != NULL ? (char *)t->passphrase.p
						       : "";
			right = rc == 0 &&
			    PKCS12_verify_mac(p12, pass, -1) == 1;
		} while (rc == 0 && !right && keystore_import_again(t));
		if (rc == 0 && !right)
			rc = err_set(e, EX_CONFIG,
			    "the passphrase of %s is wrong", t->how->path);
	}
	if (rc == 0 && PKCS12_parse(p12, pass, &key, &x, &more) != 1)
		rc = err_ssl(e, EX_DATAERR,
		    "%s cannot be read; if its ciphers are old, convert it "
		    "with "
		    "openssl pkcs12 -legacy",
		    t->how->path);
	if (key != NULL)
		keystore_import_key(t, key);
	if (x != NULL)
		keystore_import_cert(t, x);
	for (i = 0; i < sk_X509_num(more); i++)
		keystore_import_cert(t, sk_X509_value(more, i));
	sk_X509_free(more);
	PKCS12_free(p12);
	return rc;
}

/* Adds a PEM block that is not a private key. */
static void
keystore_import_pem_block(
    struct import_ctx *t, const char *name, const unsigned char *p, long n)
{
	X509_CRL *crl;
	PKCS7 *p7;
	X509 *x;

	if (strcmp(name, PEM_STRING_X509) == 0 ||
	    strcmp(name, PEM_STRING_X509_OLD) == 0) {
		if ((x = d2i_X509(NULL, &p, n)) != NULL)
			keystore_import_cert(t, x);
	} else if (strcmp(name, PEM_STRING_X509_TRUSTED) == 0) {
		if ((x = d2i_X509_AUX(NULL, &p, n)) != NULL)
			keystore_import_cert(t, x);
	} else if (strcmp(name, PEM_STRING_X509_CRL) == 0) {
		if ((crl = d2i_X509_CRL(NULL, &p, n)) != NULL)
			keystore_import_crl(t, crl);
	} else if (strcmp(name, PEM_STRING_PKCS7) == 0 ||
	    strcmp(name, "CMS") == 0) {
		if ((p7 = d2i_PKCS7(NULL, &p, n)) != NULL)
			keystore_import_pkcs7(t, p7);
	}
}

static int
keystore_import_pem_keys(struct import_ctx *t, struct span data, struct err *e)
{
	struct import_callback c = {t, e, false};
	BIO *b = BIO_new_mem_buf(data.p, (int)data.n);
	EVP_PKEY *key;
	size_t before, first = t->key_count;

	e->exit = 0;
	do {
		before = t->key_count;
		c.called = false;
		key = b != NULL ? PEM_read_bio_PrivateKey(
				      b, NULL, keystore_import_passphrase, &c)
				: NULL;
		if (key != NULL)
			keystore_import_key(t, key);
	} while (t->key_count > before);
	BIO_free(b);
	ERR_clear_error();
	if (e->exit != 0)
		return -1;
	if (c.called && keystore_import_again(t)) {
		while (t->key_count > first)
			EVP_PKEY_free(t->keys[--t->key_count]);
		return keystore_import_pem_keys(t, data, e);
	}
	if (c.called)
		return err_set(e, EX_CONFIG, "the passphrase of %s is wrong",
		    t->how->path);
	if (t->key_count == 0)
		return err_set(e, EX_DATAERR,
		    "the private key in %s cannot be read", t->how->path);
	return 0;
}

static int
keystore_import_pem(struct import_ctx *t, struct span data, struct err *e)
{
	BIO *b = BIO_new_mem_buf(data.p, (int)data.n);
	char *name = NULL, *header = NULL;
	unsigned char *bytes = NULL;
	bool keys = false;
	long n = 0;

	while (b != NULL && PEM_read_bio(b, &name, &header, &bytes, &n) == 1) {
		if (strstr(name, "PRIVATE KEY") != NULL)
			keys = true;
		else
			keystore_import_pem_block(t, name, bytes, n);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_clear_free(bytes, (size_t)n);
	}
	BIO_free(b);
	ERR_clear_error();
	return keys ? keystore_import_pem_keys(t, data, e) : 0;
}

static int
keystore_import_der_key(struct import_ctx *t, struct span data, struct err *e)
{
	struct import_callback c = {t, e, false};
	const unsigned char *p = data.p;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)data.n);
	BIO *b;

	e->exit = 0;
	if (key == NULL) {
		b = BIO_new_mem_buf(data.p, (int)data.n);
		key = b != NULL ? d2i_PKCS8PrivateKey_bio(
				      b, NULL, keystore_import_passphrase, &c)
				: NULL;
		BIO_free(b);
	}
	ERR_clear_error();
	if (key != NULL) {
		keystore_import_key(t, key);
		return 0;
	}
	if (e->exit != 0)
		return -1;
	if (c.called && keystore_import_again(t))
		return keystore_import_der_key(t, data, e);
	if (c.called)
		return err_set(e, EX_CONFIG, "the passphrase of %s is wrong",
		    t->how->path);
	return err_set(e, EX_DATAERR,
	    "%s holds no certificate, CRL or key in PEM, DER, PKCS#12 or "
	    "PKCS#7",
	    t->how->path);
}

static int
keystore_import_der(struct import_ctx *t, struct span data, struct err *e)
{
	const unsigned char *end = data.p + data.n, *p;
	X509_CRL *crl;
	PKCS12 *p12;
	PKCS7 *p7;
	X509 *x;

	p = data.p;
	if ((x = d2i_X509(NULL, &p, (long)data.n)) != NULL && p == end) {
		keystore_import_cert(t, x);
		return 0;
	}
	X509_free(x);
	p = data.p;
	if ((crl = d2i_X509_CRL(NULL, &p, (long)data.n)) != NULL && p == end) {
		keystore_import_crl(t, crl);
		return 0;
	}
	X509_CRL_free(crl);
	p = data.p;
	if ((p7 = d2i_PKCS7(NULL, &p, (long)data.n)) != NULL && p == end) {
		keystore_import_pkcs7(t, p7);
		return 0;
	}
	PKCS7_free(p7);
	p = data.p;
	if ((p12 = d2i_PKCS12(NULL, &p, (long)data.n)) != NULL)
		return keystore_import_pkcs12(t, p12, e);
	return keystore_import_der_key(t, data, e);
}

static void
keystore_import_ctx_free(struct import_ctx *t)
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
keystore_import(struct keystore *ks, struct span data,
    const struct keystore_import_opts *how, struct keystore_item **items,
    size_t *count, struct err *e)
{
	struct import_ctx t = {.ks = ks, .how = how};
	const char *begin = "-----BEGIN ";
	struct span s = data;
	bool pem = false;
	size_t i, j;
	int rc;

	*items = NULL;
	*count = 0;
	for (; s.n > 11 && !pem; s = span_cut(s, span_find(s, '-', 1), s.n))
		pem = memcmp(s.p, begin, 11) == 0;
	rc = keystore_refresh(ks, e);
	if (rc == 0)
		rc = pem ? keystore_import_pem(&t, data, e)
			 : keystore_import_der(&t, data, e);
	if (rc == 0)
		rc = keystore_import_plan(&t, e);
	if (rc == 0 && t.write_count > 0)
		rc = keystore_write(ks, t.writes, t.write_count, how->force, e);
	if (rc == 0)
		rc = keystore_refresh_force(ks, e);
	for (i = 0; rc == 0 && i < ks->count; i++)
		for (j = 0; j < t.write_count; j++)
			if (!keystore_kind_is_key(ks->files[i].kind) &&
			    strcmp(ks->files[i].file, t.writes[j].file) == 0)
				keystore_item_add(
				    ks, &ks->files[i], items, count);
	keystore_import_ctx_free(&t);
	return rc;
}
