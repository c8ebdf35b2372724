/*
 * Decrypts content with a private key of the key store, or with a content key
 * that was kept.
 */
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>

#include "keys/smime/content_key.h"
#include "keys/smime/smime_priv.h"

/* Only so many recipients are compared. */
enum { RECIPIENTS_MAX = 256 };

/* Returns whether ri is for the holder of x. */
static bool
smime_recipient_is(CMS_RecipientInfo *ri, X509 *x)
{
	STACK_OF(CMS_RecipientEncryptedKey) *keys;
	int i;

	switch (CMS_RecipientInfo_type(ri)) {
	case CMS_RECIPINFO_TRANS:
		return CMS_RecipientInfo_ktri_cert_cmp(ri, x) == 0;
	case CMS_RECIPINFO_AGREE:
		keys = CMS_RecipientInfo_kari_get0_reks(ri);
		for (i = 0; i < sk_CMS_RecipientEncryptedKey_num(keys); i++)
			if (CMS_RecipientEncryptedKey_cert_cmp(
				sk_CMS_RecipientEncryptedKey_value(keys, i),
				x) == 0)
				return true;
		return false;
	default:
		return false;
	}
}

static bool
smime_is_recipient(CMS_ContentInfo *cms, X509 *x)
{
	STACK_OF(CMS_RecipientInfo) *all = CMS_get0_RecipientInfos(cms);
	int i;

	for (i = 0; i < sk_CMS_RecipientInfo_num(all) && i < RECIPIENTS_MAX;
	     i++)
		if (smime_recipient_is(sk_CMS_RecipientInfo_value(all, i), x))
			return true;
	return false;
}

/* Finds our certificate and key that the content is encrypted for. NULL, and
 * why, when there is none or its key cannot be used. */
static EVP_PKEY *
smime_find_key(struct smime_ctx *ctx, CMS_ContentInfo *cms, struct cert **ours,
    struct err *why)
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
		EVP_PKEY *key;

		if (f->cert_count == 0 ||
		    !smime_is_recipient(cms, f->certs[0]->x509))
			continue;
		key = keystore_private(ctx->ks, f, why);
		if (key != NULL) {
			*ours = f->certs[0];
			return key;
		}
	}
	return NULL;
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
	CMS_ContentInfo *cms;
	EVP_PKEY *key;
	struct err why;
	bool has_key;

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
	key = smime_find_key(ctx, cms, ours, &why);
	if (ctx->detailed)
		smime_details_encryption(
		    ctx, cms, look->cipher, key != NULL ? *ours : NULL);
	if (key == NULL)
		smime_decrypt_refuse(ctx, ENCRYPTION_NO_KEY, why.text);
	else {
		/* If the key transport fails, OpenSSL goes on with a random key
		 * (RFC 3218), so that this is no oracle either. */
		has_key = CMS_decrypt_set1_pkey(cms, key, (*ours)->x509) == 1;
		if (ctx->keep_key && smime_is_signed_part(ctx))
			content_key_take(cms, &ctx->out->content_key);
		content = smime_decrypt_content(
		    ctx, cms, has_key, look->cbc, der, sound);
	}
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return content;
}
