/*
 * Opening sealed content with a private key of the key store.
 */
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>

#include "smime_in.h"

/* More recipients than this are not looked through. */
enum { RECIPIENTS_MAX = 256 };

static bool
recipient_is(CMS_RecipientInfo *ri, X509 *x)
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
			    sk_CMS_RecipientEncryptedKey_value(keys, i), x) ==
			    0)
				return true;
		return false;
	default:
		return false;
	}
}

static bool
is_recipient(CMS_ContentInfo *cms, X509 *x)
{
	STACK_OF(CMS_RecipientInfo) *all = CMS_get0_RecipientInfos(cms);
	int i;

	for (i = 0; i < sk_CMS_RecipientInfo_num(all) && i < RECIPIENTS_MAX;
	     i++)
		if (recipient_is(sk_CMS_RecipientInfo_value(all, i), x))
			return true;
	return false;
}

/* The certificate and key of ours that the content is sealed for. NULL when
 * there is none; why says so, or what keeps the key from being used. */
static EVP_PKEY *
find_key(struct opening *o, CMS_ContentInfo *cms, X509 **x, struct err *why)
{
	size_t count, i;
	struct store_file *keys = keystore_files(o->ks, STORE_USER_KEY,
	    &count);

	err_set(why, EX_CONFIG, "it is sealed for none of the private keys "
	    "here");
	for (i = 0; i < count; i++) {
		struct store_file *f = keystore_file(o->ks, STORE_USER_CERT,
		    keys[i].key);
		EVP_PKEY *key;

		if (f == NULL || f->cert_count == 0 ||
		    !is_recipient(cms, f->certs[0]->x509))
			continue;
		key = keystore_private(o->ks, f, why);
		if (key != NULL) {
			*x = f->certs[0]->x509;
			return key;
		}
	}
	return NULL;
}

static struct buf *
unseal_refuse(struct opening *o, enum verdict_encryption what,
    const char *words)
{
	o->out->verdict.encryption = what;
	opening_reason(o, "%s", words);
	opening_refuse(o, 493, what == ENCRYPTION_NO_KEY ?
	    "No private key here opens it" : what == ENCRYPTION_MALFORMED ?
	    "The encrypted part is malformed" :
	    "The encrypted part cannot be decrypted");
	return NULL;
}

/* From here on the private key speaks. */
static struct buf *
unseal_with(struct opening *o, CMS_ContentInfo *cms, EVP_PKEY *key, X509 *x)
{
	struct buf *content = NULL;
	BIO *out = BIO_new(BIO_s_mem());
	char *data;
	long n;

	if (out != NULL &&
	    CMS_decrypt(cms, key, x, NULL, out, CMS_BINARY) == 1) {
		n = BIO_get_mem_data(out, &data);
		content = opening_buf(o);
		buf_add(content, data, n > 0 ? (size_t)n : 0);
	}
	BIO_free(out);
	ERR_clear_error();
	return content != NULL ? content : unseal_refuse(o,
	    ENCRYPTION_FAILED, "it does not decrypt: it was changed, or "
	    "sealed with something else");
}

struct buf *
smime_unseal(struct opening *o, const struct cms_look *look, struct span der)
{
	struct buf *content = NULL;
	CMS_ContentInfo *cms;
	EVP_PKEY *key;
	struct err why;
	X509 *x = NULL;

	if (!look->taken) {
		opening_reason(o, "the cipher %s is not taken", look->cipher);
		return unseal_refuse(o, ENCRYPTION_FAILED,
		    "the sender has to use AES");
	}
	cms = smime_parse(der);
	if (cms == NULL)
		return unseal_refuse(o, ENCRYPTION_MALFORMED,
		    "the sealed part is malformed");
	key = find_key(o, cms, &x, &why);
	if (key == NULL) {
		unseal_refuse(o, ENCRYPTION_NO_KEY, why.text);
	} else {
		/* CBC tells nothing of what it was: neither may we. */
		if (look->cbc)
			o->hidden = true;
		content = unseal_with(o, cms, key, x);
	}
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return content;
}
