#include "src/base/aead.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "src/base/digest.h"
#include "src/base/err.h"

struct aead {
	EVP_CIPHER *gcm;
	EVP_CIPHER_CTX *seals, *opens; /* both have the key */
};

static void
aead_give_up(const char *what)
{
	fprintf(stderr, "signet: OpenSSL cannot provide %s\n", what);
	exit(EX_OSERR);
}

struct aead *
aead_new(const unsigned char key[AEAD_KEY])
{
	struct aead *a = xcalloc(1, sizeof(*a));

	a->gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	a->seals = EVP_CIPHER_CTX_new();
	a->opens = EVP_CIPHER_CTX_new();
	if (a->gcm == NULL || a->seals == NULL || a->opens == NULL ||
	    EVP_EncryptInit_ex2(a->seals, a->gcm, key, NULL, NULL) != 1 ||
	    EVP_DecryptInit_ex2(a->opens, a->gcm, key, NULL, NULL) != 1)
		aead_give_up("AES-256-GCM");
	return a;
}

void
aead_free(struct aead *a)
{
	if (a == NULL)
		return;
	EVP_CIPHER_CTX_free(a->seals);
	EVP_CIPHER_CTX_free(a->opens);
	EVP_CIPHER_free(a->gcm);
	free(a);
}

void
aead_seal(struct aead *a, struct span with, struct span text, struct buf *out)
{
	unsigned char *p;
	int n = 0, m = 0;

	if (text.n > INT_MAX - AEAD_MORE || with.n > INT_MAX)
		aead_give_up("a record of this size");
	buf_reserve(out, out->n + text.n + AEAD_MORE);
	p = out->p + out->n;
	random_bytes(p, AEAD_NONCE);
	if (EVP_EncryptInit_ex2(a->seals, NULL, NULL, p, NULL) != 1 ||
	    EVP_EncryptUpdate(a->seals, NULL, &n, with.p, (int)with.n) != 1 ||
	    EVP_EncryptUpdate(
		a->seals, p + AEAD_NONCE, &n, text.p, (int)text.n) != 1 ||
	    EVP_EncryptFinal_ex(a->seals, p + AEAD_NONCE + n, &m) != 1 ||
	    EVP_CIPHER_CTX_ctrl(a->seals, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG,
		p + AEAD_NONCE + text.n) != 1)
		aead_give_up("AES-256-GCM");
	out->n += text.n + AEAD_MORE;
	out->p[out->n] = '\0';
}

bool
aead_open(struct aead *a, struct span with, struct span box, struct buf *out)
{
	size_t text = box.n - AEAD_MORE;
	unsigned char tag[AEAD_TAG];
	int n = 0, m = 0;
	bool ok;

	if (box.n < AEAD_MORE || box.n > INT_MAX || with.n > INT_MAX)
		return false;
	buf_reserve(out, out->n + text + 1);
	memcpy(tag, box.p + AEAD_NONCE + text, AEAD_TAG);
	ok = EVP_DecryptInit_ex2(a->opens, NULL, NULL, box.p, NULL) == 1 &&
	    EVP_DecryptUpdate(a->opens, NULL, &n, with.p, (int)with.n) == 1 &&
	    EVP_DecryptUpdate(a->opens, out->p + out->n, &n, box.p + AEAD_NONCE,
		(int)text) == 1 &&
	    EVP_CIPHER_CTX_ctrl(
		a->opens, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG, tag) == 1 &&
	    EVP_DecryptFinal_ex(a->opens, out->p + out->n + n, &m) == 1;
	ERR_clear_error();
	/* The tag did not verify: the caller gets no text. */
	if (!ok)
		wipe(out->p + out->n, text);
	else
		out->n += text;
	out->p[out->n] = '\0';
	return ok;
}

void
aead_derive(const unsigned char key[AEAD_KEY], const char *label,
    unsigned char out[AEAD_KEY])
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	char sha256[] = "SHA2-256";
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sha256, 0),
	    OSSL_PARAM_construct_octet_string(
		OSSL_KDF_PARAM_KEY, (unsigned char *)key, AEAD_KEY),
	    OSSL_PARAM_construct_octet_string(
		OSSL_KDF_PARAM_INFO, (char *)label, strlen(label)),
	    OSSL_PARAM_construct_end()};

	if (ctx == NULL || EVP_KDF_derive(ctx, out, AEAD_KEY, params) != 1)
		aead_give_up("HKDF");
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

void
aead_mac(const unsigned char key[AEAD_KEY], struct span bytes,
    unsigned char out[AEAD_KEY])
{
	size_t n = 0;

	if (EVP_Q_mac(NULL, "HMAC", NULL, "SHA2-256", NULL, key, AEAD_KEY,
		bytes.p, bytes.n, out, AEAD_KEY, &n) == NULL ||
	    n != AEAD_KEY)
		aead_give_up("HMAC");
}
