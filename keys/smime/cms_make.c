#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/pkcs7.h>

#include "keys/smime/cms_make.h"

/* Appends the DER of cms. */
static int
cms_write(CMS_ContentInfo *cms, struct buf *out)
{
	int n = i2d_CMS_ContentInfo(cms, NULL);
	unsigned char *p;

	if (n <= 0)
		return -1;
	buf_reserve(out, out->n + (size_t)n);
	p = out->p + out->n;
	if (i2d_CMS_ContentInfo(cms, &p) != n)
		return -1;
	out->n += (size_t)n;
	out->p[out->n] = '\0';
	return 0;
}

/* Sets the signing time; without one OpenSSL adds the current time. */
static bool
cms_signing_time(CMS_SignerInfo *si, time_t at)
{
	ASN1_TIME *t = ASN1_TIME_set(NULL, at);
	bool ok = t != NULL &&
	    CMS_signed_add1_attr_by_NID(
		si, NID_pkcs9_signingTime, ASN1_STRING_type(t), t, -1) == 1;

	ASN1_TIME_free(t);
	return ok;
}

/* Adds the SMIMEEncryptionKeyPreference: issuerAndSerialNumber, whose SEQUENCE
 * has the implicit tag 0. */
static bool
cms_prefer(CMS_SignerInfo *si, X509 *encrypts)
{
	PKCS7_ISSUER_AND_SERIAL *name = PKCS7_ISSUER_AND_SERIAL_new();
	unsigned char *der = NULL;
	X509_ATTRIBUTE *a = NULL;
	ASN1_STRING *value;
	bool ok;
	int n = 0;

	if (name != NULL &&
	    X509_NAME_set(&name->issuer, X509_get_issuer_name(encrypts)) == 1 &&
	    ASN1_STRING_copy(name->serial, X509_get0_serialNumber(encrypts)) ==
		1)
		n = i2d_PKCS7_ISSUER_AND_SERIAL(name, &der);
	if (n > 0 && (value = ASN1_STRING_type_new(V_ASN1_OTHER)) != NULL) {
		der[0] = 0xa0;
		if (ASN1_STRING_set(value, der, n) == 1)
			a = X509_ATTRIBUTE_create(
			    NID_id_smime_aa_encrypKeyPref, V_ASN1_OTHER, value);
		if (a == NULL)
			ASN1_STRING_free(value);
	}
	ok = a != NULL && CMS_signed_add1_attr(si, a) == 1;
	X509_ATTRIBUTE_free(a);
	OPENSSL_free(der);
	PKCS7_ISSUER_AND_SERIAL_free(name);
	return ok;
}

static bool
cms_signer_add(CMS_ContentInfo *cms, const struct cms_signing *how)
{
	unsigned flags = CMS_BINARY | CMS_NOSMIMECAP |
	    (how->attach_cert ? 0 : CMS_NOCERTS) |
	    (how->draft ? CMS_NOATTR : 0);
	CMS_SignerInfo *si = CMS_add1_signer(cms, how->cert, how->key,
	    how->draft ? EVP_sha1() : EVP_sha256(), flags);

	if (si == NULL ||
	    (!how->draft && how->at != 0 && !cms_signing_time(si, how->at)))
		return false;
	if (how->draft || how->encrypts == NULL)
		return true;
	return cms_prefer(si, how->encrypts) &&
	    (!how->attach_cert || CMS_add1_cert(cms, how->encrypts) == 1);
}

int
cms_make_signed(
    const struct cms_signing *how, struct span bytes, struct buf *der)
{
	unsigned flags = CMS_BINARY | (how->opaque ? 0 : CMS_DETACHED);
	CMS_ContentInfo *cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | flags);
	BIO *in = BIO_new_mem_buf(bytes.p, (int)bytes.n);
	int rc = -1;

	if (cms != NULL && in != NULL && cms_signer_add(cms, how) &&
	    CMS_final(cms, in, NULL, flags) == 1)
		rc = cms_write(cms, der);
	BIO_free(in);
	CMS_ContentInfo_free(cms);
	return rc;
}

/* Adds the recipient. For EC keys OpenSSL's default KDF digest is SHA-1. */
static bool
cms_recipient_add(CMS_ContentInfo *cms, X509 *peer)
{
	CMS_RecipientInfo *ri = CMS_add1_recipient_cert(
	    cms, peer, CMS_KEY_PARAM);
	EVP_PKEY_CTX *ctx;

	if (ri == NULL)
		return false;
	if (CMS_RecipientInfo_type(ri) != CMS_RECIPINFO_AGREE)
		return true;
	ctx = CMS_RecipientInfo_get0_pkey_ctx(ri);
	return ctx != NULL &&
	    EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) > 0;
}

int
cms_make_encrypted(X509 *peer, bool gcm, struct span bytes, struct buf *der)
{
	const EVP_CIPHER *cipher = gcm ? EVP_aes_128_gcm() : EVP_aes_128_cbc();
	CMS_ContentInfo *cms = CMS_encrypt(
	    NULL, NULL, cipher, CMS_BINARY | CMS_PARTIAL);
	BIO *in = BIO_new_mem_buf(bytes.p, (int)bytes.n);
	int rc = -1;

	if (cms != NULL && in != NULL && cms_recipient_add(cms, peer) &&
	    CMS_final(cms, in, NULL, CMS_BINARY) == 1)
		rc = cms_write(cms, der);
	BIO_free(in);
	CMS_ContentInfo_free(cms);
	return rc;
}
