#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "keys/x509/issue_priv.h"

enum { RSA_LEGACY = 1024, RSA_MIN = 2048, RSA_MAX = 8192 };
enum { DAYS_MAX = 36500 };
/* Clocks differ, so a new certificate is valid from a little earlier. */
enum { SKEW = 300 };
/* About a tenth of a second, for us and for each guess of an attacker. */
enum { PBKDF2_ROUNDS = 210000 };

static EVP_PKEY *
issue_key_new(const char *type, int least, struct err *e)
{
	EVP_PKEY *key = NULL;
	uint64_t bits;

	if (strcmp(type, "p256") == 0) {
		key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	} else if (strncmp(type, "rsa:", 4) == 0 &&
	    number_parse(span_str(type + 4), RSA_MAX, &bits) &&
	    bits >= (uint64_t)least) {
		key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
	} else {
		err_set(e, EX_USAGE,
		    "\"%s\" is no type of key; p256 and "
		    "rsa:%d to rsa:%d are",
		    type, least, RSA_MAX);
		return NULL;
	}
	if (key == NULL)
		err_ssl(e, EX_SOFTWARE, "no key can be made");
	return key;
}

EVP_PKEY *
issue_key(const char *type, struct err *e)
{
	return issue_key_new(type != NULL ? type : "p256", RSA_MIN, e);
}

EVP_PKEY *
issue_key_legacy(const char *type, struct err *e)
{
	return issue_key_new(type != NULL ? type : "rsa:1024", RSA_LEGACY, e);
}

static bool
issue_ext_add(
    STACK_OF(X509_EXTENSION) **all, X509V3_CTX *ctx, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, ctx, nid, value);

	if (e == NULL)
		return false;
	if (X509v3_add_ext(all, e, -1) == NULL) {
		X509_EXTENSION_free(e);
		return false;
	}
	X509_EXTENSION_free(e);
	return true;
}

static void
issue_constraints(const struct issue *what, const char *critical, char out[48])
{
	if (what->ca == NULL)
		(void)snprintf(out, 48, "CA:FALSE");
	else if (what->issuer == NULL)
		(void)snprintf(out, 48, "%sCA:TRUE", critical);
	else
		(void)snprintf(
		    out, 48, "%sCA:TRUE,pathlen:%u", critical, what->pathlen);
}

/* Makes the extensions of a certificate or a request. */
static STACK_OF(X509_EXTENSION) *
issue_extensions(const struct issue *what, X509V3_CTX *ctx, bool ids)
{
	STACK_OF(X509_EXTENSION) *all = NULL;
	GENERAL_NAMES *names = issue_names(what);
	bool rsa = EVP_PKEY_is_a(what->key, "RSA"), ok = names != NULL;
	char constraints[48];

	issue_constraints(what, "critical,", constraints);
	ok = ok && issue_ext_add(&all, ctx, NID_basic_constraints, constraints);
	ok = ok &&
	    issue_ext_add(&all, ctx, NID_key_usage,
		what->usage != NULL    ? what->usage
		    : what->ca != NULL ? "critical,keyCertSign,cRLSign"
		    : rsa ? "critical,digitalSignature,keyEncipherment"
			  : "critical,digitalSignature,keyAgreement");
	if (what->ca == NULL)
		ok = ok &&
		    issue_ext_add(&all, ctx, NID_ext_key_usage,
			what->purposes != NULL ? what->purposes
			    : what->person != NULL
			    ? "emailProtection,1.3.6.1.5.5.7.3.20"
			    : "serverAuth,clientAuth,1.3.6.1.5.5.7.3.20");
	if (ids)
		ok = ok &&
		    issue_ext_add(
			&all, ctx, NID_subject_key_identifier, "hash");
	if (ids && what->issuer != NULL)
		ok = ok &&
		    issue_ext_add(
			&all, ctx, NID_authority_key_identifier, "keyid");
	if (ok && what->ca == NULL && !what->no_names)
		ok = X509V3_add1_i2d(&all, NID_subject_alt_name, names,
			 issue_nameless(what), X509V3_ADD_DEFAULT) == 1;
	GENERAL_NAMES_free(names);
	if (ok)
		return all;
	sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
	return NULL;
}

static bool
issue_legacy_extension(X509V3_CTX *ctx, X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
	bool ok = ext != NULL && X509_add_ext(x, ext, -1) == 1;

	X509_EXTENSION_free(ext);
	return ok;
}

/* Adds the extensions of the draft's scripts. x must have its key, which a CA's
 * key identifier is made of. */
static bool
issue_legacy_extensions(const struct issue *what, X509V3_CTX *ctx, X509 *x)
{
	static const int ca_order[] = {NID_subject_key_identifier,
	    NID_authority_key_identifier, NID_basic_constraints};
	static const int order[] = {
	    NID_basic_constraints, NID_subject_key_identifier};
	const int *nids = what->ca != NULL ? ca_order : order;
	size_t count = what->ca != NULL ? 3 : 2, i;
	GENERAL_NAMES *names = issue_names(what);
	char constraints[48];
	bool ok = names != NULL;

	issue_constraints(what, "", constraints);
	if (ok && what->ca == NULL && !what->no_names)
		ok = X509_add1_ext_i2d(x, NID_subject_alt_name, names,
			 issue_nameless(what), X509V3_ADD_DEFAULT) == 1;
	for (i = 0; ok && i < count; i++)
		ok = issue_legacy_extension(ctx, x, nids[i],
		    nids[i] == NID_subject_key_identifier ? "hash"
			: nids[i] == NID_basic_constraints
			? constraints
			: "keyid:always,issuer:always");
	if (ok && what->usage != NULL)
		ok = issue_legacy_extension(ctx, x, NID_key_usage, what->usage);
	if (ok && what->purposes != NULL)
		ok = issue_legacy_extension(
		    ctx, x, NID_ext_key_usage, what->purposes);
	GENERAL_NAMES_free(names);
	return ok;
}

static bool
issue_extend(const struct issue *what, X509 *x)
{
	STACK_OF(X509_EXTENSION) *all;
	X509V3_CTX ctx;
	bool ok;
	int i;

	X509V3_set_ctx(
	    &ctx, what->issuer != NULL ? what->issuer : x, x, NULL, NULL, 0);
	if (what->legacy)
		return issue_legacy_extensions(what, &ctx, x);
	all = issue_extensions(what, &ctx, true);
	ok = all != NULL;
	for (i = 0; ok && i < sk_X509_EXTENSION_num(all); i++)
		ok = X509_add_ext(x, sk_X509_EXTENSION_value(all, i), -1) == 1;
	sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
	return ok;
}

static bool
issue_serial(X509 *x)
{
	unsigned char bytes[16];
	BIGNUM *bn = NULL;
	bool ok = RAND_bytes(bytes, sizeof(bytes)) == 1;

	/* The serial number is positive and always as long. */
	bytes[0] = (unsigned char)((bytes[0] & 0x3f) | 0x40);
	ok = ok && (bn = BN_bin2bn(bytes, sizeof(bytes), NULL)) != NULL &&
	    BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) != NULL;
	BN_free(bn);
	return ok;
}

/* As makeCert does: days 0 makes a certificate of the year 1999. */
static bool
issue_validity(X509 *x, unsigned days, time_t at)
{
	time_t now = at != 0 ? at : time(NULL);
	ASN1_TIME *from = X509_getm_notBefore(x);
	ASN1_TIME *until = X509_getm_notAfter(x);

	if (days == 0)
		return ASN1_TIME_set_string_X509(from, "990101000000Z") == 1 &&
		    ASN1_TIME_set_string_X509(until, "000101000000Z") == 1;
	return X509_time_adj_ex(from, 0, -SKEW, &now) != NULL &&
	    X509_time_adj_ex(until, (int)days, 0, &now) != NULL;
}

X509 *
issue_cert(const struct issue *what, struct err *e)
{
	X509_NAME *subject = issue_subject(what);
	X509 *x = X509_new();
	bool ok;

	if (what->days > DAYS_MAX) {
		err_set(e, EX_USAGE,
		    "a certificate is valid for at most %d days", DAYS_MAX);
		X509_NAME_free(subject);
		X509_free(x);
		return NULL;
	}
	ok = x != NULL && subject != NULL && X509_set_version(x, 2) == 1 &&
	    issue_serial(x) && issue_validity(x, what->days, what->at) &&
	    X509_set_subject_name(x, subject) == 1 &&
	    X509_set_issuer_name(x,
		what->issuer != NULL ? X509_get_subject_name(what->issuer)
				     : subject) == 1 &&
	    X509_set_pubkey(x, what->key) == 1 && issue_extend(what, x) &&
	    X509_sign(x, what->issuer != NULL ? what->issuer_key : what->key,
		what->legacy ? EVP_sha1() : EVP_sha256()) > 0;
	X509_NAME_free(subject);
	if (ok)
		return x;
	err_ssl(e, EX_SOFTWARE, "no certificate can be made");
	X509_free(x);
	return NULL;
}

static int
issue_bio_take(BIO *b, struct buf *out)
{
	char *data;
	long n = BIO_get_mem_data(b, &data);

	if (n <= 0)
		return -1;
	buf_reserve(out, out->n + (size_t)n);
	buf_add(out, data, (size_t)n);
	return 0;
}

int
issue_request(const struct issue *what, struct buf *pem, struct err *e)
{
	X509_NAME *subject = issue_subject(what);
	STACK_OF(X509_EXTENSION) *all = NULL;
	X509_REQ *r = X509_REQ_new();
	BIO *b = BIO_new(BIO_s_mem());
	X509V3_CTX ctx;
	bool ok;

	X509V3_set_ctx(&ctx, NULL, NULL, r, NULL, 0);
	ok = r != NULL && subject != NULL && b != NULL &&
	    X509_REQ_set_subject_name(r, subject) == 1 &&
	    X509_REQ_set_pubkey(r, what->key) == 1 &&
	    (all = issue_extensions(what, &ctx, false)) != NULL &&
	    X509_REQ_add_extensions(r, all) == 1 &&
	    X509_REQ_sign(r, what->key, EVP_sha256()) > 0 &&
	    PEM_write_bio_X509_REQ(b, r) == 1 && issue_bio_take(b, pem) == 0;
	sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
	X509_NAME_free(subject);
	X509_REQ_free(r);
	BIO_free(b);
	return ok ? 0 : err_ssl(e, EX_SOFTWARE, "no request can be made");
}

int
issue_cert_pem(X509 *x, struct buf *out, struct err *e)
{
	BIO *b = BIO_new(BIO_s_mem());
	bool ok = b != NULL && PEM_write_bio_X509(b, x) == 1 &&
	    issue_bio_take(b, out) == 0;

	BIO_free(b);
	return ok ? 0
		  : err_ssl(e, EX_SOFTWARE,
			"the certificate cannot be written as PEM");
}

/* PKCS#8 under a passphrase: PBES2 with PBKDF2 (HMAC-SHA-256) and
 * AES-256-CBC. */
static bool
issue_key_encrypt(EVP_PKEY *key, struct span passphrase, BIO *out)
{
	PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key);
	X509_ALGOR *how = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), PBKDF2_ROUNDS,
	    NULL, 0, NULL, NID_hmacWithSHA256);
	X509_SIG *encrypted = plain != NULL && how != NULL
	    ? PKCS8_set0_pbe(
		  (const char *)passphrase.p, (int)passphrase.n, plain, how)
	    : NULL;
	bool ok = encrypted != NULL && PEM_write_bio_PKCS8(out, encrypted) == 1;

	if (encrypted == NULL)
		X509_ALGOR_free(how);
	X509_SIG_free(encrypted);
	PKCS8_PRIV_KEY_INFO_free(plain);
	return ok;
}

int
issue_key_pem(
    EVP_PKEY *key, struct span passphrase, struct buf *out, struct err *e)
{
	BIO *b = BIO_new(BIO_s_secmem());
	bool ok = b != NULL &&
	    (passphrase.n != 0 ? issue_key_encrypt(key, passphrase, b)
			       : PEM_write_bio_PKCS8PrivateKey(
				     b, key, NULL, NULL, 0, NULL, NULL) == 1) &&
	    issue_bio_take(b, out) == 0;

	BIO_free(b);
	return ok ? 0
		  : err_ssl(e, EX_SOFTWARE, "the key cannot be written as PEM");
}
