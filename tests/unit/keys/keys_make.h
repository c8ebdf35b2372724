/*
 * Keys, certificates, CRLs and messages for the tests of keys/, made by
 * OpenSSL's own calls, so that one thing about each can be made wrong.
 */
#ifndef SIGNET_TESTS_UNIT_KEYS_KEYS_MAKE_H
#define SIGNET_TESTS_UNIT_KEYS_KEYS_MAKE_H

#include "tests/unit/keys/keys_check.h"

#include <dirent.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "keys/smime/smime.h"
#include "keys/store/keystore.h"
#include "src/ua/refusal.h"
#include "tests/unit/keys/keys_pin.h"

/* --- files -------------------------------------------------------------- */

static inline char *
make_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = malloc(4096);

	snprintf(dir, 4096, "%s/signet-test-XXXXXX", tmp ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL)
		fail_msg("no scratch folder %s", dir);
	return dir;
}

/* Removes a folder with the files in it, and its name. */
static inline void
drop_dir(char *dir)
{
	char path[8192];
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		unlink(path);
	}
	if (d != NULL)
		closedir(d);
	rmdir(dir);
	free(dir);
}

static inline void
put_file(const char *dir, const char *name, const void *data, size_t n)
{
	char path[8192];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(data, 1, n, f) != n || fclose(f) != 0)
		fail_msg("cannot write %s", path);
}

static inline void
drop_file(const char *dir, const char *name)
{
	char path[8192];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (unlink(path) != 0)
		fail_msg("cannot remove %s", path);
}

static inline struct buf
get_file(const char *path)
{
	struct buf b = {0};
	FILE *f = fopen(path, "rb");
	int c;

	if (f == NULL)
		fail_msg("cannot read %s", path);
	while ((c = getc(f)) != EOF) {
		unsigned char one = (unsigned char)c;

		buf_add(&b, &one, 1);
	}
	fclose(f);
	return b;
}

/* A file of the source tree. */
static inline struct buf
get_source(const char *name)
{
	const char *src = getenv("SRCDIR");
	char path[8192];

	snprintf(path, sizeof(path), "%s/%s", src ? src : ".", name);
	return get_file(path);
}

static inline void
put_bio(const char *dir, const char *name, BIO *b)
{
	char *data;
	long n = BIO_get_mem_data(b, &data);

	put_file(dir, name, data, (size_t)n);
	BIO_free(b);
}

static inline void
put_cert(const char *dir, const char *name, X509 *x)
{
	BIO *b = BIO_new(BIO_s_mem());

	PEM_write_bio_X509(b, x);
	put_bio(dir, name, b);
}

static inline void
put_key(const char *dir, const char *name, EVP_PKEY *key)
{
	BIO *b = BIO_new(BIO_s_mem());

	PEM_write_bio_PKCS8PrivateKey(b, key, NULL, NULL, 0, NULL, NULL);
	put_bio(dir, name, b);
}

static inline void
put_crl(const char *dir, const char *name, X509_CRL *crl)
{
	BIO *b = BIO_new(BIO_s_mem());

	PEM_write_bio_X509_CRL(b, crl);
	put_bio(dir, name, b);
}

/* --- keys and certificates ---------------------------------------------- */

struct ident {
	X509 *cert;
	EVP_PKEY *key;
};

/* "P-256" and other curves, "ED25519", "rsa:2048". */
static inline EVP_PKEY *
make_key(const char *type)
{
	EVP_PKEY *key;

	if (strncmp(type, "rsa:", 4) == 0)
		key = EVP_PKEY_Q_keygen(
		    NULL, NULL, "RSA", (size_t)atoi(type + 4));
	else if (strcmp(type, "ED25519") == 0)
		key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else
		key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", type);
	if (key == NULL)
		fail_msg("no key of type %s", type);
	return key;
}

/* What a certificate says; NULL and 0 are the usual. Extensions are written
 * as in openssl.cnf; "" leaves one out. */
struct say {
	const char *cn;
	const char *san;
	const char *usage; /* default: digitalSignature, keyEncipherment,
	                    * keyAgreement; for a CA keyCertSign, cRLSign */
	const char *purposes;
	const char *basic;
	const char *other[4]; /* pairs: name, value */
	const char *key_type; /* default P-256 */
	EVP_PKEY *key; /* instead of a new one */
	const EVP_MD *md;
	long from, until; /* seconds from now; default -1 h and +1 h */
	long serial;
	bool ca;
	bool pss;
};

static inline void
add_ext(X509 *x, X509 *issuer, const char *name, const char *value)
{
	X509_EXTENSION *e;
	X509V3_CTX ctx;

	if (value == NULL || *value == '\0')
		return;
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf(NULL, &ctx, name, value);
	if (e == NULL || X509_add_ext(x, e, -1) != 1)
		fail_msg("extension %s=%s cannot be made", name, value);
	X509_EXTENSION_free(e);
}

/* Makes a certificate, by is NULL for a self-signed one. */
static inline struct ident
make_cert(const struct ident *by, const struct say *s)
{
	struct ident out = {X509_new(), s->key};
	X509_NAME *name = X509_NAME_new();
	X509 *issuer = by != NULL ? by->cert : out.cert;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	EVP_PKEY *signer;
	static long serial = 1000;

	if (out.key == NULL)
		out.key = make_key(s->key_type ? s->key_type : "P-256");
	else
		EVP_PKEY_up_ref(out.key);
	signer = by != NULL ? by->key : out.key;
	X509_set_version(out.cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(out.cert),
	    s->serial != 0 ? s->serial : ++serial);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)(s->cn ? s->cn : "x"), -1, -1, 0);
	X509_set_subject_name(out.cert, name);
	X509_set_issuer_name(
	    out.cert, by != NULL ? X509_get_subject_name(by->cert) : name);
	X509_NAME_free(name);
	X509_gmtime_adj(
	    X509_getm_notBefore(out.cert), s->from != 0 ? s->from : -3600);
	X509_gmtime_adj(
	    X509_getm_notAfter(out.cert), s->until != 0 ? s->until : 3600);
	X509_set_pubkey(out.cert, out.key);
	add_ext(out.cert, issuer, "basicConstraints",
	    s->basic    ? s->basic
		: s->ca ? "critical,CA:TRUE"
			: "CA:FALSE");
	add_ext(out.cert, issuer, "keyUsage",
	    s->usage    ? s->usage
		: s->ca ? "critical,keyCertSign,cRLSign"
			: "digitalSignature,keyEncipherment,keyAgreement");
	add_ext(out.cert, issuer, "extendedKeyUsage", s->purposes);
	add_ext(out.cert, issuer, "subjectAltName", s->san);
	add_ext(out.cert, issuer, "subjectKeyIdentifier", "hash");
	add_ext(out.cert, issuer, s->other[0] ? s->other[0] : "x", s->other[1]);
	add_ext(out.cert, issuer, s->other[2] ? s->other[2] : "x", s->other[3]);
	if (EVP_DigestSignInit(md, &pctx,
		s->md                                  ? s->md
		    : EVP_PKEY_is_a(signer, "ED25519") ? NULL
						       : EVP_sha256(),
		NULL, signer) != 1)
		fail_msg("no signature context");
	if (s->pss)
		EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING);
	if (X509_sign_ctx(out.cert, md) <= 0)
		fail_msg("the certificate %s cannot be signed", s->cn);
	EVP_MD_CTX_free(md);
	return out;
}

static inline void
drop_ident(struct ident *i)
{
	X509_free(i->cert);
	EVP_PKEY_free(i->key);
	*i = (struct ident){NULL, NULL};
}

/* --- CRLs --------------------------------------------------------------- */

struct crl_say {
	X509 *revoked; /* NULL: nothing */
	long from, until; /* seconds from now; default -1 h, +1 h */
	const char *ext, *value; /* one extension */
	const EVP_MD *md;
	EVP_PKEY *key; /* signs instead of the issuer's */
	int critical_unknown; /* 1: in the CRL, 2: in the entry */
};

static inline X509_EXTENSION *
unknown_ext(void)
{
	ASN1_OBJECT *o = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
	ASN1_OCTET_STRING *v = ASN1_OCTET_STRING_new();
	X509_EXTENSION *e;

	ASN1_OCTET_STRING_set(v, (const unsigned char *)"\x05", 2);
	e = X509_EXTENSION_create_by_OBJ(NULL, o, 1, v);
	ASN1_OBJECT_free(o);
	ASN1_OCTET_STRING_free(v);
	return e;
}

static inline X509_CRL *
make_crl(const struct ident *issuer, const struct crl_say *s)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *t = ASN1_TIME_new();
	X509_EXTENSION *e;
	X509V3_CTX ctx;

	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->cert));
	X509_gmtime_adj(t, s->from != 0 ? s->from : -3600);
	X509_CRL_set1_lastUpdate(crl, t);
	X509_gmtime_adj(t, s->until != 0 ? s->until : 3600);
	X509_CRL_set1_nextUpdate(crl, t);
	if (s->revoked != NULL) {
		X509_REVOKED *r = X509_REVOKED_new();

		X509_gmtime_adj(t, -1800);
		X509_REVOKED_set_serialNumber(
		    r, X509_get_serialNumber(s->revoked));
		X509_REVOKED_set_revocationDate(r, t);
		if (s->critical_unknown == 2) {
			e = unknown_ext();
			X509_REVOKED_add_ext(r, e, -1);
			X509_EXTENSION_free(e);
		}
		X509_CRL_add0_revoked(crl, r);
	}
	ASN1_TIME_free(t);
	if (s->ext != NULL) {
		X509V3_set_ctx(&ctx, issuer->cert, NULL, NULL, crl, 0);
		e = X509V3_EXT_conf(NULL, &ctx, s->ext, s->value);
		if (e == NULL)
			fail_msg("CRL extension %s=%s", s->ext, s->value);
		X509_CRL_add_ext(crl, e, -1);
		X509_EXTENSION_free(e);
	}
	if (s->critical_unknown == 1) {
		e = unknown_ext();
		X509_CRL_add_ext(crl, e, -1);
		X509_EXTENSION_free(e);
	}
	X509_CRL_sort(crl);
	if (X509_CRL_sign(crl, s->key ? s->key : issuer->key,
		s->md ? s->md : EVP_sha256()) <= 0)
		fail_msg("the CRL cannot be signed");
	return crl;
}

/* --- messages ----------------------------------------------------------- */

#define HELLO "Content-Type: text/plain\r\n\r\nhello"

static inline struct buf
cms_der(CMS_ContentInfo *cms)
{
	unsigned char *der = NULL;
	struct buf b = {0};
	int n = i2d_CMS_ContentInfo(cms, &der);

	if (n <= 0)
		fail_msg("CMS cannot be written");
	buf_add(&b, der, (size_t)n);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	return b;
}

/* A signature over entity; flags of CMS_sign (CMS_DETACHED, CMS_NOATTR,
 * CMS_NOCERTS ..), md NULL for SHA-256. */
static inline CMS_ContentInfo *
sign_cms(struct span entity, const struct ident *by, unsigned flags,
    const EVP_MD *md)
{
	CMS_ContentInfo *cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | flags);
	BIO *in = BIO_new_mem_buf(entity.p, (int)entity.n);

	if (CMS_add1_signer(cms, by->cert, by->key, md ? md : EVP_sha256(),
		CMS_BINARY | flags) == NULL ||
	    CMS_final(cms, in, NULL, CMS_BINARY | flags) != 1)
		fail_msg("CMS cannot be signed");
	BIO_free(in);
	return cms;
}

static inline struct buf
sign_der(struct span entity, const struct ident *by, unsigned flags,
    const EVP_MD *md)
{
	return cms_der(sign_cms(entity, by, flags, md));
}

static inline struct buf
seal_der(struct span entity, X509 *to, const EVP_CIPHER *cipher)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *in = BIO_new_mem_buf(entity.p, (int)entity.n);
	CMS_ContentInfo *cms;

	sk_X509_push(certs, to);
	cms = CMS_encrypt(certs, in, cipher, CMS_BINARY);
	if (cms == NULL)
		fail_msg("CMS cannot be sealed");
	BIO_free(in);
	sk_X509_free(certs);
	return cms_der(cms);
}

#define SIGNED_TYPE                                    \
	"multipart/signed;boundary=BB;micalg=sha-256;" \
	"protocol=\"application/pkcs7-signature\""
#define SIGNATURE_HEAD                                  \
	"\r\n--BB\r\n"                                  \
	"Content-Type: application/pkcs7-signature\r\n" \
	"Content-Transfer-Encoding: binary\r\n\r\n"
#define SEALED_TYPE "application/pkcs7-mime;smime-type=enveloped-data"
#define OPAQUE_TYPE "application/pkcs7-mime;smime-type=signed-data"

/* The body of a multipart/signed with boundary BB. */
static inline struct buf
multipart_signed(struct span entity, struct span der)
{
	struct buf b = {0};

	buf_adds(&b, "--BB\r\n");
	buf_addspan(&b, entity);
	buf_adds(&b, SIGNATURE_HEAD);
	buf_addspan(&b, der);
	buf_adds(&b, "\r\n--BB--\r\n");
	return b;
}

/* An entity: header and body. */
static inline struct buf
entity_of(const char *type, struct span body)
{
	struct buf b = {0};

	buf_addf(&b, "Content-Type: %s\r\n\r\n", type);
	buf_addspan(&b, body);
	return b;
}

#include "tests/unit/keys/keys_world.h"

#endif
