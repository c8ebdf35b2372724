/*
 * EnvelopedData (RFC 5652, 6) and AuthEnvelopedData (RFC 5083) with one
 * recipient.
 */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include "keys/smime/cms_make.h"
#include "keys/smime/cms_write.h"
#include "keys/x509/cert_ready.h"

enum {
	ENCRYPT_SECRET = 66, /* bytes of the longest ECDH secret: P-521 */
	ENCRYPT_POINT = 1 + 2 * ENCRYPT_SECRET /* of an uncompressed point */
};

/* The random bytes of one message, its content key and IV: used once. */
struct drawn {
	unsigned char key[ALGS_KEY];
	unsigned char iv[ALGS_BLOCK]; /* GCM: the first ALGS_NONCE of it */
};

/* The recipient of a message. */
struct recipient {
	const struct cert_ready *cert;
	struct span key_id; /* names them; empty: issuer and serial number */
};

/* --- a recipient with an RSA key ------------------------------------------ */

/* Appends a KeyTransRecipientInfo (RFC 5652, 6.2.1). */
static int
encrypt_transport(const struct recipient *r, const struct drawn *d,
    struct buf *out, struct err *e)
{
	const struct cert_ready *to = r->cert;
	size_t n = (size_t)EVP_PKEY_get_size(to->key);
	size_t place = der_begin(out, DER_ID_SEQUENCE), string;

	der_add_small(out, r->key_id.n > 0 ? 2 : 0);
	if (r->key_id.n > 0)
		der_add(out, DER_ID_CONTEXT | 0, r->key_id);
	else
		buf_addspan(out, span_buf(&to->name));
	cms_add_algorithm(out, NID_rsaEncryption, true);
	string = der_begin(out, DER_ID_OCTET_STRING);
	buf_reserve(out, out->n + n);
	if (EVP_PKEY_encrypt(
		to->encrypts, out->p + out->n, &n, d->key, sizeof(d->key)) != 1)
		return err_ssl(e, EX_SOFTWARE,
		    "the content key cannot be encrypted to the recipient");
	out->n += n;
	out->p[out->n] = '\0';
	der_end(out, string);
	der_end(out, place);
	return 0;
}

/* --- a recipient with an EC key ------------------------------------------- */

/* Makes an ephemeral key on the recipient's curve. Gives its point and the
 * secret that it shares with theirs. The recipient's key was checked when it
 * was read (cert_ready_encrypt). */
static int
encrypt_agree(const struct cert_ready *to, unsigned char point[ENCRYPT_POINT],
    size_t *point_len, unsigned char secret[ENCRYPT_SECRET], size_t *secret_len,
    struct err *e)
{
	EVP_PKEY *mine = NULL;
	EVP_PKEY_CTX *ctx = NULL;
	bool ok = EVP_PKEY_keygen(to->generates, &mine) == 1 &&
	    EVP_PKEY_get_octet_string_param(mine, OSSL_PKEY_PARAM_PUB_KEY,
		point, ENCRYPT_POINT, point_len) == 1;

	*secret_len = ENCRYPT_SECRET;
	if (ok)
		ctx = EVP_PKEY_CTX_new_from_pkey(NULL, mine, NULL);
	ok = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
	    EVP_PKEY_derive_set_peer_ex(ctx, to->key, 0) == 1 &&
	    EVP_PKEY_derive(ctx, secret, secret_len) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(mine);
	return ok ? 0
		  : err_ssl(e, EX_SOFTWARE,
			"no key can be agreed with the recipient's");
}

/* The key that wraps the content key: the X9.63 KDF with SHA-256 (SEC 1, 3.6.1),
 * whose first block is enough, over the secret, the counter 1 and the DER of
 * the ECC-CMS-SharedInfo (RFC 5753, 7.2) for id-aes128-wrap and 128 bits. */
static int
encrypt_kdf(struct algs *a, struct span secret, unsigned char out[ALGS_DIGEST],
    struct err *e)
{
	static const unsigned char counter[] = {0, 0, 0, 1};
	static const unsigned char info[] = {0x30, 21, 0x30, 11, 0x06, 9, 0x60,
	    0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x05, 0xa2, 6, 0x04, 4, 0,
	    0, 0, 128};
	const struct span parts[] = {
	    secret, {counter, sizeof(counter)}, {info, sizeof(info)}};
	size_t n;

	return algs_digest(a, false, parts, 3, out, &n, e);
}

/* Appends the originator's ephemeral key (RFC 5753, 3.1.1). */
static void
encrypt_add_originator(struct span point, struct buf *out)
{
	size_t originator = der_begin(out, DER_ID_CONTEXT_OF | 0);
	size_t key = der_begin(out, DER_ID_CONTEXT_OF | 1), bits;

	cms_add_algorithm(out, NID_X9_62_id_ecPublicKey, false);
	bits = der_begin(out, DER_ID_BIT_STRING);
	buf_add(out, "", 1); /* no unused bits */
	buf_addspan(out, point);
	der_end(out, bits);
	der_end(out, key);
	der_end(out, originator);
}

/* Appends the KeyEncryptionAlgorithmIdentifier, whose parameter is the one of
 * the key wrap. */
static void
encrypt_add_scheme(struct buf *out)
{
	size_t place = der_begin(out, DER_ID_SEQUENCE);

	cms_add_oid(out, NID_dhSinglePass_stdDH_sha256kdf_scheme);
	cms_add_algorithm(out, NID_id_aes128_wrap, false);
	der_end(out, place);
}

/* Appends the KeyAgreeRecipientIdentifier (RFC 5652, 6.2.2). */
static void
encrypt_add_agreed(const struct recipient *to, struct buf *out)
{
	size_t place;

	if (to->key_id.n == 0) {
		buf_addspan(out, span_buf(&to->cert->name));
		return;
	}
	place = der_begin(out, DER_ID_CONTEXT_OF | 0);
	der_add(out, DER_ID_OCTET_STRING, to->key_id);
	der_end(out, place);
}

/* Appends a KeyAgreeRecipientInfo (RFC 5652, 6.2.2). */
static int
encrypt_agreement(struct algs *a, const struct recipient *to,
    const struct drawn *d, struct buf *out, struct err *e)
{
	unsigned char point[ENCRYPT_POINT], secret[ENCRYPT_SECRET];
	unsigned char with[ALGS_DIGEST], wrapped[ALGS_WRAPPED];
	size_t point_len = 0, secret_len = 0, place, keys, one;
	int rc = encrypt_agree(
	    to->cert, point, &point_len, secret, &secret_len, e);

	if (rc == 0)
		rc = encrypt_kdf(a, (struct span){secret, secret_len}, with, e);
	if (rc == 0)
		rc = algs_wrap(a, with, d->key, wrapped, e);
	wipe(secret, sizeof(secret));
	wipe(with, sizeof(with));
	if (rc == -1)
		return -1;
	place = der_begin(out, DER_ID_CONTEXT_OF | 1);
	der_add_small(out, 3);
	encrypt_add_originator((struct span){point, point_len}, out);
	encrypt_add_scheme(out);
	keys = der_begin(out, DER_ID_SEQUENCE);
	one = der_begin(out, DER_ID_SEQUENCE);
	encrypt_add_agreed(to, out);
	der_add(
	    out, DER_ID_OCTET_STRING, (struct span){wrapped, sizeof(wrapped)});
	der_end(out, one);
	der_end(out, keys);
	der_end(out, place);
	return 0;
}

/* --- the content ---------------------------------------------------------- */

/* Appends the EncryptedContentInfo (RFC 5652, 6.1), and for GCM the mac (RFC
 * 5083, 2.1). */
static int
encrypt_add_content(struct algs *a, const struct drawn *d, bool gcm,
    struct span bytes, struct buf *out, struct err *e)
{
	size_t place = der_begin(out, DER_ID_SEQUENCE), part, parameters;
	unsigned char tag[ALGS_TAG];
	int rc;

	cms_add_oid(out, NID_pkcs7_data);
	part = der_begin(out, DER_ID_SEQUENCE);
	cms_add_oid(out, gcm ? NID_aes_128_gcm : NID_aes_128_cbc);
	if (gcm) { /* GCMParameters (RFC 5084, 3.2) */
		parameters = der_begin(out, DER_ID_SEQUENCE);
		der_add(
		    out, DER_ID_OCTET_STRING, (struct span){d->iv, ALGS_NONCE});
		der_add_small(out, ALGS_TAG);
		der_end(out, parameters);
	} else
		der_add(
		    out, DER_ID_OCTET_STRING, (struct span){d->iv, ALGS_BLOCK});
	der_end(out, part);
	part = der_begin(out, DER_ID_CONTEXT | 0);
	rc = gcm ? algs_gcm(a, d->key, d->iv, bytes, out, tag, e)
		 : algs_cbc(a, d->key, d->iv, bytes, out, e);
	der_end(out, part);
	der_end(out, place);
	if (rc == 0 && gcm)
		der_add(
		    out, DER_ID_OCTET_STRING, (struct span){tag, sizeof(tag)});
	return rc;
}

static int
encrypt_to(struct algs *a, const struct recipient *to, bool gcm,
    struct span bytes, struct buf *der, struct err *e)
{
	bool ec = to->cert->kind == CERT_KEY_EC;
	struct cms_info info;
	struct drawn d;
	size_t set;
	int rc;

	if (RAND_bytes((unsigned char *)&d, sizeof(d)) != 1)
		return err_ssl(e, EX_SOFTWARE,
		    "OpenSSL's generator gives no random bytes");
	buf_reserve(der, der->n + bytes.n + 2048);
	/* RFC 5652, 6.1: 2 with a KeyAgreeRecipientInfo, else 0; RFC 5083: 0. */
	cms_info_begin(der,
	    gcm ? NID_id_smime_ct_authEnvelopedData : NID_pkcs7_enveloped,
	    ec && !gcm ? 2 : 0, &info);
	set = der_begin(der, DER_ID_SET);
	rc = ec ? encrypt_agreement(a, to, &d, der, e)
		: encrypt_transport(to, &d, der, e);
	der_end(der, set);
	if (rc == 0)
		rc = encrypt_add_content(a, &d, gcm, bytes, der, e);
	cms_info_end(der, &info);
	wipe(&d, sizeof(d));
	return rc;
}

int
cms_make_encrypted(struct algs *a, struct cert *peer, bool gcm,
    struct span bytes, struct buf *der, struct err *e)
{
	struct recipient to = {cert_ready_encrypt(peer, e), {NULL, 0}};

	return to.cert != NULL ? encrypt_to(a, &to, gcm, bytes, der, e) : -1;
}

int
cms_make_encrypted_by_id(struct algs *a, struct cert *peer, struct span key_id,
    struct span bytes, struct buf *der, struct err *e)
{
	struct recipient to = {cert_ready_encrypt(peer, e), key_id};

	return to.cert != NULL ? encrypt_to(a, &to, true, bytes, der, e) : -1;
}
