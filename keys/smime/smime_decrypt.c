/*
 * Decrypts content with a private key of the key store, or with a content key
 * that was kept.
 */
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>

#include "keys/smime/content_key.h"
#include "keys/smime/smime_priv.h"
#include "keys/x509/cert_ready.h"

/* Only so many recipients are compared. */
enum { RECIPIENTS_MAX = 256 };

/* Our certificate and key that a content is encrypted for, and where. */
struct recipient {
	CMS_RecipientInfo *info;
	EVP_PKEY *key;
	struct cert *cert;
};

/* Returns the content key that ri holds for the holder of x, or NULL. */
static CMS_RecipientEncryptedKey *
smime_agreed_key(CMS_RecipientInfo *ri, X509 *x)
{
	STACK_OF(CMS_RecipientEncryptedKey) *keys;
	CMS_RecipientEncryptedKey *one;

	keys = CMS_RecipientInfo_kari_get0_reks(ri);
	for (int i = 0; i < sk_CMS_RecipientEncryptedKey_num(keys); i++) {
		one = sk_CMS_RecipientEncryptedKey_value(keys, i);
		if (CMS_RecipientEncryptedKey_cert_cmp(one, x) == 0)
			return one;
	}
	return NULL;
}

/* Returns whether ri is for the holder of x. */
static bool
smime_recipient_is(CMS_RecipientInfo *ri, X509 *x)
{
	switch (CMS_RecipientInfo_type(ri)) {
	case CMS_RECIPINFO_TRANS:
		return CMS_RecipientInfo_ktri_cert_cmp(ri, x) == 0;
	case CMS_RECIPINFO_AGREE:
		return smime_agreed_key(ri, x) != NULL;
	default:
		return false;
	}
}

static CMS_RecipientInfo *
smime_find_recipient(CMS_ContentInfo *cms, X509 *x)
{
	STACK_OF(CMS_RecipientInfo) *all = CMS_get0_RecipientInfos(cms);
	CMS_RecipientInfo *ri;

	for (int i = 0; i < sk_CMS_RecipientInfo_num(all) && i < RECIPIENTS_MAX;
	     i++) {
		ri = sk_CMS_RecipientInfo_value(all, i);
		if (smime_recipient_is(ri, x))
			return ri;
	}
	return NULL;
}

/* Finds our certificate and key that the content is encrypted for. False, and
 * why, when there is none or its key cannot be used. */
static bool
smime_find_key(struct smime_ctx *ctx, CMS_ContentInfo *cms,
    struct recipient *out, struct err *why)
{
	size_t count, i;
	struct store_file **mine = keystore_mine(ctx->ks, &count);

	if (sk_CMS_RecipientInfo_num(CMS_get0_RecipientInfos(cms)) >
	    RECIPIENTS_MAX)
		err_set(why, EX_CONFIG,
		    "it has more than %d recipients, and none of the first %d "
		    "is a private key here",
		    RECIPIENTS_MAX, RECIPIENTS_MAX);
	else
		err_set(why, EX_CONFIG,
		    "it is encrypted for none of the private keys here");
	for (i = 0; i < count; i++) {
		const struct store_file *f = mine[i];

		out->info = f->cert_count > 0
		    ? smime_find_recipient(cms, f->certs[0]->x509)
		    : NULL;
		if (out->info == NULL)
			continue;
		out->key = keystore_private(ctx->ks, f, why);
		out->cert = f->certs[0];
		if (out->key != NULL)
			return true;
	}
	return false;
}

/* --- key agreement -------------------------------------------------------- */

/* Returns the point as a key on the curve of ours, or NULL where it is not a
 * sound one. */
static EVP_PKEY *
smime_point_key(EVP_PKEY *ours, const ASN1_BIT_STRING *point)
{
	EVP_PKEY *theirs = EVP_PKEY_dup(ours);

	if (theirs != NULL &&
	    EVP_PKEY_set1_encoded_public_key(theirs,
		ASN1_STRING_get0_data(point),
		(size_t)ASN1_STRING_length(point)) == 1 &&
	    cert_key_sound(theirs))
		return theirs;
	EVP_PKEY_free(theirs);
	return NULL;
}

/* Returns the sender's ephemeral key, or NULL where it is not a sound one on our
 * own curve, or not of the usual form, which names no curve. */
static EVP_PKEY *
smime_ephemeral_key(const struct recipient *r)
{
	EVP_PKEY *ours = X509_get0_pubkey(r->cert->x509);
	ASN1_BIT_STRING *point = NULL;
	X509_ALGOR *how = NULL;
	const ASN1_OBJECT *oid;
	int type;

	if (CMS_RecipientInfo_type(r->info) != CMS_RECIPINFO_AGREE ||
	    CMS_RecipientInfo_kari_get0_orig_id(
		r->info, &how, &point, NULL, NULL, NULL) != 1 ||
	    how == NULL || point == NULL || ours == NULL ||
	    !EVP_PKEY_is_a(ours, "EC"))
		return NULL;
	X509_ALGOR_get0(&oid, &type, NULL, how);
	if (OBJ_obj2nid(oid) != NID_X9_62_id_ecPublicKey ||
	    (type != V_ASN1_UNDEF && type != V_ASN1_NULL))
		return NULL;
	return smime_point_key(ours, point);
}

/* Unwraps the content key with ours. OpenSSL would make the full check of the
 * ephemeral key first, a quarter of the work of a message, on every curve. So it
 * is given the key, checked. Where there is none, it does all by itself. */
static bool
smime_unwrap(CMS_ContentInfo *cms, const struct recipient *r)
{
	EVP_PKEY *theirs = smime_ephemeral_key(r);
	X509 *x = r->cert->x509;
	bool ok;

	if (theirs == NULL)
		return CMS_decrypt_set1_pkey(cms, r->key, x) == 1;
	ok = CMS_RecipientInfo_kari_set0_pkey(r->info, r->key) == 1 &&
	    EVP_PKEY_derive_set_peer_ex(
		CMS_RecipientInfo_get0_pkey_ctx(r->info), theirs, 0) == 1 &&
	    CMS_RecipientInfo_kari_decrypt(
		cms, r->info, smime_agreed_key(r->info, x)) == 1;
	(void)CMS_RecipientInfo_kari_set0_pkey(r->info, NULL);
	EVP_PKEY_free(theirs);
	return ok;
}

static struct buf *
smime_decrypt_refuse(
    struct smime_ctx *ctx, enum verdict_encryption what, const char *words)
{
	ctx->out->verdict.encryption = what;
	smime_add_reason(ctx, "%s", words);
	smime_refuse(ctx,
	    what == ENCRYPTION_NO_KEY          ? REFUSAL_ENCRYPTION_NO_KEY
		: what == ENCRYPTION_MALFORMED ? REFUSAL_ENCRYPTION_MALFORMED
					       : REFUSAL_ENCRYPTION_FAILED);
	return NULL;
}

static const char decrypt_failed[] =
    "it does not decrypt: it was changed, or encrypted with another key";

/* Checks the padding of CBC content (RFC 5652, 6.3) in constant time: no branch
 * and no memory access depends on the n bytes at p, which are at least one
 * block. *length gets the padding's length, or 0 where it is bad. */
static bool
smime_padding_ok(
    const unsigned char *p, size_t n, unsigned block, unsigned *length)
{
	unsigned pad = p[n - 1], bad, i;

	bad = ((pad - 1U) | (block - pad)) >> 31;
	for (i = 0; i < block; i++)
		bad |= (i - pad) >> 31 & (0U - (p[n - 1 - i] ^ pad)) >> 31;
	*length = pad & (bad - 1U);
	return bad == 0;
}

/* Decrypts CBC content and keeps the padding, which OpenSSL would reject with
 * an error of its own. False if no whole blocks came out. */
static bool
smime_decrypt_padded(CMS_ContentInfo *cms, struct buf *out, unsigned *block)
{
	unsigned char chunk[4096];
	EVP_CIPHER_CTX *ctx = NULL;
	BIO *in, *cipher;
	int n;

	in = CMS_dataInit(cms, NULL);
	cipher = in != NULL ? BIO_find_type(in, BIO_TYPE_CIPHER) : NULL;
	if (cipher != NULL && BIO_get_cipher_ctx(cipher, &ctx) == 1 &&
	    EVP_CIPHER_CTX_set_padding(ctx, 0) == 1) {
		*block = (unsigned)EVP_CIPHER_CTX_get_block_size(ctx);
		while ((n = BIO_read(in, chunk, sizeof(chunk))) > 0)
			buf_add(out, chunk, (size_t)n);
	}
	OPENSSL_cleanse(chunk, sizeof(chunk));
	BIO_free_all(in);
	return *block > 1 && out->n >= *block && out->n % *block == 0;
}

/* CBC has no integrity check. So that signet is no padding oracle, the caller
 * gets bytes to go on with even when decryption failed; *sound tells which. */
static struct buf *
smime_decrypt_cbc(struct smime_ctx *ctx, CMS_ContentInfo *cms, bool has_key,
    struct span der, bool *sound)
{
	struct buf *content = smime_new_buf(ctx);
	unsigned block = 0, pad = 0;

	ctx->hidden = true;
	*sound = has_key && smime_decrypt_padded(cms, content, &block);
	if (*sound) {
		*sound = smime_padding_ok(content->p, content->n, block, &pad);
		content->n -= pad;
	} else {
		/* The key could not be unwrapped: the CMS stands in, which has
		 * about the size of its content. */
		content->n = 0;
		buf_addspan(content, der);
	}
	ERR_clear_error();
	if (!*sound)
		smime_decrypt_refuse(ctx, ENCRYPTION_FAILED, decrypt_failed);
	return content;
}

static struct buf *
smime_decrypt_gcm(struct smime_ctx *ctx, CMS_ContentInfo *cms, bool has_key)
{
	struct buf *content = NULL;
	BIO *out = BIO_new(BIO_s_mem());
	char *data;
	long n;

	if (has_key && out != NULL &&
	    CMS_decrypt(cms, NULL, NULL, NULL, out, CMS_BINARY) == 1) {
		n = BIO_get_mem_data(out, &data);
		content = smime_new_buf(ctx);
		buf_add(content, data, n > 0 ? (size_t)n : 0);
	}
	BIO_free(out);
	ERR_clear_error();
	return content != NULL
	    ? content
	    : smime_decrypt_refuse(ctx, ENCRYPTION_FAILED, decrypt_failed);
}

static struct buf *
smime_decrypt_content(struct smime_ctx *ctx, CMS_ContentInfo *cms, bool has_key,
    bool cbc, struct span der, bool *sound)
{
	return cbc ? smime_decrypt_cbc(ctx, cms, has_key, der, sound)
		   : smime_decrypt_gcm(ctx, cms, has_key);
}

/* Returns whether a signature is around this part, and nothing else is: then it
 * can be read again with its content key alone. */
static bool
smime_is_signed_part(const struct smime_ctx *ctx)
{
	return ctx->signed_inside && !ctx->decrypted;
}

/* Decrypts with the content key that was kept. */
static struct buf *
smime_decrypt_again(struct smime_ctx *ctx, const struct cms_look *look,
    struct span der, bool *sound)
{
	CMS_ContentInfo *cms = content_key_open(der, ctx->content_key);
	struct buf *content;

	if (cms == NULL)
		return smime_decrypt_refuse(ctx, ENCRYPTION_FAILED,
		    "the content key that was kept does not open it");
	content = smime_decrypt_content(ctx, cms, true, look->cbc, der, sound);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return content;
}

struct buf *
smime_decrypt(struct smime_ctx *ctx, const struct cms_look *look,
    struct span der, bool *sound, struct cert **ours)
{
	struct buf *content = NULL;
	struct recipient us;
	CMS_ContentInfo *cms;
	struct err why;
	bool found, has_key;

	if (!look->supported) {
		smime_add_reason(
		    ctx, "the cipher %s is not supported", look->cipher);
		return smime_decrypt_refuse(
		    ctx, ENCRYPTION_FAILED, "the sender has to use AES");
	}
	if (ctx->content_key.n > 0 && smime_is_signed_part(ctx))
		return smime_decrypt_again(ctx, look, der, sound);
	cms = smime_parse_cms(der);
	if (cms == NULL)
		return smime_decrypt_refuse(ctx, ENCRYPTION_MALFORMED,
		    "the encrypted part is malformed");
	found = smime_find_key(ctx, cms, &us, &why);
	if (ctx->detailed)
		smime_details_encryption(
		    ctx, cms, look->cipher, found ? us.cert : NULL);
	if (!found)
		smime_decrypt_refuse(ctx, ENCRYPTION_NO_KEY, why.text);
	else {
		/* If the key transport fails, OpenSSL goes on with a random key
		 * (RFC 3218), so that this is no oracle either. */
		*ours = us.cert;
		has_key = smime_unwrap(cms, &us);
		if (ctx->keep_key && smime_is_signed_part(ctx))
			content_key_take(cms, &ctx->out->content_key);
		content = smime_decrypt_content(
		    ctx, cms, has_key, look->cbc, der, sound);
	}
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return content;
}
