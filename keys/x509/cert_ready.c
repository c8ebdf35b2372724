#include "keys/x509/cert_ready.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "src/base/der_write.h"

void
cert_ready_free(struct cert_ready *r)
{
	if (r == NULL)
		return;
	buf_free(&r->name);
	EVP_PKEY_CTX_free(r->encrypts);
	EVP_PKEY_CTX_free(r->generates);
	EVP_PKEY_CTX_free(r->signs);
	EVP_PKEY_free(r->signer);
	free(r);
}

static enum cert_key
cert_key_kind(const EVP_PKEY *key)
{
	return key == NULL              ? CERT_KEY_OTHER
	    : EVP_PKEY_is_a(key, "RSA") ? CERT_KEY_RSA
	    : EVP_PKEY_is_a(key, "EC")  ? CERT_KEY_EC
					: CERT_KEY_OTHER;
}

/* Appends the DER of c's issuer and serial number. */
static bool
cert_write_name(const struct cert *c, struct buf *out)
{
	unsigned char *issuer = NULL, *serial = NULL;
	int n = i2d_X509_NAME(X509_get_issuer_name(c->x509), &issuer);
	int m = i2d_ASN1_INTEGER(X509_get0_serialNumber(c->x509), &serial);
	bool ok = n > 0 && m > 0;
	size_t place;

	if (ok) {
		place = der_begin(out, DER_ID_SEQUENCE);
		buf_add(out, issuer, (size_t)n);
		buf_add(out, serial, (size_t)m);
		der_end(out, place);
	}
	OPENSSL_free(issuer);
	OPENSSL_free(serial);
	return ok;
}

static struct cert_ready *
cert_ready_get(struct cert *c, struct err *e)
{
	struct cert_ready *r = c->ready;

	if (r != NULL)
		return r;
	r = xcalloc(1, sizeof(*r));
	r->key = X509_get0_pubkey(c->x509);
	r->kind = cert_key_kind(r->key);
	if (!cert_write_name(c, &r->name)) {
		(void)err_ssl(e, EX_SOFTWARE,
		    "the issuer and serial number of the certificate cannot be "
		    "written");
		cert_ready_free(r);
		return NULL;
	}
	c->ready = r;
	return r;
}

const struct cert_ready *
cert_ready_name(struct cert *c, struct err *e)
{
	return cert_ready_get(c, e);
}

/* Returns whether every point on the curve of key but infinity has the order of
 * the group, since that is a prime and the cofactor 1. */
static bool
cert_on_prime_curve(EVP_PKEY *key)
{
	static const char *const curves[] = {
	    SN_X9_62_prime256v1, SN_secp384r1, SN_secp521r1};
	char name[32];

	if (EVP_PKEY_get_group_name(key, name, sizeof(name), NULL) != 1)
		return false;
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (strcmp(name, curves[i]) == 0)
			return true;
	return false;
}

/* Both checks make sure that the point is in the range of the field, on the
 * curve, and not infinity. The full one multiplies it by the order of the group
 * too, to see that infinity comes out: on a prime curve it always does. */
bool
cert_key_sound(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	bool ok = ctx != NULL &&
	    (cert_on_prime_curve(key) ? EVP_PKEY_public_check_quick(ctx)
				      : EVP_PKEY_public_check(ctx)) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/* OpenSSL's CMS makes this check for each message. It makes none of an RSA key:
 * that would take 3 ms to find out that the modulus is no prime. */
static int
cert_check_key(struct cert_ready *r, struct err *e)
{
	r->checked = r->key != NULL && cert_key_sound(r->key);
	if (r->checked)
		return 0;
	return err_ssl(e, EX_NOPERM,
	    "the public key in the certificate is not valid: nothing is "
	    "encrypted to it");
}

/* A context that encrypts with an RSA key. */
static EVP_PKEY_CTX *
cert_rsa_context(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	if (ctx != NULL &&
	    (EVP_PKEY_encrypt_init(ctx) != 1 ||
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1)) {
		EVP_PKEY_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

/* A context that makes keys on the curve of an EC key. */
static EVP_PKEY_CTX *
cert_ec_context(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	if (ctx != NULL && EVP_PKEY_keygen_init(ctx) != 1) {
		EVP_PKEY_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

const struct cert_ready *
cert_ready_encrypt(struct cert *c, struct err *e)
{
	struct cert_ready *r = cert_ready_get(c, e);
	EVP_PKEY_CTX **ctx;

	if (r == NULL ||
	    (r->kind != CERT_KEY_RSA && !r->checked &&
		cert_check_key(r, e) == -1))
		return NULL;
	if (r->kind == CERT_KEY_OTHER) {
		(void)err_set(e, EX_NOPERM,
		    "the key in the certificate is neither RSA nor on an "
		    "elliptic curve: nothing can be encrypted to it");
		return NULL;
	}
	ctx = r->kind == CERT_KEY_RSA ? &r->encrypts : &r->generates;
	if (*ctx == NULL)
		*ctx = r->kind == CERT_KEY_RSA ? cert_rsa_context(r->key)
					       : cert_ec_context(r->key);
	if (*ctx != NULL)
		return r;
	(void)err_ssl(
	    e, EX_SOFTWARE, "the public key in the certificate cannot be used");
	return NULL;
}

const struct cert_ready *
cert_ready_sign(
    struct cert *c, EVP_PKEY *key, const EVP_MD *sha256, struct err *e)
{
	struct cert_ready *r = cert_ready_get(c, e);
	EVP_PKEY_CTX *ctx;

	if (r == NULL || r->signer == key)
		return r;
	if (cert_key_kind(key) == CERT_KEY_OTHER) {
		(void)err_set(e, EX_NOPERM,
		    "the private key is neither RSA nor on an elliptic curve: "
		    "nothing can be signed with it");
		return NULL;
	}
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	if (ctx == NULL || EVP_PKEY_sign_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(ctx, sha256) != 1 ||
	    EVP_PKEY_up_ref(key) != 1) {
		EVP_PKEY_CTX_free(ctx);
		(void)err_ssl(
		    e, EX_SOFTWARE, "the private key cannot be used to sign");
		return NULL;
	}
	EVP_PKEY_CTX_free(r->signs);
	EVP_PKEY_free(r->signer);
	r->signs = ctx;
	r->signer = key;
	return r;
}
