/*
 * Imports files: reads PEM, DER, PKCS#12 and .p7c, which are told apart by
 * their contents.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

#include "keys/store/keystore_priv.h"
#include "src/base/text.h"

void
keystore_import_cert(struct import_ctx *t, X509 *x)
{
	if (t->cert_count == IMPORT_MAX) {
		t->full = true;
		X509_free(x);
		return;
	}
	t->certs[t->cert_count++] = cert_new(x);
}

void
keystore_import_key(struct import_ctx *t, EVP_PKEY *key)
{
	if (t->key_count == IMPORT_MAX) {
		t->full = true;
		EVP_PKEY_free(key);
		return;
	}
	t->keys[t->key_count++] = key;
}

void
keystore_import_crl(struct import_ctx *t, X509_CRL *crl)
{
	if (t->crl_count == IMPORT_MAX) {
		t->full = true;
		X509_CRL_free(crl);
		return;
	}
	t->crls[t->crl_count++] = crl;
}

void
keystore_import_drop(struct import_ctx *t)
{
	while (t->cert_count > 0)
		cert_free(t->certs[--t->cert_count]);
	while (t->key_count > 0)
		EVP_PKEY_free(t->keys[--t->key_count]);
	while (t->crl_count > 0)
		X509_CRL_free(t->crls[--t->crl_count]);
}

void
keystore_import_leave(
    struct import_ctx *t, const struct cert *c, const char *fmt, ...)
{
	struct buf words = {0};
	va_list ap;
	char *line;

	if (c != NULL) {
		line = cert_name(X509_get_subject_name(c->x509));
		buf_addf(&words, "the certificate of %s: ", line);
		free(line);
	}
	va_start(ap, fmt);
	buf_vaddf(&words, fmt, ap);
	va_end(ap);
	line = text_escape_line(span_buf(&words));
	buf_addf(&t->left, "left out of %s: %s\n", t->how->path, line);
	free(line);
	buf_free(&words);
}

int
keystore_import_ask(struct import_ctx *t, struct err *e)
{
	char *again = NULL;
	int rc;

	if (t->asked)
		return 0;
	if (t->ks->ask == NULL)
		return err_set(e, EX_CONFIG,
		    "%s is locked with a passphrase, "
		    "and there is nobody to ask for it; set "
		    "passphrase-command",
		    t->how->path);
	if (t->tried > 0)
		again = keystore_again(t->how->path);
	rc = t->ks->ask(t->ks->ask_arg, again != NULL ? again : t->how->path,
	    false, &t->passphrase, e);
	free(again);
	t->asked = rc == 0;
	return rc;
}

bool
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

/* Adds a PEM block that is not a private key. */
static void
keystore_import_pem_block(
    struct import_ctx *t, const char *name, const unsigned char *p, long n)
{
	const size_t before = t->cert_count + t->crl_count;
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
	} else if (strstr(name, "PARAMETERS") != NULL) {
		return; /* the curve of a key, which has it too */
	}
	if (t->cert_count + t->crl_count == before && !t->full)
		keystore_import_leave(t, NULL,
		    "a block \"%s\", which is not kept or cannot be read",
		    name);
}

/* Adds the private key of a PEM block, which is written again since OpenSSL
 * reads the encrypted forms from text alone. */
static int
keystore_import_pem_key(struct import_ctx *t, const char *name,
    const char *header, const unsigned char *p, long n, struct err *e)
{
	struct import_callback c = {t, e, false};
	BIO *b = BIO_new(BIO_s_secmem());
	EVP_PKEY *key = NULL;

	e->exit = 0;
	if (b != NULL && PEM_write_bio(b, name, header, p, n) > 0)
		key = PEM_read_bio_PrivateKey(
		    b, NULL, keystore_import_passphrase, &c);
	BIO_free(b);
	ERR_clear_error();
	if (key != NULL)
		keystore_import_key(t, key);
	else if (e->exit != 0)
		return -1;
	else if (c.called && keystore_import_again(t))
		return keystore_import_pem_key(t, name, header, p, n, e);
	else if (c.called)
		return err_set(e, EX_CONFIG, "the passphrase of %s is wrong",
		    t->how->path);
	else
		keystore_import_leave(
		    t, NULL, "a private key that cannot be read");
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
	int rc = 0;

	while (rc == 0 && b != NULL &&
	    PEM_read_bio(b, &name, &header, &bytes, &n) == 1) {
		if (strstr(name, "PRIVATE KEY") != NULL) {
			keys = true;
			rc = keystore_import_pem_key(
			    t, name, header, bytes, n, e);
		} else {
			keystore_import_pem_block(t, name, bytes, n);
		}
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_clear_free(bytes, (size_t)n);
	}
	BIO_free(b);
	ERR_clear_error();
	if (rc == 0 && keys && t->key_count == 0)
		return err_set(e, EX_DATAERR,
		    "the private key in %s cannot be read", t->how->path);
	return rc;
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
	int rc;

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
	if ((p12 = d2i_PKCS12(NULL, &p, (long)data.n)) != NULL) {
		rc = keystore_import_pkcs12(t, p12, e);
		PKCS12_free(p12);
		return rc;
	}
	return keystore_import_der_key(t, data, e);
}

static void
keystore_import_ctx_free(struct import_ctx *t)
{
	size_t i;

	keystore_import_drop(t);
	for (i = 0; i < t->change_count; i++)
		free(t->change_keys[i]);
	for (i = 0; i < t->write_count; i++) {
		buf_free(&t->names[i]);
		buf_wipe(&t->data[i]);
	}
	buf_wipe(&t->passphrase);
	buf_free(&t->left);
}

static const char pem_begin[] = "-----BEGIN ";

/* Returns where the next PEM block begins, or the end of s. */
static struct span
keystore_import_next_block(struct span s)
{
	const size_t n = sizeof(pem_begin) - 1;

	while (s.n > n && memcmp(s.p, pem_begin, n) != 0)
		s = span_cut(s, span_find(s, '-', 1), s.n);
	return s.n > n ? s : span_cut(s, s.n, s.n);
}

/* Returns whether a line, whatever its line end, ends with a word. */
static bool
keystore_ends_with(struct span line, const char *word)
{
	const size_t n = strlen(word);

	while (line.n > 0 && strchr(" \t\r", line.p[line.n - 1]) != NULL)
		line.n--;
	return line.n >= n && memcmp(line.p + line.n - n, word, n) == 0;
}

bool
keystore_import_only_keys(struct span data)
{
	const unsigned char *p = data.p;
	struct span s = keystore_import_next_block(data), line;
	X509_SIG *locked;
	EVP_PKEY *key;
	bool only;

	if (s.n == 0) {
		key = d2i_AutoPrivateKey(NULL, &p, (long)data.n);
		p = data.p;
		locked = key == NULL ? d2i_X509_SIG(NULL, &p, (long)data.n)
				     : NULL;
		only = key != NULL || locked != NULL;
		EVP_PKEY_free(key);
		X509_SIG_free(locked);
		ERR_clear_error();
		return only;
	}
	for (only = true; s.n > 0 && only;) {
		line = span_cut(s, 0, span_find(s, '\n', 0));
		only = keystore_ends_with(line, "PRIVATE KEY-----") ||
		    keystore_ends_with(line, "PARAMETERS-----");
		s = keystore_import_next_block(span_cut(s, line.n, s.n));
	}
	return only;
}

int
keystore_import(struct keystore *ks, struct span data,
    const struct keystore_import_opts *how, struct keystore_item **items,
    size_t *count, struct err *e)
{
	struct import_ctx t = {.ks = ks, .how = how};
	struct span pem;
	size_t i, j;
	int rc;

	*items = NULL;
	*count = 0;
	rc = keystore_refresh(ks, e);
	/* From the first block on: OpenSSL finds none behind a byte order
	 * mark. */
	pem = keystore_import_next_block(data);
	if (rc == 0)
		rc = pem.n > 0 ? keystore_import_pem(&t, pem, e)
			       : keystore_import_der(&t, data, e);
	if (rc == 0)
		rc = keystore_import_plan(&t, e);
	if (rc == 0 && t.write_count > 0 && how->force)
		rc = keystore_tell(ks, t.changes, t.change_count, e);
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
	if (rc == 0 && how->left != NULL)
		buf_addspan(how->left, span_buf(&t.left));
	keystore_import_ctx_free(&t);
	return rc;
}
