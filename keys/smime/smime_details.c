/*
 * Details of signatures and encryption beyond the verdict: names, certificates,
 * times and algorithms, one line each.
 */
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>

#include "keys/smime/smime_priv.h"
#include "keys/x509/cert_words.h"

enum { DETAILS_RECIPIENTS = 8 }; /* that are listed */

static void
smime_put_algorithm(struct buf *out, const char *what, const X509_ALGOR *a)
{
	const ASN1_OBJECT *oid;

	if (a == NULL)
		return;
	X509_ALGOR_get0(&oid, NULL, NULL, a);
	buf_addf(out, "%s: ", what);
	cert_words_oid(out, oid);
	buf_adds(out, "\n");
}

static void
smime_put_key_id(struct buf *out, const ASN1_OCTET_STRING *id)
{
	buf_adds(out, "key identifier ");
	cert_words_hex(out,
	    (struct span){
		ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id)});
}

/* Appends the identifier by which CMS names a certificate. */
static void
smime_put_names(struct buf *out, const ASN1_OCTET_STRING *id,
    const X509_NAME *issuer, const ASN1_INTEGER *serial)
{
	if (id != NULL)
		smime_put_key_id(out, id);
	else if (issuer != NULL && serial != NULL)
		cert_words_names(out, issuer, serial);
	else
		buf_adds(out, "not named");
}

/* --- signatures ----------------------------------------------------------- */

/* Appends the certificates above the signer's, up to a root or as far as they
 * are known; of one that is pinned only the tree. */
static void
smime_put_chain(struct smime_ctx *ctx, struct cert *c,
    struct cert *const *untrusted, size_t untrusted_count)
{
	static const char *const ends[] = {
	    [TRUST_ROOT] = "trust: a root here\n",
	    [TRUST_SELF_SIGNED] = "trust: none; it is self-signed, and "
				  "neither a root here nor pinned\n",
	    [TRUST_NO_ISSUER] = "trust: none; its issuer's certificate "
				"is not here\n",
	    [TRUST_TOO_LONG] = "trust: none; the chain is too long\n"};
	struct verify_params a = {.ks = ctx->ks,
	    .policy = ctx->policy,
	    .cert = c,
	    .untrusted = untrusted,
	    .untrusted_count = untrusted_count,
	    .who = ctx->from,
	    .use = TRUST_SIGN};
	struct buf *out = &ctx->details;
	struct trust_chain chain;

	trust_chain_find(&a, &chain);
	if (ctx->from != NULL &&
	    keystore_pinned(ctx->ks, ctx->from->key, c, STORE_SIGN)) {
		buf_addf(out, "trust: pinned for %s\n", ctx->from->text);
	} else {
		for (size_t i = 1; i < chain.count; i++) {
			buf_adds(out, "issued by:\n");
			cert_words(out, chain.certs[i]->x509, "  ");
		}
		buf_adds(out, ends[chain.end]);
	}
	buf_adds(out, "chain:\n");
	trust_chain_words(out, &a, &chain, "  ");
}

static void
smime_put_signing_time(struct buf *out, CMS_SignerInfo *si)
{
	int at = CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1);
	const ASN1_TYPE *t = at < 0
	    ? NULL
	    : X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(si, at), 0);

	buf_adds(out, "signing time: ");
	if (t == NULL ||
	    (t->type != V_ASN1_UTCTIME && t->type != V_ASN1_GENERALIZEDTIME))
		buf_adds(out, "not given");
	else
		cert_words_time(out, t->value.utctime);
	buf_adds(out, "\n");
}

void
smime_details_signature(struct smime_ctx *ctx, CMS_SignerInfo *si,
    struct cert *c, struct cert *const *untrusted, size_t untrusted_count)
{
	struct buf *out = &ctx->details;
	X509_ALGOR *digest, *signature;
	ASN1_OCTET_STRING *id = NULL;
	ASN1_INTEGER *serial = NULL;
	X509_NAME *issuer = NULL;

	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, &signature);
	buf_adds(out, out->n > 0 ? "\nsignature\n" : "signature\n");
	smime_put_algorithm(out, "digest", digest);
	smime_put_algorithm(out, "algorithm", signature);
	smime_put_signing_time(out, si);
	buf_adds(out, "signer: ");
	if (CMS_SignerInfo_get0_signer_id(si, &id, &issuer, &serial) == 1)
		smime_put_names(out, id, issuer, serial);
	buf_adds(out, "\n");
	if (c == NULL) {
		buf_adds(out, "certificate: none here nor in the message\n");
	} else {
		buf_adds(out, "certificate:\n");
		cert_words(out, c->x509, "  ");
		smime_put_chain(ctx, c, untrusted, untrusted_count);
	}
	ERR_clear_error();
}

/* --- encryption ----------------------------------------------------------- */

static void
smime_put_ktri(struct buf *out, CMS_RecipientInfo *ri)
{
	ASN1_OCTET_STRING *id = NULL;
	ASN1_INTEGER *serial = NULL;
	X509_NAME *issuer = NULL;
	X509_ALGOR *algorithm = NULL;

	buf_adds(out, "encrypted for: ");
	if (CMS_RecipientInfo_ktri_get0_signer_id(ri, &id, &issuer, &serial) ==
	    1)
		smime_put_names(out, id, issuer, serial);
	buf_adds(out, "\n");
	if (CMS_RecipientInfo_ktri_get0_algs(ri, NULL, NULL, &algorithm) == 1)
		smime_put_algorithm(out, "key transport", algorithm);
}

static void
smime_put_kari(struct buf *out, CMS_RecipientInfo *ri)
{
	STACK_OF(CMS_RecipientEncryptedKey)
	*keys = CMS_RecipientInfo_kari_get0_reks(ri);
	X509_ALGOR *algorithm = NULL;
	ASN1_OCTET_STRING *ukm;
	int i;

	for (i = 0; i < sk_CMS_RecipientEncryptedKey_num(keys) &&
	     i < DETAILS_RECIPIENTS;
	     i++) {
		ASN1_OCTET_STRING *id = NULL;
		ASN1_INTEGER *serial = NULL;
		X509_NAME *issuer = NULL;

		buf_adds(out, "encrypted for: ");
		if (CMS_RecipientEncryptedKey_get0_id(
			sk_CMS_RecipientEncryptedKey_value(keys, i), &id, NULL,
			NULL, &issuer, &serial) == 1)
			smime_put_names(out, id, issuer, serial);
		buf_adds(out, "\n");
	}
	if (CMS_RecipientInfo_kari_get0_alg(ri, &algorithm, &ukm) == 1)
		smime_put_algorithm(out, "key agreement", algorithm);
}

void
smime_details_encryption(struct smime_ctx *ctx, CMS_ContentInfo *cms,
    const char *cipher, const struct cert *ours)
{
	STACK_OF(CMS_RecipientInfo) *all = CMS_get0_RecipientInfos(cms);
	struct buf *out = &ctx->details;
	int i, n = sk_CMS_RecipientInfo_num(all);

	buf_adds(out, out->n > 0 ? "\nencryption\n" : "encryption\n");
	buf_addf(out, "cipher: %s\n", cipher);
	for (i = 0; i < n && i < DETAILS_RECIPIENTS; i++) {
		CMS_RecipientInfo *ri = sk_CMS_RecipientInfo_value(all, i);

		if (CMS_RecipientInfo_type(ri) == CMS_RECIPINFO_TRANS)
			smime_put_ktri(out, ri);
		else if (CMS_RecipientInfo_type(ri) == CMS_RECIPINFO_AGREE)
			smime_put_kari(out, ri);
		else
			buf_adds(out,
			    "encrypted for: a key that belongs to "
			    "no certificate\n");
	}
	if (i < n)
		buf_addf(out, "encrypted for: and %d more\n", n - i);
	if (ours == NULL) {
		buf_adds(out, "our key: none that decrypts it\n");
	} else {
		buf_adds(out, "our key:\n");
		cert_words(out, ours->x509, "  ");
	}
	ERR_clear_error();
}
