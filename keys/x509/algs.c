#include "keys/x509/algs.h"

#include <limits.h>
#include <stdlib.h>

struct algs {
	EVP_MD *sha1, *sha256; /* sha1 is NULL until it is needed */
	EVP_CIPHER *cbc, *gcm, *wrap;
	EVP_MD_CTX *digest;
	EVP_CIPHER_CTX *cipher;
};

struct algs *
algs_new(struct err *e)
{
	struct algs *a = xcalloc(1, sizeof(*a));

	a->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	a->cbc = EVP_CIPHER_fetch(NULL, "AES-128-CBC", NULL);
	a->gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	a->wrap = EVP_CIPHER_fetch(NULL, "AES-128-WRAP", NULL);
	a->digest = EVP_MD_CTX_new();
	a->cipher = EVP_CIPHER_CTX_new();
	if (a->sha256 != NULL && a->cbc != NULL && a->gcm != NULL &&
	    a->wrap != NULL && a->digest != NULL && a->cipher != NULL)
		return a;
	(void)err_ssl(e, EX_SOFTWARE,
	    "OpenSSL lacks SHA-256 or AES-128 in CBC, GCM or key wrap");
	algs_free(a);
	return NULL;
}

void
algs_free(struct algs *a)
{
	if (a == NULL)
		return;
	EVP_MD_free(a->sha1);
	EVP_MD_free(a->sha256);
	EVP_CIPHER_free(a->cbc);
	EVP_CIPHER_free(a->gcm);
	EVP_CIPHER_free(a->wrap);
	EVP_MD_CTX_free(a->digest);
	EVP_CIPHER_CTX_free(a->cipher);
	free(a);
}

const EVP_MD *
algs_md(struct algs *a, bool sha1, struct err *e)
{
	if (!sha1)
		return a->sha256;
	if (a->sha1 == NULL)
		a->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	if (a->sha1 == NULL)
		(void)err_ssl(e, EX_SOFTWARE, "OpenSSL lacks SHA-1");
	return a->sha1;
}

int
algs_digest(struct algs *a, bool sha1, const struct span *spans, size_t count,
    unsigned char out[ALGS_DIGEST], size_t *n, struct err *e)
{
	const EVP_MD *md = algs_md(a, sha1, e);
	unsigned got = 0;
	bool ok;

	if (md == NULL)
		return -1;
	ok = EVP_DigestInit_ex2(a->digest, md, NULL) == 1;
	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_DigestUpdate(a->digest, spans[i].p, spans[i].n) == 1;
	ok = ok && EVP_DigestFinal_ex(a->digest, out, &got) == 1;
	/* Its state may be a key. */
	(void)EVP_MD_CTX_reset(a->digest);
	*n = got;
	if (!ok)
		return err_ssl(e, EX_SOFTWARE, "a digest cannot be made");
	return 0;
}

/* Appends text in a cipher that the context was set up with. */
static bool
algs_encrypt(struct algs *a, struct span text, struct buf *out)
{
	int n = 0, last = 0;

	if (text.n > INT_MAX - 2 * ALGS_BLOCK)
		return false;
	buf_reserve(out, out->n + text.n + 2 * ALGS_BLOCK);
	if (EVP_EncryptUpdate(
		a->cipher, out->p + out->n, &n, text.p, (int)text.n) != 1 ||
	    EVP_EncryptFinal_ex(a->cipher, out->p + out->n + n, &last) != 1)
		return false;
	out->n += (size_t)n + (size_t)last;
	out->p[out->n] = '\0';
	return true;
}

int
algs_cbc(struct algs *a, const unsigned char key[ALGS_KEY],
    const unsigned char iv[ALGS_BLOCK], struct span text, struct buf *out,
    struct err *e)
{
	bool ok = EVP_EncryptInit_ex2(a->cipher, a->cbc, key, iv, NULL) == 1 &&
	    algs_encrypt(a, text, out);

	/* This wipes the key. */
	(void)EVP_CIPHER_CTX_reset(a->cipher);
	return ok ? 0
		  : err_ssl(e, EX_SOFTWARE,
			"the content cannot be encrypted with AES-CBC");
}

int
algs_gcm(struct algs *a, const unsigned char key[ALGS_KEY],
    const unsigned char nonce[ALGS_NONCE], struct span text, struct buf *out,
    unsigned char tag[ALGS_TAG], struct err *e)
{
	bool ok = EVP_EncryptInit_ex2(a->cipher, a->gcm, key, nonce, NULL) ==
		1 &&
	    algs_encrypt(a, text, out) &&
	    EVP_CIPHER_CTX_ctrl(
		a->cipher, EVP_CTRL_AEAD_GET_TAG, ALGS_TAG, tag) == 1;

	(void)EVP_CIPHER_CTX_reset(a->cipher);
	return ok ? 0
		  : err_ssl(e, EX_SOFTWARE,
			"the content cannot be encrypted with AES-GCM");
}

int
algs_wrap(struct algs *a, const unsigned char with[ALGS_KEY],
    const unsigned char key[ALGS_KEY], unsigned char out[ALGS_WRAPPED],
    struct err *e)
{
	int n = 0, last = 0;
	bool ok;

	EVP_CIPHER_CTX_set_flags(a->cipher, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	ok = EVP_EncryptInit_ex2(a->cipher, a->wrap, with, NULL, NULL) == 1 &&
	    EVP_EncryptUpdate(a->cipher, out, &n, key, ALGS_KEY) == 1 &&
	    EVP_EncryptFinal_ex(a->cipher, out + n, &last) == 1 &&
	    n + last == ALGS_WRAPPED;
	(void)EVP_CIPHER_CTX_reset(a->cipher);
	return ok
	    ? 0
	    : err_ssl(e, EX_SOFTWARE, "the content key cannot be wrapped");
}
