#include "keys/smime/introduction.h"

#include <string.h>

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "keys/smime/cms_write.h"
#include "keys/smime/smime_priv.h"

/* Certificates that are borrowed, each once. */
struct collected {
	struct cert *certs[INTRODUCTION_CERTS];
	size_t count;
};

static void
introduction_collect(struct collected *all, struct cert *c)
{
	for (size_t i = 0; i < all->count; i++)
		if (cert_same(all->certs[i], c))
			return;
	if (all->count < INTRODUCTION_CERTS)
		all->certs[all->count++] = c;
}

/* --- out ------------------------------------------------------------------ */

/* Adds the CA that issued the last one, until none is here. Roots stay away: who
 * trusts one has it. */
static void
introduction_collect_chain(
    struct keystore *ks, struct collected *all, struct cert *leaf)
{
	const struct store_issuers *known = keystore_issuers(ks);
	struct cert *at = leaf, *next;

	for (int depth = 0; depth < INTRODUCTION_CERTS && at != NULL; depth++) {
		next = NULL;
		for (size_t i = 0; i < known->ca_count && next == NULL; i++)
			if (X509_check_issued(known->cas[i]->x509, at->x509) ==
				X509_V_OK &&
			    !cert_self_signed(known->cas[i]))
				next = known->cas[i];
		if (next != NULL)
			introduction_collect(all, next);
		at = next;
	}
}

/* A SET OF: the certificates in the order of their DER. */
static void
introduction_add_certs(struct buf *out, const struct collected *all)
{
	struct span der[INTRODUCTION_CERTS];
	unsigned char *bytes[INTRODUCTION_CERTS] = {NULL};
	size_t place = der_begin(out, DER_ID_CONTEXT_OF | 0);

	for (size_t i = 0; i < all->count; i++) {
		int n = i2d_X509(all->certs[i]->x509, &bytes[i]);
		struct span s = {bytes[i], n > 0 ? (size_t)n : 0};
		size_t at = i;

		for (; at > 0 && der_order(der[at - 1], s) > 0; at--)
			der[at] = der[at - 1];
		der[at] = s;
	}
	for (size_t i = 0; i < all->count; i++)
		buf_addspan(out, der[i]);
	for (size_t i = 0; i < all->count; i++)
		OPENSSL_free(bytes[i]);
	der_end(out, place);
}

/* SignedData without content and signers (RFC 5652, 5.1). */
static void
introduction_write(struct buf *out, const struct collected *all)
{
	struct span none = {NULL, 0};
	struct cms_info info;
	size_t content;

	cms_info_begin(out, NID_pkcs7_signed, 1, &info);
	der_add(out, DER_ID_SET, none);
	content = der_begin(out, DER_ID_SEQUENCE);
	cms_add_oid(out, NID_pkcs7_data);
	der_end(out, content);
	introduction_add_certs(out, all);
	der_add(out, DER_ID_SET, none);
	cms_info_end(out, &info);
}

int
introduction_make(struct keystore *ks, const struct policy *policy,
    const struct aor *who, struct smime_body *out, struct err *e)
{
	struct smime_preflight own;
	struct store_file *f;
	struct collected all = {.count = 0};
	struct buf der = {0};

	smime_preflight_own(ks, policy, who, &own);
	if (own.sign != SMIME_READY) {
		(void)err_set(e, EX_CONFIG, "%s", own.sign_why);
		return own.sign == SMIME_NO_OWN_CERT
		    ? err_because(e, CAUSE_NO_OWN_CERT, who->text)
		    : -1;
	}
	f = keystore_user(ks, who->key, STORE_SIGN);
	if (f == NULL || f->cert_count == 0)
		return err_set(e, EX_CONFIG,
		    "there is no certificate of %s in %s", who->text,
		    keystore_dir(ks));
	introduction_collect(&all, f->certs[0]);
	f = keystore_user(ks, who->key, STORE_ENCRYPT);
	if (f != NULL && f->cert_count > 0)
		introduction_collect(&all, f->certs[0]);
	introduction_collect_chain(ks, &all, all.certs[0]);
	introduction_write(&der, &all);
	if (der.n > INTRODUCTION_BYTES) {
		buf_free(&der);
		return err_set(e, EX_DATAERR,
		    "the certificates of %s are too large for an introduction",
		    who->text);
	}
	*out = (struct smime_body){
	    .content_type = xstrdup("application/pkcs7-mime;"
				    "smime-type=certs-only;name=smime.p7c"),
	    .disposition = xstrdup("attachment;filename=smime.p7c"),
	    .body = der};
	return 0;
}

/* --- in ------------------------------------------------------------------- */

/* Takes the certificates out of a certs-only message. Returns NULL, or why it is
 * none. Their order and number are the sender's. */
static const char *
introduction_parse(CMS_ContentInfo *cms, STACK_OF(X509) **certs)
{
	ASN1_OCTET_STRING **content;
	int n;

	*certs = NULL;
	if (cms == NULL || OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
		return "it is not exactly one SignedData";
	content = CMS_get0_content(cms);
	if (content != NULL && *content != NULL)
		return "it has a content";
	if (sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms)) > 0)
		return "somebody signed it";
	*certs = CMS_get1_certs(cms);
	n = *certs != NULL ? sk_X509_num(*certs) : 0;
	if (n < 1)
		return "it has no certificate";
	return n > INTRODUCTION_CERTS ? "it has more than 4 certificates"
				      : NULL;
}

/* The sender's own certificates come first; those of CAs follow them. */
static void
introduction_keep(struct smime_ctx *ctx, struct cert *const *certs, size_t n)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *pem = NULL;
	long size;

	for (int own = 1; own >= 0 && b != NULL; own--)
		for (size_t i = 0; i < n; i++)
			if ((cert_person(certs[i], ctx->from) != NULL) == own)
				(void)PEM_write_bio_X509(b, certs[i]->x509);
	size = b != NULL ? BIO_get_mem_data(b, &pem) : 0;
	ctx->out->notice = xstrndup((struct span){
	    (const unsigned char *)pem, size > 0 ? (size_t)size : 0});
	ctx->out->notice_len = size > 0 ? (size_t)size : 0;
	BIO_free(b);
}

/* One certificate of the sender, or one for each use. */
static void
introduction_judge(struct smime_ctx *ctx, struct cert *const *certs, size_t n)
{
	const struct cert *own[INTRODUCTION_CERTS];
	size_t count = 0;
	bool fits;

	for (size_t i = 0; i < n; i++)
		if (ctx->from != NULL && cert_person(certs[i], ctx->from))
			own[count++] = certs[i];
	fits = count == 1 ? cert_may_sign(own[0])
			  : count == 2 &&
		((cert_may_sign(own[0]) && cert_may_encrypt(own[1])) ||
		    (cert_may_sign(own[1]) && cert_may_encrypt(own[0])));
	if (fits) {
		introduction_keep(ctx, certs, n);
		smime_add_reason(ctx,
		    "an introduction, which proves nothing until it is "
		    "compared and accepted");
	} else {
		smime_add_reason(ctx,
		    count == 0
			? "an introduction whose certificate does not name "
			  "the sender"
			: "an introduction without exactly one certificate of "
			  "the sender for each use");
		smime_refuse(ctx, REFUSAL_INTRODUCTION_OTHER);
	}
}

void
smime_read_introduction(struct smime_ctx *ctx, struct span der)
{
	CMS_ContentInfo *cms = NULL;
	STACK_OF(X509) *certs = NULL;
	struct cert *all[INTRODUCTION_CERTS];
	const char *why = "it has more than 16 kB";
	int n = 0;

	ctx->out->kind = KIND_INTRODUCTION;
	if (der.n <= INTRODUCTION_BYTES) {
		cms = smime_parse_cms(der);
		why = introduction_parse(cms, &certs);
	}
	if (why != NULL) {
		smime_add_reason(ctx, "the introduction is malformed: %s", why);
		smime_refuse(ctx, REFUSAL_INTRODUCTION_MALFORMED);
	} else {
		for (; n < sk_X509_num(certs); n++) {
			X509 *x = sk_X509_value(certs, n);

			X509_up_ref(x);
			all[n] = cert_new(x);
		}
		introduction_judge(ctx, all, (size_t)n);
		while (n > 0)
			cert_free(all[--n]);
	}
	sk_X509_pop_free(certs, X509_free);
	CMS_ContentInfo_free(cms);
}
