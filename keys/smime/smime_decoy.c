/*
 * Verifies a made-up signature and ignores the result. CBC content without a
 * signature that could be checked then takes as long as content with one, so
 * the time of an answer tells nothing about it (docs/design.md).
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "keys/smime/smime_priv.h"

/* Makes a certificate with the issuer and serial number of c, so that a
 * signature made with it names c as its signer. */
static X509 *
smime_decoy_name(const struct cert *c, EVP_PKEY *key)
{
	X509 *x = X509_new();

	if (x != NULL &&
	    (X509_set_issuer_name(x, X509_get_issuer_name(c->x509)) != 1 ||
		X509_set_serialNumber(x, X509_get_serialNumber(c->x509)) != 1 ||
		X509_set_pubkey(x, key) != 1)) {
		X509_free(x);
		return NULL;
	}
	return x;
}

/* Fits the signature to the key that will check it. An EC key checks any ECDSA
 * signature to the end. RSA gives up early unless the signature has the length
 * of the modulus and is smaller, so this makes one that is. */
static bool
smime_decoy_rsa(CMS_SignerInfo *si, EVP_PKEY *theirs)
{
	size_t n = (size_t)EVP_PKEY_get_size(theirs);
	unsigned char *p;
	X509_ALGOR *how;
	bool ok;

	if (!EVP_PKEY_is_a(theirs, "RSA"))
		return true;
	p = xcalloc(1, n);
	memset(p + 1, 0x55, n - 1);
	CMS_SignerInfo_get0_algs(si, NULL, NULL, NULL, &how);
	ok = X509_ALGOR_set0(
		 how, OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, NULL) == 1 &&
	    ASN1_STRING_set(CMS_SignerInfo_get0_signature(si), p, (int)n) == 1;
	free(p);
	return ok;
}

/* Makes a detached SignedData that names c as its signer, with a signature that
 * does not verify. It is kept in c->decoy. */
static bool
smime_decoy_make(struct cert *c)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *name = key != NULL ? smime_decoy_name(c, key) : NULL;
	CMS_ContentInfo *cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);
	BIO *in = BIO_new_mem_buf("", 0);
	CMS_SignerInfo *si = NULL;
	unsigned char *der = NULL;
	int n = -1;

	if (name != NULL && cms != NULL && in != NULL)
		si = CMS_add1_signer(cms, name, key, EVP_sha256(),
		    CMS_BINARY | CMS_NOCERTS | CMS_NOSMIMECAP);
	if (si != NULL && CMS_final(cms, in, NULL, CMS_BINARY) == 1 &&
	    smime_decoy_rsa(si, X509_get0_pubkey(c->x509)))
		n = i2d_CMS_ContentInfo(cms, &der);
	if (n > 0)
		buf_add(&c->decoy, der, (size_t)n);
	OPENSSL_free(der);
	BIO_free(in);
	CMS_ContentInfo_free(cms);
	X509_free(name);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return n > 0;
}

void
smime_decoy_verify(struct smime_ctx *ctx, struct cert *ours, struct span bytes)
{
	struct cert *c = ctx->from != NULL
	    ? keystore_cert(ctx->ks, ctx->from->key)
	    : NULL;
	struct smime_result ignored;
	struct smime_ctx decoy = smime_decoy_ctx(ctx, &ignored);
	struct span parts[2];
	struct cms_look look;
	CMS_ContentInfo *cms;
	size_t count;

	if (c == NULL)
		c = ours;
	/* Built even when it will not be used, so that the time it takes to
	 * build tells nothing. */
	if (c->decoy.n == 0 && !smime_decoy_make(c))
		return;
	if (ctx->checked == 0) {
		/* The steps that reading a multipart/signed would take. */
		(void)mime_split(bytes, "decoy", parts, 2, &count);
		(void)cms_look(span_buf(&c->decoy), &look);
		cms = smime_parse_cms(span_buf(&c->decoy));
		if (cms != NULL)
			(void)smime_verify(&decoy, cms, bytes);
		CMS_ContentInfo_free(cms);
	}
	smime_decoy_ctx_end(ctx, &decoy);
}
