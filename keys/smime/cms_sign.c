/*
 * SignedData (RFC 5652, 5) with one signer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/err.h>

#include "keys/smime/cms_make.h"
#include "keys/smime/cms_write.h"
#include "keys/x509/cert_ready.h"

enum { SIGN_ATTRIBUTES = 4 }; /* at most */

/* Signed attributes: their encodings, one after the other in all. */
struct attributes {
	struct buf all;
	size_t ends[SIGN_ATTRIBUTES];
	size_t count;
};

/* --- signed attributes ---------------------------------------------------- */

/* Begins an attribute and the SET of its one value. */
static void
sign_attribute_begin(struct attributes *a, int type, size_t places[2])
{
	places[0] = der_begin(&a->all, DER_ID_SEQUENCE);
	cms_add_oid(&a->all, type);
	places[1] = der_begin(&a->all, DER_ID_SET);
}

static void
sign_attribute_end(struct attributes *a, const size_t places[2])
{
	der_end(&a->all, places[1]);
	der_end(&a->all, places[0]);
	a->ends[a->count++] = a->all.n;
}

/* Appends a time: a UTCTime up to 2049 (RFC 5652, 11.3). */
static bool
sign_add_time(struct buf *b, time_t at)
{
	char text[32];
	struct span all;
	struct tm tm;
	size_t n;

	if (gmtime_r(&at, &tm) == NULL || tm.tm_year < 50 || tm.tm_year > 8099)
		return false;
	n = strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", &tm);
	all = (struct span){(unsigned char *)text, n};
	/* A UTCTime has two digits of the year. */
	if (tm.tm_year < 150)
		der_add(b, DER_ID_UTC_TIME, span_cut(all, 2, n));
	else
		der_add(b, DER_ID_GENERALIZED_TIME, all);
	return true;
}

/* The SMIMEEncryptionKeyPreference (RFC 8551, 2.5.3): an issuerAndSerialNumber,
 * whose SEQUENCE has the implicit tag 0. */
static int
sign_add_preference(struct attributes *a, struct cert *encrypts, struct err *e)
{
	const struct cert_ready *r = cert_ready_name(encrypts, e);
	size_t places[2];

	if (r == NULL)
		return -1;
	sign_attribute_begin(a, NID_id_smime_aa_encrypKeyPref, places);
	buf_addspan(&a->all, span_buf(&r->name));
	a->all.p[places[1]] = DER_ID_CONTEXT_OF | 0;
	sign_attribute_end(a, places);
	return 0;
}

static int
sign_add_attributes(const struct cms_signing *how, struct span digest,
    struct attributes *a, struct err *e)
{
	size_t places[2];

	sign_attribute_begin(a, NID_pkcs9_contentType, places);
	cms_add_oid(&a->all, NID_pkcs7_data);
	sign_attribute_end(a, places);

	sign_attribute_begin(a, NID_pkcs9_signingTime, places);
	if (!sign_add_time(&a->all, how->at != 0 ? how->at : time(NULL)))
		return err_set(e, EX_SOFTWARE,
		    "the signing time cannot be written: the year is not "
		    "between 1950 and 9999");
	sign_attribute_end(a, places);

	sign_attribute_begin(a, NID_pkcs9_messageDigest, places);
	der_add(&a->all, DER_ID_OCTET_STRING, digest);
	sign_attribute_end(a, places);

	return how->encrypts != NULL ? sign_add_preference(a, how->encrypts, e)
				     : 0;
}

static int
sign_by_der(const void *a, const void *b)
{
	return der_order(*(const struct span *)a, *(const struct span *)b);
}

/* Appends the attributes as a SET OF in DER's order, with this identifier: that
 * of a SET is what is signed, [0] what is sent (RFC 5652, 5.4). */
static void
sign_write_attributes(const struct attributes *a, unsigned id, struct buf *out)
{
	struct span each[SIGN_ATTRIBUTES];
	size_t place = der_begin(out, id);

	for (size_t i = 0, from = 0; i < a->count; from = a->ends[i++])
		each[i] = span_cut(span_buf(&a->all), from, a->ends[i]);
	qsort(each, a->count, sizeof(each[0]), sign_by_der);
	for (size_t i = 0; i < a->count; i++)
		buf_addspan(out, each[i]);
	der_end(out, place);
}

/* --- the signature -------------------------------------------------------- */

/* Appends a digest's signature as an OCTET STRING. */
static int
sign_digest(EVP_PKEY_CTX *ctx, EVP_PKEY *key, struct span digest,
    struct buf *out, struct err *e)
{
	size_t n = (size_t)EVP_PKEY_get_size(key);
	size_t place = der_begin(out, DER_ID_OCTET_STRING);

	buf_reserve(out, out->n + n);
	if (EVP_PKEY_sign(ctx, out->p + out->n, &n, digest.p, digest.n) != 1)
		return err_ssl(
		    e, EX_SOFTWARE, "the private key cannot sign the message");
	out->n += n;
	out->p[out->n] = '\0';
	der_end(out, place);
	return 0;
}

/* The same for the draft's form, with SHA-1. */
static int
sign_digest_draft(struct algs *a, EVP_PKEY *key, struct span digest,
    struct buf *out, struct err *e)
{
	const EVP_MD *sha1 = algs_md(a, true, e);
	EVP_PKEY_CTX *ctx = sha1 != NULL
	    ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL)
	    : NULL;
	int rc = -1;

	if (ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, sha1) == 1)
		rc = sign_digest(ctx, key, digest, out, e);
	else if (sha1 != NULL)
		rc = err_ssl(e, EX_SOFTWARE,
		    "the private key cannot be used to sign with SHA-1");
	EVP_PKEY_CTX_free(ctx);
	return rc;
}

/* Of the SignerInfo, and so of the SignedData (RFC 5652, 5.1 and 5.3). */
static unsigned
sign_version(const struct cms_signing *how)
{
	return how->key_id.n > 0 ? 3 : 1;
}

/* Appends the SignerInfo (RFC 5652, 5.3). */
static int
sign_add_signer(struct algs *algs, const struct cms_signing *how,
    const struct cert_ready *me, struct span digest, struct buf *out,
    struct err *e)
{
	struct attributes a = {.count = 0};
	struct buf set = {0};
	unsigned char over[ALGS_DIGEST];
	size_t place = der_begin(out, DER_ID_SEQUENCE), n;
	struct span all;
	int rc = 0;

	der_add_small(out, sign_version(how));
	if (how->key_id.n > 0)
		der_add(out, DER_ID_CONTEXT | 0, how->key_id);
	else
		buf_addspan(out, span_buf(&me->name));
	cms_add_algorithm(out, how->draft ? NID_sha1 : NID_sha256, false);
	if (!how->draft) {
		rc = sign_add_attributes(how, digest, &a, e);
		if (rc == 0) {
			sign_write_attributes(&a, DER_ID_SET, &set);
			all = span_buf(&set);
			rc = algs_digest(algs, false, &all, 1, over, &n, e);
			digest = (struct span){over, n};
			buf_addspan(out, all);
			out->p[out->n - all.n] = DER_ID_CONTEXT_OF | 0;
		}
	}
	if (me->kind == CERT_KEY_RSA)
		cms_add_algorithm(out, NID_rsaEncryption, true);
	else
		cms_add_algorithm(out,
		    how->draft ? NID_ecdsa_with_SHA1 : NID_ecdsa_with_SHA256,
		    false);
	if (rc == 0)
		rc = how->draft
		    ? sign_digest_draft(algs, how->key, digest, out, e)
		    : sign_digest(me->signs, how->key, digest, out, e);
	der_end(out, place);
	buf_free(&a.all);
	buf_free(&set);
	return rc;
}

/* --- SignedData ----------------------------------------------------------- */

/* Appends the certificates, a SET OF. */
static int
sign_add_certificates(
    const struct cms_signing *how, struct buf *out, struct err *e)
{
	X509 *x[2] = {how->cert->x509,
	    how->encrypts != NULL && !how->draft ? how->encrypts->x509 : NULL};
	size_t place = der_begin(out, DER_ID_CONTEXT_OF | 0);
	struct span each[2] = {{NULL, 0}, {NULL, 0}};
	unsigned char *der[2] = {NULL, NULL};
	int rc = 0;

	for (int i = 0; i < 2 && x[i] != NULL && rc == 0; i++) {
		int n = i2d_X509(x[i], &der[i]);

		if (n <= 0)
			rc = err_ssl(e, EX_SOFTWARE,
			    "the certificate cannot be attached");
		else
			each[i] = (struct span){der[i], (size_t)n};
	}
	if (der_order(each[0], each[1]) > 0 && each[1].n > 0) {
		struct span first = each[0];

		each[0] = each[1];
		each[1] = first;
	}
	buf_addspan(out, each[0]);
	buf_addspan(out, each[1]);
	OPENSSL_free(der[0]);
	OPENSSL_free(der[1]);
	der_end(out, place);
	return rc;
}

/* Appends the EncapsulatedContentInfo (RFC 5652, 5.2). */
static void
sign_add_content(
    const struct cms_signing *how, struct span bytes, struct buf *out)
{
	size_t place = der_begin(out, DER_ID_SEQUENCE), inside;

	cms_add_oid(out, NID_pkcs7_data);
	if (how->opaque) {
		inside = der_begin(out, DER_ID_CONTEXT_OF | 0);
		der_add(out, DER_ID_OCTET_STRING, bytes);
		der_end(out, inside);
	}
	der_end(out, place);
}

/* Returns bytes that a SignedData has no more of: a buffer that has them does
 * not grow, and leaves no copy of a text that is to be encrypted behind. */
static size_t
sign_room(const struct cms_signing *how, struct span bytes)
{
	int certs = i2d_X509(how->cert->x509, NULL);

	if (how->encrypts != NULL)
		certs += i2d_X509(how->encrypts->x509, NULL);
	/* A certificate, and its name once more. */
	return (how->opaque ? bytes.n : 0) +
	    2 * (size_t)(certs > 0 ? certs : 0) +
	    (size_t)EVP_PKEY_get_size(how->key) + 2048;
}

int
cms_make_signed(struct algs *a, const struct cms_signing *how,
    struct span bytes, struct buf *der, struct err *e)
{
	const EVP_MD *sha256 = algs_md(a, false, e);
	const struct cert_ready *me = cert_ready_sign(
	    how->cert, how->key, sha256, e);
	unsigned char digest[ALGS_DIGEST];
	struct cms_info info;
	size_t set, n;
	int rc = 0;

	if (me == NULL ||
	    algs_digest(a, how->draft, &bytes, 1, digest, &n, e) == -1)
		return -1;
	buf_reserve(der, der->n + sign_room(how, bytes));
	cms_info_begin(der, NID_pkcs7_signed, sign_version(how), &info);
	set = der_begin(der, DER_ID_SET);
	cms_add_algorithm(der, how->draft ? NID_sha1 : NID_sha256, false);
	der_end(der, set);
	sign_add_content(how, bytes, der);
	if (how->attach_cert)
		rc = sign_add_certificates(how, der, e);
	set = der_begin(der, DER_ID_SET);
	if (rc == 0)
		rc = sign_add_signer(
		    a, how, me, (struct span){digest, n}, der, e);
	der_end(der, set);
	cms_info_end(der, &info);
	return rc;
}
